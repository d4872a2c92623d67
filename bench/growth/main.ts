/**
 * How CPU and heap grow with the length of an answer, for each kind of text and consumer: by doubling, with a snapshot
 * per delta of 4 characters. The exponent is the slope over the last two doublings: 1 is linear, 2 the square. What else
 * the machine does only adds to a measurement, so the least of several tries counts. Ends with an error where a shape
 * grows faster than its bound.
 *
 *   npm run bench:growth -- [part of a name] [--length 256000] [--write]
 */
import { writeFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { runStream, StructStreamError, tool, type Model, type ModelEvent } from '../../src/index.ts'
import { deltasOf } from '../workloads.ts'
import { SHAPES, type Shape, type Stream } from './shapes.ts'

const { values, positionals } = parseArgs({
  options: { length: { type: 'string', default: '256000' }, write: { type: 'boolean', default: false } },
  allowPositionals: true,
})
setFlagsFromString('--expose_gc')
const collect = runInNewContext('gc') as () => void

const BOUND = 1.1
const TRIES = 4
/** Tries where an exponent is over its bound: noise goes away, growth doesn't. */
const MOST_TRIES = 12
const WARM_UP = 8
/** What a second measurement of the same may differ by, in bytes. */
const FLOOR = 300_000

function modelOf(shape: Shape, text: string): Model {
  const deltas = deltasOf(text)
  const events: ModelEvent[] = shape.isToolCall
    ? [
        { type: 'tool-call-start', id: 'c', name: 'look' },
        ...deltas.map((delta): ModelEvent => ({ type: 'tool-call-delta', id: 'c', text: delta })),
        { type: 'tool-call-end', id: 'c' },
        { type: 'finish', reason: 'tool-calls' },
      ]
    : [...deltas.map((delta): ModelEvent => ({ type: 'text-delta', text: delta })), { type: 'finish', reason: 'stop' }]
  const done: ModelEvent[] = [
    { type: 'text-delta', text: 'done' },
    { type: 'finish', reason: 'stop' },
  ]
  let calls = 0
  return {
    provider: 'mock',
    id: 'mock',
    modes: ['json-schema'],
    dialect: 'json-schema',
    async *stream() {
      yield* calls++ === 0 ? events : done
    },
  }
}

/** The texts repeat themselves on purpose. */
const limits = { maxChars: 1e9, maxRepeat: 1e9 }

async function read(shape: Shape, model: Model): Promise<Stream> {
  const tools = shape.isToolCall
    ? [tool({ name: 'look', description: 'Looks', input: shape.schema as never, execute: () => 'seen' })]
    : []
  const stream = runStream('q', shape.isToolCall ? undefined : (shape.schema as never), {
    model,
    ...(tools.length > 0 && { tools }),
    limits,
  }) as Stream
  const consume = shape.read ?? ((one: Stream) => drain(one.streamPartial()))
  const codeOf = (error: unknown): string => (error instanceof StructStreamError ? error.code : 'another error')
  const outcome = await consume(stream)
    .then(() => stream.getResult())
    .then(() => 'ok', codeOf)
  if ((outcome === 'ok') === (shape.fails === true)) throw new Error(`${shape.name}: ended with ${outcome}`)
  return stream
}

async function drain(iterable: AsyncIterable<unknown>): Promise<void> {
  for await (const _ of iterable) {
    // What is handed out is let go.
  }
}

/** Milliseconds of CPU. Nothing is collected on purpose: a full collection throws compiled code away, too. */
async function cpuOf(shape: Shape, text: string): Promise<number> {
  const model = modelOf(shape, text)
  const start = process.cpuUsage()
  await read(shape, model)
  const { user, system } = process.cpuUsage(start)
  return (user + system) / 1000
}

/** What only a turn of the event loop, a finalizer or a second collection lets go of isn't kept. */
async function collectAll(): Promise<void> {
  for (let round = 0; round < 4; round++) {
    collect()
    await new Promise((resolve) => setImmediate(resolve))
  }
}

/** Bytes that are in use because of the stream after its end. */
async function heapOf(shape: Shape, text: string): Promise<number> {
  const model = modelOf(shape, text)
  await collectAll()
  const before = process.memoryUsage().heapUsed
  const stream = await read(shape, model)
  await collectAll()
  const heap = process.memoryUsage().heapUsed - before
  // Kept until here.
  void stream.status
  return heap
}

interface Figures {
  name: string
  perCharacter: number
  cpu: number
  heap: number
  bytesPerCharacter: number
}

/** The slope over the last two doublings. */
const slope = (taken: readonly number[]): number => Math.log2(taken[2]! / taken[0]!) / 2
/** The same from how much each doubling adds, which leaves out what was there or was freed anyway. */
const slopeOfGains = ([a, b, c]: readonly number[]): number =>
  Math.log2(Math.max(FLOOR, c! - b!) / Math.max(FLOOR, b! - a!))

/** The least of several tries for each text; of more tries where the exponent is over its bound. */
async function least(
  texts: readonly string[],
  measure: (text: string) => Promise<number>,
  exponent: (taken: readonly number[]) => number,
): Promise<number[]> {
  const taken = texts.map(() => Infinity)
  for (let tries = 0; tries < TRIES || (tries < MOST_TRIES && exponent(taken) > BOUND); tries++) {
    for (const [index, text] of texts.entries()) {
      taken[index] = Math.min(taken[index]!, await measure(text))
    }
  }
  return taken
}

async function figuresOf(shape: Shape): Promise<Figures> {
  const length = (Number(values.length) * (shape.eighths ?? 8)) / 8
  const texts = [length / 4, length / 2, length].map((size) => shape.text(size))
  // The smallest again and again until everything is compiled.
  for (let run = 0; run < WARM_UP; run++) await cpuOf(shape, texts[0]!)
  const cpu = await least(texts, (text) => cpuOf(shape, text), slope)
  const heap = await least(texts, (text) => heapOf(shape, text), slopeOfGains)
  return {
    name: shape.name,
    cpu: slope(cpu),
    heap: slopeOfGains(heap),
    perCharacter: (cpu[2]! * 1e6) / texts[2]!.length,
    bytesPerCharacter: heap[2]! / texts[2]!.length,
  }
}

const chosen = SHAPES.filter(({ name }) => positionals.every((part) => name.includes(part)))
const lines = [
  '| shape | CPU exponent | ns per character | heap exponent | bytes kept per character |',
  '|---|--:|--:|--:|--:|',
]
console.log(lines.join('\n'))
let failed = 0
for (const shape of chosen) {
  const { name, cpu, heap, perCharacter, bytesPerCharacter } = await figuresOf(shape)
  const isOver = cpu > BOUND || heap > BOUND
  if (isOver) failed++
  const line = `| ${name} | ${cpu.toFixed(2)} | ${perCharacter.toFixed(0)} | ${heap.toFixed(2)} | ${bytesPerCharacter.toFixed(1)} |${isOver ? ' over' : ''}`
  lines.push(line)
  console.log(line)
}
const title = `# Growth by doubling\n\nExponents over two doublings up to ${Number(values.length).toLocaleString('en-US')} characters; 1 is linear. Bound: ${BOUND}.\nMade by \`npm run bench:growth -- --write\`, Node ${process.version}.\n`
if (values.write) writeFileSync(new URL('../GROWTH.md', import.meta.url), `${title}\n${lines.join('\n')}\n`)
console.log(
  failed === 0
    ? `\nNo shape of ${chosen.length} is over ${BOUND}.`
    : `\n${failed} of ${chosen.length} shapes are over ${BOUND}.`,
)
process.exitCode = failed === 0 ? 0 : 1
