import {
  AFTER_EMPTY_KEY,
  AFTER_VALUE,
  AT_COLON,
  DONE,
  IN_ESCAPE,
  IN_EXPONENT,
  AT_EXPONENT_FIRST,
  AT_EXPONENT_SIGN,
  FAILED,
  AT_FIRST_ELEMENT,
  AT_FIRST_KEY,
  IN_FRACTION,
  IN_HEX,
  IN_INTEGER,
  IN_KEY,
  IN_LITERAL,
  AFTER_MINUS,
  AT_NEXT_KEY,
  AFTER_POINT,
  IN_PREDICTED_KEY,
  IN_STRING,
  AT_VALUE,
  AFTER_ZERO,
} from '../tokenizer-states.ts'
import { JsonError } from '../errors.ts'
import { Tokenizer } from '../tokenizer.ts'

/** Thrown at a character where strict reading fails: made once, because its own error for each costs 8 µs. */
export const STRICT_FAILURE: Error = new Error('Strict reading has failed.')

export type FailedIn =
  | 'value'
  | 'next-key'
  | 'colon'
  | 'empty-key'
  | 'after-value'
  | 'string'
  | 'escape'
  | 'unicode-escape'
  | 'minus'
  | 'point'
  | 'number'
  | 'literal'
  | 'done'
  | 'other'

const FAILED_IN: Partial<Record<number, FailedIn>> = {
  [AT_COLON]: 'colon',
  [AFTER_EMPTY_KEY]: 'empty-key',
  [IN_ESCAPE]: 'escape',
  [IN_HEX]: 'unicode-escape',
  [AFTER_MINUS]: 'minus',
  [AFTER_POINT]: 'point',
  [AFTER_ZERO]: 'number',
  [IN_INTEGER]: 'number',
  [IN_FRACTION]: 'number',
  [AT_EXPONENT_SIGN]: 'number',
  [AT_EXPONENT_FIRST]: 'number',
  [IN_EXPONENT]: 'number',
  [IN_LITERAL]: 'literal',
  [DONE]: 'done',
}

/**
 * The strict tokenizer, with what a tolerant reader may do after an error to continue at the character that failed.
 * Its own class, because `structstream/json` needs none of it.
 */
export class RecoverableTokenizer extends Tokenizer {
  protected override readonly isStrict: boolean = false

  protected override raise(): never {
    throw this.error ?? STRICT_FAILURE
  }

  /** The state, before it failed where it has. */
  get #stateBefore(): number {
    return this.state === FAILED ? this.failedState : this.state
  }

  /** Offset of the character at which strict reading failed. */
  get failurePosition(): number {
    return this.failedAt
  }

  /** What was wrong there, as an error. */
  strictError(): JsonError {
    return this.error ?? this.failure()
  }

  /** What was being read when the text failed. */
  get failedIn(): FailedIn {
    const state = this.failedState
    if (state === AT_VALUE || state === AT_FIRST_ELEMENT) return 'value'
    if (state === AT_FIRST_KEY || state === AT_NEXT_KEY) return 'next-key'
    if (state === AFTER_VALUE) return 'after-value'
    if (state === IN_STRING || state === IN_KEY || state === IN_PREDICTED_KEY) return 'string'
    return FAILED_IN[state] ?? 'other'
  }

  /** An error of the tolerant reader's, at `position`. */
  errorAt(expected: string, received: string | undefined, position: number): JsonError {
    const found = received === undefined ? 'the end of the text' : JSON.stringify(received)
    return new JsonError('malformed_json', expected, found, this.placeOf(position))
  }

  /** The open string is a key. */
  get isInKey(): boolean {
    return this.#stateBefore === IN_KEY || this.#stateBefore === IN_PREDICTED_KEY
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
    const state = this.#stateBefore
    return state === AT_NEXT_KEY || (state === AT_VALUE && this.isInArray)
  }

  /** Between a value and a comma or closing bracket. */
  get isAfterValue(): boolean {
    return this.state === AFTER_VALUE
  }

  /** Forgets the error. What comes next is at `position` of the original text. */
  resume(position: number): void {
    if (this.state === FAILED) this.state = this.failedState
    this.base = position
    this.index = 0
  }

  /** The key that was read last is empty. */
  endEmptyKey(): void {
    this.endKey('')
  }

  override end(): void {
    if (this.state === AFTER_EMPTY_KEY) this.endEmptyKey()
    super.end()
  }

  /** The key that seemed to be empty is still to come. */
  dropEmptyKey(): void {
    this.state = AT_NEXT_KEY
  }

  /** Takes back the comma that was read last. */
  dropComma(): void {
    this.state = AFTER_VALUE
  }

  /** What has been read of an escape, from its backslash on. */
  get escapeSoFar(): string {
    return this.#stateBefore === IN_HEX ? `\\u${this.hexText}` : '\\'
  }

  /** Takes back what has been read of an escape, from its backslash on. Returns that. */
  dropEscape(): string {
    const read = this.escapeSoFar
    this.state = this.isKey ? IN_KEY : IN_STRING
    return read
  }

  /** The string value that ended last continues. Returns what it holds so far. */
  reopenString(): string {
    this.text.whole = this.lastString
    this.state = IN_STRING
    this.sink.reopenString?.()
    return this.lastString
  }

  /** The open string, or the one that ended last, as far as it has been read. */
  get textSoFar(): string {
    return this.#stateBefore === AFTER_VALUE ? this.lastString : this.text.whole
  }

  /** What began like a number is something else. Returns what was read of it. */
  cancelNumber(): string {
    const read = this.number
    this.number = ''
    this.state = AT_VALUE
    this.sink.cancelLiteral?.()
    return read
  }

  /** What began like `true`, `false` or `null` is something else. Returns what was read of it. */
  cancelLiteral(): string {
    this.state = AT_VALUE
    this.sink.cancelLiteral?.()
    return this.literal.slice(0, this.matched)
  }
}
