import { expect, test } from 'vitest'
import { z } from 'zod'
import type { Model } from '../../src/models/model.ts'
import { simulate } from '../../src/models/simulate/index.ts'
import { runStream } from '../../src/run-stream.ts'
import { memoryStore } from '../../src/store/memory.ts'
import { resumable, type MakeStream } from '../../src/store/resumable.ts'
import type { Store } from '../../src/store/store.ts'
import { redisStore } from '../../src/store/redis/redis-store.ts'
import { decodeEvent } from '../../src/web/protocol.ts'
import { clients } from './clients.ts'
import { skipReason, startRedis } from './redis-server.ts'

const LEASE = 400

/** The same store as a machine sees it that is cut off from it, or stands still, while `isGone`. */
function machine(store: Store) {
  const state = { isGone: false }
  const here: Store = {
    claim: (...args) => store.claim(...args),
    append: async (...args) => {
      while (state.isGone) await new Promise((resolve) => setTimeout(resolve, 10))
      return await store.append(...args)
    },
    read: (...args) => store.read(...args),
    cancel: (id) => store.cancel(id),
    watch: (...args) => store.watch(...args),
    [Symbol.asyncDispose]: async () => {},
  }
  return { state, streams: resumable(here, { lease: LEASE, takeover: true }) }
}

type Machine = ReturnType<typeof machine>

/** Writes `text` slowly and counts how often it is asked. */
function author(text: string) {
  const model = simulate({ response: text, chunkSize: 4, delayMs: 15 })
  const requests: unknown[] = []
  const counted: Model = {
    provider: model.provider,
    id: model.id,
    modes: model.modes,
    dialect: model.dialect,
    stream: (request, signal) => {
      requests.push(request.messages)
      return model.stream(request, signal)
    },
  }
  return { counted, requests }
}

const text = 'One machine begins to write this answer, and '
const rest = 'another one ends it.'
const makeWith =
  (model: Model): MakeStream<undefined> =>
  (resume) =>
    runStream('Write', undefined, { model: resume(model), recover: true })

async function takenOver(standsBy: boolean, stores?: [Store, Store]): Promise<void> {
  const store = stores?.[1] ?? memoryStore()
  const [one, two] = (stores ?? [store, store]).map(machine) as [Machine, Machine]
  const [first, second] = [author(text.repeat(10)), author(rest)]
  const { stream } = await one.streams.start('answer', makeWith(first.counted))
  const reader = await two.streams.attach('answer')
  await reader.streamText().next()
  if (standsBy) expect((await two.streams.start('answer', makeWith(second.counted))).isNew).toBe(false)
  one.state.isGone = true
  if (!standsBy) {
    await new Promise((resolve) => setTimeout(resolve, LEASE + 50))
    await two.streams.start('answer', makeWith(second.counted))
  }
  const whole = await reader.getText()
  expect(whole.endsWith(rest)).toBe(true)
  const begun = whole.slice(0, -rest.length)
  expect(begun.length).toBeGreaterThan(0)
  expect(text.repeat(10).startsWith(begun)).toBe(true)
  expect(first.requests).toHaveLength(1)
  expect(second.requests).toHaveLength(1)
  expect(JSON.stringify(second.requests)).toContain(begun.slice(0, 20))
  expect((await reader.getResult()).attempts.map(({ kind }) => kind)).toEqual(['first', 'recover'])
  // The old machine wakes, and may not write any more.
  one.state.isGone = false
  await expect(stream.getText()).rejects.toMatchObject({ code: 'lost' })
  const { events } = (await store.read('answer', 0, 10_000))!
  expect(events.map(({ offset }) => offset)).toEqual(events.map((_, index) => index + 1))
  const types = events.map(({ data }) => decodeEvent(data)!.type)
  expect(types.filter((type) => type !== 'text-delta' && type !== 'usage')).toEqual([
    'attempt-start',
    'recover',
    'attempt-start',
    'finish',
    'end',
  ])
  await two.streams.idle()
}

test('a machine that calls start later continues with the answer', async () => await takenOver(false))
test('a machine that stands by continues with the answer', async () => await takenOver(true))

test('structured data is gone on with, too', async () => {
  const store = memoryStore()
  const Notes = z.object({ notes: z.array(z.string()), count: z.int() })
  const [one, two] = [machine(store), machine(store)]
  const data = { notes: Array.from({ length: 30 }, (_, index) => `note ${index}`), count: 30 }
  const make: MakeStream<typeof Notes> = (resume) =>
    runStream('Notes', Notes, {
      model: resume(simulate({ response: data, chunkSize: 6, delayMs: 10 })),
      recover: true,
    })
  await one.streams.start('notes', make, { schema: Notes })
  const reader = await two.streams.attach('notes', { schema: Notes })
  await reader.streamElements(['notes']).next()
  one.state.isGone = true
  const before = reader.partial?.notes?.length ?? 0
  await new Promise((resolve) => setTimeout(resolve, LEASE + 50))
  const { stream } = await two.streams.start('notes', make, { schema: Notes })
  // Asked for the rest, this model writes the whole document again.
  expect(await stream.getData()).toEqual(data)
  expect(await reader.getData()).toEqual(data)
  expect(before).toBeGreaterThan(0)
  const { attempts } = await reader.getResult()
  expect(attempts.map(({ kind }) => kind)).toEqual(['first', 'recover'])
  one.state.isGone = false
})

test('when no one takes over, readers end as lost after the grace', async () => {
  const store = memoryStore()
  const [one, two] = [machine(store), machine(store)]
  await one.streams.start('alone', makeWith(author(text.repeat(10)).counted))
  const reader = await two.streams.attach('alone')
  await reader.streamText().next()
  one.state.isGone = true
  await expect(reader.getText()).rejects.toMatchObject({ code: 'lost' })
  one.state.isGone = false
})

test('a stream that has done more than to say something ends as lost', async () => {
  const store = memoryStore()
  const claim = (await store.claim('tools', { lease: 20, grace: 60_000, ttl: 600_000, takeover: true, token: 'a' }))!
  const start = { type: 'attempt-start', kind: 'first', writes: 'answer', provider: 'p', model: 'm' }
  const data = [start, { type: 'tool-call-start', id: '1', name: 'pay' }].map((event) => JSON.stringify(event))
  await store.append(
    'tools',
    claim.epoch,
    data.map((data, index) => ({ offset: index + 1, data })),
  )
  await new Promise((resolve) => setTimeout(resolve, 50))
  const { counted, requests } = author(rest)
  const { stream } = await machine(store).streams.start('tools', makeWith(counted))
  await expect(stream.getText()).rejects.toMatchObject({ code: 'lost' })
  expect(requests).toEqual([])
})

test('a function that does not pass its model on is refused', async () => {
  const { streams } = machine(memoryStore())
  const wrong = streams.start('wrong', () => runStream('x', undefined, { model: simulate() }))
  await expect(wrong).rejects.toMatchObject({ code: 'bad_options', message: expect.stringContaining('resume(model)') })
})

test.skipIf(skipReason !== undefined)(
  `over Redis, from one connection to another${skipReason === undefined ? '' : ` (skipped: ${skipReason})`}`,
  async () => {
    await using server = await startRedis()
    const cases = Object.values(clients).flatMap((open) => [false, true].map((standsBy) => ({ open, standsBy })))
    await Promise.all(
      cases.map(async ({ open, standsBy }) => {
        const [here, there] = await Promise.all([open(server.url), open(server.url)])
        const prefix = `${crypto.randomUUID()}:`
        const stores: [Store, Store] = [redisStore(here.client, { prefix }), redisStore(there.client, { prefix })]
        await takenOver(standsBy, stores)
        for (const store of stores) await store[Symbol.asyncDispose]()
        await Promise.all([here.close(), there.close()])
      }),
    )
  },
  120_000,
)
