import { runStream, type StructuredStream } from '../../src/index.ts'
import { IncrementalJsonParser } from '../../src/json/index.ts'
import { deltasOf, workloadOf, type Document } from '../workloads.ts'
import type { Figure } from './figure.ts'
import { heap } from './heap.ts'
import { LiveModel } from './live-model.ts'

/** Characters that each open stream has received. */
const OPEN_LENGTH = 4_000

/** Heap of a parser in the middle of a document whose last snapshot is held. @param count how many are open */
export function heapOfOpenParsers(count: number): Promise<Figure[]> {
  const deltas = deltasOf(halfOf('records'))
  const held: unknown[] = []
  const used = growth(() => {
    for (let index = 0; index < count; index++) {
      const parser = new IncrementalJsonParser()
      for (const delta of deltas) parser.push(delta)
      held.push(parser, parser.snapshot())
    }
  })
  if (held.length !== 2 * count) throw new Error('unreachable: it keeps them alive until here')
  return Promise.resolve([
    {
      id: 'parser',
      title: `an open parser with its snapshot, ${OPEN_LENGTH} characters in`,
      value: used / count / 1_024,
      unit: 'KB',
    },
  ])
}

/** Heap of streams in the middle of their answers, each with a consumer of partials. @param count how many are open */
export async function heapOfOpenStreams(count: number): Promise<Figure[]> {
  const deltas = deltasOf(halfOf('records'))
  const [document] = workloadOf('records').documents(2 * OPEN_LENGTH)
  const open: { model: LiveModel; stream: StructuredStream<unknown> }[] = []
  const run = async (): Promise<void> => {
    for (let index = 0; index < count; index++) {
      const model = new LiveModel()
      const stream = runStream('', document!.schema, { model })
      open.push({ model, stream })
      void consume(stream)
    }
    for (const delta of deltas) {
      for (const { model } of open) model.give(delta)
      await new Promise(setImmediate)
    }
  }
  const before = heap()
  await run()
  const used = heap() - before
  for (const { stream } of open) stream.abort()
  const title = `open streams with a consumer of partials, ${OPEN_LENGTH} characters in`
  return [
    { id: 'streams', title: `${count} ${title}`, value: used / 2 ** 20, unit: 'MB' },
    { id: 'stream', title: 'of these, each', value: used / count / 1_024, unit: 'KB' },
  ]
}

async function consume(stream: StructuredStream<unknown>): Promise<void> {
  try {
    for await (const _ of stream.streamPartial());
  } catch {
    // Aborted at the end of the probe.
  }
}

/**
 * The most that is alive while a text comes in, in multiples of the text and without the final value: of the parser
 * with a snapshot per delta, and of a run with a consumer of partials. @param size characters
 */
export async function peakHeap(size: number): Promise<Figure[]> {
  const figures: Figure[] = []
  // Loads and compiles everything, which isn't part of a stream's weight.
  for (const { text, schema } of workloadOf('mixed').documents(10_000)) await peakOfRun(schema, deltasOf(text))
  for (const id of ['records', 'string']) {
    const [document] = workloadOf(id).documents(size)
    const deltas = deltasOf(document!.text)
    const final = finalHeap(document!)
    const parser = peakOfParser(deltas)
    const run = await peakOfRun(document!.schema, deltas)
    const over = (peak: number): number => Math.max(0, peak - final) / document!.text.length
    figures.push(
      {
        id: `parser-${id}`,
        title: `parser, ${id}: alive at most, without the final value`,
        value: over(parser),
        unit: '× the text',
      },
      {
        id: `run-${id}`,
        title: `run, ${id}: alive at most, without the final value`,
        value: over(run),
        unit: '× the text',
      },
      {
        id: `final-${id}`,
        title: `the final value of ${id} itself`,
        value: final / document!.text.length,
        unit: '× the text',
      },
    )
  }
  const { text } = workloadOf('string').documents(size)[0]!
  const plain = Math.max(0, (await peakOfRun(undefined, deltasOf(text))) - text.length)
  figures.push({
    id: 'run-text',
    title: 'run without a schema: alive at most, without the final text',
    value: plain / text.length,
    unit: '× the text',
  })
  return figures
}

function finalHeap({ text }: Document): number {
  let value: unknown
  const used = growth(() => (value = JSON.parse(text)))
  return value === undefined ? 0 : used
}

const LOOKS = 40

function peakOfParser(deltas: readonly string[]): number {
  const before = heap()
  let most = 0
  const parser = new IncrementalJsonParser()
  let shown: unknown
  for (const [index, delta] of deltas.entries()) {
    parser.push(delta)
    shown = parser.snapshot()
    if (index % Math.ceil(deltas.length / LOOKS) === 0) most = Math.max(most, heap() - before)
  }
  most = Math.max(most, heap() - before)
  return shown === undefined ? 0 : most
}

async function peakOfRun(schema: Document['schema'] | undefined, deltas: readonly string[]): Promise<number> {
  const before = heap()
  const model = new LiveModel()
  const stream = runStream('', schema, { model }) as StructuredStream<unknown>
  let shown: unknown
  const consumer = (async () => {
    for await (shown of stream.streamPartial());
  })()
  let most = await peakOfGiving(model, deltas, before)
  model.finish()
  await consumer
  most = Math.max(most, heap() - before)
  return shown === undefined ? 0 : most
}

async function peakOfGiving(model: LiveModel, deltas: readonly string[], before: number): Promise<number> {
  let most = 0
  for (const [index, delta] of deltas.entries()) {
    model.give(delta)
    await Promise.resolve()
    if (index % Math.ceil(deltas.length / LOOKS) !== 0) continue
    await new Promise(setImmediate)
    most = Math.max(most, heap() - before)
  }
  await new Promise(setImmediate)
  return Math.max(most, heap() - before)
}

const STANDING: [what: string, read: (stream: StructuredStream<unknown>) => AsyncIterator<unknown>][] = [
  ['partials', (stream) => stream.streamPartial()],
  ['text', (stream) => stream.streamText()],
  ['events', (stream) => stream.streamEvents()],
  ['chunks', (stream) => stream[Symbol.asyncIterator]()],
]

/**
 * The most that is alive while a text comes in and a consumer, which has taken one item, stands still; in multiples of
 * the text. @param size characters
 */
export async function standingStill(size: number): Promise<Figure[]> {
  const figures: Figure[] = []
  const [document] = workloadOf('records').documents(size)
  const deltas = deltasOf(document!.text)
  for (const { text, schema } of workloadOf('mixed').documents(10_000)) await peakOfRun(schema, deltasOf(text))
  for (const [what, read] of STANDING) {
    const peak = await peakOfStanding(document!.schema, deltas, read)
    figures.push({
      id: `standing-${what}`,
      title: `run, a consumer of ${what} that stands still: alive at most`,
      value: peak / document!.text.length,
      unit: '× the text',
    })
  }
  return figures
}

async function peakOfStanding(
  schema: Document['schema'],
  deltas: readonly string[],
  read: (stream: StructuredStream<unknown>) => AsyncIterator<unknown>,
): Promise<number> {
  // What the run before left is collected only when its last promises have been.
  await new Promise(setImmediate)
  const before = heap()
  const model = new LiveModel()
  const stream = runStream('', schema, { model })
  const iterator = read(stream)
  const first = iterator.next()
  const peak = await peakOfGiving(model, deltas, before)
  model.finish()
  if ((await first).done === true || (await iterator.next()).done === true) throw new Error('there was nothing to read')
  await stream.getData()
  return peak
}

function halfOf(workload: string): string {
  return workloadOf(workload)
    .documents(2 * OPEN_LENGTH)[0]!
    .text.slice(0, OPEN_LENGTH)
}

function growth(work: () => void): number {
  const before = heap()
  work()
  return heap() - before
}
