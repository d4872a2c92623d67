import type { Answer } from './answer.ts'
import type { DeltaRun, EventLog } from './event-log.ts'
import type { ReplayedEvents } from './replayed-events.ts'
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
  readonly #hasTextEvents: boolean
  #entry = 0
  /** Position in the deltas of that entry. */
  #place = 0
  /** The answer whose text is being read out, how many of its deltas were read out, and how many of its events. */
  #answer: Answer | undefined
  #deltas = 0
  #events = 0
  /** Set once the reader came too late for the answer's own events. */
  #replay: ReplayedEvents | undefined
  readonly #readers = new Map<OpenCall, CallReader | undefined>()

  /**
   * @param options.hasTextEvents with the events that the answers' text causes, which is read for them; default true.
   * Without them, deltas that arrived together are one event, and the arguments of tool calls aren't read
   */
  constructor(run: Traced, { hasTextEvents = true }: { hasTextEvents?: boolean } = {}) {
    this.#run = run
    this.#hasTextEvents = hasTextEvents
  }

  /** The next event that is there now. */
  next(): StreamEvent | undefined {
    if (this.#hasTextEvents) this.#run.trace()
    const { entries } = this.#run.log
    for (;;) {
      const caused = this.#answer === undefined || !this.#hasTextEvents ? undefined : this.#caused(this.#answer)
      if (caused !== undefined) return caused
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

  /** What the text that was read out caused. */
  #caused(answer: Answer): StreamEvent | undefined {
    if (this.#replay === undefined) {
      const events = answer.trace()
      if (events !== null && this.#events >= events.first) {
        const caused = events.at(this.#events)
        if (caused === undefined || caused.after > this.#deltas) return undefined
        this.#events++
        return caused.event
      }
      this.#replay = answer.replay(this.#events)
    }
    return this.#replay.next(this.#deltas)?.event
  }

  #delta({ answer, kind, attempt, deltas, call, from, to }: DeltaRun): StreamEvent | undefined {
    if (answer !== undefined && answer !== this.#answer) {
      this.#answer = answer
      this.#events = 0
      this.#replay = undefined
    }
    const place = Math.max(this.#place, from)
    if (place >= to) return undefined
    if (!this.#hasTextEvents) {
      this.#place = to
      const text = deltas.between(place, to)
      return kind === 'tool-call-delta'
        ? { type: kind, attempt, id: call!.id, text, partial: undefined }
        : { type: kind, attempt, text }
    }
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
