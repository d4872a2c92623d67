import type { Interpreter } from '../partial/interpreter.ts'
import type { StreamEvent } from './types.ts'

/** An event that follows from the text alone, and after how many deltas it became known. */
export interface AnswerEvent {
  readonly after: number
  readonly event: StreamEvent
}

/**
 * The events that an answer's text causes, in order: values completed, issues, repairs, another document that counts.
 * The newest are kept: an event for each value of an answer takes many times the text's memory. A reader that needs an older
 * one reads the text again; see `ReplayedEvents`.
 */
export class AnswerEvents {
  /** Number of the oldest event that is kept. */
  first = 0
  readonly #entries: AnswerEvent[] = []
  readonly #most: number
  #attempt = 0
  #interpreter: Interpreter | undefined
  #issues = 0
  #repairs = 0
  #documents = 0
  /** Entries that were not dated yet. */
  #undated: StreamEvent[] = []

  /** @param most events that are kept at least; twice as many at most */
  constructor(most = Infinity) {
    this.#most = most
  }

  /** Event number `index`, if it is there, dated and kept. */
  at(index: number): AnswerEvent | undefined {
    return this.#entries[index - this.first]
  }

  /** Events that are kept and dated. */
  get count(): number {
    return this.#entries.length
  }

  #add(event: StreamEvent): void {
    this.#undated.push(event)
    const count = this.#entries.length + this.#undated.length
    if (count > 2 * this.#most) this.drop(count - this.#most)
  }

  /** Drops the oldest events. */
  drop(count: number): void {
    this.first += count
    const dropped = this.#entries.splice(0, count).length
    this.#undated.splice(0, count - dropped)
  }

  /**
   * From here on, events come from `interpreter`, by attempt `attempt`; what it has found so far is taken as
   * known, but for repairs from number `repairs` on.
   */
  listen(interpreter: Interpreter, attempt: number, repairs = interpreter.repairs.length): void {
    this.#attempt = attempt
    this.#interpreter = interpreter
    this.#issues = interpreter.issues.length
    this.#repairs = repairs
    this.#documents = interpreter.documents.length
    interpreter.hub.completion = (path, value) => {
      this.#findings(interpreter)
      this.#add({ type: 'value-complete', attempt: this.#attempt, path, value })
    }
  }

  /** What was found since the last call belongs to delta number `after`. */
  collect(after: number): void {
    if (this.#interpreter !== undefined) this.#findings(this.#interpreter)
    if (this.#undated.length === 0) return
    for (const event of this.#undated) this.#entries.push({ after, event })
    this.#undated = []
  }

  #findings({ issues, repairs, documents }: Interpreter): void {
    const attempt = this.#attempt
    for (; this.#documents < documents.length; this.#documents++) {
      const { reason } = documents[this.#documents]!
      if (reason === null) continue
      this.#add({ type: 'replace', attempt, reason })
      this.#issues = 0
    }
    while (this.#repairs < repairs.length) {
      this.#add({ type: 'repair', attempt, repair: repairs[this.#repairs++]! })
    }
    while (this.#issues < issues.length) {
      this.#add({ type: 'issue', attempt, issue: issues[this.#issues++]! })
    }
  }
}
