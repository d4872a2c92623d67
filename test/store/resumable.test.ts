import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { z } from 'zod'
import { runStream } from '../../src/run-stream.ts'
import { simulate } from '../../src/models/simulate/index.ts'
import { connect } from '../../src/web/client/index.ts'
import { toResponse } from '../../src/web/server/index.ts'
import { memoryStore } from '../../src/store/memory.ts'
import { redisStore } from '../../src/store/redis/redis-store.ts'
import { resumable } from '../../src/store/resumable.ts'
import type { Store } from '../../src/store/store.ts'
import { clients } from './clients.ts'
import { skipReason, startRedis } from './redis-server.ts'

const Movie = z.object({ title: z.string(), year: z.int(), plot: z.string() })
const movie = {
  title: 'Blade Runner',
  year: 1982,
  plot: 'A hunter of replicants 🤖 falls in love with one. '.repeat(8),
}
const ask = (delayMs = 0) => runStream('A film', Movie, { model: simulate({ response: movie, chunkSize: 7, delayMs }) })

async function openRedis() {
  const server = await startRedis()
  const { client, close } = await clients['redis 6']!(server.url)
  const store = redisStore(client)
  return {
    store,
    close: async () => {
      await store[Symbol.asyncDispose]()
      await close()
      await server[Symbol.asyncDispose]()
    },
  }
}

const stores: Record<string, () => Promise<{ store: Store; close(): Promise<void> }>> = {
  memoryStore: async () => ({ store: memoryStore(), close: async () => {} }),
  ...(skipReason === undefined && { redisStore: openRedis }),
}

/** Ids and data of the events of a response in SSE. */
async function eventsIn(response: Response): Promise<{ id: number; event: any }[]> {
  return (await response.text())
    .split('\n\n')
    .filter((block) => block.includes('data:'))
    .map((block) => ({
      id: Number.parseInt(/^id: (.*)$/m.exec(block)![1]!, 10),
      event: JSON.parse(/^data: (.*)$/m.exec(block)![1]!),
    }))
}

describe.each(Object.entries(stores))('%s', (_, open) => {
  let store: Store
  let close: () => Promise<void>
  beforeAll(async () => ({ store, close } = await open()))
  afterAll(async () => await close())

  test('the handle that start gives is the run itself', async () => {
    const streams = resumable(store)
    const { stream, isNew, id } = await streams.start(undefined, () => ask())
    expect(isNew).toBe(true)
    expect(id).toMatch(/^[\w-]{22}$/)
    const partials: unknown[] = []
    for await (const partial of stream.streamPartial()) partials.push(partial)
    expect(partials.length).toBeGreaterThan(5)
    expect(await stream.getData()).toEqual(movie)
    await streams.idle()
    expect(await streams.status(id)).toMatchObject({ state: 'ended', isCancelled: false })
  })

  test('an attached handle gives the same, while it continues and afterwards', async () => {
    const streams = resumable(store)
    const { stream, id } = await streams.start(undefined, () => ask(1))
    const elsewhere = resumable(store)
    const during = await elsewhere.attach(id, { schema: Movie })
    const titles = new Set<string | undefined>()
    for await (const { title } of during.streamPartial()) titles.add(title)
    expect(titles.size).toBeGreaterThan(1)
    expect(await during.getData()).toEqual(movie)
    const after = await elsewhere.attach(id, { schema: Movie })
    const [there, here] = [await stream.getResult(), await after.getResult()]
    expect(here.data).toEqual(there.data)
    expect(here.text).toBe(there.text)
    expect(here.usage).toEqual(there.usage)
    expect(here.finishReason).toBe(there.finishReason)
  })

  test('a second start attaches and does not ask again', async () => {
    const streams = resumable(store)
    let asked = 0
    const make = () => {
      asked++
      return ask(1)
    }
    const all = await Promise.all(
      Array.from({ length: 10 }, () =>
        resumable(store).start(`message-${Object.keys(stores).length}`, make, { schema: Movie }),
      ),
    )
    expect(asked).toBe(1)
    expect(all.filter(({ isNew }) => isNew)).toHaveLength(1)
    for (const { stream } of all) expect(await stream.getData()).toEqual(movie)
    await streams.idle()
  })

  test('a connection may continue after every offset: nothing is missing, nothing comes twice', async () => {
    const streams = resumable(store)
    const { id } = await streams.start(undefined, () => ask(1))
    await streams.idle()
    const whole = await eventsIn(toResponse(await streams.attach(id)))
    const { offset: last } = (await streams.status(id))!
    expect(whole.map((item) => item.id)).toEqual(Array.from({ length: last + 1 }, (_, index) => index))
    for (let after = 0; after <= last; after++) {
      const rest = await eventsIn(toResponse(await streams.attach(id), { lastEventId: String(after) }))
      expect(rest.slice(1)).toEqual(whole.slice(after + 1))
      const same = await eventsIn(toResponse(await streams.attach(id, { after })))
      expect(same).toEqual(rest)
    }
  })

  test('it is cut every few events, and connect() continues elsewhere', async () => {
    const streams = resumable(store)
    const { id } = await streams.start(undefined, () => ask(1))
    const route = streams.handler({ authorize: () => true })
    let connections = 0
    // A server that cuts every connection after a few events.
    const fetch = async (url: unknown, init?: RequestInit): Promise<Response> => {
      connections++
      const response = await route(new Request(new URL(String(url), 'http://localhost'), init))
      const events = response.body!.pipeThrough(new TextDecoderStream())
      let rest = 9
      return new Response(
        events
          .pipeThrough(
            new TransformStream<string, string>({
              transform(text, controller) {
                const blocks = text.split(/(?<=\n\n)/)
                controller.enqueue(blocks.slice(0, rest).join(''))
                rest -= blocks.length
                if (rest <= 0) controller.error(new TypeError('terminated'))
              },
            }),
          )
          .pipeThrough(new TextEncoderStream()),
        { headers: response.headers },
      )
    }
    const stream = connect(`http://localhost/streams/${id}`, Movie, {
      fetch,
      reconnects: 50,
    })
    expect(await stream.getData()).toEqual(movie)
    expect(await stream.getText()).toBe(JSON.stringify(movie))
    expect(connections).toBeGreaterThan(2)
  })

  test('cancel from elsewhere ends every reader as aborted', async () => {
    const streams = resumable(store)
    const { stream, id } = await streams.start(undefined, () => ask(50))
    const elsewhere = resumable(store)
    const attached = await elsewhere.attach(id, { schema: Movie })
    await attached.streamPartial().next()
    expect(await elsewhere.cancel(id)).toBe(true)
    await expect(stream.getData()).rejects.toMatchObject({ code: 'aborted' })
    await expect(attached.getData()).rejects.toMatchObject({ code: 'aborted' })
    await streams.idle()
    expect(await elsewhere.status(id)).toMatchObject({ state: 'ended', isCancelled: true })
  })

  test('cancel is heard while the model is silent', async () => {
    const streams = resumable(store)
    const { stream, id } = await streams.start(undefined, () => ask(3_600_000))
    await resumable(store).cancel(id)
    await expect(stream.getData()).rejects.toMatchObject({ code: 'aborted' })
    await streams.idle()
  })

  test('leaving or aborting an attached handle leaves the stream alone', async () => {
    const streams = resumable(store)
    const { stream, id } = await streams.start(undefined, () => ask(1))
    const left = await resumable(store).attach(id, { schema: Movie })
    left.abort()
    const other = toResponse(await resumable(store).attach(id))
    await other.body!.cancel()
    const third = toResponse(stream)
    await third.body!.cancel()
    expect(await stream.getData()).toEqual(movie)
    await streams.idle()
  })

  test('an error of the run is every reader’s error', async () => {
    const streams = resumable(store)
    const { stream, id } = await streams.start(undefined, () =>
      runStream('A film', Movie, { model: simulate({ response: '{"title": 5}' }) }),
    )
    const attached = await streams.attach(id, { schema: Movie })
    await expect(stream.getData()).rejects.toMatchObject({ code: 'invalid_data' })
    await expect(attached.getData()).rejects.toMatchObject({
      code: 'invalid_data',
      issues: [{ path: ['title'] }, {}, {}],
    })
    await streams.idle()
  })

  test('a producer that is gone ends its readers as lost', async () => {
    const lease = 300
    // As a process that was killed: a claim, some events, and then nothing.
    const claim = (await store.claim('gone', { lease, ttl: 60_000, grace: 0, takeover: false, token: 'x' }))!
    const start = { type: 'attempt-start', kind: 'first', writes: 'answer', provider: 'p', model: 'm', mode: 'prompt' }
    const data = [JSON.stringify(start), JSON.stringify('{"title":"Bl')]
    await store.append(
      'gone',
      claim.epoch,
      data.map((data, index) => ({ offset: index + 1, data })),
    )
    const streams = resumable(store, { lease })
    const readers = await Promise.all(Array.from({ length: 20 }, () => streams.attach('gone', { schema: Movie })))
    const began = performance.now()
    for (const reader of readers) {
      await expect(reader.getData()).rejects.toMatchObject({ code: 'lost', partial: { title: 'Bl' }, retryable: true })
    }
    expect(performance.now() - began).toBeLessThan(lease + 1_000)
    const events = await eventsIn(toResponse(await streams.attach('gone'), { lastEventId: '1' }))
    expect(events.map(({ id, event }) => [id, event.error?.code ?? event.type ?? event])).toEqual([
      [1, 'hello'],
      [2, '{"title":"Bl'],
      [2, 'lost'],
    ])
  })

  test('a run whose lease is lost is stopped', async () => {
    // Its process stands still for longer than the lease: nothing of what it sends arrives.
    let isStill = false
    const standing: Store = {
      claim: (...args) => store.claim(...args),
      append: async (...args) => {
        while (isStill) await new Promise((resolve) => setTimeout(resolve, 20))
        return await store.append(...args)
      },
      read: (...args) => store.read(...args),
      cancel: (id) => store.cancel(id),
      watch: (...args) => store.watch(...args),
      [Symbol.asyncDispose]: async () => {},
    }
    const streams = resumable(standing, { lease: 300 })
    const { stream, id } = await streams.start(undefined, () => ask(20))
    await stream.streamText().next()
    isStill = true
    const reader = await resumable(store).attach(id, { schema: Movie })
    await expect(reader.getData()).rejects.toMatchObject({ code: 'lost' })
    isStill = false
    await expect(stream.getData()).rejects.toMatchObject({ code: 'lost' })
    await streams.idle()
    expect(await streams.status(id)).toMatchObject({ state: 'lost' })
  })

  test('more bytes than allowed: a typed end for all', async () => {
    const streams = resumable(store, { maxBytes: 300 })
    const { stream, id } = await streams.start(undefined, () => ask(1))
    await expect(stream.getData()).rejects.toMatchObject({ code: 'limit_exceeded' })
    const attached = await streams.attach(id, { schema: Movie })
    await expect(attached.getData()).rejects.toMatchObject({ code: 'limit_exceeded' })
    await streams.idle()
  })

  test('unknown, beyond the end, wrong', async () => {
    const streams = resumable(store)
    await expect(streams.attach('nobody')).rejects.toMatchObject({ code: 'expired' })
    expect(await streams.status('nobody')).toBeUndefined()
    expect(await streams.cancel('nobody')).toBe(false)
    const { id } = await streams.start(undefined, () => ask())
    await streams.idle()
    const { offset } = (await streams.status(id))!
    await expect(streams.attach(id, { after: offset + 1 })).rejects.toMatchObject({ code: 'gap' })
    await expect(streams.attach('../etc')).rejects.toMatchObject({ code: 'bad_options' })
    await expect(streams.attach(id, { after: -1 })).rejects.toMatchObject({ code: 'bad_options' })
    await expect(streams.start('{x}', () => ask())).rejects.toMatchObject({ code: 'bad_options' })
    await expect(streams.start(undefined, undefined as never)).rejects.toMatchObject({ code: 'bad_options' })
    expect(() => resumable(store, { lease: 0 })).toThrow(expect.objectContaining({ code: 'bad_options' }))
    expect(() => resumable(store, { lease: 10_000, ttl: 10_000 })).toThrow(
      expect.objectContaining({ code: 'bad_options' }),
    )
  })

  test('what throws while starting is thrown, and no reader waits for it', async () => {
    const streams = resumable(store)
    const wrong = new TypeError('no such prompt')
    const failing = streams.start('failing', () => {
      throw wrong
    })
    await expect(failing).rejects.toBe(wrong)
    await expect(streams.start('odd', () => ({}) as never)).rejects.toMatchObject({ code: 'bad_options' })
    await expect((await streams.attach('failing')).getData()).rejects.toMatchObject({ code: 'bad_options' })
  })
})
