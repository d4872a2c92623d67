import type { DeltaList } from '../async/delta-list.ts'
import type { Interpreter } from '../partial/interpreter.ts'
import { ListenerHub } from '../partial/listeners.ts'
import { AnswerEvents, type AnswerEvent } from './answer-events.ts'

/** What an attempt wrote of an answer: from which delta on. */
export interface AnswerPart {
  readonly attempt: number
  readonly from: number
  /** How it is read by what was read before it; undefined: in the same way. */
  readonly join: { apply(base: Interpreter): Interpreter } | undefined
  /** The text before it had ended by then. */
  readonly isAfterEnd: boolean
}

/** What of an answer is read again. */
export interface ReplayedAnswer {
  readonly parts: readonly AnswerPart[]
  readonly deltas: DeltaList
  /** Deltas that the answer has read so far. */
  count(): number
  isEnded(): boolean
  newInterpreter(hub: ListenerHub): Interpreter
  /** Runs code that may call the user's. */
  guarded(work: () => void): void
}

/** Characters that are read at once, so that few events are held. */
const SLICE = 1024

/**
 * The events that an answer's text causes, for one reader that came late or is too slow: the text is read once more, as
 * far as the reader has come, and no event is kept. Takes memory for one more reading of the text.
 */
export class ReplayedEvents {
  readonly #answer: ReplayedAnswer
  readonly #events = new AnswerEvents()
  readonly #hub = new ListenerHub()
  #interpreter: Interpreter
  #number: number
  #part = 0
  /** The delta that is read, and how much of it was. */
  #delta = 0
  #offset = 0
  #hasEnded = false

  /** @param from events before this one are passed over */
  constructor(answer: ReplayedAnswer, from: number) {
    this.#answer = answer
    this.#number = from
    this.#interpreter = answer.newInterpreter(this.#hub)
    this.#events.listen(this.#interpreter, answer.parts[0]!.attempt)
  }

  /** The next event, if one of the first `deltas` deltas causes it. */
  next(deltas: number): AnswerEvent | undefined {
    const events = this.#events
    for (;;) {
      const event = events.at(this.#number)
      if (event !== undefined) {
        if (event.after > deltas) return undefined
        events.drop(++this.#number - events.first)
        return event
      }
      let hasRead = false
      this.#answer.guarded(() => {
        hasRead = this.#read(deltas)
      })
      if (!hasRead) return undefined
      events.drop(Math.min(this.#number, events.first + events.count) - events.first)
    }
  }

  /** Reads on a little; false when nothing more is there, or wanted. */
  #read(deltas: number): boolean {
    const { parts } = this.#answer
    const next = parts[this.#part + 1]
    const end = next?.from ?? this.#answer.count()
    if (this.#delta < end) return this.#delta < deltas && this.#readSlice()
    if (!this.#hasEnded && (next === undefined ? this.#answer.isEnded() : next.isAfterEnd)) {
      this.#hasEnded = true
      this.#interpreter.end()
      this.#events.collect(end)
      return true
    }
    if (next === undefined) return false
    this.#part++
    this.#hasEnded = false
    const known = this.#interpreter.repairs.length
    this.#interpreter = next.join?.apply(this.#interpreter) ?? this.#interpreter
    this.#events.listen(this.#interpreter, next.attempt, known)
    this.#events.collect(end)
    return true
  }

  #readSlice(): true {
    const text = this.#answer.deltas.at(this.#delta)
    const from = this.#offset
    this.#offset = Math.min(from + SLICE, text.length)
    this.#interpreter.push(text.slice(from, this.#offset))
    this.#events.collect(this.#delta + 1)
    if (this.#offset < text.length) return true
    this.#delta++
    this.#offset = 0
    return true
  }
}
