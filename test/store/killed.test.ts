import { expect, test } from 'vitest'
import { z } from 'zod'
import { tool, type Tool } from '../../src/index.ts'
import type { Model } from '../../src/models/model.ts'
import { simulate } from '../../src/models/simulate/index.ts'
import { runStream } from '../../src/run-stream.ts'
import { memoryStore } from '../../src/store/memory.ts'
import { resumable, type MakeStream } from '../../src/store/resumable.ts'
import type { Store } from '../../src/store/store.ts'
import { decodeEvent } from '../../src/web/protocol.ts'
import { runSize } from '../support/property.ts'

/* A process is killed after each event that its run has stored, and another one stands by. No event is lost or comes twice,
 * what the second one makes is whole or ends as `lost`, and no tool runs twice. `LAWS_CASES=400` kills after every event. */

const LEASE = 600
const Notes = z.object({ notes: z.array(z.string()), count: z.int() })
const truth = { notes: Array.from({ length: 48 }, (_, index) => `note number ${index}`), count: 48 }
/** The last field has to be asked for again. */
const wrong = JSON.stringify({ ...truth, count: 'many' })

const never = new Promise<never>(() => {})

/** A process that is gone once it has stored `most` events: nothing of it continues, and nothing of it reaches the store. */
class Process {
  isGone: boolean
  readonly ran: string[] = []
  #left: number

  constructor(most: number) {
    this.#left = most
    this.isGone = false
  }

  /** The store as this process sees it. */
  sees(store: Store): Store {
    return {
      claim: (...args) => (this.isGone ? never : store.claim(...args)),
      append: async (id, epoch, events, isEnd) => {
        if (this.isGone) return await never
        const kept = events.slice(0, this.#left)
        this.#left -= kept.length
        if (kept.length === events.length && this.#left > 0) return await store.append(id, epoch, events, isEnd)
        this.isGone = true
        if (kept.length > 0) await store.append(id, epoch, kept)
        return await never
      },
      read: (...args) => store.read(...args),
      cancel: (id) => store.cancel(id),
      watch: (...args) => store.watch(...args),
      [Symbol.asyncDispose]: async () => {},
    }
  }

  /** The model as this process asks it. */
  asks({ provider, id, modes, dialect, stream }: Model): Model {
    // oxlint-disable-next-line typescript/no-this-alias -- a generator has a separate `this`
    const here = this
    async function* alive(...args: Parameters<Model['stream']>) {
      for await (const event of stream(...args)) {
        // One append for each event: what waits for an append goes into the next one together.
        await new Promise(setImmediate)
        if (here.isGone) await never
        yield event
      }
    }
    return { provider, id, modes, dialect, stream: alive }
  }

  tools(): Tool[] {
    const input = z.object({ topic: z.string() })
    const lookup = tool({
      name: 'lookup',
      description: 'Looks something up',
      input,
      execute: async ({ topic }) => {
        if (this.isGone) await never
        this.ran.push(topic)
        return `about ${topic}`
      },
    })
    return [lookup]
  }
}

interface Kind {
  tools: boolean
  responses: () => unknown[]
}
const kinds: Record<string, Kind> = {
  'a tool and a patch': {
    tools: true,
    responses: () => [{ toolCalls: [{ name: 'lookup', arguments: { topic: 'notes' } }] }, wrong],
  },
  'a patch': { tools: false, responses: () => [wrong] },
}

const make =
  (process: Process, { tools, responses }: Kind): MakeStream<typeof Notes> =>
  (resume) =>
    runStream('Notes', Notes, {
      model: resume(process.asks(simulate({ responses: responses(), truth, chunkSize: 4 }))),
      recover: true,
      onInvalid: 'patch',
      ...(tools && { tools: process.tools() }),
    })

/** What is stored, what readers got, and which tools ran, when the first process is gone after `most` events. */
async function killedAfter(most: number, kind: Kind) {
  const store = memoryStore()
  const [first, second] = [new Process(most), new Process(Infinity)]
  const here = resumable(first.sees(store), { lease: LEASE, takeover: true })
  const there = resumable(second.sees(store), { lease: LEASE, takeover: true })
  await here.start('answer', make(first, kind), { schema: Notes })
  const { stream, isNew } = await there.start('answer', make(second, kind), { schema: Notes })
  const outcome = await stream.getData().then(
    (data) => ({ data, code: undefined }),
    (error: { code?: string }) => ({ data: undefined, code: error.code }),
  )
  const { events } = (await store.read('answer', 0, 10_000))!
  const types = events.map(({ data }) => decodeEvent(data)!.type)
  await store[Symbol.asyncDispose]()
  return { isNew, outcome, events, types, ran: [...first.ran, ...second.ran] }
}

test.each(Object.entries(kinds))(
  'a run with %s that is killed after any of its events',
  async (_, kind) => {
    const whole = await killedAfter(Infinity, kind)
    expect(whole.outcome).toEqual({ data: truth, code: undefined })
    expect(whole.types.length).toBeGreaterThan(200)
    const { cases } = runSize('LAWS', 12)
    const step = Math.max(1, Math.floor(whole.events.length / cases))
    const places = Array.from({ length: Math.ceil(whole.events.length / step) }, (_, index) => index * step)
    const all = await Promise.all(places.map((most) => killedAfter(most, kind)))
    for (const [index, { isNew, outcome, events, types, ran }] of all.entries()) {
      const place = `after event ${places[index]}`
      expect(isNew, place).toBe(false)
      expect(
        events.map(({ offset }) => offset),
        place,
      ).toEqual(events.map((_, at) => at + 1))
      expect(
        types.filter((type) => type === 'end' || type === 'error'),
        place,
      ).toHaveLength(1)
      expect(ran.length, place).toBeLessThanOrEqual(1)
      // The right data, or a typed end: nothing between.
      expect(
        [
          { data: truth, code: undefined },
          { data: undefined, code: 'lost' },
        ],
        place,
      ).toContainEqual(outcome)
    }
    const isWhole = all.map(({ outcome }) => outcome.code === undefined)
    // With tools no one can know what was done.
    expect(isWhole.slice(1, -1).some(Boolean)).toBe(!kind.tools)
  },
  60_000,
)
