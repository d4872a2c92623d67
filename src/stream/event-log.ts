import type { DeltaList } from '../async/delta-list.ts'
import type { Answer } from './answer.ts'
import { OpenCall } from './tools/open-call.ts'
import type { StreamEvent } from './types.ts'

/** Deltas `from`..`to` of one kind that came without any other event between them. The last run of a log may grow. */
export interface DeltaRun {
  readonly type: 'deltas'
  readonly kind: 'text-delta' | 'reasoning-delta' | 'tool-call-delta'
  readonly attempt: number
  readonly deltas: DeltaList
  /** The answer or the call that the text belongs to; absent for reasoning. */
  readonly answer: Answer | undefined
  readonly call: OpenCall | undefined
  readonly from: number
  to: number
}

/**
 * All that happened in a run, in order; it only grows, and any number of readers go through it at their own pace.
 * Deltas are kept as ranges of a `DeltaList`, so that the log of a long text is little more than the text.
 */
export class EventLog {
  readonly entries: (StreamEvent | DeltaRun)[] = []
  #open: DeltaRun | undefined

  event(event: StreamEvent): void {
    this.entries.push(event)
    this.#open = undefined
  }

  delta(
    kind: DeltaRun['kind'],
    attempt: number,
    deltas: DeltaList,
    owner: Answer | OpenCall | undefined,
    text: string,
  ): void {
    deltas.push(text)
    const open = this.#open
    if (open !== undefined && open.deltas === deltas && open.attempt === attempt) {
      open.to = deltas.count
      return
    }
    const call = owner instanceof OpenCall ? owner : undefined
    const answer = owner instanceof OpenCall ? undefined : owner
    this.#open = { type: 'deltas', kind, attempt, deltas, answer, call, from: deltas.count - 1, to: deltas.count }
    this.entries.push(this.#open)
  }
}
