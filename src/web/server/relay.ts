import type { Run } from '../../stream/run.ts'
import type { WireItem } from '../protocol.ts'
import type { WireContext } from './wire-consumer.ts'

/** What a connection reads: a `WireConsumer`, or the events of a run that is kept elsewhere. */
export interface WireItems {
  next(): Promise<IteratorResult<WireItem[], undefined>>
  return(): Promise<unknown>
}

/**
 * Runs that receivers read from where they are kept, and not from the log in this process, so that ids mean the same on
 * every machine. Set by `structstream/store`.
 */
export const relays = new WeakMap<Run, (context: WireContext) => WireItems>()
