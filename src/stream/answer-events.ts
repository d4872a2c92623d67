import type { Interpreter } from '../partial/interpreter.ts'
import type { StreamEvent } from './types.ts'

/** An event that follows from the text alone, and after how many deltas it became known. */
export interface AnswerEvent {
  readonly after: number
  readonly event: StreamEvent
}

/** The events that an answer's text causes, in order: values completed, issues, repairs, another document that counts. */
export class AnswerEvents {
  readonly entries: AnswerEvent[] = []
  #attempt = 0
  #interpreter: Interpreter | undefined
  #issues = 0
  #repairs = 0
  #documents = 0
  /** Entries that were not dated yet. */
  #undated: StreamEvent[] = []

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
      this.#undated.push({ type: 'value-complete', attempt: this.#attempt, path, value })
    }
  }

  /** What was found since the last call belongs to delta number `after`. */
  collect(after: number): void {
    if (this.#interpreter !== undefined) this.#findings(this.#interpreter)
    if (this.#undated.length === 0) return
    for (const event of this.#undated) this.entries.push({ after, event })
    this.#undated = []
  }

  #findings({ issues, repairs, documents }: Interpreter): void {
    const attempt = this.#attempt
    for (; this.#documents < documents.length; this.#documents++) {
      const { reason } = documents[this.#documents]!
      if (reason === null) continue
      this.#undated.push({ type: 'replace', attempt, reason })
      this.#issues = 0
    }
    while (this.#repairs < repairs.length) {
      this.#undated.push({ type: 'repair', attempt, repair: repairs[this.#repairs++]! })
    }
    while (this.#issues < issues.length) {
      this.#undated.push({ type: 'issue', attempt, issue: issues[this.#issues++]! })
    }
  }
}
