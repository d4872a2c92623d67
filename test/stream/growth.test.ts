import { afterEach, expect, test, vi } from 'vitest'
import { z } from 'zod'

import { DeltaList } from '../../src/async/delta-list.ts'
import { runStream, type StructuredStream } from '../../src/index.ts'
import { DocumentInterpreter } from '../../src/partial/document/document-interpreter.ts'
import { PlainText } from '../../src/stream/plain-text.ts'
import { EventLog } from '../../src/stream/event-log.ts'
import { drain, says, scripted } from './scripted.ts'

/* Linear work (law 7) on the way from the model to the consumers, by counting: what a delta costs must not depend on
   how many came before. What parser and cursor do with it is counted in test/json/growth.test.ts. */

const Answer = z.object({ rows: z.array(z.object({ id: z.int(), name: z.string() })), note: z.string() })
const answerOf = (rows: number) => ({
  rows: Array.from({ length: rows }, (_, id) => ({ id: id % 10, name: 'some name' })),
  note: Array.from({ length: rows }, (_, word) => `word ${word % 7}`).join(' '),
})

afterEach(() => void vi.restoreAllMocks())

type Consume = (stream: StructuredStream<typeof Answer>) => Promise<unknown>

interface Cost {
  /** Put into the log or handed out by it, for each character of the answer. */
  characters: number
  /** Given to the interpreter, for each character. */
  interpreted: number
  /** Looks at the value, for each delta. */
  snapshots: number
  /** Entries of the log, in all. */
  entries: number
}

/** What a run with these consumers takes, for each delta. */
async function costOf(rows: number, consumers: readonly Consume[], isText = false): Promise<Cost> {
  vi.restoreAllMocks()
  const given = (spied: { mock: { results: { value?: unknown }[] } }) =>
    spied.mock.results.reduce((sum, { value }) => sum + (value as string).length, 0)
  const put = vi.spyOn(DeltaList.prototype, 'push')
  const handedOut = [
    vi.spyOn(DeltaList.prototype, 'at'),
    vi.spyOn(DeltaList.prototype, 'from'),
    vi.spyOn(DeltaList.prototype, 'text', 'get'),
  ]
  const logs = vi.spyOn(EventLog.prototype, 'delta')
  const interpreter = isText ? PlainText : DocumentInterpreter
  const pushes = vi.spyOn(interpreter.prototype, 'push')
  const snapshots = vi.spyOn(interpreter.prototype, 'snapshot')

  const text = JSON.stringify(answerOf(rows))
  const stream = runStream('q', isText ? (undefined as never) : Answer, { model: scripted(says(text, 4)) })
  await Promise.all(consumers.map((consume) => consume(stream)))
  await stream.getResult()

  const taken = put.mock.calls.reduce((sum, [delta]) => sum + delta.length, 0)
  const deltas = text.length / 4
  return {
    characters: handedOut.reduce((sum, spied) => sum + given(spied), taken) / text.length,
    interpreted: pushes.mock.calls.reduce((sum, [piece]) => sum + piece.length, 0) / text.length,
    snapshots: snapshots.mock.calls.length / deltas,
    entries: (logs.mock.contexts[0] as EventLog).entries.length,
  }
}

const consumers: [name: string, consume: Consume[]][] = [
  ['data only', []],
  ['partials', [(stream) => drain(stream.streamPartial())]],
  ['text', [(stream) => drain(stream.streamText())]],
  ['events', [(stream) => drain(stream.streamEvents())]],
  ['chunks', [(stream) => drain(stream)]],
  ['elements', [(stream) => drain(stream.streamElements(['rows']))]],
  ['a field', [(stream) => drain(stream.streamField(['note']))]],
  ['words', [(stream) => drain(stream.streamText({ smooth: 'word' }))]],
]
consumers.push(['all of them', consumers.flatMap(([, consume]) => consume)])

test.each(consumers)('%s: the cost of a delta does not grow', async (_, consume) => {
  const small = await costOf(30, consume)
  const large = await costOf(600, consume)
  expect(large.characters).toBeLessThanOrEqual(small.characters * 1.1)
  expect(large.interpreted).toBe(1)
  expect(large.snapshots).toBeLessThanOrEqual(small.snapshots * 1.1)
  expect(large.entries).toBe(small.entries)
})

test('the same without a schema', async () => {
  const [, all] = consumers.at(-1)!
  const small = await costOf(30, all, true)
  const large = await costOf(600, all, true)
  expect(large.characters).toBeLessThanOrEqual(small.characters * 1.1)
  expect(large.interpreted).toBe(1)
  expect(large.entries).toBe(small.entries)
})

test('the measure sees a consumer that reads everything for each delta', async () => {
  const again: Consume = (stream) => drain(stream.streamText({ cumulative: true }))
  const small = await costOf(30, [again])
  expect((await costOf(600, [again])).characters).toBeGreaterThan(small.characters * 5)
})
