import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { z } from 'zod'
import { simulate } from '../../src/models/simulate/index.ts'
import { runStream } from '../../src/run-stream.ts'
import { resumable, type Resumable } from '../../src/store/resumable.ts'
import { connect } from '../../src/web/client/index.ts'
import { toResponse } from '../../src/web/server/index.ts'
import { openStores, type TestStore } from './open-stores.ts'

const Letters = z.object({ a: z.string() })
const lettersOf = (letter: string) => ({ a: letter.repeat(300) })
/** A stream whose whole text is known by its letter; it ends when all of it is stored. */
const ask = (letter: string, delayMs = 0) =>
  runStream('Letters', Letters, { model: simulate({ response: lettersOf(letter), chunkSize: 3, delayMs }) })

async function made(streams: Resumable, id: string, letter: string): Promise<void> {
  await streams.start(id, () => ask(letter, 1))
  await streams.idle()
}

describe.each(Object.entries(openStores))('an id that is used again in %s', (_, open) => {
  let opened: TestStore
  let streams: Resumable
  beforeAll(async () => {
    opened = await open()
    streams = resumable(opened.store)
  })
  afterEach(async () => await opened.forgetAll())
  afterAll(async () => await opened.close())

  const expectedEnd = expect.objectContaining({ code: expect.stringMatching(/^(expired|gap)$/) })

  /** Requests go to the route of the store; `onCut` is called after the first connection was cut. */
  const serve = (route: (request: Request) => Promise<Response>, onCut: () => Promise<void>) => {
    let connections = 0
    return async (url: unknown, init?: RequestInit): Promise<Response> => {
      connections++
      if (connections === 2) await onCut()
      const response = await route(new Request(new URL(String(url), 'http://localhost'), init))
      if (connections > 1 || response.body === null) return response
      let left = 14
      const cut = new TransformStream<string, string>({
        transform(text, controller) {
          const blocks = text.split(/(?<=\n\n)/)
          controller.enqueue(blocks.slice(0, left).join(''))
          left -= blocks.length
          if (left <= 0) controller.error(new TypeError('terminated'))
        },
      })
      const body = response.body
        .pipeThrough(new TextDecoderStream())
        .pipeThrough(cut)
        .pipeThrough(new TextEncoderStream())
      return new Response(body, { headers: response.headers })
    }
  }

  test('connect() that comes back to another answer under its id ends with a typed error', async () => {
    await made(streams, 'message-1', 'A')
    const fetch = serve(streams.handler({ authorize: () => true }), async () => {
      await opened.forgetAll()
      await made(streams, 'message-1', 'B')
    })
    const stream = connect('http://localhost/streams/message-1', Letters, { fetch })
    await expect(stream.getData()).rejects.toEqual(expectedEnd)
    expect(stream.partial?.a ?? '').toMatch(/^A*$/)
  })

  test('connect() that comes back to the same answer gets the rest of it', async () => {
    await made(streams, 'message-2', 'A')
    const fetch = serve(streams.handler({ authorize: () => true }), async () => {})
    const stream = connect('http://localhost/streams/message-2', Letters, { fetch })
    expect(await stream.getData()).toEqual(lettersOf('A'))
  })

  test('an open response that is read again after its stream was replaced ends with a typed error', async () => {
    await made(streams, 'message-3', 'A')
    // One page holds 256 events; the text has more deltas than that when it is stored one by one.
    const response = toResponse(await streams.attach('message-3'))
    const reader = response.body!.pipeThrough(new TextDecoderStream()).getReader()
    let text = (await reader.read()).value!
    await opened.forgetAll()
    await made(streams, 'message-3', 'B')
    for (let step = await reader.read(); !step.done; step = await reader.read()) text += step.value
    expect(text).not.toMatch(/BBB/)
    expect(text).toMatch(/"code":"(?:expired|gap)"/)
  })

  test('a handle that was attached before the stream was replaced ends with a typed error', async () => {
    // Where no notice comes, a reader looks again after the lease.
    const soon = resumable(opened.store, { lease: 500 })
    const { stream } = await soon.start('message-4', () => ask('A', 5))
    const attached = await soon.attach('message-4', { schema: Letters })
    await attached.streamPartial().next()
    await opened.forgetAll()
    await expect(stream.getData()).rejects.toMatchObject({ code: 'lost' })
    await made(resumable(opened.store), 'message-4', 'B')
    await expect(attached.getData()).rejects.toEqual(expectedEnd)
  })

  test('Last-Event-ID names its stream, and is refused by another one', async () => {
    const route = streams.handler({ authorize: () => true })
    const request = (lastEventId?: string) =>
      new Request(
        'http://localhost/message-5',
        lastEventId === undefined ? {} : { headers: { 'last-event-id': lastEventId } },
      )
    await made(streams, 'message-5', 'A')
    const whole = await (await route(request())).text()
    const ids = [...whole.matchAll(/^id: (.*)$/gm)].map(([, id]) => id!)
    expect(new Set(ids.map((id) => id.split('.')[1])).size).toBe(1)
    expect(ids[3]).toMatch(/^3\.[\w-]{8}$/)
    expect(await (await route(request(ids[3]))).text()).toContain('"type":"end"')
    await opened.forgetAll()
    await made(streams, 'message-5', 'B')
    const rest = await (await route(request(ids[3]))).text()
    expect(rest).toMatch(/"code":"expired"/)
    expect(rest).not.toContain('BBB')
  })

  test('DELETE of a page that read an earlier stream leaves the present one alone', async () => {
    const route = streams.handler({ authorize: () => true })
    await made(streams, 'message-6', 'A')
    const whole = await (await route(new Request('http://localhost/message-6'))).text()
    const old = /^id: (.*)$/m.exec(whole)![1]!
    await opened.forgetAll()
    const { stream } = await streams.start('message-6', () => ask('B', 1))
    const response = await route(
      new Request('http://localhost/message-6', { method: 'DELETE', headers: { 'last-event-id': old } }),
    )
    expect(response.status).toBe(404)
    expect(await stream.getData()).toEqual(lettersOf('B'))
    await streams.idle()
  })

  test('a producer of an earlier stream cannot write into the present one', async () => {
    const terms = { lease: 10_000, grace: 0, ttl: 60_000, takeover: false }
    const old = (await opened.store.claim('message-7', { ...terms, token: 'old', birth: 'AAAAAAAA' }))!
    await opened.forgetAll()
    const next = (await opened.store.claim('message-7', { ...terms, token: 'new', birth: 'BBBBBBBB' }))!
    expect(next.birth).toBe('BBBBBBBB')
    const appended = await opened.store.append('message-7', old.epoch, [{ offset: 1, data: '"old"' }])
    // A store in memory numbers its claims from 1 again when it is made anew; the mark tells them apart in `read`.
    const page = await opened.store.read('message-7', 0)
    expect(page?.birth).toBe('BBBBBBBB')
    expect(appended.isAccepted ? 'memory' : 'refused').toMatch(old.epoch === next.epoch ? /memory/ : /refused/)
  })
})

describe.each(Object.entries(openStores))('asking again in %s', (_, open) => {
  let opened: TestStore
  beforeAll(async () => {
    opened = await open()
  })
  afterAll(async () => await opened.close())

  test('start() after a lost stream makes a new one, and readers of the lost one never see it', async () => {
    const lease = 200
    const claim = (await opened.store.claim('lost-1', {
      lease,
      ttl: 60_000,
      grace: 0,
      takeover: false,
      token: 'x',
      birth: 'AAAAAAAA',
    }))!
    const start = { type: 'attempt-start', kind: 'first', writes: 'answer', provider: 'p', model: 'm', mode: 'prompt' }
    await opened.store.append('lost-1', claim.epoch, [{ offset: 1, data: JSON.stringify(start) }])
    const streams = resumable(opened.store, { lease })
    const reader = await streams.attach('lost-1', { schema: Letters })
    const error: any = await reader.getData().catch((error: unknown) => error)
    expect(error).toMatchObject({ code: 'lost', retryable: true })
    const { stream, isNew } = await streams.start('lost-1', () => ask('B'))
    expect(isNew).toBe(true)
    expect(await stream.getData()).toEqual(lettersOf('B'))
    await streams.idle()
    expect(await (await streams.attach('lost-1', { schema: Letters })).getData()).toEqual(lettersOf('B'))
  })

  test('start() after a run that failed asks the model again; after one that succeeded it does not', async () => {
    const streams = resumable(opened.store)
    const failing = () => runStream('Letters', Letters, { model: simulate({ response: '{"a": 5}' }) })
    const first = await streams.start('failed-1', failing)
    await expect(first.stream.getData()).rejects.toMatchObject({ code: 'invalid_data' })
    await streams.idle()
    const second = await streams.start('failed-1', () => ask('B'))
    expect(second.isNew).toBe(true)
    expect(await second.stream.getData()).toEqual(lettersOf('B'))
    await streams.idle()
    const third = await streams.start('failed-1', () => ask('C'), { schema: Letters })
    expect(third.isNew).toBe(false)
    expect(await third.stream.getData()).toEqual(lettersOf('B'))
  })

  test('of many that ask again at once, one makes the stream', async () => {
    const streams = resumable(opened.store)
    const { stream } = await streams.start('failed-2', () =>
      runStream('Letters', Letters, { model: simulate({ response: '{"a": 5}' }) }),
    )
    await expect(stream.getData()).rejects.toMatchObject({ code: 'invalid_data' })
    await streams.idle()
    let asked = 0
    const all = await Promise.all(
      Array.from({ length: 12 }, () =>
        resumable(opened.store).start(
          'failed-2',
          () => {
            asked++
            return ask('B', 1)
          },
          { schema: Letters },
        ),
      ),
    )
    for (const started of all) expect(await started.stream.getData()).toEqual(lettersOf('B'))
    expect(asked).toBe(1)
  })
})
