/**
 * CPU time and heap against the length of the answer, by doubling: `npm run bench:growth`. Prints a table with the
 * exponent of each, and fails where one is over its bound. `-- NAME` runs the shapes that have it in their name.
 */
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { z } from 'zod'

import { parseStream, type StructuredStream } from '../src/index.ts'

/** Characters, each twice the one before. */
const SIZES = [32_000, 64_000, 128_000, 256_000]
const ROUNDS = 3
/** Of CPU time and of heap. Noise of a busy machine is in it: 1.1 of each is the target on a quiet one. */
const BOUND = 1.1

type Read = (stream: StructuredStream<z.ZodType>) => Promise<unknown>
type Text = [schema: z.ZodType, text: (length: number) => string]

const many = (part: (index: number) => string, length: number, between = ','): string => {
  const parts: string[] = []
  for (let size = 0, index = 0; size < length; index++) size += parts.push(part(index)) && parts[index]!.length + 1
  return parts.join(between)
}

const Row = z.object({ id: z.number(), name: z.string() })
const row = (index: number): string => `{"id":${index % 1000},"name":"name number ${index % 97}"}`
const Note = z.object({ text: z.string(), n: z.number().optional() })

const TEXTS: Record<string, Text> = {
  records: [z.array(Row), (length) => `[${many(row, length)}]`],
  'one wide record': [z.record(z.string(), z.number()), (length) => `{${many((i) => `"key${i}":${i % 10}`, length)}}`],
  'one wide array': [z.array(z.number()), (length) => `[${many((i) => String(i % 1000), length)}]`],
  'one long string': [Note, (length) => `{"text":"${'some words '.repeat(length / 11)}"}`],
  'escapes in a string': [Note, (length) => `{"text":"${'a\\n\\"b\\u00e9'.repeat(length / 12)}"}`],
  'any, deep and wide': [z.any(), (length) => `[${many(() => '{"a":[{"b":[1,2,{"c":"x"}]}]}', length)}]`],
  'a union of records at the root': [
    z.union([z.object({ rows: z.array(Row) }), z.object({ rows: z.array(Row), end: z.string() })]),
    (length) => `{"rows":[${many(row, length)}],"end":"x"}`,
  ],
  'an intersection at the root': [
    z.intersection(z.object({ rows: z.array(Row) }), z.object({ end: z.string() })),
    (length) => `{"rows":[${many(row, length)}],"end":"x"}`,
  ],
  'JSON lines for a list': [z.array(Row), (length) => many(row, length, '\n')],
  'prose before the answer': [Note, (length) => `${'This is no answer. '.repeat(length / 19)}\n{"text":"x"}`],
  'quotes that are not escaped': [Note, (length) => `{"text": "x "y" z${'say "hi", '.repeat(length / 10)}", "n": 1}`],
}

const drain = async (items: AsyncIterable<unknown>): Promise<void> => {
  for await (const _ of items);
}
const READERS: Record<string, Read> = {
  'getData only': (stream) => stream.getData(),
  streamPartial: (stream) => drain(stream.streamPartial()),
  streamEvents: (stream) => drain(stream.streamEvents()),
  'streamEvents, not read until the end': async (stream) => {
    const events = stream.streamEvents()
    await events.next()
    await stream.getData()
    return events
  },
}

setFlagsFromString('--expose-gc')
const collectGarbage = runInNewContext('gc') as () => void

/** The text by 16 characters; a turn of the event loop between them now and then, so that readers get their turn. */
async function* chunks(text: string): AsyncGenerator<string> {
  for (let at = 0; at < text.length; at += 16) {
    if (at % 256 === 0) await Promise.resolve()
    yield text.slice(at, at + 16)
  }
}

interface Cost {
  /** CPU milliseconds. */
  cpu: number
  /** Bytes for each character that are kept while the stream and its reader are. */
  heap: number
}

async function once(schema: z.ZodType, text: string, read: Read): Promise<Cost> {
  collectGarbage()
  const before = process.memoryUsage().heapUsed
  const start = process.cpuUsage()
  const stream = parseStream(chunks(text), schema, { limits: { maxRepeat: 1e9 } })
  const kept = await read(stream)
  const { user, system } = process.cpuUsage(start)
  collectGarbage()
  const heap = process.memoryUsage().heapUsed - before
  // Both are alive until here.
  if (stream.status !== 'done' || kept === null) throw new Error('the stream has failed')
  return { cpu: (user + system) / 1000, heap }
}

/** The least CPU time and the median of the heap. */
async function costOf([schema, textOf]: Text, read: Read, length: number): Promise<Cost> {
  const text = textOf(length)
  const costs: Cost[] = []
  for (let round = 0; round < ROUNDS; round++) {
    costs.push(await once(schema, text, read))
    // What the round kept is let go.
    await new Promise((resolve) => setImmediate(resolve))
  }
  const heaps = costs.map(({ heap }) => heap).toSorted((a, b) => a - b)
  return { cpu: Math.min(...costs.map(({ cpu }) => cpu)), heap: heaps[ROUNDS >> 1]! }
}

/** Bytes that the validated value alone keeps. */
async function valueHeap([schema, textOf]: Text, length: number): Promise<number> {
  const text = textOf(length)
  collectGarbage()
  const before = process.memoryUsage().heapUsed
  const value: unknown = await parseStream(chunks(text), schema, { limits: { maxRepeat: 1e9 } }).getData()
  await new Promise((resolve) => setImmediate(resolve))
  collectGarbage()
  return value === null ? 0 : process.memoryUsage().heapUsed - before
}

/** The slope of the line through the logarithms. */
function exponentOf(costs: readonly number[]): number {
  const xs = SIZES.map(Math.log)
  const ys = costs.map((cost) => Math.log(Math.max(cost, 1)))
  const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length
  const [x0, y0] = [mean(xs), mean(ys)]
  const over = xs.reduce((sum, x, index) => sum + (x - x0) * (ys[index]! - y0), 0)
  return over / xs.reduce((sum, x) => sum + (x - x0) ** 2, 0)
}

const wanted = process.argv[2] ?? ''
let isOver = false
console.log(
  `| shape | reader | ${SIZES.map((size) => `${size / 1000} k`).join(' | ')} | CPU | heap | heap over the value / text |`,
)
console.log(`|---|---|${SIZES.map(() => '--:').join('|')}|--:|--:|--:|`)
for (const [name, text] of Object.entries(TEXTS)) {
  // The first run compiles.
  await valueHeap(text, SIZES[0]!)
  const value = await valueHeap(text, SIZES.at(-1)!)
  for (const [reader, read] of Object.entries(READERS)) {
    if (!`${name}, ${reader}`.includes(wanted)) continue
    const costs: Cost[] = []
    // The first run compiles.
    await costOf(text, read, SIZES[0]! / 4)
    for (const size of SIZES) costs.push(await costOf(text, read, size))
    const cpu = exponentOf(costs.map((cost) => cost.cpu))
    const heap = exponentOf(costs.map((cost) => cost.heap))
    isOver ||= cpu > BOUND || heap > BOUND
    const times = costs.map((cost) => `${cost.cpu.toFixed(0)} ms`).join(' | ')
    const share = (costs.at(-1)!.heap - value) / SIZES.at(-1)!
    console.log(`| ${name} | ${reader} | ${times} | ${cpu.toFixed(2)} | ${heap.toFixed(2)} | ${share.toFixed(1)} |`)
  }
}
if (isOver) {
  console.error(`An exponent is over ${BOUND}.`)
  process.exitCode = 1
}
