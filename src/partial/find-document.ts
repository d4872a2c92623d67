import { ARRAY, BOOLEAN, NULL, NUMBER, OBJECT, STRING } from '../schema/node.ts'

const THINK = '<think>'
const THINK_END = '</think>'
/** What may follow an opening bracket in JSON, so that `[Note]` and `{name}` in prose are no documents. */
const OBJECT_GOES_ON = /^\{\s*["'“”}/]/
const ARRAY_GOES_ON = /^\[\s*(?:["'“”{[\]\d/-]|true|false|null)/
const BARE_KEY = /^\{\s*[\p{L}_$][\p{L}\p{N}_$-]*\s*:/u
const MAX_LOOKAHEAD = 128

/** Where a document begins in the text that was searched. */
export interface Found {
  /** UTF-16 offset in the answer. */
  start: number
  /** The document's text that has come with it. */
  text: string
  /** What kind of text stands before it; null: nothing but white space. */
  before: 'byte-order-mark' | 'thinking' | 'code-fence' | 'text-before' | null
  /** That text. */
  skipped: string
}

/**
 * Finds where a JSON document begins in an answer that also holds other things: a byte order mark,
 * `<think>…</think>`, prose, a code fence. Looks at each character once or, near brackets, a bounded number of times.
 */
export class DocumentFinder {
  readonly #opens: RegExp
  readonly #brackets: RegExp
  #offset = 0
  #held = ''
  #skipped: string[] = []
  #isThinking = false
  #hasThought = false
  /** Only white space so far: a string, number or literal may be the document. */
  #isFresh: boolean

  /**
   * @param accepts what the root may be, as bits of `schema/node.ts`
   * @param isFresh whether the document may be anything that JSON allows, as at the start of an answer
   * @param offset of the first character to search
   */
  constructor(accepts: number, isFresh = true, offset = 0) {
    this.#isFresh = isFresh
    this.#offset = offset
    const containers = accepts & (OBJECT | ARRAY)
    const brackets = containers === ARRAY ? '\\[' : containers === OBJECT ? '{' : '{\\['
    // An array of one may have come without its brackets, and a wrong root is to be told of as such.
    this.#brackets = containers === ARRAY && accepts === ARRAY ? /[{[]/ : new RegExp(`[${brackets}]`)
    let opens = '{\\['
    if ((accepts & STRING) !== 0 || containers !== accepts) opens += '"'
    if ((accepts & NUMBER) !== 0) opens += '\\-0-9'
    if ((accepts & BOOLEAN) !== 0) opens += 'tf'
    if ((accepts & NULL) !== 0) opens += 'n'
    this.#opens = new RegExp(`^[${opens}]`)
  }

  /** Searches more of the answer; null while no document has begun. */
  push(text: string): Found | null {
    let rest = this.#held + text
    this.#held = ''
    if (this.#isFresh) {
      rest = this.#skipBlank(rest)
      if (rest === '') return null
      if (!this.#hasThought && (THINK.startsWith(rest) || rest.startsWith(THINK))) {
        if (rest.length < THINK.length) return this.#hold(rest)
        this.#isThinking = true
        this.#hasThought = true
      }
    }
    if (this.#isThinking) {
      const end = rest.indexOf(THINK_END)
      if (end < 0) return this.#hold(this.#skip(rest, Math.max(0, rest.length - THINK_END.length + 1)))
      this.#isThinking = false
      return this.push(this.#skip(rest, end + THINK_END.length))
    }
    if (this.#isFresh && this.#opens.test(rest) && !/^[{[]/.test(rest)) return this.#found(rest)
    return this.#searchBrackets(rest)
  }

  #searchBrackets(text: string): Found | null {
    let rest = text
    for (;;) {
      const at = rest.search(this.#brackets)
      if (at < 0) {
        this.#isFresh &&= rest === ''
        this.#skip(rest, rest.length)
        return null
      }
      if (at > 0) this.#isFresh = false
      rest = this.#skip(rest, at)
      if (this.#isFresh || OBJECT_GOES_ON.test(rest) || ARRAY_GOES_ON.test(rest) || BARE_KEY.test(rest))
        return this.#found(rest)
      if (rest.length < MAX_LOOKAHEAD && /^(?:\{\s*[\p{L}\p{N}_$-]*\s*|\[\s*\w{0,4})$/u.test(rest))
        return this.#hold(rest)
      rest = this.#skip(rest, 1)
    }
  }

  #skipBlank(text: string): string {
    return this.#skip(text, /^[\s\uFEFF]*/.exec(text)![0].length)
  }

  #skip(text: string, length: number): string {
    if (length > 0) this.#skipped.push(text.slice(0, length))
    this.#offset += length
    return text.slice(length)
  }

  #hold(text: string): null {
    this.#held = text
    return null
  }

  #found(text: string): Found {
    const skipped = this.#skipped.join('')
    this.#skipped = []
    const isBlank = skipped.trim() === '' // trim() takes byte order marks too
    const mark = skipped.includes('\uFEFF') ? 'byte-order-mark' : null
    const before = isBlank
      ? mark
      : skipped.includes('```')
        ? 'code-fence'
        : this.#hasThought
          ? 'thinking'
          : 'text-before'
    return { start: this.#offset, text, before, skipped }
  }
}
