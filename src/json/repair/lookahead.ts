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
  '＂': '＂',
}

/**
 * The text after a place, as far as it has come. What is decided without looking beyond its end stays decided
 * whatever follows; once something did look beyond, `isShort` is set and nothing may be decided yet.
 */
export class Lookahead {
  readonly #text: string
  readonly #from: number
  /** Nothing will follow. */
  readonly isWhole: boolean
  /** Characters looked at, from the place on. */
  at = 0
  #hasMissed = false
  readonly #original: Lookahead | null

  constructor(text: string, from = 0, isWhole = false, original: Lookahead | null = null) {
    this.#original = original
    this.#text = text
    this.#from = from
    this.isWhole = isWhole
  }

  /** Something did look beyond the text that has come, and more may come. */
  get isShort(): boolean {
    return this.#hasMissed && !this.isWhole
  }

  /** Something did look beyond the end. */
  get hasMissed(): boolean {
    return this.#hasMissed
  }

  /** A look from here on that leaves this one in its place. What it finds missing counts for both. */
  copy(): Lookahead {
    const copy = new Lookahead(this.#text, this.#from, this.isWhole, this)
    copy.at = this.at
    return copy
  }

  #miss(): void {
    this.#hasMissed = true
    if (this.#original !== null) this.#original.#miss()
  }

  /** The next character; empty when there is none within reach. */
  peek(ahead = 0): string {
    const offset = this.at + ahead
    if (offset >= MAX_LOOKAHEAD) return ''
    const character = this.#text[this.#from + offset]
    if (character === undefined) this.#miss()
    return character ?? ''
  }

  /** Skips white space; returns it. */
  skipBlank(): string {
    return this.takeWhile(BLANK)
  }

  /** Skips letters, digits, `_`, `$` and `-`; returns them. */
  word(): string {
    return this.takeWhile(WORD)
  }

  /** Skips a key without quotes, which may be a number; returns it. */
  bareKey(): string {
    const word = this.word()
    if (!/^-?\d+$/.test(word) || this.peek() !== '.' || !/\d/.test(this.peek(1))) return word
    this.at++
    return `${word}.${this.takeWhile(/\d/)}`
  }

  /** Skips characters of a kind; returns them. */
  takeWhile(kind: RegExp): string {
    let taken = ''
    for (let next = this.peek(); kind.test(next); next = this.peek()) {
      taken += next
      this.at++
    }
    return taken
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
    const isWhole = isQuoted ? this.quoted() : this.bareKey() !== ''
    return !isWhole || !this.colon() ? null : isQuoted ? 'quoted' : 'bare'
  }

  /** Whether a colon comes next, after white space and comments. */
  colon(): boolean {
    this.skipComments()
    return this.peek() === ':'
  }

  /** Skips white space and comments. */
  skipComments(): void {
    this.skipBlank()
    while (this.comment()) {
      this.#skipComment()
      this.skipBlank()
    }
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
