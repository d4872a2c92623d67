import { isDeepStrictEqual } from 'node:util'
import type { Prepared, Reply, Request, Round } from './messages.ts'
import type { Read, Subject } from './peers/subject.ts'
import { runProbe } from './probes/index.ts'
import { tableOf } from './tables.ts'
import { deltasOf, workloadOf } from './workloads.ts'

/**
 * One subject in its own process: its code is compiled for this workload alone, its garbage is its own, and its
 * CPU is the whole process's, garbage collection and compiler threads included.
 */

let reads: Read[] = []
let stride = 1

async function prepare(request: Request & { type: 'prepare' }): Promise<Prepared> {
  const { subjects } = await tableOf(request.table)
  const subject = subjects.find((one) => one.id === request.subject)
  if (subject === undefined) throw new RangeError(`no subject ${request.subject} in table ${request.table}`)
  const documents = workloadOf(request.workload).documents(request.size)
  const inputs = documents.map((document) => ({
    ...document,
    size: request.size,
    deltas: deltasOf(document.text),
  }))
  reads = []
  for (const input of inputs) reads.push(await subject.open(input))
  const deltas = inputs.reduce((sum, input) => sum + input.deltas.length, 0)
  const chars = documents.reduce((sum, { text }) => sum + text.length, 0)
  stride = subject.isSampled === true ? await strideFor(inputs[0]!, subject, deltas, request.budgetMs) : 1
  const expected = documents.map(({ text }) => JSON.parse(text) as unknown)
  const started = process.cpuUsage()
  const values = await readAndKeep()
  const firstMs = milliseconds(process.cpuUsage(started))
  if (!isDeepStrictEqual(values.map(plain), expected)) throw new Error('it gave another value than JSON.parse')
  const isSlow = firstMs > request.slowMs
  const runMs = isSlow ? firstMs * stride : await warmUp(request.warmMs)
  return { deltas, chars, runMs, stride, isSlow }
}

/** How many deltas one reading may pass over, so that a quadratic subject still ends within the budget. */
async function strideFor(
  input: Parameters<Subject['open']>[0],
  subject: Subject,
  deltas: number,
  budgetMs: number,
): Promise<number> {
  // One parse of the whole text costs twice the average of all prefixes.
  const once = await subject.open({ ...input, deltas: [input.text] })
  await once(1)
  const expected = (await cpuOf(() => once(1))) * (deltas / 2)
  // At least some 20 prefixes, or the average over all lengths would be a guess.
  return Math.max(1, Math.min(Math.ceil(expected / (4 * budgetMs)), Math.floor(input.deltas.length / 20)))
}

async function readAndKeep(): Promise<unknown[]> {
  const values: unknown[] = []
  for (const read of reads) values.push(await read(stride))
  return values
}

/** Values without their prototypes' peculiarities: some libraries build objects that have none. */
function plain(value: unknown): unknown {
  return value === undefined ? undefined : (JSON.parse(JSON.stringify(value)) as unknown)
}

async function warmUp(leastMs: number): Promise<number> {
  let used = 0
  let last = 0
  do {
    last = await cpuOf(readAll)
    used += last
  } while (used < leastMs)
  return last * stride
}

async function round(budgetMs: number): Promise<Round> {
  // While the others had their turn the system may have put our pages aside: they come back before anything is measured.
  await warmUp(budgetMs / 2)
  let runs = 0
  const started = process.cpuUsage()
  let used: number
  do {
    const result = readAll()
    if (result !== undefined) await result
    runs++
    used = milliseconds(process.cpuUsage(started))
  } while (used < budgetMs)
  return { runMs: (used / runs) * stride }
}

/** Synchronous for synchronous subjects: an `await` here would be part of the figure. */
function readAll(): Promise<void> | undefined {
  for (let index = 0; index < reads.length; index++) {
    const result = reads[index]!(stride)
    if (result instanceof Promise) return readRest(result, index + 1)
  }
  return undefined
}

async function readRest(running: Promise<unknown>, from: number): Promise<void> {
  await running
  for (let index = from; index < reads.length; index++) await reads[index]!(stride)
}

async function cpuOf(work: () => unknown): Promise<number> {
  const started = process.cpuUsage()
  const result = work()
  if (result instanceof Promise) await result
  return milliseconds(process.cpuUsage(started))
}

function milliseconds({ user, system }: NodeJS.CpuUsage): number {
  return (user + system) / 1_000
}

function perform(request: Request): Promise<unknown> {
  switch (request.type) {
    case 'prepare':
      return prepare(request)
    case 'round':
      return round(request.budgetMs)
    case 'probe':
      return runProbe(request.probe, request.argument)
    default: {
      const never: never = request
      throw new TypeError(`unknown request ${JSON.stringify(never)}`)
    }
  }
}

async function answer(request: Request): Promise<Reply> {
  try {
    return { ok: true, result: await perform(request) }
  } catch (error) {
    return { ok: false, message: error instanceof Error ? error.message : String(error) }
  }
}

process.on('message', (request: Request) => {
  void answer(request).then((reply) => process.send!(reply))
})
