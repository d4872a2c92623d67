/** Characters that a decision may look ahead, so that the cost of each is bounded. */
export const MAX_LOOKAHEAD = 256

const BLANK = /[\s\uFEFF]/
const WORD = /[\p{L}\p{N}_$-]/u
/** By opening quote, what closes it. */
export const CLOSING_QUOTES: Readonly<Record<string, string>> = {
  '"': '"',
  "'": "'",
  '`': '`',
  '“': '”',
  '„': '“',
  '”': '”',
  '‘': '’',
  '’': '’',
  '«': '»',
}

/**
 * The text after a place, as far as it has come. What is decided without looking beyond its end stays decided
 * whatever follows; once something did look beyond, `isShort` is set and nothing may be decided yet.
 */
export class Lookahead {
  readonly #text: string
  readonly #from: number
  readonly #isWhole: boolean
  /** Characters looked at, from the place on. */
  at = 0
  isShort = false

  /** @param isWhole nothing will follow */
  constructor(text: string, from = 0, isWhole = false) {
    this.#text = text
    this.#from = from
    this.#isWhole = isWhole
  }

  /** The next character; empty when there is none within reach. */
  peek(ahead = 0): string {
    const offset = this.at + ahead
    if (offset >= MAX_LOOKAHEAD) return ''
    const character = this.#text[this.#from + offset]
    if (character === undefined && !this.#isWhole) this.isShort = true
    return character ?? ''
  }

  /** Skips white space; returns it. */
  skipBlank(): string {
    let blank = ''
    while (BLANK.test(this.peek())) blank += this.#take()
    return blank
  }

  /** Skips letters, digits, `_`, `$` and `-`; returns them. */
  word(): string {
    let word = ''
    while (WORD.test(this.peek())) word += this.#take()
    return word
  }

  #take(): string {
    return this.#text[this.#from + this.at++]!
  }

  /** Skips a string on one line with its quotes; false when there is no whole one. */
  quoted(): boolean {
    const closing = CLOSING_QUOTES[this.peek()]
    if (closing === undefined) return false
    for (this.at++; this.peek() !== closing; this.at++) {
      if (this.peek() === '\\') this.at++
      if (this.peek() === '' || this.peek() === '\n') return false
    }
    this.at++
    return true
  }

  /** Whether a key and its colon stand here, and how it is written. */
  key(): 'quoted' | 'bare' | null {
    const isQuoted = CLOSING_QUOTES[this.peek()] !== undefined
    const isWhole = isQuoted ? this.quoted() : this.word() !== ''
    return !isWhole || !this.colon() ? null : isQuoted ? 'quoted' : 'bare'
  }

  /** Whether a colon comes next, after white space and comments. */
  colon(): boolean {
    this.skipBlank()
    while (this.comment()) {
      this.#skipComment()
      this.skipBlank()
    }
    return this.peek() === ':'
  }

  #skipComment(): void {
    const isBlock = this.peek(1) === '*'
    for (this.at += isBlock ? 2 : 1; this.peek() !== ''; this.at++) {
      if (isBlock ? this.peek() === '*' && this.peek(1) === '/' : this.peek() === '\n') break
    }
    this.at += isBlock ? 2 : 0
  }

  /** Whether a comment opens here. */
  comment(): boolean {
    return this.peek() === '#' || (this.peek() === '/' && (this.peek(1) === '/' || this.peek(1) === '*'))
  }
}
