import type { ErrorCode, StructStreamError } from '../errors.ts'
import type { RunOptions, RunResult } from '../stream/types.ts'
import type { Message, Usage } from '../types.ts'

/** What to ask for one item. Options that aren't given come from `configure()`. */
export interface ItemRun<S = undefined, C = unknown> extends RunOptions<C> {
  prompt: string | readonly Message[]
  schema?: S
  /** Names the item in a checkpoint. @defaultValue the item, when it is a string */
  key?: string | undefined
}

/** How often and how soon a run is tried again after a retryable error. */
export interface RetryOptions {
  /** Runs per item in all. @defaultValue 3 */
  attempts?: number | undefined
  /** Milliseconds: the most that is waited before the second run; it doubles from there. @defaultValue 500 */
  minDelay?: number | undefined
  /** Milliseconds: the most that is ever waited, for `Retry-After` too. @defaultValue 60,000 */
  maxDelay?: number | undefined
}

/** One finished item, as a checkpoint keeps it: plain JSON. */
export interface CheckpointEntry {
  key: string
  /** Format of this entry. */
  version: 1
  [field: string]: unknown
}

/** Where finished items are kept, so that a second start asks only for the rest. */
export interface Checkpoint {
  /** The entries saved so far. */
  load(): Iterable<unknown> | AsyncIterable<unknown> | Promise<Iterable<unknown> | AsyncIterable<unknown>>
  /** Keeps one entry. The item is yielded when this has resolved. */
  save(entry: CheckpointEntry): void | Promise<void>
}

/** Options of `runMany()`. */
export interface ManyOptions {
  /** Runs at a time, and finished results that may wait for a slow consumer. @defaultValue 8 */
  concurrency?: number | undefined
  /** Stops the work: running items come as `aborted`, and the iterator ends. */
  signal?: AbortSignal | undefined
  /** A number is `{ attempts }`; 1 turns retries off. @defaultValue 3 */
  retry?: number | RetryOptions | undefined
  /** A file's path, or where else finished items are kept. */
  checkpoint?: string | Checkpoint | undefined
  /** Called after every change of the figures. What it throws is ignored. */
  onProgress?: ((progress: ManyProgress) => void) | undefined
}

/** Where the work is. */
export interface ManyProgress {
  /** Items with a result, from a checkpoint too. */
  done: number
  /** Items that ended in an error. */
  failed: number
  running: number
  /** All items; `undefined` until the last one has been pulled, unless `items` is a list. */
  total: number | undefined
  /** Sum over all runs of this start, failed ones included. */
  usage: Usage
}

/** One item's end. */
export type ManyOutcome<Item, S = undefined> = {
  item: Item
  /** Of the item in `items`, from 0. */
  index: number
  /** `undefined` when the item has none. */
  key: string | undefined
  /** The outcome was read from the checkpoint; no model was asked. */
  fromCheckpoint?: true
} & ({ ok: true; result: RunResult<S> } | { ok: false; error: StructStreamError })

/** What all of the work came to. */
export interface ManySummary {
  total: number
  done: number
  failed: number
  /** Runs that were started, retries included. */
  attempts: number
  usage: Usage
  /** How many items ended with each error code. */
  errors: Partial<Record<ErrorCode, number>>
  /** Milliseconds from the start of the work. */
  duration: number
}

/** The figures so far; the work writes them, everyone reads them. */
export interface Figures {
  done: number
  failed: number
  running: number
  total: number | undefined
  attempts: number
  usage: Usage
  errors: ManySummary['errors']
}

export type AnyOutcome = ManyOutcome<unknown, unknown>
export type ToRun = (item: unknown, index: number) => unknown

/** What `runMany()` was called with, and the figures of the work. */
export interface ManyCall {
  readonly items: Iterable<unknown> | AsyncIterable<unknown>
  readonly toRun: ToRun
  readonly options: ManyOptions
  readonly figures: Figures
}
