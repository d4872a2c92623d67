import { CLOSING_QUOTES, Lookahead } from '../../json/repair/lookahead.ts'
import {
  KIND_ARRAY,
  KIND_BOOLEAN,
  KIND_ANY,
  KIND_NULL,
  KIND_NUMBER,
  KIND_OBJECT,
  KIND_STRING,
  type SchemaNode,
} from '../../schema/node.ts'

const THINK = '<think>'
const THINK_END = '</think>'
const FENCE = '```'
const LITERALS = ['true', 'false', 'null']

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

/** What a document may begin with, as bits of `schema/node.ts`. */
export interface Opening {
  root: number
  /** The first element of an array at the root. */
  element: number
}

export const ANY_OPENING: Opening = { root: KIND_ANY, element: KIND_ANY }

/** What documents of the schema begin with, tolerated forms included. */
export function openingOf(node: SchemaNode): Opening {
  return { root: node.accepts, element: withQuoted(elementKinds(node)) }
}

function elementKinds({ core }: SchemaNode): number {
  if (core.kind !== 'array') return KIND_ANY
  const element = core.element.node
  return element.core.kind === 'array' ? element.accepts | elementKinds(element) : element.accepts
}

function withQuoted(kinds: number): number {
  return (kinds & (KIND_NUMBER | KIND_BOOLEAN)) === 0 ? kinds : kinds | KIND_STRING
}

/**
 * Finds where a JSON document begins in an answer that also holds other things: a byte order mark,
 * `<think>…</think>`, prose, a code fence. Looks at each character once or, near brackets, a bounded number of times.
 */
export class DocumentFinder {
  readonly #opening: Opening
  readonly #opens: RegExp
  readonly #brackets: RegExp
  #offset: number
  #held = ''
  #skipped = ''
  #isBlank = true
  #hasMark = false
  #hasFence = false
  #isThinking = false
  #hasThought = false
  /** Only white space so far: a string, number or literal may be the document. */
  #isFresh: boolean

  /**
   * @param isFresh whether the document may be anything that the schema allows, as at the start of an answer
   * @param offset of the first character to search
   */
  constructor(opening: Opening, isFresh = true, offset = 0) {
    this.#opening = opening
    this.#isFresh = isFresh
    this.#offset = offset
    const { root } = opening
    const containers = root & (KIND_OBJECT | KIND_ARRAY)
    // An array of one may have come without its brackets, and a wrong root is to be told of as such.
    this.#brackets = containers === KIND_OBJECT ? /\{/ : /[{[]/
    let opens = ''
    if ((root & KIND_STRING) !== 0 || containers !== root) opens += '"'
    if ((root & KIND_NUMBER) !== 0) opens += '\\-0-9'
    this.#opens = new RegExp(opens === '' ? '(?!)' : `^[${opens}]`)
  }

  /** Searches more of the answer; null while no document has begun. */
  push(text: string): Found | null {
    let rest = this.#held + text
    this.#held = ''
    if (this.#isFresh) {
      rest = this.#skip(rest, /^[\s\uFEFF]*/.exec(rest)![0].length)
      if (rest === '') return null
      if (!this.#hasThought && THINK.startsWith(rest.slice(0, THINK.length))) {
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
    return this.#isFresh ? this.#readStart(rest) : this.#searchBrackets(rest)
  }

  /** What was found was no document: goes on behind its first character. */
  reject(found: Found): Found | null {
    this.#isFresh = false
    return this.push(this.#skip(found.text, 1))
  }

  /** At the first character that is not white space. */
  #readStart(rest: string): Found | null {
    const { root } = this.#opening
    const first = rest[0]!
    if (first === '{' || (first === '[' && (root & KIND_ARRAY) !== 0) || this.#opens.test(first))
      return this.#found(rest)
    const literal = LITERALS.find((word) => word.startsWith(rest.slice(0, word.length)))
    if (literal !== undefined && (root & (literal === 'null' ? KIND_NULL : KIND_BOOLEAN)) !== 0) {
      return rest.length < literal.length ? this.#hold(rest) : this.#found(rest)
    }
    if (first === '[') {
      const ahead = new Lookahead(rest)
      const isDocument = opensArray(ahead, KIND_ANY)
      if (ahead.isShort) return this.#hold(rest)
      if (isDocument) return this.#found(rest)
    }
    this.#isFresh = false
    return this.#searchBrackets(rest)
  }

  #searchBrackets(text: string): Found | null {
    let rest = text
    for (;;) {
      const at = rest.search(this.#brackets)
      if (at < 0) {
        this.#skip(rest, rest.length)
        return null
      }
      rest = this.#skip(rest, at)
      const ahead = new Lookahead(rest)
      const isDocument = rest[0] === '{' ? opensObject(ahead) : opensArray(ahead, this.#opening.element)
      if (ahead.isShort) return this.#hold(rest)
      if (isDocument) return this.#found(rest)
      rest = this.#skip(rest, 1)
    }
  }

  #skip(text: string, length: number): string {
    if (length > 0) {
      const piece = text.slice(0, length)
      this.#isBlank &&= piece.trim() === '' // trim() takes byte order marks too
      this.#hasMark ||= piece.includes('\uFEFF')
      // A fence may have come in parts.
      this.#hasFence ||= piece.includes(FENCE) || (this.#lastTicks + piece.slice(0, 2)).includes(FENCE)
      this.#lastTicks = length > 1 ? piece.slice(-2) : this.#lastTicks.slice(-1) + piece
      this.#skipped += piece
      this.#offset += length
    }
    return text.slice(length)
  }

  #lastTicks = ''

  #hold(text: string): null {
    this.#held = text
    return null
  }

  #found(text: string): Found {
    const mark = this.#hasMark ? 'byte-order-mark' : null
    const around = this.#hasFence ? 'code-fence' : this.#hasThought ? 'thinking' : 'text-before'
    return { start: this.#offset, text, before: this.#isBlank ? mark : around, skipped: this.#skipped }
  }
}

/* What follows an opening bracket in JSON, so that `[Note]`, `[1]` and `{name}` in prose are no documents. */

function opensObject(ahead: Lookahead): boolean {
  ahead.at++
  ahead.skipBlank()
  return ahead.peek() === '}' || isQuote(ahead) || ahead.comment() || ahead.key() === 'bare'
}

function opensArray(ahead: Lookahead, elements: number): boolean {
  ahead.at++
  ahead.skipBlank()
  const first = ahead.peek()
  const may = (kind: number): boolean => (elements & kind) !== 0
  if (isQuote(ahead)) return may(KIND_STRING)
  if (/[-0-9]/.test(first)) return may(KIND_NUMBER)
  if (first === '{') return may(KIND_OBJECT)
  if (first === '[') return may(KIND_ARRAY)
  if (first === ']' || ahead.comment()) return true
  const word = ahead.word().toLowerCase()
  return word === 'true' || word === 'false'
    ? may(KIND_BOOLEAN)
    : (word === 'null' || word === 'none') && may(KIND_NULL)
}

function isQuote(ahead: Lookahead): boolean {
  return CLOSING_QUOTES[ahead.peek()] !== undefined
}
