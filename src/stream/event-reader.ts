import type { Answer } from './answer.ts'
import type { DeltaRun, EventLog } from './event-log.ts'
import type { CallReader } from './tools/call-reader.ts'
import type { OpenCall } from './tools/open-call.ts'
import type { StreamEvent } from './types.ts'

/** What a reader of events needs of its run. */
export interface Traced {
  readonly log: EventLog
  /** From here on the run's answers keep the events that their text causes. */
  trace(): void
}

/** Everything that happens in a run, one event at a time: the log, and between its text deltas what the text caused. */
export class EventReader {
  readonly #run: Traced
  #entry = 0
  /** Position in the deltas of that entry. */
  #place = 0
  /** The answer whose text is being read out, how many of its deltas were read out, and how many of its events. */
  #answer: Answer | undefined
  #deltas = 0
  #events = 0
  readonly #readers = new Map<OpenCall, CallReader | undefined>()

  constructor(run: Traced) {
    this.#run = run
  }

  /** The next event that is there now. */
  next(): StreamEvent | undefined {
    this.#run.trace()
    const { entries } = this.#run.log
    for (;;) {
      const caused = this.#answer?.trace().entries[this.#events]
      if (caused !== undefined && caused.after <= this.#deltas) {
        this.#events++
        return caused.event
      }
      const entry = entries[this.#entry]
      if (entry === undefined) return undefined
      if (entry.type !== 'deltas') {
        this.#entry++
        return entry
      }
      const event = this.#delta(entry)
      if (event !== undefined) return event
      // The last run of deltas may still grow.
      if (this.#entry + 1 === entries.length) return undefined
      this.#entry++
      this.#place = 0
    }
  }

  #delta({ answer, kind, attempt, deltas, call, from, to }: DeltaRun): StreamEvent | undefined {
    if (answer !== undefined && answer !== this.#answer) {
      this.#answer = answer
      this.#events = 0
    }
    const place = Math.max(this.#place, from)
    if (place >= to) return undefined
    this.#place = place + 1
    if (answer !== undefined) this.#deltas = this.#place
    const text = deltas.at(place)
    if (kind !== 'tool-call-delta') return { type: kind, attempt, text }
    return { type: kind, attempt, id: call!.id, text, partial: this.#reader(call!)?.push(text) }
  }

  /** What this reader reads the arguments of a call with. */
  #reader(call: OpenCall): CallReader | undefined {
    if (!this.#readers.has(call)) this.#readers.set(call, call.follow())
    return this.#readers.get(call)
  }
}
