import { NONE } from '../../async/consumer.ts'
import type { Answer } from '../answer.ts'
import type { CallReader } from '../tools/call-reader.ts'
import type { OpenCall } from '../tools/open-call.ts'
import type { StreamEvent } from '../types.ts'
import { RunConsumer } from './run-consumer.ts'

/** Everything that happens: the log, and between its text deltas the events that the text caused. */
export class EventConsumer extends RunConsumer<StreamEvent> {
  #entry = 0
  /** Position in the deltas of that entry. */
  #place = 0
  /** The answer whose text is being told, how many of its deltas were told, and how much of its trace. */
  #answer: Answer | undefined
  #told = 0
  #traced = 0
  readonly #readers = new Map<OpenCall, CallReader | undefined>()

  protected override take(): StreamEvent | typeof NONE {
    if (!this.run.isTraced) this.run.trace()
    const { entries } = this.run.log
    for (;;) {
      const traced = this.#answer?.trace().entries[this.#traced]
      if (traced !== undefined && traced.after <= this.#told) {
        this.#traced++
        return traced.event
      }
      const entry = entries[this.#entry]
      if (entry === undefined) return NONE
      if (entry.type !== 'deltas') {
        this.#entry++
        return entry
      }
      const { answer, kind, attempt, deltas, call } = entry
      if (answer !== undefined && answer !== this.#answer) {
        this.#answer = answer
        this.#traced = 0
      }
      const place = Math.max(this.#place, entry.from)
      if (place < entry.to) {
        this.#place = place + 1
        if (answer !== undefined) this.#told = this.#place
        const text = deltas.at(place)
        if (kind !== 'tool-call-delta') return { type: kind, attempt, text }
        return { type: kind, attempt, id: call!.id, text, partial: this.#reader(call!)?.push(text) }
      }
      // The last run of deltas may still grow.
      if (this.#entry + 1 === entries.length) return NONE
      this.#entry++
      this.#place = 0
    }
  }

  /** What this consumer reads the arguments of a call with. */
  #reader(call: OpenCall): CallReader | undefined {
    if (!this.#readers.has(call)) this.#readers.set(call, call.follow())
    return this.#readers.get(call)
  }
}
