import { fork, type ChildProcess } from 'node:child_process'
import { join } from 'node:path'
import { createClient } from 'redis-6'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { z } from 'zod'
import { simulate } from '../../src/models/simulate/index.ts'
import { runStream } from '../../src/run-stream.ts'
import { redisStore } from '../../src/store/redis/redis-store.ts'
import { resumable } from '../../src/store/resumable.ts'
import type { Store, StoredEvent } from '../../src/store/store.ts'
import { toResponse } from '../../src/web/server/index.ts'
import { clients } from './clients.ts'
import { startProxy } from './proxy.ts'
import { skipReason, startRedis, type RedisServer } from './redis-server.ts'

const LEASE = 1_000
const Notes = z.object({ notes: z.array(z.string()) })
const notes = (count: number) => ({ notes: Array.from({ length: count }, (_, index) => `note ${index} 🙂`) })
const ask = (count: number, delayMs: number) =>
  runStream('Notes', Notes, { model: simulate({ response: notes(count), chunkSize: 6, delayMs }) })

/** Numbers from 0 to below 1, the same for each run of the test. */
function seeded(seed: number): () => number {
  return () => {
    seed = (seed * 1_664_525 + 1_013_904_223) % 2 ** 32
    return seed / 2 ** 32
  }
}

async function allEvents(store: Store, id: string): Promise<StoredEvent[]> {
  const events: StoredEvent[] = []
  for (;;) {
    const page = (await store.read(id, events.length))!
    if (page.events.length === 0) return events
    events.push(...page.events)
  }
}

describe.skipIf(skipReason !== undefined)(`chaos${skipReason === undefined ? '' : ` (skipped: ${skipReason})`}`, () => {
  let server: RedisServer
  beforeAll(async () => {
    server = await startRedis()
  })
  afterAll(async () => await server[Symbol.asyncDispose]())

  const children: ChildProcess[] = []
  afterAll(() => {
    for (const child of children) child.kill('SIGKILL')
  })

  /** Its own process that makes and reads streams. */
  async function startProcess(name: string) {
    const child = fork(join(import.meta.dirname, 'fixtures/process.mjs'), [server.url, name], {
      execArgv: ['--import', 'tsx'],
    })
    children.push(child)
    const seen: Record<string, unknown>[] = []
    const waiting = new Set<() => void>()
    child.on('message', (message) => {
      seen.push(message as Record<string, unknown>)
      for (const wake of waiting) wake()
    })
    const told = async (is: string, id?: string): Promise<Record<string, unknown>> => {
      for (;;) {
        const found = seen.find((one) => one['is'] === is && one['id'] === id)
        if (found !== undefined) return found
        await new Promise<void>((resolve) => waiting.add(resolve))
      }
    }
    await told('ready')
    return {
      pid: child.pid!,
      told,
      ask: async (action: 'start' | 'attach', id: string, count = 0, delayMs = 0) => {
        child.send({ action, id, response: notes(count), delayMs })
        await told('open', id)
      },
    }
  }

  async function openStreams(name = 'redis 6', url = server.url, options = {}) {
    const { client, close } = await clients[name]!(url)
    const store = redisStore(client, options)
    return {
      store,
      streams: resumable(store, { lease: LEASE }),
      [Symbol.asyncDispose]: async () => {
        await store[Symbol.asyncDispose]()
        await close()
      },
    }
  }

  test.each(['redis 6', 'ioredis 5'])(
    'kill -9 of the producer (%s): every reader ends with lost within the lease',
    async (name) => {
      await using here = await openStreams()
      const producer = await startProcess(name)
      const id = `killed-${name.replace(' ', '-')}`
      await producer.ask('start', id, 1_000, 5)
      const readers = await Promise.all(Array.from({ length: 5 }, () => here.streams.attach(id, { schema: Notes })))
      await Promise.all(readers.map((reader) => reader.streamElements(['notes']).next()))
      process.kill(producer.pid, 'SIGKILL')
      const killed = performance.now()
      const errors = await Promise.all(readers.map((reader) => reader.getData().catch((error: unknown) => error)))
      // Scoreboard row 13: lease + 1 s.
      expect(performance.now() - killed).toBeLessThan(LEASE + 1_000)
      const whole = JSON.stringify(notes(1_000))
      for (const error of errors) {
        expect(error).toMatchObject({ code: 'lost' })
        expect(whole.startsWith((error as { text: string }).text)).toBe(true)
      }
      expect(new Set(errors.map((error) => (error as { text: string }).text)).size).toBe(1)
      expect(await here.streams.status(id)).toMatchObject({ state: 'lost' })
    },
  )

  test('SIGSTOP for longer than the lease: lost for readers, and for the producer when it wakes', async () => {
    await using here = await openStreams()
    const producer = await startProcess('redis 6')
    await producer.ask('start', 'stopped', 1_000, 5)
    const reader = await here.streams.attach('stopped', { schema: Notes })
    await reader.streamElements(['notes']).next()
    process.kill(producer.pid, 'SIGSTOP')
    await expect(reader.getData()).rejects.toMatchObject({ code: 'lost' })
    const before = await allEvents(here.store, 'stopped')
    process.kill(producer.pid, 'SIGCONT')
    expect(await producer.told('over', 'stopped')).toMatchObject({ code: 'lost' })
    expect(await allEvents(here.store, 'stopped')).toEqual(before)
  })

  test('three processes: one makes, one reads along, this one cancels', async () => {
    await using here = await openStreams('ioredis 6')
    const [producer, reader] = await Promise.all([startProcess('redis 5'), startProcess('ioredis 6')])
    await producer.ask('start', 'shared', 1_000, 5)
    await reader.ask('attach', 'shared')
    await producer.ask('start', 'finished', 10, 1)
    await reader.ask('attach', 'finished')
    expect(await reader.told('over', 'finished')).toMatchObject({ notes: 10 })
    expect(await here.streams.cancel('shared')).toBe(true)
    expect(await producer.told('over', 'shared')).toMatchObject({ code: 'aborted' })
    expect(await reader.told('over', 'shared')).toMatchObject({ code: 'aborted' })
  })

  test.each(Object.keys(clients))(
    'connections are cut and replies lost at random (%s): exactly once, in order',
    { timeout: 60_000 },
    async (name) => {
      const random = seeded(name.length)
      await using proxy = await startProxy(server.port)
      await using maker = await openStreams(name, proxy.url, { prefix: 'proxy:', timeout: 400 })
      await using reader = await openStreams(name, proxy.url, { prefix: 'proxy:', timeout: 400 })
      const options = { lease: 10_000 }
      const [making, reading] = [resumable(maker.store, options), resumable(reader.store, options)]
      const started = await Promise.all(
        Array.from({ length: 10 }, (_, index) =>
          making.start(`${name.replaceAll(' ', '-')}-${index}`, () => ask(60, 5)),
        ),
      )
      const handles = await Promise.all(
        started.flatMap(({ id }) => [reading.attach(id, { schema: Notes }), making.attach(id, { schema: Notes })]),
      )
      let isOver = false
      let blows = 0
      const chaos = (async () => {
        while (!isOver) {
          blows++
          if (random() < 0.5) proxy.cut(random)
          else proxy.loseReplies(random, 50)
          await new Promise((resolve) => setTimeout(resolve, 5 + random() * 30))
        }
      })()
      for (const handle of handles) expect(await handle.getData()).toEqual(notes(60))
      isOver = true
      await chaos
      expect(blows).toBeGreaterThan(10)
      await making.idle()
      const prefix = name.includes('prefix') ? 'app:proxy:' : 'proxy:'
      await using direct = await openStreams('redis 6', server.url, { prefix })
      for (const { id } of started) {
        const events = await allEvents(direct.store, id)
        expect(events.map(({ offset }) => offset)).toEqual(events.map((_, index) => index + 1))
        const text = events.map(({ data }) => JSON.parse(data) as unknown).filter((event) => typeof event === 'string')
        expect(text.join('')).toBe(JSON.stringify(notes(60)))
      }
      // The same ids once more: connections that stood still since then get nothing of the new streams.
      const stale = await Promise.all(
        started.map(async ({ id }) => {
          const body = toResponse(await direct.streams.attach(id))
            .body!.pipeThrough(new TextDecoderStream())
            .getReader()
          return { body, text: (await body.read()).value! }
        }),
      )
      const again = resumable(direct.store, { lease: LEASE })
      const client = createClient({ url: server.url }).on('error', () => {})
      await client.connect()
      await Promise.all(
        started.map(async ({ id }) => {
          await client.del([`${prefix}{${id}}:meta`, `${prefix}{${id}}:log`])
          const model = simulate({ response: { notes: ['another answer'] }, chunkSize: 6 })
          expect((await again.start(id, () => runStream('Notes', Notes, { model }))).isNew).toBe(true)
        }),
      )
      await again.idle()
      client.destroy()
      for (const { body, text } of stale) {
        let all = text
        for (let step = await body.read(); !step.done; step = await body.read()) all += step.value
        // What was read ahead is whole, and anything else is refused.
        expect(all).toMatch(/"code":"(?:expired|gap)"|"type":"end"/)
        expect(all).not.toContain('another')
      }
    },
  )

  test('Redis is killed and comes back within the lease: the run continues, readers catch up', async () => {
    await using own = await startRedis({ keeps: true })
    await using here = await openStreams('redis 6', own.url, { timeout: 300 })
    const streams = resumable(here.store, { lease: 10_000 })
    const { stream, id } = await streams.start(undefined, () => ask(200, 5))
    const reader = await streams.attach(id, { schema: Notes })
    await reader.streamElements(['notes']).next()
    await own.restart(500)
    expect(await reader.getData()).toEqual(notes(200))
    expect(await stream.getData()).toEqual(notes(200))
    await streams.idle()
    expect(await streams.status(id)).toMatchObject({ state: 'ended' })
  })

  test('Redis stays away: a typed error here and there, and the run is stopped', async () => {
    await using proxy = await startProxy(server.port)
    await using here = await openStreams('redis 6', proxy.url, { timeout: 200 })
    const { stream, id } = await here.streams.start(undefined, () => ask(100_000, 5))
    const reader = await here.streams.attach(id, { schema: Notes })
    await reader.streamElements(['notes']).next()
    proxy.away(true)
    await expect(stream.getData()).rejects.toMatchObject({ code: 'connection_lost' })
    await expect(reader.getData()).rejects.toMatchObject({ code: 'connection_lost' })
    await here.streams.idle()
    await expect(here.streams.status(id)).rejects.toMatchObject({ code: 'connection_lost' })
    // A consumer that can reach Redis learns that the stream is lost.
    await using elsewhere = await openStreams()
    await expect((await elsewhere.streams.attach(id, { schema: Notes })).getData()).rejects.toMatchObject({
      code: 'lost',
    })
  })

  test('500 readers of one stream share their reads', { timeout: 60_000 }, async () => {
    await using here = await openStreams()
    const client = createClient({ url: server.url }).on('error', () => {})
    await client.connect()
    const { id } = await here.streams.start(undefined, () => ask(50, 4))
    const readers = await Promise.all(Array.from({ length: 500 }, () => here.streams.attach(id, { schema: Notes })))
    await client.configResetStat()
    const all = await Promise.all(readers.map((reader) => reader.getData()))
    expect(all.every((data) => data.notes.length === 50)).toBe(true)
    const calls = Number(/cmdstat_evalsha:calls=(\d+)/.exec(await client.info('commandstats'))?.[1])
    // One by one it would be 500 for each of the 150 and more deltas.
    expect(calls).toBeLessThan(5_000)
    await here.streams.idle()
    client.destroy()
  })

  test('a reader that stands still has nothing read for it', async () => {
    await using here = await openStreams()
    let reads = 0
    const counting: Store = {
      claim: (...args) => here.store.claim(...args),
      append: (...args) => here.store.append(...args),
      read: (...args) => {
        reads++
        return here.store.read(...args)
      },
      cancel: (id) => here.store.cancel(id),
      watch: (...args) => here.store.watch(...args),
      [Symbol.asyncDispose]: async () => {},
    }
    const { id } = await here.streams.start(undefined, () => ask(300, 0))
    await here.streams.idle()
    const route = resumable(counting).handler({ authorize: () => true })
    const response = await route(new Request(`http://localhost/${id}`))
    expect(reads).toBe(1)
    const body = response.body!.getReader()
    await body.read()
    await body.read()
    await new Promise((resolve) => setTimeout(resolve, 100))
    expect(reads).toBe(2)
    await body.cancel()
  })
})
