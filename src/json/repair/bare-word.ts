import { Lookahead } from './lookahead.ts'

/** Characters that a value without quotes may have. */
const MAX_LENGTH = 4096

const LITERALS: ReadonlyMap<string, string> = new Map([
  ['None', 'null'],
  ['nil', 'null'],
  ['undefined', 'null'],
])
/** These count in any letter case. */
const JSON_LITERALS: ReadonlySet<string> = new Set(['true', 'false', 'null'])
const NOT_A_NUMBER: ReadonlyMap<string, string> = new Map([
  ['NaN', '1e999'],
  ['nan', '1e999'],
  ['inf', '1e999'],
  ['Infinity', '1e999'],
  ['+Infinity', '1e999'],
])
/** Digits in groups, as Python and people write them. */
const GROUPED_NUMBER = /^-?(?=.*_)(?:0|[1-9][0-9]*(?:_[0-9]+)*)(?:\.[0-9]+(?:_[0-9]+)*)?$/
/** What begins like a number and is plainly none: a date, a time stamp, a UUID. */
const DATE =
  /^[0-9]{4}-[0-9]{2}-[0-9]{2}(?:[T ][0-9]{2}:[0-9]{2}(?::[0-9]{2}(?:\.[0-9]+)?)?(?:Z|[+-][0-9]{2}:?[0-9]{2})?)?$/
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i
/** A call or a function, whose value no one knows. */
const CODE = /^(?:new\s+)?[\w$.]+\(|=>/
const SPECIAL = /[,\]}()\r\n"“”„«»＂{[`'’:#/]/

/** What a value without quotes means: JSON text for it, which no finite number stands for. */
export interface Word {
  kind: 'literal' | 'number' | 'not-a-number' | 'unquoted-string' | 'quotes'
  before: string
  after: string
}

/** A value without quotes, read up to a comma, a closing bracket, a comment or the end of the line. */
export class BareWord {
  #text: string

  /** Begun as a number. */
  readonly #isNumeric: boolean
  readonly #around: { isInObject: boolean; isInParentheses: boolean }

  /** @param begun what was read of it as a number or literal */
  constructor(begun: string, around: { isInObject: boolean; isInParentheses: boolean }) {
    this.#text = begun
    this.#around = around
    this.#isNumeric = /^[-0-9]/.test(begun)
  }

  /**
   * Reads more. `length` characters of `rest` were read; `state` tells whether the word continues, needs more text to
   * tell, has ended before the next character, or cannot be read.
   */
  read(rest: string): { length: number; state: 'open' | 'waiting' | 'ended' | 'unreadable' } {
    let length = 0
    for (;;) {
      const part = rest.slice(length)
      const special = part.search(SPECIAL)
      const plain = special < 0 ? part : part.slice(0, special)
      this.#text += plain
      length += plain.length
      if (this.#text.length > MAX_LENGTH) return { length, state: 'unreadable' }
      if (special < 0) return { length, state: 'open' }
      const ahead = new Lookahead(rest, length)
      const meaning = this.#meaningOf(ahead)
      if (ahead.isShort) return { length, state: 'waiting' }
      if (meaning !== 'text')
        return {
          length: meaning === 'quote' ? length + 1 : length,
          state: meaning === 'unreadable' ? meaning : 'ended',
        }
      this.#text += rest[length]!
      length++
    }
  }

  #isQuoteMissing = false

  #meaningOf(ahead: Lookahead): 'text' | 'end' | 'quote' | 'unreadable' {
    const first = ahead.peek()
    const before = this.#text.at(-1) ?? ''
    switch (first) {
      case ',':
      case ']':
      case '}':
      case '\r':
      case '\n':
        return 'end'
      case '(':
      case ')':
        return !this.#around.isInParentheses ? 'text' : first === ')' ? 'end' : 'unreadable'
      case '#':
        return /\s/.test(before) ? 'end' : 'text'
      case '/':
        return /\s/.test(before) && ahead.comment() ? 'end' : 'text'
      case ':': // of a URL or a time, not of a key
        return /[/0-9]/.test(ahead.peek(1)) ? 'text' : 'unreadable'
      case "'":
      case '’':
        return /\p{L}/u.test(before) && /\p{L}/u.test(ahead.peek(1)) ? 'text' : 'unreadable'
      case '"':
        // The next key: only a comma is missing.
        if (this.#around.isInObject && /\s/.test(before) && ahead.copy().key() === 'quoted') return 'end'
        ahead.at++
        ahead.skipBlank()
        this.#isQuoteMissing = /[^\s\d]/.test(before) && /^[,\]}]$/.test(ahead.peek())
        return this.#isQuoteMissing ? 'quote' : 'unreadable'
      default:
        return 'unreadable'
    }
  }

  /** What the whole word means; null: nothing that is certain. */
  get word(): Word | null {
    const text = this.#text.trim()
    if (this.#isNumeric) return this.#isQuoteMissing ? null : numericWord(text)
    if (this.#isQuoteMissing) return { kind: 'quotes', before: `${text}"`, after: JSON.stringify(text) }
    const lower = text.toLowerCase()
    const literal = LITERALS.get(text) ?? (JSON_LITERALS.has(lower) ? lower : undefined)
    if (literal !== undefined) return { kind: 'literal', before: text, after: literal }
    const number = NOT_A_NUMBER.get(text)
    if (number !== undefined) return { kind: 'not-a-number', before: text, after: number }
    return CODE.test(text) ? null : { kind: 'unquoted-string', before: text, after: JSON.stringify(text) }
  }
}

function numericWord(text: string): Word | null {
  if (GROUPED_NUMBER.test(text)) return { kind: 'number', before: text, after: text.replaceAll('_', '') }
  return DATE.test(text) || UUID.test(text)
    ? { kind: 'unquoted-string', before: text, after: JSON.stringify(text) }
    : null
}
