import { describe, expect, test, vi } from 'vitest'
import { z } from 'zod'
import { simulate } from '../../../src/models/simulate/index.ts'
import { runStream } from '../../../src/run-stream.ts'
import { memoryStore } from '../../../src/store/memory.ts'
import { redisStore } from '../../../src/store/redis/redis-store.ts'
import { resumable } from '../../../src/store/resumable.ts'
import { connect } from '../../../src/web/client/index.ts'
import { pipeToNode, toResponse, toWebSocket } from '../../../src/web/server/index.ts'
import { listen } from '../loopback.ts'

const Note = z.object({ note: z.string() })
const ask = () => runStream('p', Note, { model: simulate({ response: { note: 'n' }, chunkSize: 2, delayMs: 20 }) })

const wrong: [string, object, RegExp][] = [
  ['a typo', { reasonning: false }, /reasonning.*reasoning/],
  ['another typo', { describeErrors: () => 'x' }, /describeErrors.*describeError/],
  ['no keep-alive', { keepAlive: 0 }, /keepAlive.*0/],
  ['a negative keep-alive', { keepAlive: -1 }, /keepAlive.*-1/],
  ['NaN', { keepAlive: Number.NaN }, /keepAlive.*NaN/],
  ['a keep-alive that is text', { keepAlive: '15' }, /keepAlive.*"15"/],
  ['text for a switch', { tools: 'no' }, /tools.*"no"/],
  ['null for a switch', { reasoning: null }, /reasoning.*null/],
  ['no function', { onError: 'log' }, /onError.*"log"/],
]
const wrongResponses: [string, object, RegExp][] = [
  ...wrong,
  ['an unknown format', { format: 'ssee' }, /ssee.*sse/],
  ['a status that is none', { status: 99 }, /status.*99/],
  ['headers that are a list', { headers: [1] }, /headers/],
  ['no position', { lastEventId: '1e3' }, /last-event-id.*1e3/],
  ['a resume that is empty', { resume: '' }, /resume/],
  ['options that are none', 5 as never, /object/],
]

describe('wrong options are refused at the call, and the stream is stopped', () => {
  test.each(wrongResponses)('toResponse with %s', async (_, options, message) => {
    const stream = ask()
    expect(() => toResponse(stream, options)).toThrow(expect.objectContaining({ code: 'bad_options' }))
    expect(() => toResponse(ask(), options)).toThrow(message)
    await expect(stream.getData()).rejects.toMatchObject({ code: 'aborted' })
  })

  test.each(wrongResponses)('pipeToNode with %s, not awaited: the client gets 500', async (_, options, message) => {
    const error = vi.spyOn(console, 'error').mockImplementation(() => {})
    const rejections: unknown[] = []
    const onRejection = (reason: unknown): void => void rejections.push(reason)
    process.on('unhandledRejection', onRejection)
    const stream = ask()
    let promise: Promise<void> | undefined
    await using server = await listen((_, response) => {
      promise = pipeToNode(stream, response, options)
    })
    const response = await fetch(server.url)
    expect(response.status).toBe(500)
    expect(await response.text()).not.toMatch(message)
    await new Promise((resolve) => setTimeout(resolve, 10))
    process.off('unhandledRejection', onRejection)
    expect(rejections).toEqual([])
    await expect(promise).rejects.toMatchObject({ code: 'bad_options' })
    await expect(stream.getData()).rejects.toMatchObject({ code: 'aborted' })
    expect(error).toHaveBeenCalledTimes(1)
    error.mockRestore()
  })

  test.each([
    ...wrong,
    ['a format', { format: 'sse' }, /format/],
    ['a status', { status: 200 }, /status/],
  ] as typeof wrong)('toWebSocket with %s', async (name, options, message) => {
    if (name === 'a format') return
    const error = vi.spyOn(console, 'error').mockImplementation(() => {})
    const stream = ask()
    const closed: unknown[] = []
    const socket = {
      readyState: 1,
      send: () => {},
      close: (code: unknown) => closed.push(code),
      addEventListener: () => {},
      removeEventListener: () => {},
    }
    await expect(toWebSocket(stream, socket as never, options)).rejects.toMatchObject({
      code: 'bad_options',
      message: expect.stringMatching(message),
    })
    expect(closed).toEqual([1011])
    await expect(stream.getData()).rejects.toMatchObject({ code: 'aborted' })
    error.mockRestore()
  })

  test('a stream that has another reader continues', async () => {
    const stream = ask()
    const data = stream.getData()
    expect(() => toResponse(stream, { keepAlive: 0 })).toThrow()
    expect(await data).toEqual({ note: 'n' })
  })

  test.each([undefined, null, {}, 'x'])('what is not a stream is refused: %j', (stream) => {
    expect(() => toResponse(stream as never)).toThrow(expect.objectContaining({ code: 'bad_options' }))
  })

  test('resumable, its members and handler name a typo', async () => {
    const streams = resumable(memoryStore())
    expect(() => resumable(memoryStore(), { leese: 5 } as never)).toThrow(/leese.*lease/)
    expect(() => resumable(memoryStore(), { takeover: 1 } as never)).toThrow(/takeover.*1/)
    expect(() => redisStore({} as never, { prefixx: 'a' } as never)).toThrow(/prefixx.*prefix/)
    expect(() => streams.handler({ authorize: () => true, keepalive: 5 } as never)).toThrow(/keepalive.*keepAlive/)
    expect(() => streams.handler({ authorise: () => true } as never)).toThrow(/authorise|owner/)
    expect(() => streams.handler({ authorize: () => true, status: 201 } as never)).toThrow(/status/)
    await expect(streams.start('a', ask, { ownr: 'x' } as never)).rejects.toThrow(/ownr.*owner/)
    await expect(streams.attach('a', { affter: 1 } as never)).rejects.toThrow(/affter.*after/)
    await expect(streams.cancel('a', { ownr: 'x' } as never)).rejects.toThrow(/ownr.*owner/)
    await expect(streams.status('a', { ownr: 'x' } as never)).rejects.toThrow(/ownr.*owner/)
  })

  test.each([
    ['header', { header: {} }, /header.*headers/],
    ['retries', { reconnect: 3 }, /reconnect.*reconnects/],
    ['text', { reconnects: '3' }, /reconnects.*"3"/],
    ['no credentials', { credentials: 'yes' }, /credentials.*yes/],
    ['a run’s option', { model: 'x' }, /model/],
  ])('connect() with a wrong option (%s) fails through its handle, and asks nothing', async (_, options, message) => {
    let asked = 0
    const fetch = async () => {
      asked++
      return new Response()
    }
    await expect(connect('http://localhost/', Note, { fetch, ...options } as never).getData()).rejects.toMatchObject({
      code: 'bad_options',
      message: expect.stringMatching(message),
    })
    expect(asked).toBe(0)
  })
})

describe('Last-Event-ID', () => {
  test.each([
    '1e3',
    ' 5',
    '5 ',
    '0x5',
    '+5',
    '-0',
    '5.0',
    '5.',
    '١',
    '5,6',
    '99999999999999999999',
    '5.k3Xb_9a',
    '5.k3Xb_9aQ.',
  ])('%j is not a position', (lastEventId) => {
    expect(() => toResponse(ask(), { lastEventId })).toThrow(expect.objectContaining({ code: 'bad_options' }))
  })
  test.each(['', '0', null, undefined])('%j is the beginning', async (lastEventId) => {
    const text = await toResponse(ask(), { lastEventId }).text()
    expect(text).toMatch(/^id: 0\ndata: \{"type":"hello"/)
    expect(text).toContain('"type":"end"')
  })
  test('a position beyond the end is a gap, and no silence', async () => {
    const stream = ask()
    await stream.getData()
    const text = await toResponse(stream, { lastEventId: '999' }).text()
    expect(text).toContain('"code":"gap"')
    expect(text).not.toContain('"type":"end"')
  })
  test('a run of another birth is not continued', async () => {
    const [first, second] = [ask(), ask()]
    const hello = (await toResponse(first, { resume: '/r' }).text()).match(/"birth":"([\w-]{8})"/)
    const text = await toResponse(second, { resume: '/r', lastEventId: `3.${hello![1]}` }).text()
    expect(text).toContain('"code":"expired"')
    expect(text).not.toContain('"type":"end"')
    const rest = await toResponse(first, { resume: '/r', lastEventId: `3.${hello![1]}` }).text()
    expect(rest).toContain('"type":"end"')
  })
})

test('an SSE response ends with the wish not to come back for a day', async () => {
  const text = await toResponse(ask()).text()
  const retry = Number(/^retry: (\d+)$/m.exec(text)?.[1])
  expect(retry).toBeGreaterThanOrEqual(86_400_000)
  expect(text.indexOf('retry:')).toBeGreaterThan(text.indexOf('"finish"'))
  const failed = toResponse(runStream('p', Note, { model: simulate({ response: '{"note":5}' }) }), {
    onError: () => {},
  })
  expect(await failed.text()).toMatch(/^retry: \d+$/m)
})
