/**
 * Time from a recording's file to validated data, for an answer of 100 KB in deltas of 5 characters. Three parts are
 * measured on their own: reading the lines, replaying them as text, and replaying them as data. CPU counts all threads of
 * this process. The figure is the least of the rounds, after a warm-up: what else the machine does only adds to it. The
 * median is shown, and the first round of a fresh process, too.
 *
 *   npm run bench:replay -- [rounds]
 */
import { mkdtemp, readFile, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { simulate } from '../src/models/simulate/index.ts'
import { record, replay } from '../src/record/index.ts'
import { readCalls } from '../src/record/recording.ts'
import { run } from '../src/run-stream.ts'
import { workloadOf } from './workloads.ts'

const rounds = Number(process.argv[2] ?? 25)
const SIZE = 100_000
/** Milliseconds that the whole of it may take. */
const LIMIT = 50

const { schema, text } = workloadOf('records').documents(SIZE)[0]!
const folder = await mkdtemp(join(tmpdir(), 'structstream-bench-'))
const file = join(folder, 'run.ndjson')
await run('records', schema, { model: record(simulate({ response: text, chunkSize: 5 }), file) })

interface Cost {
  cpu: number
  wall: number
}

async function measure(work: () => unknown): Promise<Cost> {
  const before = process.cpuUsage()
  const started = performance.now()
  await work()
  const wall = performance.now() - started
  const { user, system } = process.cpuUsage(before)
  return { cpu: (user + system) / 1_000, wall }
}

async function costsOf(work: () => unknown): Promise<{ first: Cost; least: Cost; median: Cost }> {
  const first = await measure(work)
  for (let warm = 0; warm < 5; warm++) await work()
  const costs: Cost[] = []
  for (let round = 0; round < rounds; round++) costs.push(await measure(work))
  const ranked = (rank: number): Cost => {
    const at = (of: (cost: Cost) => number): number => costs.map(of).toSorted((a, b) => a - b)[rank]!
    return { cpu: at(({ cpu }) => cpu), wall: at(({ wall }) => wall) }
  }
  return { first, least: ranked(0), median: ranked(rounds >> 1) }
}

const show = ({ cpu, wall }: Cost): string => `${cpu.toFixed(1)} ms CPU, ${wall.toFixed(1)} ms wall`
try {
  const { size } = await stat(file)
  console.log(
    `${text.length} characters in ${Math.ceil(text.length / 5)} deltas, a file of ${(size / 1e6).toFixed(1)} MB`,
  )
  const parts: Record<string, () => unknown> = {
    'the file to validated data': async () => (await run('records', schema, { model: replay(file) })).data,
    'the file to text': async () => (await run('records', undefined, { model: replay(file) })).text,
    'reading the lines': async () => readCalls((await readFile(file, 'utf8')).split('\n'), file),
  }
  let whole: Cost | undefined
  for (const [name, work] of Object.entries(parts)) {
    const { first, least, median } = await costsOf(work)
    whole ??= least
    console.log(`${name.padEnd(28)} ${show(least)}   (median: ${show(median)}; first: ${show(first)})`)
  }
  const holds = whole!.cpu <= LIMIT
  console.log(`${holds ? 'holds' : 'FAILS'}: at most ${LIMIT} ms of CPU from the file to validated data`)
  process.exitCode = holds ? 0 : 1
} finally {
  await rm(folder, { recursive: true })
}
