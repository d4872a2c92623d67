import {
  AFTER_VALUE,
  AT_COLON,
  DONE,
  IN_ESCAPE,
  AT_FIRST_ELEMENT,
  AT_FIRST_KEY,
  IN_HEX,
  IN_KEY,
  IN_LITERAL,
  AFTER_MINUS,
  AT_NEXT_KEY,
  AFTER_POINT,
  IN_PREDICTED_KEY,
  IN_STRING,
  AT_VALUE,
} from '../tokenizer-states.ts'
import { Tokenizer } from '../tokenizer.ts'

export type FailedIn =
  | 'value'
  | 'next-key'
  | 'colon'
  | 'after-value'
  | 'string'
  | 'escape'
  | 'unicode-escape'
  | 'minus'
  | 'point'
  | 'literal'
  | 'done'
  | 'other'

const FAILED_IN: Partial<Record<number, FailedIn>> = {
  [AT_COLON]: 'colon',
  [IN_ESCAPE]: 'escape',
  [IN_HEX]: 'unicode-escape',
  [AFTER_MINUS]: 'minus',
  [AFTER_POINT]: 'point',
  [IN_LITERAL]: 'literal',
  [DONE]: 'done',
}

/**
 * The strict tokenizer, with what a tolerant reader may do after an error to go on at the character that failed.
 * A class of its own, because `structstream/json` needs none of it.
 */
export class RecoverableTokenizer extends Tokenizer {
  /** What was being read when the text failed. */
  get failedIn(): FailedIn {
    const state = this.failedState
    if (state === AT_VALUE || state === AT_FIRST_ELEMENT) return 'value'
    if (state === AT_FIRST_KEY || state === AT_NEXT_KEY) return 'next-key'
    if (state === AFTER_VALUE) return 'after-value'
    if (state === IN_STRING || state === IN_KEY || state === IN_PREDICTED_KEY) return 'string'
    return FAILED_IN[state] ?? 'other'
  }

  /** Containers that are open. */
  get openContainers(): number {
    return this.depth
  }

  /** Offset of the last string value's closing quote, -1 before the first. */
  get endOfString(): number {
    return this.stringEnd
  }

  /** The innermost open container is an array. */
  get isInArray(): boolean {
    return this.depth > 0 && this.level.isArray
  }

  /** A comma has just been read. */
  get isAfterComma(): boolean {
    const state = this.error === null ? this.state : this.failedState
    return state === AT_NEXT_KEY || (state === AT_VALUE && this.isInArray)
  }

  /** Between a value and a comma or closing bracket. */
  get isAfterValue(): boolean {
    return this.state === AFTER_VALUE
  }

  /** Forgets the error. What comes next stands at `position` of the original text. */
  resume(position: number): void {
    if (this.error !== null) this.state = this.failedState
    this.error = null
    this.base = position
    this.index = 0
  }

  /** Takes back the comma that was read last. */
  dropComma(): void {
    this.state = AFTER_VALUE
  }

  /** Takes back what has been read of an escape, from its backslash on. Returns that. */
  dropEscape(): string {
    const read = this.state === IN_HEX ? `\\u${this.hexText}` : '\\'
    this.state = this.isKey ? IN_KEY : IN_STRING
    return read
  }

  /** The string value that ended last goes on. Returns what it holds so far. */
  reopenString(): string {
    this.text.whole = this.lastString
    this.state = IN_STRING
    this.sink.reopenString?.()
    return this.lastString
  }

  /** What began like `true`, `false` or `null` is something else. Returns what was read of it. */
  cancelLiteral(): string {
    this.state = AT_VALUE
    this.sink.cancelLiteral?.()
    return this.literal.slice(0, this.matched)
  }
}
