import { JsonError } from './errors.ts'
import { LongText } from './long-text.ts'
import type { TokenSink } from './token-sink.ts'
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
} from './tokenizer-states.ts'

const STRING_CHARACTER = "a character or '\"' (control characters must be escaped)"
const EXPECTED: readonly string[] = [
  'a value',
  "a value or ']'",
  "a key in double quotes or '}'",
  'a key in double quotes',
  "':'",
  "',' or a closing bracket",
  STRING_CHARACTER,
  STRING_CHARACTER,
  STRING_CHARACTER,
  'one of "\\/bfnrtu after a backslash',
  'four hexadecimal digits after \\u',
  'a digit',
  "'.', an exponent or the end of the number (no leading zeros)",
  'a digit or the end of the number',
  'a digit',
  'a digit or the end of the number',
  'a digit or a sign',
  'a digit',
  'a digit or the end of the number',
  'the rest of true, false or null',
  'nothing after the end of the document',
  'nothing: the reader has failed before',
]

const QUOTE = 34
const BACKSLASH = 92
const MAX_EXACT_DIGITS = 15 // every integer of 15 digits is a double
const POWERS_OF_TEN: readonly number[] = Array.from({ length: 23 }, (_, n) => Number(`1e${n}`)) // 10^22 is the last exact one

const ESCAPED: (string | undefined)[] = []
for (const [letter, meaning] of ['""', '\\\\', '//', 'b\b', 'f\f', 'n\n', 'r\r', 't\t'])
  ESCAPED[letter!.charCodeAt(0)] = meaning

/** A plain run inside a string, for long chunks: above about 40 characters it beats a loop. */
const PLAIN_RUN = /[^"\\\u0000-\u001f]*/y
const NEEDS_ESCAPE = /["\\\u0000-\u001f]/
const MAX_PREDICTED_KEYS = 64

/** One open container. Kept and used again for the next container at the same depth. */
class Level {
  readonly parent: Level | null
  child: Level | null = null
  isArray = false
  /** Keys of the previous sibling object by place; `null` where a key cannot be compared as it stands. */
  readonly keys: (string | null)[] = []
  keyIndex = 0
  constructor(parent: Level | null) {
    this.parent = parent
  }
}

export interface TokenizerOptions {
  /** Containers inside each other; the next one fails with `limit_exceeded`. @defaultValue 128 */
  maxDepth?: number | undefined
}

/**
 * Strict RFC 8259, resumable at any character, without recursion. Reads each character once and tells
 * the sink each token as soon as it is certain.
 */
export class Tokenizer {
  protected readonly sink: TokenSink
  readonly #maxDepth: number
  readonly #hearsCommas: boolean
  readonly #root: Level = new Level(null)
  protected level: Level = this.#root
  protected depth = 0
  protected state = AT_VALUE
  /** Offset of the current chunk in the whole text. */
  protected base = 0
  protected index = 0
  #line = 1
  #lineStart = 0

  protected readonly text = new LongText() // the string or key so far
  #predicted = '' // the key of the previous sibling at this place
  #highSurrogate = '' // held back until its low half, or anything else, follows
  protected isKey = false // whether an escape belongs to a key
  protected matched = 0 // characters of the predicted key or of the literal that have matched
  #hex = 0
  #hexDigits = 0
  protected hexText = '' // the digits as they were written
  protected number = '' // text of the number from earlier chunks
  #mantissa = 0
  #digits = 0
  #fractionDigits = 0
  #isNegative = false
  protected literal = ''
  protected lastString = ''
  protected stringEnd = -1
  protected error: JsonError | null = null
  protected failedState = FAILED
  #failedAt = 0
  #failedOn: number | undefined
  /** A number may end before any character that isn't part of it: what follows is its own error. */
  protected readonly isStrict: boolean = true

  constructor(sink: TokenSink, options: TokenizerOptions = {}) {
    this.sink = sink
    this.#hearsCommas = sink.comma !== undefined
    this.#maxDepth = options.maxDepth ?? 128
  }

  /** The root value is complete (only whitespace may follow). A number at the root is complete at `end()`. */
  get isDone(): boolean {
    return this.state === DONE
  }

  /** Offset of the character being read. */
  get position(): number {
    return this.base + this.index
  }

  /**
   * Reads the next part of the text. O(length of `s`).
   * @throws JsonError at the first character that no JSON document can have there, and again at each later call.
   */
  push(s: string): void {
    const n = s.length
    let i = 0
    while (i < n) {
      const c = s.charCodeAt(i)
      switch (this.state) {
        case IN_STRING:
          i = this.#readString(s, i)
          continue
        case AFTER_VALUE:
          if (c === 44 /* , */) {
            this.state = this.level.isArray ? AT_VALUE : AT_NEXT_KEY
            if (this.#hearsCommas) {
              this.index = i
              this.sink.comma!()
            }
            i++
            continue
          }
          if (c === (this.level.isArray ? 93 : 125)) {
            this.#close(i)
            i++
            continue
          }
          break
        case AT_COLON:
          if (c === 58 /* : */) {
            this.state = AT_VALUE
            i++
            continue
          }
          break
        case IN_PREDICTED_KEY:
          i = this.#readPredictedKey(s, i)
          continue
        case IN_KEY:
          i = this.#readKey(s, i)
          continue
        case AT_FIRST_KEY:
        case AT_NEXT_KEY:
          if (c === QUOTE) {
            this.#beginKey()
            i++
            continue
          }
          if (c === 125 /* } */ && this.state === AT_FIRST_KEY) {
            this.#close(i)
            i++
            continue
          }
          break
        case AT_VALUE:
        case AT_FIRST_ELEMENT:
          this.index = i
          if (c === QUOTE) {
            this.state = IN_STRING
            this.sink.beginString()
            i++
            continue
          }
          if (c === 123 /* { */ || c === 91 /* [ */) {
            this.#open(c === 91, s, i)
            i++
            continue
          }
          if ((c >= 48 && c <= 57) || c === 45 /* - */) {
            i = this.#beginNumber(s, i)
            continue
          }
          if (c === 116 /* t */ || c === 102 /* f */ || c === 110 /* n */) {
            this.literal = c === 116 ? 'true' : c === 102 ? 'false' : 'null'
            this.matched = 1
            this.state = IN_LITERAL
            this.sink.beginLiteral(literalValue(this.literal))
            i++
            continue
          }
          if (c === 93 /* ] */ && this.state === AT_FIRST_ELEMENT) {
            this.#close(i)
            i++
            continue
          }
          break
        case IN_ESCAPE:
          i = this.#readEscape(s, i)
          continue
        case IN_HEX:
          i = this.#readHex(s, i)
          continue
        case IN_LITERAL:
          i = this.#readLiteral(s, i)
          continue
        case DONE:
        case FAILED:
        case AFTER_EMPTY_KEY:
          break
        default:
          i = this.#readNumber(s, i, i)
          continue
      }
      // Between tokens only whitespace is left.
      if (c === 32 || c === 13 || c === 9) i++
      else if (c === 10) {
        i++
        this.#line++
        this.#lineStart = this.base + i
      } else this.#fail(s, i)
    }
    this.base += n
    this.index = 0
  }

  /**
   * The text is over.
   * @throws JsonError when the document is not complete.
   */
  end(): void {
    const state = this.state
    if (
      this.depth === 0 &&
      (state === AFTER_ZERO || state === IN_INTEGER || state === IN_FRACTION || state === IN_EXPONENT)
    ) {
      this.#endNumber('', 0, 0)
    }
    if (this.state !== DONE) this.#fail('', 0)
  }

  /** A value has ended: what may follow depends on what it is in. */
  #afterValue(): void {
    this.state = this.depth === 0 ? DONE : AFTER_VALUE
  }

  #open(isArray: boolean, s: string, i: number): void {
    if (this.depth === this.#maxDepth) this.#failDepth(s, i)
    const parent = this.level
    const level = (parent.child ??= new Level(parent))
    level.isArray = isArray
    level.keyIndex = 0
    this.level = level
    this.depth++
    if (isArray) {
      this.state = AT_FIRST_ELEMENT
      this.sink.beginArray()
    } else {
      this.state = AT_FIRST_KEY
      this.sink.beginObject()
    }
  }

  #close(i: number): void {
    this.index = i
    const { isArray, parent } = this.level
    this.level = parent!
    this.depth--
    this.#afterValue()
    if (isArray) this.sink.endArray()
    else this.sink.endObject()
  }

  /* Strings and keys, RFC 8259 §7 */

  /** Adds decoded text; a high surrogate at its end waits for its other half. Returns what was really added. */
  #append(piece: string): string {
    let added = this.#highSurrogate + piece
    if ((piece.charCodeAt(piece.length - 1) & 0xfc00) === 0xd800) {
      this.#highSurrogate = added.slice(-1)
      added = added.slice(0, -1)
    } else this.#highSurrogate = ''
    this.text.add(added)
    return added
  }

  #takeText(): string {
    const text = this.#highSurrogate === '' ? this.text.whole : this.text.whole + this.#highSurrogate
    this.#highSurrogate = ''
    this.text.whole = ''
    // Flattens it: 3 ns a delta, but ropes in the value weigh 14 times their text and double the time of 1 MB.
    text.charCodeAt(0)
    return text
  }

  #readString(s: string, start: number): number {
    const i = endOfPlainRun(s, start)
    if (i === s.length) {
      this.index = i
      this.#growString(i > start ? s.slice(start) : '')
      return i
    }
    const c = s.charCodeAt(i)
    if (c === QUOTE) {
      this.index = i
      const piece = s.slice(start, i)
      const value = this.text.isEmpty && this.#highSurrogate === '' ? piece : this.#endText(piece)
      this.lastString = value
      this.stringEnd = this.base + i
      this.#afterValue()
      this.sink.endString(value)
      return i + 1
    }
    if (i > start) this.#growString(s.slice(start, i))
    if (c !== BACKSLASH) this.#fail(s, i)
    this.isKey = false
    this.state = IN_ESCAPE
    return i + 1
  }

  #growString(piece: string): void {
    if (this.#highSurrogate === '' && (piece.charCodeAt(piece.length - 1) & 0xfc00) !== 0xd800) {
      this.text.add(piece)
      this.sink.growString(piece, this.text.whole)
      return
    }
    const added = this.#append(piece)
    if (added !== '') this.sink.growString(added, this.text.whole)
  }

  #endText(piece: string): string {
    if (piece !== '') this.#append(piece)
    return this.#takeText()
  }

  #beginKey(): void {
    const level = this.level
    const predicted = level.keyIndex < level.keys.length ? level.keys[level.keyIndex]! : null
    if (predicted === null) this.state = IN_KEY
    else {
      this.#predicted = predicted
      this.matched = 0
      this.state = IN_PREDICTED_KEY
    }
  }

  /** Rows have the keys of the row before: comparing in place costs 47 ns per delta where slicing and hashing costs 64. */
  #readPredictedKey(s: string, start: number): number {
    const key = this.#predicted
    const n = s.length
    let i = start
    let matched = this.matched
    while (matched < key.length && i < n && s.charCodeAt(i) === key.charCodeAt(matched)) {
      matched++
      i++
    }
    this.matched = matched
    if (i === n) {
      this.index = i
      this.sink.growKey?.(key.slice(0, matched))
      return i
    }
    if (matched === key.length && s.charCodeAt(i) === QUOTE) {
      this.index = i
      this.level.keyIndex++
      this.state = AT_COLON
      this.sink.key(key)
      return i + 1
    }
    this.text.whole = key.slice(0, matched)
    this.state = IN_KEY
    return i
  }

  #readKey(s: string, start: number): number {
    const i = endOfPlainRun(s, start)
    const c = s.charCodeAt(i) // NaN at the end of the chunk
    if (c === QUOTE) {
      this.index = i
      const key = this.#endText(s.slice(start, i))
      if (key === '' && !this.isStrict) this.state = AFTER_EMPTY_KEY
      else this.endKey(key)
      return i + 1
    }
    if (i > start) this.#append(s.slice(start, i))
    if (i === s.length) {
      this.index = i
      this.sink.growKey?.(this.text.whole)
      return i
    }
    if (c !== BACKSLASH) this.#fail(s, i)
    this.isKey = true
    this.state = IN_ESCAPE
    return i + 1
  }

  protected endKey(key: string): void {
    const level = this.level
    const place = level.keyIndex++
    if (place < MAX_PREDICTED_KEYS) level.keys[place] = NEEDS_ESCAPE.test(key) ? null : key
    this.state = AT_COLON
    this.sink.key(key)
  }

  #readEscape(s: string, i: number): number {
    const c = s.charCodeAt(i)
    if (c === 117 /* u */) {
      this.#hex = 0
      this.#hexDigits = 0
      this.hexText = ''
      this.state = IN_HEX
      return i + 1
    }
    const decoded = ESCAPED[c]
    if (decoded === undefined) this.#fail(s, i)
    this.index = i
    this.#endEscape(decoded)
    return i + 1
  }

  #readHex(s: string, start: number): number {
    let i = start
    for (; i < s.length;) {
      const c = s.charCodeAt(i)
      const lower = c | 32
      const digit = c >= 48 && c <= 57 ? c - 48 : lower >= 97 && lower <= 102 ? lower - 87 : -1
      if (digit < 0) {
        this.hexText += s.slice(start, i)
        this.#fail(s, i)
      }
      this.#hex = (this.#hex << 4) | digit
      i++
      if (++this.#hexDigits === 4) {
        this.index = i - 1
        this.#endEscape(String.fromCharCode(this.#hex))
        return i
      }
    }
    this.hexText += s.slice(start)
    return i
  }

  #endEscape(decoded: string): void {
    if (this.isKey) {
      this.state = IN_KEY
      this.#append(decoded)
    } else {
      this.state = IN_STRING
      this.#growString(decoded)
    }
  }

  /* Numbers, RFC 8259 §6 */

  #beginNumber(s: string, i: number): number {
    const c = s.charCodeAt(i)
    this.number = ''
    this.#isNegative = c === 45
    this.#mantissa = c === 45 ? 0 : c - 48
    this.#digits = c === 45 || c === 48 ? 0 : 1
    this.#fractionDigits = 0
    this.state = c === 45 ? AFTER_MINUS : c === 48 ? AFTER_ZERO : IN_INTEGER
    this.sink.beginNumber()
    return this.#readNumber(s, i + 1, i)
  }

  /** Reads from `from` on; the number, or this chunk's part of it, begins at `start`. */
  #readNumber(s: string, from: number, start: number): number {
    const n = s.length
    let i = from
    while (i < n) {
      const c = s.charCodeAt(i)
      const isDigit = c >= 48 && c <= 57
      switch (this.state) {
        case IN_INTEGER:
        case IN_FRACTION:
          if (isDigit) {
            i = this.#readDigits(s, i)
            continue
          }
          if (c === 46 /* . */ && this.state === IN_INTEGER) this.state = AFTER_POINT
          else if ((c | 32) === 101 /* e */) this.state = AT_EXPONENT_SIGN
          else return this.#endNumber(s, start, i)
          break
        case AFTER_MINUS:
          if (!isDigit) this.#failInNumber(s, start, i)
          this.state = c === 48 ? AFTER_ZERO : IN_INTEGER
          if (c !== 48) continue
          break
        case AFTER_ZERO:
          if (isDigit) this.#failInNumber(s, start, i)
          if (c === 46 /* . */) this.state = AFTER_POINT
          else if ((c | 32) === 101 /* e */) this.state = AT_EXPONENT_SIGN
          else return this.#endNumber(s, start, i)
          break
        case AFTER_POINT:
          if (!isDigit) this.#failInNumber(s, start, i)
          this.state = IN_FRACTION
          continue
        case AT_EXPONENT_SIGN:
          if (c === 43 /* + */ || c === 45 /* - */) this.state = AT_EXPONENT_FIRST
          else if (isDigit) this.state = IN_EXPONENT
          else this.#failInNumber(s, start, i)
          break
        case AT_EXPONENT_FIRST:
          if (!isDigit) this.#failInNumber(s, start, i)
          this.state = IN_EXPONENT
          break
        default: // IN_EXPONENT
          if (!isDigit) return this.#endNumber(s, start, i)
          this.#fractionDigits = Number.POSITIVE_INFINITY // an exponent: the text itself is converted
      }
      i++
    }
    this.number += s.slice(start, i)
    if (this.sink.isWatchingNumber === true) {
      this.index = i
      this.sink.growNumber!(this.number)
    }
    return i
  }

  /** A tolerant reader may know how the number continues. */
  #failInNumber(s: string, start: number, i: number): never {
    this.number += s.slice(start, i)
    return this.#fail(s, i)
  }

  #readDigits(s: string, start: number): number {
    const n = s.length
    let i = start
    let mantissa = this.#mantissa
    let c = s.charCodeAt(i)
    do {
      mantissa = mantissa * 10 + (c - 48)
      i++
      c = i < n ? s.charCodeAt(i) : 0
    } while (c >= 48 && c <= 57)
    this.#mantissa = mantissa
    this.#digits += i - start
    if (this.state === IN_FRACTION) this.#fractionDigits += i - start
    return i
  }

  #endNumber(s: string, start: number, i: number): number {
    if (!this.isStrict && goesOn(s.charCodeAt(i))) this.#failInNumber(s, start, i)
    // A quotient of two doubles that are exact is rounded once, as the text itself would be.
    const isExact = this.#digits <= MAX_EXACT_DIGITS && this.#fractionDigits <= 22 && this.state !== IN_EXPONENT
    const text = isExact ? '' : this.number + s.slice(start, i)
    const value = isExact
      ? (this.#isNegative ? -this.#mantissa : this.#mantissa) / POWERS_OF_TEN[this.#fractionDigits]!
      : Number(text)
    this.index = i
    if (this.sink.isWatchingNumber === true) this.sink.growNumber!(this.number + s.slice(start, i))
    this.number = ''
    this.#afterValue()
    this.sink.endNumber(value, text)
    return i
  }

  #readLiteral(s: string, start: number): number {
    const literal = this.literal
    let i = start
    while (i < s.length && this.matched < literal.length) {
      if (s.charCodeAt(i) !== literal.charCodeAt(this.matched)) this.#fail(s, i)
      this.matched++
      i++
    }
    if (this.matched === literal.length) {
      this.index = i - 1
      this.#afterValue()
      this.sink.endLiteral(literalValue(literal))
    }
    return i
  }

  /* Errors */

  #fail(s: string, i: number): never {
    if (this.state !== FAILED) {
      this.failedState = this.state
      this.state = FAILED
      this.#failedAt = this.base + i
      this.#failedOn = s.codePointAt(i)
    }
    return this.raise()
  }

  protected raise(): never {
    throw (this.error ??= this.failure())
  }

  /** Offset of the character that failed. */
  protected get failedAt(): number {
    return this.#failedAt
  }

  /** What was wrong where the text failed. */
  protected failure(): JsonError {
    const code = this.#failedOn
    const received = code === undefined ? 'the end of the text' : JSON.stringify(String.fromCodePoint(code))
    return new JsonError('malformed_json', this.#expected(this.failedState), received, this.placeOf(this.#failedAt))
  }

  #failDepth(s: string, i: number): never {
    const expected = `at most ${this.#maxDepth} levels of nesting (maxDepth)`
    this.error = new JsonError(
      'limit_exceeded',
      expected,
      `one more ${JSON.stringify(s[i])}`,
      this.placeOf(this.base + i),
    )
    this.state = FAILED
    throw this.error
  }

  #expected(state: number): string {
    if (state === IN_LITERAL) return `the rest of ${this.literal}`
    if (state === AFTER_VALUE) return this.level.isArray ? "',' or ']'" : "',' or '}'"
    return EXPECTED[state]!
  }

  protected placeOf(position: number): { position: number; line: number; column: number } {
    return { position, line: this.#line, column: position - this.#lineStart + 1 }
  }
}

function literalValue(literal: string): boolean | null {
  return literal === 'null' ? null : literal === 'true'
}

/** Whether a character that isn't part of a number continues with it: `5kg`, `1_000`, `2024-05-01`. */
function goesOn(c: number): boolean {
  if (c < 48) return c === 43 || c === 45 || c === 46 /* + - . */
  return c < 59 || c === 95 /* _ */ || ((c | 32) >= 97 && (c | 32) <= 122)
}

/** Index of the first quote, backslash or control character from `start` on, or the end of `s`. */
function endOfPlainRun(s: string, start: number): number {
  const n = s.length
  const near = n - start > 40 ? start + 40 : n
  let i = start
  for (; i < near; i++) {
    const c = s.charCodeAt(i)
    if (c === QUOTE || c === BACKSLASH || c < 32) return i
  }
  if (i === n) return i
  PLAIN_RUN.lastIndex = i
  PLAIN_RUN.test(s)
  return PLAIN_RUN.lastIndex
}
