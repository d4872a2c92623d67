import type { Answer } from '../../stream/answer.ts'
import type { Run } from '../../stream/run.ts'
import { plainText } from '../../stream/plain-text.ts'
import { FrameBudget, type FrameCosts } from './frame-budget.ts'

/** Whether an answer is the text itself. It says so where the run is read from a server or a store, too. */
export function isPlainText({ compiled }: Answer): boolean {
  return compiled === plainText
}

/**
 * The growing value of a run for formats that send it again and again. It is always today's: a late reader gets the
 * newest, whatever event it reads. How often is a matter of bytes, so that a long answer is sent seldom enough.
 */
export class AnswerValue {
  readonly #run: Run
  readonly #budget: FrameBudget
  /** Bytes that the last write took. */
  #last = 0
  #isUrgent = false
  #sent: unknown

  constructor(run: Run, costs: FrameCosts) {
    this.#run = run
    this.#budget = new FrameBudget(costs)
  }

  /** Further text has come. */
  grew(chars: number): void {
    this.#budget.note(chars, 0)
    this.#last += chars
  }

  /** What was sent may be wrong: the next value is sent at once. */
  hurry(): void {
    this.#isUrgent = true
  }

  /** Characters of further text from which on the value is sent again. */
  get missing(): number {
    // The last value will take as much once more.
    return this.#isUrgent ? 0 : this.#budget.missing(2 * this.#last)
  }

  /** The present value if it is due and new, and undefined otherwise. */
  take(): { value: unknown } | undefined {
    if (this.missing > 0) return undefined
    const value = this.#run.answer?.value()
    if (value === undefined || value === this.#sent) return undefined
    this.#sent = value
    this.#isUrgent = false
    return { value }
  }

  /** A value was written, and takes about as much next time. */
  wrote(bytes: number): void {
    this.#budget.note(0, bytes)
    this.#last = bytes
  }
}
