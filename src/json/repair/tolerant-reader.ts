import type { Repair } from '../../types.ts'
import { afterValue, endsString, goesOnAfterComma, opensQuotation, type StringContext } from './string-end.ts'
import { BareWord } from './bare-word.ts'
import { JsonError } from '../errors.ts'
import { CLOSING_QUOTES, Lookahead, MAX_LOOKAHEAD } from './lookahead.ts'
import type { TokenSink } from '../token-sink.ts'
import type { TokenizerOptions } from '../tokenizer.ts'
import { RecoverableTokenizer } from './recoverable-tokenizer.ts'

const BARE_START = /^[\p{L}_$]/u
/** What may stand between a string and the character that showed that it had not ended. */
const GAP = /^\s*,?\s*$/
/** What needs a look in a string that is rewritten. */
const SPECIAL = /["'`’”“»\\\u0000-\u001f]/
const OTHER_BLANK = /^[\s\uFEFF\u200B]/

/** A string that is rewritten up to its closing quote. */
interface OpenString {
  opening: string
  closing: string
  isKey: boolean
  /** Its last character so far. */
  last: string
  /** A quotation is open inside it. */
  isQuoting: boolean
  /** Quotes inside it are not escaped. */
  isBroken: boolean
  /** Brackets opened in it and not closed. */
  brackets: number
}

const PLAIN_STRING: OpenString = {
  opening: '"',
  closing: '"',
  isKey: false,
  last: '',
  isQuoting: false,
  isBroken: false,
  brackets: 0,
}

/**
 * Reads JSON as models sometimes write it. Strict first: text goes to the strict tokenizer as it is, and only at a
 * character where that fails is it read another way, if there is one way that is certain; each such repair is
 * reported. What cannot be repaired with certainty fails as strict JSON does. Never closes what is open, never
 * invents or drops a value. O(new characters).
 *
 * The repaired text is rewritten to strict JSON on the way to the tokenizer; only a comma too many and a quote
 * that was no end have to be taken back.
 */
export class TolerantReader {
  readonly #tokenizer: RecoverableTokenizer
  readonly #report: (repair: Repair) => void
  /** Offset of the next character to read. */
  #position = 0
  /** Text that waits for more before it can be read. */
  #held = ''
  #isWaiting = false
  #isEnding = false
  #mode: 'plain' | 'string' | 'bare' | 'line-comment' | 'block-comment' = 'plain'
  #string: OpenString | null = null
  #bare: BareWord = new BareWord('')
  #bareStart = 0
  #bareError: JsonError | null = null
  #comment = ''
  #commentStart = 0
  /** Text from the piece on in which the last string ended, while only a gap may have followed it; else null. */
  #since: string | null = null
  #sinceAt = 0
  /** End of a string that was written, and so cannot go on. */
  #writtenEnd = -1
  #hasBareKeys = false
  /** Where the text stands that is being rewritten. */
  #writingAt: number | null = null
  #failure: JsonError | null = null
  /** What stands after the document, from its first character that is not white space; null while there is none. */
  trailing: string | null = null

  constructor(sink: TokenSink, report: (repair: Repair) => void, options: TokenizerOptions = {}) {
    this.#tokenizer = new RecoverableTokenizer(sink, options)
    this.#report = report
  }

  get isDone(): boolean {
    return this.#tokenizer.isDone
  }

  get position(): number {
    return this.#writingAt ?? (this.#mode === 'plain' && this.#held === '' ? this.#tokenizer.position : this.#position)
  }

  /** @throws JsonError where the text can be read in no certain way, and again at each later call */
  push(text: string): void {
    if (this.#failure !== null) throw this.#failure
    let rest = text
    if (this.#held !== '') {
      rest = this.#held + text
      this.#held = ''
    }
    try {
      while (rest !== '') {
        this.#isWaiting = false
        const read = this.#mode === 'plain' ? this.#readPlain(rest) : this.#readMending(rest)
        this.#position += read
        if (read === rest.length) return
        rest = rest.slice(read)
        if (this.#isWaiting) {
          this.#held = rest
          return
        }
      }
    } catch (error) {
      if (error instanceof JsonError) this.#failure = error
      throw error
    }
  }

  /**
   * The text is over. What would have needed more text to be told stays open.
   * @throws JsonError when the document is not complete
   */
  end(): void {
    if (this.#failure !== null) throw this.#failure
    if (this.#mode === 'line-comment') this.#endComment()
    if (this.#mode === 'string') {
      this.#isEnding = true
      this.push('')
    }
    this.#tokenizer.end()
  }

  /** Returns the characters read. */
  #readMending(rest: string): number {
    switch (this.#mode) {
      case 'plain':
        return this.#readPlain(rest)
      case 'string':
        return this.#readString(rest, this.#string!)
      case 'bare':
        return this.#readBare(rest)
      case 'line-comment':
      case 'block-comment':
        return this.#readComment(rest)
      default: {
        const never: never = this.#mode
        throw new Error(`unknown mode ${String(never)}`)
      }
    }
  }

  #wait(): 0 {
    this.#isWaiting = true
    return 0
  }

  #readPlain(rest: string): number {
    const tokenizer = this.#tokenizer
    const from = this.#position
    try {
      tokenizer.push(rest)
    } catch (error) {
      if (!(error instanceof JsonError) || error.code !== 'malformed_json') throw error
      const failed = error.position! - from
      this.#noteGap(rest, true)
      const gap = this.#gapUpTo(error.position!)
      const read = this.#recover(rest.slice(failed), gap, error)
      this.#since = null
      if (this.#isWaiting) {
        // Undecided: stand before the character that failed.
        tokenizer.resume(error.position!)
        this.#since = gap
        this.#sinceAt = error.position! - (gap?.length ?? 0)
      }
      return failed + read
    }
    this.#noteGap(rest, false)
    return rest.length
  }

  /** Keeps the text in which it may turn out that the last string goes on. A look at it is for who needs it: 7 ns a delta. */
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

  /** What stands between the last string and `position`; null when it is no mere gap. */
  #gapUpTo(position: number): string | null {
    if (this.#since === null) return null
    const from = Math.max(this.#tokenizer.endOfString + 1, this.#sinceAt)
    const gap = this.#since.slice(from - this.#sinceAt, position - this.#sinceAt)
    return gap.length > MAX_LOOKAHEAD || !GAP.test(gap) ? null : gap
  }

  /** Decides what `rest`, at whose first character strict reading failed, means. Returns the characters read of it. */
  #recover(rest: string, gap: string | null, error: JsonError): number {
    const tokenizer = this.#tokenizer
    const at = error.position!
    const first = String.fromCodePoint(rest.codePointAt(0)!)
    const { failedIn } = tokenizer
    switch (failedIn) {
      case 'string':
        // RFC 8259 §7 wants control characters escaped.
        return this.#write(at, 'control-character', first, escaped(first), 1)
      case 'escape':
      case 'unicode-escape': {
        tokenizer.resume(at)
        const read = tokenizer.dropEscape()
        return this.#mendEscape(at - read.length, read, first)
      }
      case 'literal':
        tokenizer.resume(at)
        return this.#beginBare(at, tokenizer.cancelLiteral(), error)
      case 'minus':
      case 'point':
        return this.#recoverNumber(rest, failedIn, error)
      case 'value':
        return this.#recoverValue(rest, first, error)
      case 'next-key':
        return this.#recoverKey(rest, first, gap, error)
      case 'colon':
        return this.#skipped(rest, error)
      case 'after-value':
        return this.#recoverAfterValue(rest, gap, error)
      case 'done':
        tokenizer.resume(at)
        this.trailing = rest
        return rest.length
      case 'other':
        throw error
      default: {
        const never: never = failedIn
        throw new Error(`unknown state ${String(never)}`)
      }
    }
  }

  /** Comments and spaces that JSON does not know may stand between any two tokens. */
  #skipped(rest: string, error: JsonError): number {
    const at = error.position!
    if (OTHER_BLANK.test(rest[0]!)) return this.#write(at, 'white-space', rest[0]!, '', 1)
    const ahead = new Lookahead(rest)
    const isComment = ahead.comment()
    if (ahead.isShort) return this.#wait()
    if (!isComment) throw error
    this.#tokenizer.resume(at)
    this.#mode = ahead.peek(1) === '*' ? 'block-comment' : 'line-comment'
    this.#commentStart = at
    this.#comment = rest[0] === '#' ? '#' : rest.slice(0, 2)
    return this.#comment.length
  }

  #recoverValue(rest: string, first: string, error: JsonError): number {
    const tokenizer = this.#tokenizer
    const at = error.position!
    if (tokenizer.isInArray) {
      if (first === ',') return this.#write(at, 'extra-comma', first, '', 1)
      if (first === ']' && tokenizer.isAfterComma) return this.#dropComma(at, first)
    }
    // A word alone is prose, no document.
    if (tokenizer.openContainers === 0) throw error
    if (CLOSING_QUOTES[first] !== undefined) return this.#beginString(first, false, at)
    if (BARE_START.test(first)) {
      tokenizer.resume(at)
      return this.#beginBare(at, '', error)
    }
    if (first === '+' || first === '.') return this.#recoverNumber(rest, 'value', error)
    return this.#skipped(rest, error)
  }

  /** Numbers as JavaScript and people write them: `+1`, `.5`, `-.5`, `1.`, and `-Infinity`. */
  #recoverNumber(rest: string, failedIn: 'value' | 'minus' | 'point', error: JsonError): number {
    const at = error.position!
    const ahead = new Lookahead(rest)
    if (failedIn === 'point') {
      const isEnd = /[\s,\]}]/.test(ahead.peek())
      if (isEnd) return this.#write(at, 'number', '', '0', 0)
      throw error
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
    if (!isNumber) throw error
    return rest[0] === '+' ? this.#write(at, 'number', '+', '', 1) : this.#write(at, 'number', '.', '0.', 1)
  }

  #recoverKey(rest: string, first: string, gap: string | null, error: JsonError): number {
    const tokenizer = this.#tokenizer
    const at = error.position!
    if (first === ',') return this.#write(at, 'extra-comma', first, '', 1)
    if (first === '}' && tokenizer.isAfterComma) return this.#dropComma(at, first)
    if (CLOSING_QUOTES[first] !== undefined) return this.#beginString(first, true, at)
    const ahead = new Lookahead(rest)
    const key = ahead.word()
    if (key === '') return this.#skipped(rest, error)
    const hasQuote = ahead.peek() === '"' || ahead.peek() === "'"
    if (hasQuote) ahead.at++
    const { at: length } = ahead
    const isKey = ahead.colon()
    const goesOn = gap?.includes(',') === true && goesOnAfterComma(new Lookahead(rest))
    if (ahead.isShort) return this.#wait()
    if (isKey) {
      this.#hasBareKeys ||= !hasQuote
      return this.#write(at, hasQuote ? 'quotes' : 'unquoted-key', rest.slice(0, length), JSON.stringify(key), length)
    }
    if (!goesOn) throw error
    tokenizer.resume(at)
    return this.#reopenString(gap, first)
  }

  #recoverAfterValue(rest: string, gap: string | null, error: JsonError): number {
    const tokenizer = this.#tokenizer
    const at = error.position!
    const comment = new Lookahead(rest)
    const isComment = comment.comment() && (rest[0] !== '#' || gap !== '')
    if (comment.isShort) return this.#wait()
    if (isComment || OTHER_BLANK.test(rest[0]!)) return this.#skipped(rest, error)
    const ahead = new Lookahead(rest)
    const after = afterValue(ahead, gap, this.#placeOf({ ...PLAIN_STRING, isBroken: true }))
    if (ahead.isShort) return this.#wait()
    switch (after) {
      case 'entry':
        return this.#write(at, 'missing-comma', '', ',', 0)
      case 'same-string':
        tokenizer.resume(at)
        return this.#reopenString(gap!, rest[0]!)
      case 'nothing':
        throw error
      default: {
        const never: never = after
        throw new Error(`unknown verdict ${String(never)}`)
      }
    }
  }

  #placeOf({ isKey, isQuoting, isBroken, brackets }: OpenString): StringContext {
    const { isInArray } = this.#tokenizer
    const kind = isKey ? 'key' : isInArray ? 'array' : 'object'
    return { kind, isQuoting, isBroken, isInBrackets: brackets > 0, hasBareKeys: this.#hasBareKeys }
  }

  #dropComma(at: number, closing: string): number {
    this.#tokenizer.resume(at)
    this.#tokenizer.dropComma()
    return this.#write(at, 'trailing-comma', `,${closing}`, closing, 1)
  }

  /* Strings */

  #beginString(opening: string, isKey: boolean, at: number): number {
    this.#string = { ...PLAIN_STRING, opening, closing: CLOSING_QUOTES[opening]!, isKey }
    this.#mode = 'string'
    return this.#write(at, 'quotes', opening, '"', 1)
  }

  /** The quote that ended the last string belongs to it, and so does the gap after it. */
  #reopenString(gap: string, next: string): number {
    const tokenizer = this.#tokenizer
    const quote = tokenizer.endOfString
    const before = tokenizer.reopenString()
    const isQuoting = gap === '' && opensQuotation(before.at(-1) ?? '', next)
    this.#write(quote, 'unescaped-quote', '"', String.raw`\"`, 0)
    if (gap !== '') this.#pushAt(quote + 1, escaped(gap))
    this.#string = {
      ...PLAIN_STRING,
      last: gap.at(-1) ?? '"',
      isQuoting,
      isBroken: true,
      brackets: openBrackets(before),
    }
    this.#mode = 'string'
    return 0
  }

  #readString(rest: string, string: OpenString): number {
    const special = rest.search(SPECIAL)
    if (special !== 0) {
      const plain = special < 0 ? rest : rest.slice(0, special)
      string.last = plain.at(-1)!
      string.brackets += openBrackets(plain)
      return this.#pass(plain, plain.length)
    }
    const first = rest[0]!
    if (first === '\\') return this.#readEscape(rest, string)
    if (first !== string.closing) {
      string.last = first
      if (first >= ' ') return this.#pass(escaped(first), 1)
      return this.#write(this.#position, 'control-character', first, escaped(first), 1)
    }
    const ahead = new Lookahead(rest, 1, this.#isEnding)
    const isEnd = endsString(ahead, this.#placeOf(string))
    if (ahead.isShort) return this.#wait()
    if (!isEnd) {
      string.isQuoting = opensQuotation(string.last, rest[1] ?? '')
      string.isBroken ||= string.isQuoting
      string.last = first
      return this.#write(this.#position, 'unescaped-quote', first, first === '"' ? String.raw`\"` : first, 1)
    }
    this.#mode = 'plain'
    return this.#pass('"', 1)
  }

  #readEscape(rest: string, string: OpenString): number {
    const escape = /^\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})/.exec(rest.slice(0, 6))?.[0]
    string.last = '\\'
    if (escape !== undefined) return this.#pass(escape, escape.length)
    if (/^\\(?:u[0-9a-fA-F]{0,3})?$/.test(rest.slice(0, 6))) return this.#wait()
    const next = rest[1]!
    if (next === string.closing || next === string.opening) return this.#pass(next, 2)
    if (next !== 'u') return 1 + this.#mendEscape(this.#position, '\\', next)
    return this.#write(this.#position, 'escape', '\\', String.raw`\\`, 1)
  }

  /** A backslash that begins no escape: before a quote or a new line it is dropped, else it stands for itself. */
  #mendEscape(at: number, read: string, next: string): number {
    const end = at + read.length
    if (read === '\\' && /['`‘’“”\n]/.test(next)) return this.#writeUpTo(end, at, 'escape', '\\', '')
    return this.#writeUpTo(end, at, 'escape', read, `\\${read}`)
  }

  /* Values without quotes */

  #beginBare(at: number, begun: string, error: JsonError): number {
    if (this.#tokenizer.openContainers === 0) throw error
    this.#bare = new BareWord(begun)
    this.#bareStart = at - begun.length
    this.#bareError = error
    this.#mode = 'bare'
    return 0
  }

  #readBare(rest: string): number {
    const { length, state } = this.#bare.read(rest)
    if (state === 'unreadable') throw this.#bareError!
    if (state === 'waiting') this.#isWaiting = true
    if (state !== 'ended') return length
    this.#mode = 'plain'
    const { kind, before, after } = this.#bare.word
    this.#writeUpTo(this.#position + length, this.#bareStart, kind, before, after)
    return length
  }

  /* Comments */

  #readComment(rest: string): number {
    const isBlock = this.#mode === 'block-comment'
    const from = this.#comment.length
    // The end of a block comment may have begun in the text before, but not in its opening.
    const star = isBlock && from > 2 && this.#comment.endsWith('*') && rest[0] === '/'
    const end = star ? 0 : rest.indexOf(isBlock ? '*/' : '\n')
    if (end < 0) {
      this.#comment += rest
      return rest.length
    }
    const length = star ? 1 : isBlock ? end + 2 : end
    this.#comment += rest.slice(0, length)
    this.#endComment()
    this.#tokenizer.resume(this.#position + length)
    return length
  }

  #endComment(): void {
    this.#mode = 'plain'
    this.#report({ kind: 'comment', position: this.#commentStart, before: this.#comment, after: '' })
  }

  /* Writing to the tokenizer */

  #pushAt(at: number, text: string): void {
    this.#writingAt = at
    this.#tokenizer.push(text)
    this.#writingAt = null
    this.#writtenEnd = this.#tokenizer.endOfString
  }

  /** Text of a string that stands as it is, or was rewritten without a repair of its own. */
  #pass(text: string, length: number): number {
    this.#pushAt(this.#position, text)
    this.#tokenizer.resume(this.#position + length)
    return length
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

/** The text as it stands inside a JSON string. */
function escaped(text: string): string {
  return JSON.stringify(text).slice(1, -1)
}

/** Opening brackets less closing ones. */
function openBrackets(text: string): number {
  let count = 0
  for (const [bracket] of text.matchAll(/[{}[\]]/g)) count += bracket === '{' || bracket === '[' ? 1 : -1
  return count
}
