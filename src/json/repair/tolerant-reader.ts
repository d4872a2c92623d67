import type { Repair } from '../../types.ts'
import { afterValue, continuesAfterComma, goesOnAfterComma, looksLikeMember } from './string-end.ts'
import { BareWord } from './bare-word.ts'
import { doubledKey } from './doubled-quotes.ts'
import { JsonError } from '../errors.ts'
import { CLOSING_QUOTES, Lookahead, MAX_LOOKAHEAD } from './lookahead.ts'
import { isForeignEscape } from './escapes.ts'
import { OpenString, escaped, type StringWriter } from './open-string.ts'
import { ParenthesesScan } from './parentheses.ts'
import { RecoverableTokenizer, STRICT_FAILURE } from './recoverable-tokenizer.ts'
import type { TokenSink } from '../token-sink.ts'
import type { TokenizerOptions } from '../tokenizer.ts'

/** How a value without quotes may begin. */
const BARE_START = /^(?:[\p{L}_$]|\/(?![/*])|[@~])/u
/** What may come between a string and the character that showed that it had not ended. */
const GAP = /^\s*,?\s*$/
const OTHER_BLANK = /^[\s\uFEFF\u200B\u180E]/
const LITERALS: ReadonlySet<string> = new Set(['true', 'false', 'null', 'True', 'False', 'None'])
const SIMPLE_ESCAPES: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t' }

export interface TolerantOptions extends TokenizerOptions {
  /** The text is one value and nothing more, so that it may be a scalar in a tolerated form, a word included. */
  isWholeValue?: boolean
  /** Words are before it: parentheses around one value may be more of them, unless Python wrote the document. */
  isInProse?: boolean
}

/** What is being read, beyond what the strict tokenizer knows. */
type State =
  /** The tokenizer reads the text unchanged. */
  | { is: 'strict' }
  /** A string is rewritten. `from`: where its opening quote is, -1 when the tokenizer has read that. */
  | { is: 'string'; string: OpenString }
  /** A value without quotes. `start`: offset of its first character. */
  | { is: 'word'; word: BareWord; start: number; error: () => JsonError }
  | { is: 'comment'; isBlock: boolean; text: string; start: number }
  /** A value in parentheses, whose end is looked for before anything of it is read. */
  | { is: 'parentheses'; scan: ParenthesesScan; error: () => JsonError }
  /** The whole document was escaped once more: one level is taken off, and the rest read strictly. */
  | { is: 'escaped' }
  | { is: 'failed'; error: JsonError }

const STRICT: State = { is: 'strict' }

/**
 * Reads JSON as models sometimes write it. Strict first: text goes to the strict tokenizer unchanged, and only at a
 * character where that fails is it read another way, if there is one way that is certain; each such repair is
 * reported. What can't be repaired with certainty fails as strict JSON does. Never closes what is open, never
 * invents or drops a value. O(new characters).
 *
 * The repaired text is rewritten to strict JSON on the way to the tokenizer; only a comma too many, a quote that was
 * no end, and the beginning of a word that seemed to be a number or literal have to be taken back.
 */
export class TolerantReader {
  readonly #tokenizer: RecoverableTokenizer
  readonly #report: (repair: Repair) => void
  readonly #isWholeValue: boolean
  readonly #isInProse: boolean
  #state: State = STRICT
  /** Offset of the next character to read. */
  #position = 0
  /** Text that waits for more before it can be read. */
  #held = ''
  #isWaiting = false
  #isEnding = false
  /** Text from the piece on in which the last string ended, while only a gap may have followed it; otherwise null. */
  #since: string | null = null
  #sinceAt = 0
  /** End of a string that was written, and so can't continue. */
  #writtenEnd = -1
  #hasBareKeys = false
  /** Some string has been read, so that the document wasn't escaped as a whole. */
  #hasStrings = false
  /** A string in single quotes has come. */
  #isPython = false
  /** A key in doubled quotes has come, so that values may be in doubled quotes too. */
  #hasDoubledQuotes = false
  /** In a document that was escaped once more: a backslash has come that begins an escape in it. */
  #isAfterBackslash = false
  /** Open parentheses: how many containers were open, and whether an array was written for them. */
  readonly #parentheses: { depth: number; isTuple: boolean }[] = []
  /** Offset in the original of text that is being written. */
  #writingAt: number | null = null
  /** What comes after the document, from its first character that is not white space; null while there is none. */
  trailing: string | null = null

  constructor(sink: TokenSink, report: (repair: Repair) => void, options: TolerantOptions = {}) {
    this.#tokenizer = new RecoverableTokenizer(sink, options)
    this.#isWholeValue = options.isWholeValue === true
    this.#isInProse = options.isInProse === true
    this.#report = report
  }

  get isDone(): boolean {
    return this.#tokenizer.isDone && this.#parentheses.length === 0
  }

  get position(): number {
    const isStrict = this.#state.is === 'strict' && this.#held === ''
    return this.#writingAt ?? (isStrict ? this.#tokenizer.position : this.#position)
  }

  /** @throws JsonError where the text can be read in no certain way, and again at each later call */
  push(text: string): void {
    if (this.#state.is === 'failed') throw this.#state.error
    let rest = text
    if (this.#held !== '') {
      rest = this.#held + text
      this.#held = ''
    }
    try {
      while (rest !== '') {
        this.#isWaiting = false
        const read = this.#read(rest)
        this.#position += read
        if (read === rest.length) return
        rest = rest.slice(read)
        if (this.#isWaiting) {
          this.#held = rest
          return
        }
      }
    } catch (thrown) {
      throw this.#fail(thrown)
    }
  }

  /**
   * The text is over. What would have needed more text to be understood stays open.
   * @throws JsonError when the document is not complete
   */
  end(): void {
    const state = this.#state
    if (state.is === 'failed') throw state.error
    this.#isEnding = true
    try {
      if (state.is === 'comment') this.#endComment(state)
      else if (this.#held !== '') this.push('')
      if (this.#state.is === 'word' && this.#isWholeValue) this.#endWord(this.#state, 0)
      this.#tokenizer.end()
    } catch (thrown) {
      throw this.#fail(thrown)
    }
  }

  #fail(thrown: unknown): unknown {
    const error = thrown === STRICT_FAILURE ? this.#tokenizer.strictError() : thrown
    if (error instanceof JsonError) this.#state = { is: 'failed', error }
    return error
  }

  /** Returns the characters read. */
  #read(rest: string): number {
    const state = this.#state
    switch (state.is) {
      case 'strict':
        return this.#readStrictly(rest)
      case 'string':
        return this.#readString(rest, state.string)
      case 'word':
        return this.#readWord(rest, state)
      case 'comment':
        return this.#readComment(rest, state)
      case 'parentheses':
        return this.#readParentheses(rest, state)
      case 'escaped':
        return this.#readEscaped(rest)
      case 'failed':
        throw state.error
      default: {
        const never: never = state
        throw new Error(`unknown state ${String(never)}`)
      }
    }
  }

  #wait(): 0 {
    this.#isWaiting = true
    return 0
  }

  #ahead(rest: string, from = 0): Lookahead {
    return new Lookahead(rest, from, this.#isEnding)
  }

  /* Strict reading, and what to do where it fails */

  #readStrictly(rest: string): number {
    const tokenizer = this.#tokenizer
    const from = this.#position
    try {
      tokenizer.push(rest)
    } catch (error) {
      if (error !== STRICT_FAILURE) throw error
      const position = tokenizer.failurePosition
      this.#noteGap(rest, true)
      const gap = this.#gapUpTo(position)
      const read = this.#recover(rest.slice(position - from), position, gap)
      this.#since = null
      if (this.#isWaiting) {
        // Undecided: stay before the character that failed.
        tokenizer.resume(position)
        this.#since = gap
        this.#sinceAt = position - (gap?.length ?? 0)
      }
      return position - from + read
    }
    this.#noteGap(rest, false)
    return rest.length
  }

  /** Keeps the text in which it may turn out that the last string continues. A look at it is for who needs it: 7 ns a delta. */
  #noteGap(rest: string, hasFailed: boolean): void {
    const tokenizer = this.#tokenizer
    const { endOfString } = tokenizer
    if (endOfString >= this.#position && endOfString !== this.#writtenEnd) {
      this.#since = rest
      this.#sinceAt = this.#position
    } else if (this.#since !== null) {
      const isNear = this.#position - endOfString <= MAX_LOOKAHEAD
      const isGap = isNear && (hasFailed || tokenizer.isAfterValue || tokenizer.isAfterComma)
      this.#since = isGap ? this.#since + rest : null
    }
  }

  /** What comes between the last string and `position`; null when it is more than a gap. */
  #gapUpTo(position: number): string | null {
    if (this.#since === null) return null
    const from = Math.max(this.#tokenizer.endOfString + 1, this.#sinceAt)
    const gap = this.#since.slice(from - this.#sinceAt, position - this.#sinceAt)
    return gap.length > MAX_LOOKAHEAD || !GAP.test(gap) ? null : gap
  }

  /** Decides what `rest`, at whose first character strict reading failed, means. Returns the characters read of it. */
  #recover(rest: string, at: number, gap: string | null): number {
    const tokenizer = this.#tokenizer
    const first = String.fromCodePoint(rest.codePointAt(0)!)
    const { failedIn } = tokenizer
    switch (failedIn) {
      case 'string':
        // RFC 8259 §7 wants control characters escaped.
        tokenizer.resume(at)
        return this.#goOnInString(new OpenString('"', 'strict', this.#around(tokenizer.isInKey)))
      case 'escape':
      case 'unicode-escape':
        if (this.#isForeign(rest)) throw STRICT_FAILURE
        if (this.#isWaiting) return 0
        tokenizer.resume(at)
        return this.#mendEscape(tokenizer.dropEscape(), first, at)
      case 'literal':
        return this.#beginWord(at, () => tokenizer.cancelLiteral())
      case 'number':
        return this.#beginWord(at, () => tokenizer.cancelNumber())
      case 'minus':
      case 'point':
        return this.#recoverNumber(rest, failedIn, at)
      case 'value':
        return this.#recoverValue(rest, first, at)
      case 'next-key':
        return this.#recoverKey(rest, first, gap, at)
      case 'colon':
        return this.#recoverColon(rest, at)
      case 'empty-key':
        return this.#recoverEmptyKey(rest, at)
      case 'after-value':
        return this.#recoverAfterValue(rest, gap, at)
      case 'done':
        if (first === ')' && this.#parentheses.length > 0) return this.#closeParenthesis(at)
        tokenizer.resume(at)
        this.trailing = rest
        return rest.length
      case 'other':
        throw STRICT_FAILURE
      default: {
        const never: never = failedIn
        throw new Error(`unknown state ${String(never)}`)
      }
    }
  }

  /** Comments and spaces that JSON does not know may come between any two tokens. */
  #skipped(rest: string, at: number): number {
    if (OTHER_BLANK.test(rest[0]!)) return this.#write(at, 'white-space', rest[0]!, '', 1)
    const ahead = this.#ahead(rest)
    const isComment = ahead.comment()
    if (ahead.isShort) return this.#wait()
    if (!isComment) throw STRICT_FAILURE
    this.#tokenizer.resume(at)
    const text = rest[0] === '#' ? '#' : rest.slice(0, 2)
    this.#state = { is: 'comment', isBlock: text === '/*', text, start: at }
    return text.length
  }

  #recoverValue(rest: string, first: string, at: number): number {
    const tokenizer = this.#tokenizer
    if (tokenizer.isInArray) {
      if (first === ',') return this.#write(at, 'extra-comma', first, '', 1)
      if (first === ']' && tokenizer.isAfterComma) return this.#dropComma(at, first, first)
      if (first === ')' && this.#isTupleOpen) return this.#closeParenthesis(at)
    }
    if (first === '(') {
      const error = (): JsonError => tokenizer.strictError()
      tokenizer.resume(at)
      this.#state = { is: 'parentheses', scan: new ParenthesesScan(), error }
      return 0
    }
    // A word alone is prose, no document.
    if (tokenizer.openContainers === 0 && !this.#isWholeValue && this.#parentheses.length === 0) throw STRICT_FAILURE
    if (CLOSING_QUOTES[first] !== undefined) return this.#beginString(rest, first, false, at)
    if (first === '\\') return this.#beginEscaped(rest, at)
    if (first === '/' && rest.length === 1 && !this.#isEnding) return this.#wait()
    if (BARE_START.test(rest.slice(0, 2))) return this.#beginWord(at, () => '')
    if (first === '+' || first === '.') return this.#recoverNumber(rest, 'value', at)
    return this.#skipped(rest, at)
  }

  /** Numbers as JavaScript and people write them: `+1`, `.5`, `-.5`, `1.`, and `-Infinity`. */
  #recoverNumber(rest: string, failedIn: 'value' | 'minus' | 'point', at: number): number {
    const ahead = this.#ahead(rest)
    if (failedIn === 'point') {
      const isEnd = /^[\s,\]})]?$/.test(ahead.peek())
      if (isEnd) return this.#write(at, 'number', '', '0', 0)
      throw STRICT_FAILURE
    }
    if (failedIn === 'value' && ahead.peek() === '+') ahead.at++
    const isFraction = ahead.peek() === '.'
    const isNumber = /[0-9]/.test(ahead.peek(isFraction ? 1 : 0))
    const isInfinite = !isFraction && ahead.word() === 'Infinity'
    if (ahead.isShort) return this.#wait()
    if (isInfinite) {
      const length = 'Infinity'.length + (rest[0] === '+' ? 1 : 0)
      return this.#write(at, 'not-a-number', rest.slice(0, length), '1e999', length)
    }
    if (!isNumber) throw STRICT_FAILURE
    return rest[0] === '+' ? this.#write(at, 'number', '+', '', 1) : this.#write(at, 'number', '.', '0.', 1)
  }

  #recoverKey(rest: string, first: string, gap: string | null, at: number): number {
    const tokenizer = this.#tokenizer
    if (first === ',') return this.#write(at, 'extra-comma', first, '', 1)
    if (first === '}' && tokenizer.isAfterComma) return this.#dropComma(at, first, first)
    if (first === '\\') return this.#beginEscaped(rest, at)
    if (CLOSING_QUOTES[first] !== undefined) return this.#beginString(rest, first, true, at)
    const ahead = this.#ahead(rest)
    const key = ahead.bareKey()
    if (key === '') return this.#skipped(rest, at)
    const hasQuote = ahead.peek() === '"' || ahead.peek() === "'"
    if (hasQuote) ahead.at++
    const { at: length } = ahead
    const isKey = ahead.colon()
    const goesOn = gap?.includes(',') === true && goesOnAfterComma(this.#ahead(rest))
    if (ahead.isShort) return this.#wait()
    if (isKey) {
      this.#hasBareKeys ||= !hasQuote
      return this.#write(at, hasQuote ? 'quotes' : 'unquoted-key', rest.slice(0, length), JSON.stringify(key), length)
    }
    if (!goesOn) throw STRICT_FAILURE
    return this.#reopenString(gap, rest, at)
  }

  /** `""key"":` is a key in doubled quotes; otherwise the key is empty. */
  #recoverEmptyKey(rest: string, at: number): number {
    const tokenizer = this.#tokenizer
    const ahead = this.#ahead(rest)
    const key = doubledKey(ahead)
    if (ahead.isShort) return this.#wait()
    tokenizer.resume(at)
    if (key === null) {
      tokenizer.endEmptyKey()
      return 0
    }
    tokenizer.dropEmptyKey()
    this.#hasDoubledQuotes = this.#hasStrings = true
    this.#writeUpTo(at + ahead.at, at - 2, 'quotes', `""${key}""`, JSON.stringify(key))
    return ahead.at
  }

  /** Between a key and a value that can be no part of the key only the colon is missing. */
  #recoverColon(rest: string, at: number): number {
    if (rest[0] === '：') return this.#write(at, 'punctuation', '：', ':', 1)
    const ahead = this.#ahead(rest)
    const isComment = ahead.comment()
    const isValue = /^[-0-9[{]/.test(rest) || LITERALS.has(ahead.word())
    if (ahead.isShort) return this.#wait()
    return isComment || !isValue ? this.#skipped(rest, at) : this.#write(at, 'missing-colon', '', ':', 0)
  }

  #recoverAfterValue(rest: string, gap: string | null, at: number): number {
    const first = rest[0]!
    if (first === ')' && this.#parentheses.length > 0) return this.#closeParenthesis(at)
    const comment = this.#ahead(rest)
    const isComment = comment.comment() && (first !== '#' || gap !== '')
    if (comment.isShort) return this.#wait()
    if (isComment || OTHER_BLANK.test(first)) return this.#skipped(rest, at)
    if (gap === '' && this.#hasDoubledQuotes && this.#tokenizer.textSoFar === '') return this.#readDoubled(rest, at)
    if (gap === '' && first === '"' && this.#tokenizer.textSoFar === '') {
      const triple = this.#opensTriple(rest)
      if (triple === 'waiting') return this.#wait()
      if (triple) return this.#beginTriple(at)
    }
    if (first === '，') {
      const next = this.#ahead(rest, 1)
      const isComma = continuesAfterComma(next, this.#tokenizer.isInArray)
      if (next.isShort) return this.#wait()
      if (isComma) return this.#write(at, 'punctuation', '，', ',', 1)
    }
    const ahead = this.#ahead(rest)
    const place = { ...new OpenString('"', 'judged', this.#around(false)).place, isBroken: true }
    const after = afterValue(ahead, gap, place)
    if (ahead.isShort) return this.#wait()
    switch (after) {
      case 'entry':
        return this.#write(at, 'missing-comma', '', ',', 0)
      case 'same-string':
        return this.#reopenString(gap!, rest, at)
      case 'nothing':
        throw STRICT_FAILURE
      default: {
        const never: never = after
        throw new Error(`unknown verdict ${String(never)}`)
      }
    }
  }

  #around(isKey: boolean): ConstructorParameters<typeof OpenString>[2] {
    const { isInArray, openContainers } = this.#tokenizer
    const kind = isKey ? 'key' : isInArray ? 'array' : openContainers === 0 ? 'root' : 'object'
    return { kind, hasBareKeys: this.#hasBareKeys, isInParentheses: this.#parentheses.length > 0 }
  }

  #dropComma(at: number, closing: string, written: string): number {
    this.#tokenizer.resume(at)
    this.#tokenizer.dropComma()
    return this.#write(at, 'trailing-comma', `,${closing}`, written, 1)
  }

  /* Strings */

  #beginString(rest: string, opening: string, isKey: boolean, at: number): number {
    let length = 1
    if (!isKey && (opening === "'" || opening === '`')) {
      const ahead = this.#ahead(rest)
      const isDouble = ahead.peek(1) === opening
      const third = isDouble ? ahead.peek(2) : ''
      if (ahead.isShort) return this.#wait()
      if (third === opening) length = 3
      else if (isDouble && this.#hasDoubledQuotes && !/^[\s,}\]]?$/.test(third)) length = 2
    }
    this.#hasStrings = true
    this.#isPython ||= opening === "'"
    const ending = length === 3 ? 'triple' : length === 2 ? 'double' : 'judged'
    this.#state = { is: 'string', string: new OpenString(opening, ending, this.#around(isKey)) }
    return this.#write(at, 'quotes', opening.repeat(length), '"', length)
  }

  /** Three double quotes, of which strict JSON has read two as an empty string; unless a key follows. */
  #opensTriple(rest: string): boolean | 'waiting' {
    const ahead = this.#ahead(rest)
    const isKey = !this.#tokenizer.isInArray && ahead.copy().key() === 'quoted'
    const element = ahead.copy()
    const isElement =
      this.#tokenizer.isInArray && element.quoted() && /^[,\]]?$/.test((element.skipBlank(), element.peek()))
    return ahead.isShort ? 'waiting' : !isKey && !isElement
  }

  #beginTriple(at: number): number {
    this.#tokenizer.resume(at)
    this.#tokenizer.reopenString()
    this.#report({ kind: 'quotes', position: at - 2, before: '"""', after: '"' })
    this.#state = { is: 'string', string: new OpenString('"', 'triple', this.#around(false)) }
    this.#tokenizer.resume(at + 1)
    return 1
  }

  /** After two quotes, of which strict JSON has made an empty string: they open one, or two more of them end it. */
  #readDoubled(rest: string, at: number): number {
    const tokenizer = this.#tokenizer
    const ahead = this.#ahead(rest)
    const isEmpty = rest[0] === '"' && ahead.peek(1) === '"' && /^[\s,}\]]?$/.test(ahead.peek(2))
    if (ahead.isShort) return this.#wait()
    if (!isEmpty && rest[0] === '"') throw STRICT_FAILURE
    tokenizer.resume(isEmpty ? at + 2 : at)
    this.#report({ kind: 'quotes', position: at - 2, before: isEmpty ? '""""' : '""', after: isEmpty ? '""' : '"' })
    if (isEmpty) return 2
    tokenizer.reopenString()
    return this.#goOnInString(new OpenString('"', 'double', this.#around(false)))
  }

  #goOnInString(string: OpenString): 0 {
    this.#hasStrings = true
    this.#state = { is: 'string', string }
    return 0
  }

  /** The quote that ended the last string belongs to it, and so does the gap after it. */
  #reopenString(gap: string, rest: string, at: number): number {
    const tokenizer = this.#tokenizer
    const quote = tokenizer.endOfString
    const around = this.#around(false)
    const ahead = this.#ahead(gap + rest)
    const string = OpenString.reopened(tokenizer.textSoFar, gap, rest, around)
    const isMember = string === null || looksLikeMember(ahead, '"', string.place)
    if (isMember) throw STRICT_FAILURE
    if (ahead.isShort) return this.#wait()
    tokenizer.resume(at)
    tokenizer.reopenString()
    this.#state = { is: 'string', string }
    this.#write(quote, 'unescaped-quote', '"', String.raw`\"`, 0)
    if (gap !== '') this.#pushAt(quote + 1, escaped(gap))
    tokenizer.resume(at)
    return 0
  }

  /** Whether an escape of another language begins before `rest`. Waits for more where that isn't known. */
  #isForeign(rest: string): boolean {
    const tokenizer = this.#tokenizer
    const begun = tokenizer.escapeSoFar.slice(1)
    if (/[A-Za-z]:$/.test(tokenizer.textSoFar)) return false
    const foreign = isForeignEscape(begun + rest.slice(0, 9), this.#isEnding)
    if (foreign === 'waiting') this.#wait()
    return foreign === true
  }

  /** The backslash may have come in an earlier piece. */
  #mendEscape(read: string, next: string, at: number): number {
    const string = new OpenString('"', 'strict', this.#around(this.#tokenizer.isInKey))
    const writer = this.#writer(at)
    if (!string.mendEscape(read, next, writer)) throw this.#tokenizer.strictError()
    writer.flush(at)
    return this.#goOnInString(string)
  }

  #readString(rest: string, string: OpenString): number {
    const start = this.#position
    const writer = this.#writer(start)
    const { length, state } = string.read(rest, this.#isEnding, writer)
    switch (state) {
      case 'open':
        break
      case 'waiting':
        this.#isWaiting = true
        break
      case 'ended':
        writer.flush(start + length - 1)
        this.#state = STRICT
        this.#pushAt(start + length - 1, '"')
        break
      case 'ended-strictly':
        writer.flush(start + length - 1)
        this.#state = STRICT
        this.#tokenizer.push('"')
        this.#since = ''
        this.#sinceAt = start + length
        return length
      case 'unreadable':
        writer.flush(start + length)
        throw this.#tokenizer.errorAt('a string that ends in one certain place', rest[length], start + length)
      default: {
        const never: never = state
        throw new Error(`unknown state ${String(never)}`)
      }
    }
    writer.flush(start + length)
    return length
  }

  /** Gathers what is written of a string from `start` on, to hand it over at once. */
  #writer(start: number): StringWriter & { flush(end: number): void } {
    const tokenizer = this.#tokenizer
    let text = ''
    const flush = (end: number): void => {
      if (text !== '') this.#pushAt(start, text)
      text = ''
      tokenizer.resume(end)
    }
    return {
      write(piece) {
        text += piece
      },
      repaired: (kind, offset, before, after) => {
        this.#report({ kind, position: start + offset, before, after })
      },
      soFar: () => {
        flush(start)
        return tokenizer.textSoFar
      },
      flush,
    }
  }

  /* Values without quotes */

  /** @param cancel takes back what was read of it as a number or literal, and returns that */
  #beginWord(at: number, cancel: () => string): number {
    const tokenizer = this.#tokenizer
    // Made when it is needed, since an error costs 8 µs: until then nothing else fails.
    const error = (): JsonError => tokenizer.strictError()
    if (tokenizer.openContainers === 0 && !this.#isWholeValue && this.#parentheses.length === 0) throw error()
    tokenizer.resume(at)
    const begun = cancel()
    const isInObject = tokenizer.openContainers > 0 && !tokenizer.isInArray
    const word = new BareWord(begun, { isInObject, isInParentheses: this.#parentheses.length > 0 })
    this.#state = { is: 'word', word, start: at - begun.length, error }
    return 0
  }

  #readWord(rest: string, state: State & { is: 'word' }): number {
    const { length, state: how } = state.word.read(rest)
    if (how === 'unreadable') throw state.error()
    if (how === 'waiting') this.#isWaiting = true
    if (how === 'ended') this.#endWord(state, length)
    return length
  }

  #endWord({ word, start, error }: State & { is: 'word' }, length: number): void {
    const meaning = word.word
    if (meaning === null) throw error()
    this.#state = STRICT
    this.#writeUpTo(this.#position + length, start, meaning.kind, meaning.before, meaning.after)
  }

  /* Parentheses */

  get #isTupleOpen(): boolean {
    return this.#parentheses.at(-1)?.isTuple === true
  }

  #readParentheses(rest: string, { scan, error }: State & { is: 'parentheses' }): number {
    const kind = scan.read(rest)
    if (kind === 'waiting') return this.#isEnding ? rest.length : this.#wait()
    if (kind === 'unreadable') throw error()
    if (kind === 'group' && this.#isInProse && !this.#isPython && !/^\(\s*'/.test(rest)) throw error()
    const isTuple = kind === 'tuple'
    this.#state = STRICT
    this.#write(this.#position, isTuple ? 'tuple' : 'parentheses', '(', isTuple ? '[' : '', 1)
    this.#parentheses.push({ depth: this.#tokenizer.openContainers, isTuple })
    return 1
  }

  #closeParenthesis(at: number): number {
    const { depth, isTuple } = this.#parentheses.at(-1)!
    if (depth !== this.#tokenizer.openContainers) throw STRICT_FAILURE
    this.#parentheses.pop()
    const closing = isTuple ? ']' : ''
    if (isTuple && this.#tokenizer.isAfterComma) return this.#dropComma(at, ')', closing)
    return this.#write(at, isTuple ? 'tuple' : 'parentheses', ')', closing, 1)
  }

  /* Documents that were escaped once more */

  #beginEscaped(rest: string, at: number): number {
    if (this.#hasStrings || this.#tokenizer.endOfString >= 0) throw STRICT_FAILURE
    // White space between the brackets and the first quote was escaped, too.
    const begun = /^(?:\\[nrt]|\s)*(?:\\(")?)?/.exec(rest.slice(0, MAX_LOOKAHEAD))!
    if (begun[1] === undefined && begun[0].length === rest.length && !this.#isEnding) return this.#wait()
    if (begun[1] === undefined) throw STRICT_FAILURE
    this.#tokenizer.resume(at)
    this.#report({ kind: 'escaped-document', position: at, before: begun[0], after: unescapedText(begun[0]) })
    this.#state = { is: 'escaped' }
    return 0
  }

  /** Takes one level of escapes off. What is written is read strictly: its errors are final. */
  #readEscaped(rest: string): number {
    const tokenizer = this.#tokenizer
    let read = 0
    while (read < rest.length) {
      if (tokenizer.isDone) {
        this.#state = STRICT
        break
      }
      // `\\"`: the quote inside the string was escaped, and its backslash again, but not the quote.
      if (this.#isAfterBackslash && rest[read] === '"') {
        this.#pushAt(this.#position + read, '"')
        this.#isAfterBackslash = false
        read++
        continue
      }
      const next = rest.slice(read).search(/["\\]|[}\]]/)
      const plain = next < 0 ? rest.length : read + next + (/[}\]]/.test(rest[read + next]!) ? 1 : 0)
      if (plain > read) {
        this.#pushAt(this.#position + read, rest.slice(read, plain))
        this.#isAfterBackslash = false
        read = plain
        continue
      }
      // A quote that was not escaped ends the string that the document was put into.
      if (rest[read] === '"') throw tokenizer.errorAt(String.raw`\"`, '"', this.#position + read)
      const escape = /^\\(?:u[0-9a-fA-F]{4}|[^u])/.exec(rest.slice(read, read + 6))?.[0]
      if (escape === undefined) {
        if (rest.length - read < 6) this.#isWaiting = true
        else throw tokenizer.errorAt('an escape', rest[read + 1], this.#position + read)
        break
      }
      this.#pushAt(this.#position + read, unescaped(escape))
      this.#isAfterBackslash = escape === '\\\\' && !this.#isAfterBackslash
      read += escape.length
    }
    tokenizer.resume(this.#position + read)
    return read
  }

  /* Comments */

  #readComment(rest: string, state: State & { is: 'comment' }): number {
    const { isBlock } = state
    // The end of a block comment may have begun in the text before, but not in its opening.
    const star = isBlock && state.text.length > 2 && state.text.endsWith('*') && rest[0] === '/'
    const end = star ? 0 : rest.indexOf(isBlock ? '*/' : '\n')
    if (end < 0) {
      state.text += rest
      return rest.length
    }
    const length = star ? 1 : isBlock ? end + 2 : end
    state.text += rest.slice(0, length)
    this.#endComment(state)
    this.#tokenizer.resume(this.#position + length)
    return length
  }

  #endComment({ start, text }: State & { is: 'comment' }): void {
    this.#state = STRICT
    this.#report({ kind: 'comment', position: start, before: text, after: '' })
  }

  /* Writing to the tokenizer */

  #pushAt(at: number, text: string): void {
    this.#writingAt = at
    this.#tokenizer.push(text)
    this.#writingAt = null
    this.#writtenEnd = this.#tokenizer.endOfString
  }

  /** Reads `before` at `at` as `after`; `length` characters from there on are read. */
  #write(at: number, kind: string, before: string, after: string, length: number): number {
    this.#tokenizer.resume(at)
    this.#writeUpTo(at + length, at, kind, before, after)
    return length
  }

  #writeUpTo(end: number, at: number, kind: string, before: string, after: string): 0 {
    this.#report({ kind, position: at, before, after })
    this.#pushAt(at, after)
    this.#tokenizer.resume(end)
    return 0
  }
}

function unescapedText(text: string): string {
  return text.replaceAll(/\\[^]/g, unescaped)
}

function unescaped(escape: string): string {
  const letter = escape[1]!
  return letter === 'u' ? String.fromCharCode(Number.parseInt(escape.slice(2), 16)) : (SIMPLE_ESCAPES[letter] ?? letter)
}
