import { expect, test } from 'vitest'
import { z } from 'zod'
import { simulate } from '../../src/models/simulate/index.ts'
import { runStream } from '../../src/run-stream.ts'
import { memoryStore } from '../../src/store/memory.ts'
import { resumable } from '../../src/store/resumable.ts'
import type { Store } from '../../src/store/store.ts'
import { connect } from '../../src/web/client/index.ts'

const Note = z.object({ note: z.string() })
const note = { note: 'Remember the milk, and '.repeat(10) }
const ask = (delayMs = 0) => runStream('A note', Note, { model: simulate({ response: note, chunkSize: 5, delayMs }) })
const request = (id: string, init?: RequestInit) => new Request(`http://localhost/streams/${id}?user=1`, init)

test('without authorize there is no route', () => {
  const streams = resumable(memoryStore())
  expect(() => streams.handler({})).toThrow(
    expect.objectContaining({ code: 'bad_options', message: expect.stringContaining('authorize') }),
  )
})

test('foreign, unknown, expired and impossible ids get the same answer, for reading and for cancelling', async () => {
  const streams = resumable(memoryStore(), { lease: 20, ttl: 60 })
  const longer = resumable(memoryStore())
  const { id: expired } = await streams.start(undefined, () => ask())
  const { id: foreign, stream } = await longer.start(undefined, () => ask(5))
  await streams.idle()
  await new Promise((resolve) => setTimeout(resolve, 100))
  const answers = await Promise.all(
    ['GET', 'DELETE'].flatMap((method) => [
      streams.handler({ authorize: () => true })(request(expired, { method })),
      longer.handler({ authorize: () => false })(request(foreign, { method })),
      longer.handler({ authorize: () => 'yes' as never })(request(foreign, { method })),
      longer.handler({ authorize: async () => true })(request('unknown', { method })),
      longer.handler({ authorize: () => true })(request('%2e%2e{x}', { method })),
      longer.handler({ authorize: () => true, idOf: () => undefined })(request(foreign, { method })),
    ]),
  )
  const seen = await Promise.all(
    answers.map(async (answer) => JSON.stringify([answer.status, [...answer.headers], await answer.text()])),
  )
  expect(new Set(seen).size).toBe(1)
  expect(answers[0]!.status).toBe(404)
  // None of it has stopped the stream.
  expect(await stream.getData()).toEqual(note)
})

test('authorize is asked with the id and the request, before the store', async () => {
  const store = memoryStore()
  const reads: string[] = []
  const watched: Store = Object.assign(Object.create(store) as Store, {
    read: async (id: string, after: number, limit?: number) => {
      reads.push(id)
      return await store.read(id, after, limit)
    },
  })
  const seen: unknown[] = []
  const route = resumable(watched).handler({
    authorize: (id, { headers }) => {
      seen.push([id, headers.get('cookie'), reads.length])
      return false
    },
  })
  await route(request('abc', { headers: { cookie: 'user=7' } }))
  expect(seen).toEqual([['abc', 'user=7', 0]])
  expect(reads).toEqual([])
})

test('GET continues after Last-Event-ID, and tells where to come back', async () => {
  const streams = resumable(memoryStore())
  const { id } = await streams.start(undefined, () => ask())
  await streams.idle()
  const { offset } = (await streams.status(id))!
  const route = streams.handler({ authorize: () => true })
  const answer = await route(request(id, { headers: { 'last-event-id': String(offset - 1) } }))
  expect(answer.headers.get('content-type')).toContain('text/event-stream')
  const text = await answer.text()
  expect(text).toContain(`"resume":"/streams/${id}?user=1"`)
  expect(text.match(/^data:/gm)).toHaveLength(2)
  const wrong = await route(request(id, { headers: { 'last-event-id': 'x' } }))
  expect(wrong.status).toBe(400)
  const beyond = await route(request(id, { headers: { 'last-event-id': '999' } }))
  expect(await beyond.text()).toContain('"code":"gap"')
})

test('DELETE cancels; other methods are not known', async () => {
  const streams = resumable(memoryStore())
  const { id, stream } = await streams.start(undefined, () => ask(20))
  const route = streams.handler({ authorize: () => true })
  expect((await route(request(id, { method: 'POST' }))).status).toBe(405)
  expect((await route(request(id, { method: 'DELETE' }))).status).toBe(204)
  await expect(stream.getData()).rejects.toMatchObject({ code: 'aborted' })
})

test('abort() of connect() reaches the producer through the route', async () => {
  const streams = resumable(memoryStore())
  const { id, stream } = await streams.start(undefined, () => ask(20))
  const route = streams.handler({ authorize: () => true })
  const fetch = async (url: unknown, init?: RequestInit) =>
    await route(new Request(new URL(String(url), 'http://localhost'), init))
  const reader = connect(`http://localhost/streams/${id}`, Note, { fetch })
  await reader.streamPartial().next()
  reader.abort()
  await expect(stream.getData()).rejects.toMatchObject({ code: 'aborted' })
})

test('a store that is away is reported as 503, an error of authorize is the caller’s', async () => {
  const broken = { read: () => Promise.reject(new Error('away')) } as unknown as Store
  const route = resumable(broken, { lease: 100 }).handler({ authorize: () => true })
  expect((await route(request('abc'))).status).toBe(503)
  const failing = resumable(memoryStore()).handler({
    authorize: () => {
      throw new TypeError('no session')
    },
  })
  await expect(failing(request('abc'))).rejects.toThrow('no session')
})
