import { expect, test } from 'vitest'
import { fc } from '../support/fast-check.ts'
import { z } from 'zod'
import type { Model } from '../../src/models/model.ts'
import { runStream } from '../../src/run-stream.ts'
import { toResponse } from '../../src/web/server/index.ts'
import { diff } from '../../src/web/formats/json-patch.ts'
import { isBelow } from '../partial/reference.ts'
import { patched, readAgUi, readUiMessage } from './read-formats.ts'

const Anything = z.record(z.string(), z.json())
/** A document, and the pieces in which it comes. */
const document = fc.dictionary(fc.string({ maxLength: 6 }), fc.jsonValue({ maxDepth: 3 }), { maxKeys: 6 })
const RUNS = Number(process.env['LAWS_CASES'] ?? 60)

function paced(text: string, size: number): Model {
  return {
    provider: 'paced',
    id: 'paced-1',
    modes: ['json-schema'],
    dialect: 'json-schema',
    async *stream() {
      for (let at = 0; at < text.length; at += size) {
        await new Promise((resolve) => setImmediate(resolve))
        yield { type: 'text-delta', text: text.slice(at, at + size) }
      }
      yield { type: 'usage', usage: { inputTokens: 3, outputTokens: 5 } }
      yield { type: 'finish', reason: 'stop' }
    },
  }
}

type Event = { type: string; delta?: never; data?: unknown; snapshot?: unknown }
const eventsOf = (chunk: string): Event[] =>
  [...chunk.matchAll(/^data: (\{.*\})$/gm)].map(([, data]) => JSON.parse(data!) as Event)

test('after each STATE_DELTA the key of the answer holds exactly the partial, and other keys are what they were', async () => {
  await fc.assert(
    fc.asyncProperty(
      document,
      fc.integer({ min: 1, max: 7 }),
      fc.jsonValue({ maxDepth: 1 }),
      async (value, size, other) => {
        const stream = runStream('q', Anything, { model: paced(JSON.stringify(value), size) })
        const input = { threadId: 't', runId: 'r', state: { other, answer: 'of yesterday' } }
        const response = toResponse(stream, { format: 'ag-ui', agUi: { input } })
        const all: Event[] = []
        let state: { answer?: unknown; other?: unknown } = structuredClone(input.state)
        const decoder = new TextDecoder()
        for await (const bytes of response.body!) {
          for (const event of eventsOf(decoder.decode(bytes))) {
            all.push(event)
            if (event.type !== 'STATE_DELTA') continue
            state = patched(state, event.delta!) as typeof state
            expect(state).toEqual({ other, answer: stream.partial })
          }
        }
        const { outcome, state: last } = readAgUi(all, input.state)
        expect(outcome).toEqual({ value: await stream.getData() })
        expect(last).toEqual({ other, answer: await stream.getData() })
      },
    ),
    { numRuns: RUNS },
  )
})

test('the data part of a UI message grows, and ends as the value', async () => {
  await fc.assert(
    fc.asyncProperty(document, fc.integer({ min: 1, max: 7 }), async (value, size) => {
      const stream = runStream('q', Anything, { model: paced(JSON.stringify(value), size) })
      const { shown, outcome, text } = readUiMessage(
        eventsOf(await toResponse(stream, { format: 'ui-message' }).text()),
      )
      const data = await stream.getData()
      expect(outcome).toEqual({ value: data })
      expect(JSON.parse(text!)).toEqual(data)
      for (const [index, now] of shown.entries()) expect(isBelow(now, shown[index + 1] ?? data)).toBe(true)
    }),
    { numRuns: RUNS },
  )
})

/** As it has come over a wire, which has no negative zero. */
const wireValue = fc.jsonValue().map((value) => JSON.parse(JSON.stringify(value)) as unknown)

test('a patch makes the one value of the other, and changes nothing that is the same', () => {
  fc.assert(
    fc.property(wireValue, wireValue, (before, after) => {
      expect(patched({ a: before }, diff(before, after, '/a'))).toEqual({ a: after })
      expect(diff(before, before, '/a')).toEqual([])
    }),
    { numRuns: RUNS * 5 },
  )
})
