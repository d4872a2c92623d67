import { CLOSING_QUOTES, Lookahead, MAX_LOOKAHEAD } from './repair/lookahead.ts'
import { ParenthesesScan } from './repair/parentheses.ts'
import { FENCED, FRAGMENT, LINE, Surroundings, type Placing, type Standing } from './surroundings.ts'
import { KIND_ARRAY, KIND_BOOLEAN, KIND_ANY, KIND_NULL, KIND_NUMBER, KIND_OBJECT, KIND_STRING } from './value-kinds.ts'
import { LONGEST_SCALAR, wholeValueIn } from './whole-value.ts'

const FENCE = '```'
const THOUGHT = /^<(\/?)(?:think|thinking|thought|thoughts|reasoning|reflection|scratchpad)>/i
const THOUGHT_BEGUN = /^<\/?[a-z]{0,10}$/i
const OPENING_THOUGHT = /^<(think|thinking|thought|thoughts|reasoning|reflection|scratchpad)>/i
const LONGEST_FENCE_LINE = 64
/** Characters of the longest tag of a thought, less one. */
const TAG = '</scratchpad>'.length - 1
/** Words that other languages have for `true`, `false` and `null`, and numbers that JSON has not. */
export const SCALAR_WORD: RegExp = /^(?:true|false|null|none|nil|undefined|nan|-?infinity)$/i
/** With a language and attributes; a document may begin on the same line. */
const FENCE_LINE = /^(?:`{3,}|~{3,})[^\n`~{[]*(?:\{[.#=\w -]*\})?[^\S\n]*\n/
const FENCE_LINE_BEGUN = /^(?:`{1,2}|~{1,2}|(?:`{3,}|~{3,})[^\n`~{[]{0,40}(?:\{[.#=\w -]{0,40}\}?[^\S\n]*)?)$/
/** A comment before everything, and one that is still open; longer ones are prose. */
const BLOCK_COMMENT = /^\/\*[\s\S]{0,2000}?\*\//
const BLOCK_COMMENT_BEGUN = /^\/(?:\*[\s\S]{0,2000})?$/
/** A line that holds one string, number or literal, or none, and one that may become such a line. */
const SCALAR_LINE = /^\s*(?:(?:"(?:[^"\\]|\\.)*"|-?\d[\d.eE+-]*|true|false|null)\s*,?\s*)?$/
const LINE_BEGUN = /^\s*(?:(?:"(?:[^"\\]|\\.)*(?:\\|"\s*,?\s*)?|-|-?\d[\d.eE+-]*\s*,?\s*|[a-z]{1,5}\s*,?\s*))?$/
/** How a value in parentheses begins. */
const IN_PARENTHESES = /^\(\s*(?:["'([{\d.-]|True\b|False\b|None\b|true\b|false\b|null\b)/

/* What a document might begin like, and is none: citations, check boxes, links, empty brackets in a sentence. */
const CITATION = /^\[\s*\d{1,4}\s*\]/
/** A range, an interval, several citations: an answer only if the words say so. */
const NUMBERS = /^\[\s*-?[\d.]+(?:\s*[,–-]\s*-?[\d.]+)*\s*\]/
const EMPTY = /^(?:\[\s*\]|\{\s*\})/
const NUMBERS_BEGUN = /^(?:\[[\s\d.,–-]*|\{\s*)$/
const FOOTNOTE = /^\[\s*\d{1,4}\s*\](?=[^\S\n]*[\p{L}"'“(]|:)/u
const FOOTNOTE_BEGUN = /^\[\s*\d{0,4}\s*(?:\][^\S\n]*)?$/
/** Markdown's check box, after the marker of its line. */
const CHECK_BOX = /^\[ ?\](?=\s)/
const CHECK_BOX_BEGUN = /^\[ ?\]?$/
/** Markdown's link, of which `[` comes first, as far as it matters. */
const LINK = /^\[[^[\]\n]{0,120}\]\((?:[a-z]+:|[#/.])/i
const LINK_BEGUN = /^\[[^[\]\n]{0,120}(?:\](?:\([a-z]{0,10})?)?$/i
/** A document of which only the beginning came before the text ended. */
const BEGUN = /^[{[][\s{[]*[\w$-]*\s*$/

/** Where a document begins in the text that was searched. */
export interface Found {
  kind: 'document'
  /** UTF-16 offset in the answer. */
  start: number
  /** The document's text that has come with it. */
  text: string
  /** What kind of text is before it; null: nothing but white space. */
  before: 'byte-order-mark' | 'thinking' | 'code-fence' | 'text-before' | null
  /** That text, since the document before. */
  skipped: string
  placing: Placing
  /** A string, number or literal, which has to be the whole text. */
  isScalar: boolean
  /** Only white space, thoughts and a fence are before it. */
  isFirst: boolean
}

/** A thought has ended that had no opening tag: everything before was part of it. */
export interface ThoughtOver {
  kind: 'thought-over'
  /** UTF-16 offset of the first character after it. */
  end: number
  /** Text after it that has come. */
  text: string
}

/** What a document may begin with, as sets of `value-kinds.ts`. */
export interface Opening {
  root: number
  /** The first element of an array at the root. */
  element: number
  /** A list whose elements may come one a line: strings, numbers or literals. */
  hasLines: boolean
  /** What is wanted has no brackets, and a provider puts it in an object. */
  isWrapped?: boolean
}

export const ANY_OPENING: Opening = { root: KIND_ANY, element: KIND_ANY, hasLines: false }

/**
 * Finds where JSON documents begin in an answer that also holds other things: a byte order mark, thoughts, prose, code
 * fences, other brackets. Looks at each character once or, near brackets, a bounded number of times; what it finds
 * doesn't depend on how the text is cut.
 */
export class DocumentFinder {
  readonly #opening: Opening
  readonly surroundings = new Surroundings()
  #offset = 0
  #held = ''
  #skipped = ''
  #isBlank = true
  #hasMark = false
  #hasFence = false
  #lastTicks = ''
  #isThinking = false
  #hasThought = false
  #isSealed = false
  /** Only white space, thoughts and a fence's opening so far: the whole text may be one string, number or literal. */
  #isFresh = true

  constructor(opening: Opening) {
    this.#opening = opening
  }

  /** Searches more of the answer; null while no document has begun. */
  push(text: string): Found | ThoughtOver | null {
    if (this.#scalarPiece?.test(text) === true && this.#held.length + text.length <= LONGEST_SCALAR) {
      this.#held += text
      return null
    }
    const rest = this.#held + text
    this.#held = ''
    this.#scalarPiece = null
    return this.#search(rest, false)
  }

  /** The text is over. Finds a string, number or literal that had to be the whole of it. */
  end(): Found | ThoughtOver | null {
    const rest = this.#held
    this.#held = ''
    return this.#search(rest, true)
  }

  /** The document that was found ends at `end`, an offset in the answer: what is pushed next comes after it. */
  pass(end: number): void {
    this.#offset = end
    this.#isFresh = false
    this.#skipped = ''
    this.#isBlank = true
    this.#lastTicks = ''
    this.surroundings.pass()
  }

  /** From `end` on no document is found, unless all before it turns out to be a thought. */
  seal(end: number): void {
    this.pass(end)
    this.#isSealed = true
  }

  #search(text: string, isWhole: boolean): Found | ThoughtOver | null {
    let rest = text
    for (;;) {
      if (this.#isThinking) {
        const end = endOfThought(rest)
        if (end < 0) {
          const kept = isWhole ? rest.length : Math.max(0, rest.length - TAG)
          return this.#hold(this.#skipUnread(rest, kept))
        }
        this.#isThinking = false
        rest = this.#skipUnread(rest, end)
      }
      if (this.#isFresh) {
        const start = this.#readStart(rest, isWhole)
        if (typeof start !== 'string') return start
        rest = start
      }
      const at = rest.search(this.#isSealed ? /</ : /[{[<(]/)
      if (at < 0) {
        this.#skip(rest, rest.length)
        return null
      }
      rest = this.#skip(rest, at)
      const step = rest[0] === '<' ? this.#readTag(rest, isWhole) : this.#readBracket(rest, isWhole)
      if (typeof step !== 'number') return step
      if (step > 0) rest = this.#skip(rest, step)
      else rest = this.#skipUnread(rest, -step)
    }
  }

  /** Returns characters to pass over, negative ones if they are a thought's. */
  #readTag(rest: string, isWhole: boolean): number | ThoughtOver | null {
    const start = rest.slice(0, TAG + 2)
    if (!isWhole && THOUGHT_BEGUN.test(start)) return this.#hold(rest)
    const tag = THOUGHT.exec(start)
    if (tag === null) return 1
    this.#hasThought = true
    if (tag[1] !== '') return this.#overThought(rest, tag[0].length)
    this.#isThinking = true
    return -tag[0].length
  }

  #readBracket(rest: string, isWhole: boolean): number | Found | null {
    const ahead = new Lookahead(rest, 0, isWhole)
    if (rest[0] === '(' && !this.surroundings.isInFence) return 1
    const isDocument = rest[0] === '{' ? opensObject(ahead) : this.#opensArray(ahead)
    if (ahead.isShort) return this.#hold(rest)
    // A tuple in a fence is a list; in prose there are parentheses everywhere.
    if (rest[0] === '(') return isDocument && this.surroundings.standing === FENCED ? this.#found(rest, false) : 1
    const isCut = isWhole && rest.length < MAX_LOOKAHEAD && BEGUN.test(rest)
    if (!isDocument && !isCut) return 1
    const { standing } = this.surroundings
    if (!isDocument && standing === FRAGMENT && !this.surroundings.isAdjacent) return 1
    const noise = this.#noiseAt(rest.slice(0, MAX_LOOKAHEAD), standing, isWhole)
    if (noise === 'unknown') return this.#hold(rest)
    return noise > 0 ? noise : this.#found(rest, false)
  }

  /** A lone closing tag: the server has swallowed the opening one. */
  #overThought(rest: string, length: number): ThoughtOver {
    const text = this.#skipUnread(rest, length)
    this.surroundings.forget()
    this.#isFresh = true
    this.#isSealed = this.#hasFence = false
    return { kind: 'thought-over', end: this.#offset, text }
  }

  #opensArray(ahead: Lookahead): boolean {
    const { root, element } = this.#opening
    // `[red, green]` in a fence is a list, in prose a note.
    const { surroundings } = this
    if ((root & KIND_ARRAY) !== 0 && surroundings.isInFence && surroundings.standing === FENCED) return true
    // A list where an object is wanted is one document, and not several.
    const isWrong = (root & KIND_ARRAY) === 0 && (root & KIND_OBJECT) !== 0
    // Right after an element, where a list may be an element too, a list of anything is one more.
    const isNext = (root & element & KIND_ARRAY) !== 0 && surroundings.isAdjacent
    return opensArray(ahead, isNext ? KIND_ANY : isWrong ? KIND_OBJECT | KIND_ARRAY : element)
  }

  /**
   * Reads what has only white space, thoughts or a fence before it. Returns the rest of the text when it isn't a string,
   * number or literal.
   */
  #readStart(text: string, isWhole: boolean): string | Found | null {
    let rest = this.#skip(text, /^[\s\uFEFF]*/.exec(text)![0].length)
    for (let comment = BLOCK_COMMENT.exec(rest); comment !== null; comment = BLOCK_COMMENT.exec(rest)) {
      rest = this.#skipUnread(rest, comment[0].length)
      rest = this.#skip(rest, /^\s*/.exec(rest)![0].length)
    }
    if (!isWhole && BLOCK_COMMENT_BEGUN.test(rest)) return this.#hold(rest)
    const fence = FENCE_LINE.exec(rest.slice(0, LONGEST_FENCE_LINE))
    if (fence !== null) {
      rest = this.#skip(rest, fence[0].length)
      rest = this.#skip(rest, /^\s*/.exec(rest)![0].length)
    }
    if (rest === '') return isWhole ? rest : this.#hold(rest)
    const start = rest.slice(0, LONGEST_FENCE_LINE)
    const mayBeTag = rest[0] === '<' && THOUGHT_BEGUN.test(start)
    if (!isWhole && (mayBeTag || FENCE_LINE_BEGUN.test(start))) return this.#hold(rest)
    // After a thought the text begins anew.
    if (rest[0] === '<' && OPENING_THOUGHT.test(start)) return rest
    const { root } = this.#opening
    const isPure = (root & (KIND_OBJECT | KIND_ARRAY)) === 0
    const isBare = isPure || (this.#opening.isWrapped === true && !/[{[]/.test(rest))
    if (rest[0] === '{') return this.#found(rest, false)
    if (rest[0] === '[') {
      const ahead = new Lookahead(rest, 0, isWhole)
      const isDocument = isPure || (root & KIND_ARRAY) !== 0 || opensArray(ahead, KIND_ANY)
      if (ahead.isShort) return this.#hold(rest)
      if (isDocument) return this.#found(rest, false)
    }
    if (rest[0] === '(') {
      const isAlone = !this.surroundings.isInFence && isInParentheses(rest, (root & KIND_ARRAY) !== 0, isWhole)
      if (isAlone && rest.length <= LONGEST_SCALAR) return isWhole ? this.#found(rest, true) : this.#hold(rest)
      this.#isFresh = false
      return rest
    }
    // A value and a comma alone are the beginning of a list.
    const isBegun = isWhole && /^[^\n]*,\s*(?:`+|~+)?\s*$/.test(rest)
    const hasLines = this.#opening.hasLines && rest.length <= LONGEST_SCALAR && !isBegun
    if (hasLines && mayBeLines(withoutFence(rest), isWhole)) {
      return isWhole ? this.#found(withoutFence(rest), true) : this.#hold(rest)
    }
    const place = wholeValueIn(rest, { root, isBare, isInFence: this.surroundings.isInFence }, isWhole)
    if (place === 'waiting') return this.#hold(rest)
    if (place !== null) return this.#found(this.#skip(rest, place.start).slice(0, place.length), true)
    // Quotes may be too many around what the schema wants.
    const mayBeString = (root & (KIND_STRING | KIND_NUMBER | KIND_BOOLEAN | KIND_NULL)) !== 0
    if (rest[0] === '"' && mayBeString) return this.#found(rest, true)
    if (rest.length <= LONGEST_SCALAR && (isBare || this.#mayBeScalar(rest, isWhole))) {
      return isWhole ? this.#found(withoutFence(rest), true) : this.#holdScalar(rest, isPure, isBare)
    }
    this.#isFresh = false
    return rest
  }

  /** More of what is held changes nothing unless it fails this. */
  #scalarPiece: RegExp | null = null

  #holdScalar(rest: string, isPure: boolean, isBare: boolean): null {
    const isQuoted = CLOSING_QUOTES[rest[0]!] !== undefined
    this.#scalarPiece = isPure ? /^/ : isQuoted || isBare ? /^[^{[]*$/ : /^[\w.+\s-]*$/
    return this.#hold(rest)
  }

  /** Whether the text may be one number, literal or word that means one, and nothing more. */
  #mayBeScalar(rest: string, isWhole: boolean): boolean {
    const { root } = this.#opening
    const text = withoutFence(rest)
    if (/[{[]/.test(text)) return false
    if (CLOSING_QUOTES[text[0]!] !== undefined) return (root & KIND_STRING) !== 0
    if (/^[-+.]?\d/.test(text)) return (root & KIND_NUMBER) !== 0 && /^[-+.]?\d[\w.+-]*$/.test(text)
    const isWord = isWhole ? SCALAR_WORD.test(text) : /^-?[a-z]{0,9}$/i.test(text)
    return isWord && (root & (KIND_BOOLEAN | KIND_NULL | KIND_NUMBER)) !== 0
  }

  /** Characters of brackets that aren't a document, whatever fits; 'unknown': more text will tell. */
  #noiseAt(text: string, standing: Standing, isWhole: boolean): number | 'unknown' {
    const { surroundings } = this
    const mayGrow = !isWhole && text.length < MAX_LOOKAHEAD
    if (surroundings.hasDocument) {
      if (mayGrow && LINK_BEGUN.test(text)) return 'unknown'
      const link = LINK.exec(text)
      if (link !== null) return link[0].length
    }
    if (surroundings.isAfterMarker) {
      if (mayGrow && CHECK_BOX_BEGUN.test(text)) return 'unknown'
      const box = CHECK_BOX.exec(text)
      if (box !== null) return box[0].length
    }
    if (standing === FRAGMENT && !surroundings.isAdjacent && !surroundings.isCall) {
      if (mayGrow && NUMBERS_BEGUN.test(text)) return 'unknown'
      const length = (EMPTY.exec(text) ?? CITATION.exec(text))?.[0].length ?? 0
      if (length > 0) return length
      const numbers = NUMBERS.exec(text)?.[0].length ?? 0
      return numbers > 0 && (surroundings.isAside || !surroundings.placing.isDelivered) ? numbers : 0
    }
    if (standing !== LINE) return 0
    if (mayGrow && FOOTNOTE_BEGUN.test(text)) return 'unknown'
    return FOOTNOTE.exec(text)?.[0].length ?? 0
  }

  /** A thought or a comment: it says nothing of a document after it. */
  #skipUnread(text: string, length: number): string {
    const piece = text.slice(0, length)
    if (piece !== '') this.#isBlank = false
    this.#skipped += piece
    this.#offset += length
    return text.slice(length)
  }

  #skip(text: string, length: number): string {
    if (length === 0) return text
    const piece = text.slice(0, length)
    this.#isBlank &&= piece.trim() === '' // trim() takes byte order marks too
    this.#hasMark ||= piece.includes('\uFEFF')
    // A fence may have come in parts.
    this.#hasFence ||= piece.includes(FENCE) || (this.#lastTicks + piece.slice(0, 2)).includes(FENCE)
    this.#lastTicks = length > 1 ? piece.slice(-2) : this.#lastTicks.slice(-1) + piece
    this.#skipped += piece
    this.#offset += length
    this.surroundings.read(piece)
    return text.slice(length)
  }

  #hold(text: string): null {
    this.#held = text
    return null
  }

  #found(text: string, isScalar: boolean): Found {
    const mark = this.#hasMark ? 'byte-order-mark' : null
    const around = this.#hasFence ? 'code-fence' : this.#hasThought ? 'thinking' : 'text-before'
    const before = this.#isBlank ? mark : around
    return {
      kind: 'document',
      start: this.#offset,
      text,
      before,
      skipped: this.#skipped,
      placing: this.surroundings.placing,
      isScalar,
      isFirst: this.#isFresh,
    }
  }
}

/** Where the text after a thought begins; -1: it continues. */
function endOfThought(text: string): number {
  const tag = /<\/(?:think|thinking|thought|thoughts|reasoning|reflection|scratchpad)>/i.exec(text)
  return tag === null ? -1 : tag.index + tag[0].length
}

/** Whether the text is nothing but a tuple, or a value without brackets in parentheses, as far as it has come. */
function isInParentheses(text: string, mayBeTuple: boolean, isWhole: boolean): boolean {
  if (!IN_PARENTHESES.test(text)) return !isWhole && /^\(\s*[A-Za-z]{0,5}$/.test(text)
  const scan = new ParenthesesScan()
  const kind = scan.read(text)
  if (kind === 'waiting') return !isWhole
  const isValue = kind === 'tuple' ? mayBeTuple : kind === 'group' && !/^\(\s*[{[]/.test(text)
  return isValue && text.slice(scan.length).trim() === ''
}

/** Whether each line of the text is a string, number or literal, as far as it has come. */
function mayBeLines(text: string, isWhole: boolean): boolean {
  const lines = text.split('\n')
  const open = isWhole ? undefined : lines.pop()
  if (open !== undefined && !LINE_BEGUN.test(open)) return false
  return lines.every((line) => SCALAR_LINE.test(line)) && text.trim() !== ''
}

/** A text without a comma too many, the fence's end and white space after it. */
function withoutFence(text: string): string {
  return text.replace(/\s*,?\s*(?:`{1,}|~{1,})?\s*$/, '')
}

/* What follows an opening bracket in JSON, so that `[Note]` and `{name}` in prose aren't documents. */

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
  if (first === '{') return may(KIND_OBJECT) && opensObject(ahead)
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
