import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { connect } from '../../../src/web/client/index.ts'

const Note = z.object({ note: z.string() })
const events = [
  '[0,{"type":"hello","version":1}]',
  '[1,{"type":"attempt-start","kind":"first","writes":"answer","provider":"p","model":"m","mode":"prompt"}]',
  '[2,"{\\"note\\":\\"n\\"}"]',
  '[3,{"type":"finish","reason":"stop"}]',
  '[4,{"type":"end"}]',
]

/** A socket of the page, driven by hand. */
class FakeSocket extends EventTarget {
  readyState: number
  readonly sent: string[] = []
  closes = 0
  listeners = 0
  constructor(readyState: number) {
    super()
    this.readyState = readyState
  }
  open(): void {
    this.readyState = 1
    this.dispatchEvent(new Event('open'))
  }
  deliver(...lines: string[]): void {
    for (const data of lines) this.dispatchEvent(Object.assign(new Event('message'), { data }))
  }
  send(text: string): void {
    if (this.readyState !== 1) throw new Error('not open')
    this.sent.push(text)
  }
  close(): void {
    this.closes++
    if (this.readyState === 3) return
    this.readyState = 3
    this.dispatchEvent(new Event('close'))
  }
  override addEventListener(type: string, listener: (event: any) => void): void {
    this.listeners++
    super.addEventListener(type, listener)
  }
  override removeEventListener(type: string, listener: (event: any) => void): void {
    this.listeners--
    super.removeEventListener(type, listener)
  }
}

/** A response whose body says whether it was given back. */
function response(): { response: Response; isCancelled: () => boolean } {
  let cancelled = false
  const body = new ReadableStream({
    cancel() {
      cancelled = true
    },
  })
  return {
    response: new Response(body, { headers: { 'content-type': 'text/event-stream' } }),
    isCancelled: () => cancelled,
  }
}
const ticks = async (): Promise<void> => await new Promise((resolve) => setTimeout(resolve, 20))

describe('a socket belongs to connect() from the call on', () => {
  test.each([0, 1])('messages that come in the first turn are read (state %i)', async (state) => {
    const socket = new FakeSocket(state)
    const stream = connect(socket, Note, { body: { prompt: 'x' } })
    if (state === 0) socket.open()
    socket.deliver(...events)
    expect(await stream.getData()).toEqual({ note: 'n' })
    expect(socket.sent).toEqual(['{"prompt":"x"}'])
    expect(socket.readyState).toBe(3)
    expect(socket.listeners).toBe(0)
  })

  test('messages that come in the first turn, and then a close, are read', async () => {
    const socket = new FakeSocket(1)
    const stream = connect(socket, Note)
    socket.deliver(...events)
    socket.close()
    expect(await stream.getData()).toEqual({ note: 'n' })
  })

  test.each([0, 1])('abort() in the first turn closes it, and says so where it can (state %i)', async (state) => {
    const socket = new FakeSocket(state)
    const stream = connect(socket, Note, { body: { prompt: 'x' } })
    stream.abort()
    expect(socket.readyState).toBe(3)
    expect(socket.sent).toEqual(state === 1 ? ['{"type":"abort"}'] : [])
    await expect(stream.getData()).rejects.toMatchObject({ code: 'aborted' })
    await ticks()
    expect(socket.listeners).toBe(0)
  })

  test('a signal that was aborted before closes it', async () => {
    const socket = new FakeSocket(1)
    const stream = connect(socket, Note, { signal: AbortSignal.abort('why') })
    expect(socket.readyState).toBe(3)
    await expect(stream.getData()).rejects.toMatchObject({ code: 'aborted', cause: 'why' })
  })

  test('a signal that is aborted before the code is loaded closes it', async () => {
    const controller = new AbortController()
    const socket = new FakeSocket(1)
    const stream = connect(socket, Note, { signal: controller.signal })
    controller.abort('why')
    await expect(stream.getData()).rejects.toMatchObject({ code: 'aborted' })
    expect(socket.readyState).toBe(3)
  })

  test.each([
    ['an option', Note, { nothing: 1 }],
    ['the place of the schema', { timeout: 5 }, {}],
  ])('a mistake in %s closes it', async (_, schema, options) => {
    const socket = new FakeSocket(1)
    await expect(connect(socket, schema as never, options as never).getData()).rejects.toMatchObject({
      code: 'bad_options',
    })
    expect(socket.readyState).toBe(3)
    await ticks()
    expect(socket.listeners).toBe(0)
  })
})

describe('a response belongs to connect() from the call on', () => {
  test('abort() in the first turn cancels it', async () => {
    const { response: given, isCancelled } = response()
    const stream = connect(given, Note)
    stream.abort()
    expect(isCancelled()).toBe(true)
    await expect(stream.getData()).rejects.toMatchObject({ code: 'aborted' })
  })

  test('a signal that was aborted before cancels it', async () => {
    const { response: given, isCancelled } = response()
    await expect(connect(given, Note, { signal: AbortSignal.abort() }).getData()).rejects.toMatchObject({
      code: 'aborted',
    })
    expect(isCancelled()).toBe(true)
  })

  test.each([
    ['an option', Note, { nothing: 1 }],
    ['the place of the schema', { timeout: 5 }, {}],
  ])('a mistake in %s cancels it', async (_, schema, options) => {
    const { response: given, isCancelled } = response()
    await expect(connect(given, schema as never, options as never).getData()).rejects.toMatchObject({
      code: 'bad_options',
    })
    await ticks()
    expect(isCancelled()).toBe(true)
  })

  test('a response that was read already is named', async () => {
    const used = new Response('x', { headers: { 'content-type': 'text/event-stream' } })
    await used.text()
    await expect(connect(used, Note).getData()).rejects.toMatchObject({
      code: 'bad_options',
      message: expect.stringMatching(/read already/),
    })
  })
})

test('a request of connect() that is aborted in the first turn is not sent', async () => {
  let asked = 0
  const fetch = async () => {
    asked++
    return new Response()
  }
  const stream = connect('http://localhost/', Note, { fetch })
  stream.abort()
  await expect(stream.getData()).rejects.toMatchObject({ code: 'aborted' })
  await ticks()
  expect(asked).toBe(0)
})
