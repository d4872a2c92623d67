import { concurrency } from './concurrency.ts'
import type { Figure } from './figure.ts'
import { heapOfOpenParsers, heapOfOpenStreams, peakHeap, standingStill } from './memory.ts'

/** Each runs alone in a fresh process with `--expose-gc`. */
const PROBES: Record<string, (argument: number) => Promise<Figure[]>> = {
  'open-parsers': heapOfOpenParsers,
  'open-streams': heapOfOpenStreams,
  'peak-heap': peakHeap,
  'standing-still': standingStill,
  concurrency,
  // Loaded on demand, for the SDKs' weight isn't part of the other probes'.
  'sdk-concurrency': async (count) => await (await import('./sdk-concurrency.ts')).sdkConcurrency(count),
}

export async function runProbe(id: string, argument: number): Promise<Figure[]> {
  const probe = PROBES[id]
  if (probe === undefined) throw new RangeError(`no probe ${id}: use one of ${Object.keys(PROBES).join(', ')}`)
  return await probe(argument)
}
