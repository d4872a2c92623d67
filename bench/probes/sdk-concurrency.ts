import { isDeepStrictEqual } from 'node:util'
import { median } from '../measure.ts'
import type { Read } from '../peers/subject.ts'
import { SDKS } from '../peers/sdks.ts'
import { deltasOf, workloadOf } from '../workloads.ts'
import type { Figure } from './figure.ts'
import { heap } from './heap.ts'

/** Characters of each answer. */
const LENGTH = 1_200
const ROUNDS = 2

const SUBJECTS = [
  ['openai', 'openai-alone', 'openai-ours'],
  ['Anthropic', 'anthropic-alone', 'anthropic-ours'],
] as const

/**
 * Many streams at once over the real SDKs on loopback, as fast as the provider gives them: it goes round, one delta
 * for each stream. CPU for each delta and what is alive when the first stream has ended, of the SDK iterated on its own
 * and of us on top of it, in turns; the median of the rounds.
 *
 * @param count streams
 */
export async function sdkConcurrency(count: number): Promise<Figure[]> {
  const [document] = workloadOf('records').documents(LENGTH)
  const input = { ...document!, size: LENGTH, deltas: deltasOf(document!.text) }
  const expected = JSON.parse(document!.text) as unknown
  const figures: Figure[] = []
  for (const [name, ...ids] of SUBJECTS) {
    const lanes = await Promise.all(
      ids.map(async (id) => ({ read: await SDKS.find((one) => one.id === id)!.open(input), rounds: [] as Round[] })),
    )
    // Loads and compiles everything, and opens the sockets.
    for (const { read } of lanes) await round(read, count / 5, expected)
    for (let index = 0; index < ROUNDS; index++) {
      for (const { read, rounds } of index % 2 === 0 ? lanes : lanes.toReversed()) {
        rounds.push(await round(read, count, expected))
      }
    }
    const [alone, ours] = lanes.map(({ rounds }) => ({
      us: median(rounds.map(({ cpuMs }) => cpuMs)) / ((count * input.deltas.length) / 1_000),
      mb: median(rounds.map(({ bytes }) => bytes)) / 2 ** 20,
    }))
    const title = `${count} streams over ${name}`
    figures.push(
      { id: `${name}-alone`, title: `${title}, the SDK alone: CPU per delta`, value: alone!.us, unit: 'µs' },
      { id: `${name}-ours`, title: `${title}, with us: CPU per delta`, value: ours!.us, unit: 'µs' },
      { id: `${name}-over`, title: `${title}: on top of the SDK`, value: 100 * (ours!.us / alone!.us - 1), unit: '%' },
      { id: `${name}-alone-heap`, title: `${title}, the SDK alone: alive at most`, value: alone!.mb, unit: 'MB' },
      { id: `${name}-ours-heap`, title: `${title}, with us: alive at most`, value: ours!.mb, unit: 'MB' },
    )
  }
  return figures
}

interface Round {
  cpuMs: number
  bytes: number
}

/** @throws when not all of them give the whole value */
async function round(read: Read, count: number, expected: unknown): Promise<Round> {
  const before = heap()
  let bytes = 0
  let looking = 0
  const started = process.cpuUsage()
  const ended = Array.from({ length: count }, async () => {
    const value = await read(1)
    if (bytes === 0) {
      const from = process.cpuUsage()
      bytes = heap() - before
      looking = milliseconds(process.cpuUsage(from))
    }
    return value
  })
  const values = await Promise.all(ended)
  const cpuMs = milliseconds(process.cpuUsage(started)) - looking
  if (!values.every((value) => isDeepStrictEqual(value, expected))) throw new Error('a stream gave another value')
  return { cpuMs, bytes }
}

function milliseconds({ user, system }: NodeJS.CpuUsage): number {
  return (user + system) / 1_000
}
