import { fork } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { createClient } from 'redis-6'
import { createResumableStreamContext } from 'resumable-stream/generic'
import type { Model } from '../src/models/model.ts'
import { runStream } from '../src/run-stream.ts'
import { redisStore } from '../src/store/redis/redis-store.ts'
import type { Store } from '../src/store/store.ts'
import { StoredConsumer, type Place } from '../src/store/stored-consumer.ts'
import { resumable } from '../src/store/resumable.ts'
import { startProxy } from '../test/store/proxy.ts'
import { startRedis } from '../test/store/redis-server.ts'

/**
 * `tsx bench/store.ts [delay | peer | throughput | cancel | chaos]…`: streams through a real Redis on this machine, each
 * figure with its makers in a separate process. `chaos` writes 10,000 streams through a proxy that cuts and loses.
 */

/** Milliseconds, the same in every process of this machine. */
const now = (): number => performance.timeOrigin + performance.now()
const wait = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms))

async function open(url: string) {
  const client = createClient({ url }).on('error', () => {})
  await client.connect()
  return client
}

/** Writes `count` tokens, each of which is the moment it was written at, `ms` apart; all of a turn at once with 0. */
function clock(count: number, ms: number): Model {
  return {
    provider: 'bench',
    id: 'clock',
    modes: ['prompt'],
    dialect: 'json-schema',
    async *stream(_, signal) {
      // Not all streams at the same moment.
      const began = performance.now() + Math.random() * ms
      for (let token = 0; token < count && !signal.aborted; token++) {
        const left = began + token * ms - performance.now()
        if (left > 0) await wait(left)
        else if (token % 16 === 0) await new Promise(setImmediate)
        yield { type: 'text-delta', text: `${now().toFixed(2)} ` }
      }
      yield { type: 'finish', reason: 'stop' }
    },
  }
}

interface Order {
  url: string
  kind: 'ours' | 'peer'
  streams: number
  tokens: number
  ms: number
}

/** In its own process: makes streams as its parent says. */
async function make({ url, kind, streams, tokens, ms }: Order): Promise<void> {
  const client = await open(url)
  const began = performance.now()
  if (kind === 'ours') {
    const kept = resumable(redisStore(client))
    const ids = Array.from({ length: streams }, (_, index) => `bench-${index}`)
    const model = clock(tokens, ms)
    const all = await Promise.all(ids.map((id) => kept.start(id, () => runStream('', undefined, { model }))))
    process.send!({ ids })
    process.on('message', () => {})
    await Promise.all(all.map(({ stream }) => stream.getResult().catch(() => {})))
    const ended = now()
    await kept.idle()
    process.send!({ seconds: (performance.now() - began) / 1_000, ended })
    return
  }
  const context = await peer(url)
  const ids = Array.from({ length: streams }, (_, index) => `peer-${index}`)
  for (const id of ids) {
    const text = new ReadableStream<string>({
      async start(controller) {
        for await (const event of clock(tokens, ms).stream(
          { messages: [], settings: {} },
          new AbortController().signal,
        )) {
          if (event.type === 'text-delta') controller.enqueue(event.text)
        }
        controller.close()
      },
    })
    const stream = await context.createNewResumableStream(id, () => text)
    void stream!.pipeTo(new WritableStream())
  }
  process.send!({ ids })
}

interface Peer {
  createNewResumableStream(id: string, make: () => ReadableStream<string>): Promise<ReadableStream<string> | null>
  resumeExistingStream(id: string): Promise<ReadableStream<string> | null | undefined>
}

/** The package `resumable-stream`, with a client of the same kind. */
async function peer(url: string): Promise<Peer> {
  const [publisher, subscriber] = [await open(url), await open(url)]
  return createResumableStreamContext({
    waitUntil: null,
    publisher: {
      connect: async () => {},
      publish: (channel: string, message: string) => publisher.publish(channel, message),
      set: async (key: string, value: string, options?: { EX?: number }) =>
        await publisher.set(
          key,
          value,
          options?.EX === undefined ? {} : { expiration: { type: 'EX', value: options.EX } },
        ),
      get: (key: string) => publisher.get(key),
      incr: (key: string) => publisher.incr(key),
    },
    subscriber: {
      connect: async () => {},
      subscribe: (channel: string, listener: (message: string) => void) => subscriber.subscribe(channel, listener),
      unsubscribe: (channel: string) => subscriber.unsubscribe(channel),
    },
  })
}

/** A maker at work: the ids of its streams, what it says at its end, and how to end it. */
async function maker(order: Order) {
  const child = fork(fileURLToPath(import.meta.url), ['make', JSON.stringify(order)], { execArgv: ['--import', 'tsx'] })
  const messages: { ids?: string[]; seconds?: number; ended?: number }[] = []
  const over = new Promise<{ seconds: number; ended: number }>((resolve) => {
    child.on('message', (message: { seconds: number; ended: number }) => {
      messages.push(message)
      if ('seconds' in message) resolve(message)
    })
  })
  const stop = async (): Promise<void> => {
    const gone = new Promise((resolve) => child.once('exit', resolve))
    child.kill()
    await gone
  }
  while (messages.length === 0) await wait(5)
  return { ids: messages[0]!.ids!, over, stop }
}

const quantile = (values: number[], share: number): number =>
  values.toSorted((a, b) => a - b)[Math.floor((values.length - 1) * share)]!
const print = (what: string, value: string): void => console.log(`| ${what} | ${value} |`)
const delays = (values: number[]): string =>
  `median ${quantile(values, 0.5).toFixed(1)} ms, p99 ${quantile(values, 0.99).toFixed(1)} ms, of ${values.length} tokens`

async function measureDelay(url: string, streams: number): Promise<void> {
  const { ids, stop } = await maker({ url, kind: 'ours', streams, tokens: 500, ms: 10 })
  const store = redisStore(await open(url))
  const taken: number[] = []
  await Promise.all(
    ids.map(async (id) => {
      const began = now()
      for await (const events of new StoredConsumer(await placeOf(store, id), 0)) {
        const read = now()
        // What was there before this reader was read late for its own fault.
        if (read < began + 1_000) continue
        for (const { data } of events) {
          if (!data.startsWith('"')) continue
          for (const moment of (JSON.parse(data) as string).trim().split(' ')) taken.push(read - Number(moment))
        }
      }
    }),
  )
  await stop()
  print(`from the model to a reader in another process, ${streams} × 100 tokens/s`, delays(taken))
}

const figures: Record<string, (url: string, port: number) => Promise<void>> = {
  delay: (url) => measureDelay(url, 200),
  'delay-50': (url) => measureDelay(url, 50),
  async peer(url) {
    const { ids, stop } = await maker({ url, kind: 'peer', streams: 200, tokens: 500, ms: 10 })
    const context = await peer(url)
    const taken: number[] = []
    await Promise.all(
      ids.map(async (id) => {
        const stream = await context.resumeExistingStream(id)
        const began = now()
        for await (const text of stream ?? []) {
          const read = now()
          if (read < began + 1_000) continue
          for (const moment of text.trim().split(' ')) taken.push(read - Number(moment))
        }
      }),
    )
    await stop()
    print('the same with resumable-stream', taken.length === 0 ? 'nothing arrived' : delays(taken))
  },

  async throughput(url) {
    const order: Order = { url, kind: 'ours', streams: 50, tokens: 10_000, ms: 0 }
    const { over, stop } = await maker(order)
    const { seconds } = await over
    await stop()
    const rate = (order.streams * order.tokens) / seconds
    print('tokens/s of one process through Redis, 50 streams', Math.round(rate).toLocaleString('en'))
  },

  async cancel(url) {
    const kept = resumable(redisStore(await open(url)))
    const { over, stop } = await maker({ url, kind: 'ours', streams: 1, tokens: 1_000_000, ms: 10 })
    const began = now()
    await kept.cancel('bench-0')
    print('cancel, to the end of the run in another process', `${((await over).ended - began).toFixed(1)} ms`)
    await stop()
    const other = resumable(redisStore(await open(url)))
    const taken: number[] = []
    for (let round = 0; round < 200; round++) {
      const { id, stream } = await other.start(undefined, () =>
        runStream('', undefined, { model: clock(1_000_000, 10) }),
      )
      await stream.streamText().next()
      const asked = now()
      const ended = stream.getResult().then(now, now)
      await kept.cancel(id)
      taken.push((await ended) - asked)
    }
    const [median, most] = [quantile(taken, 0.5).toFixed(1), quantile(taken, 0.99).toFixed(1)]
    print('cancel through another client, 200 times', `median ${median} ms, p99 ${most} ms`)
  },

  async chaos(_, port) {
    await using proxy = await startProxy(port)
    const [writing, reading] = [await open(proxy.url), await open(proxy.url)]
    const options = { timeout: 500 }
    const [makers, readers] = [redisStore(writing, options), redisStore(reading, options)]
    const kept = resumable(makers, { lease: 10_000 })
    const seen = { streams: 0, events: 0, duplicates: 0, gaps: 0, inversions: 0, errors: 0, wrong: 0, blows: 0 }
    let isOver = false
    const blows = (async () => {
      for (; !isOver; seen.blows++) {
        if (Math.random() < 0.5) proxy.cut(Math.random)
        else proxy.loseReplies(Math.random, 30)
        await wait(20 + Math.random() * 100)
      }
    })()
    const one = async (): Promise<void> => {
      const { id, stream } = await kept.start(undefined, () => runStream('', undefined, { model: clock(30, 5) }))
      let last = 0
      let text = ''
      try {
        for await (const events of new StoredConsumer(await placeOf(readers, id), 0)) {
          for (const { offset, data } of events) {
            if (offset === last) seen.duplicates++
            else if (offset < last) seen.inversions++
            else if (offset > last + 1) seen.gaps++
            last = offset
            seen.events++
            if (data.startsWith('"')) text += JSON.parse(data) as string
          }
        }
        if (text !== (await stream.getText())) seen.wrong++
      } catch {
        seen.errors++
      }
      seen.streams++
    }
    const lanes = Array.from({ length: 100 }, async () => {
      for (let round = 0; round < 100; round++) await one()
    })
    await Promise.all(lanes)
    isOver = true
    await blows
    print(
      'chaos',
      Object.entries(seen)
        .map(([name, value]) => `${value} ${name}`)
        .join(', '),
    )
  },
}

if (process.argv[2] === 'make') {
  await make(JSON.parse(process.argv[3]!) as Order)
} else {
  await using server = await startRedis()
  const wanted = process.argv.slice(2)
  console.log('| figure | measured |\n|---|---|')
  for (const [name, measure] of Object.entries(figures)) {
    if (wanted.length > 0 && !wanted.includes(name)) continue
    const client = await open(server.url)
    await client.flushAll()
    client.destroy()
    await measure(server.url, server.port)
  }
  await server[Symbol.asyncDispose]()
  process.exit()
}

async function placeOf(store: Store, id: string): Promise<Place> {
  const page = (await store.read(id, 0, 0))!
  return { store, id, name: id, birth: page.birth, patience: 10_000 }
}
