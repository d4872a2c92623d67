import {
  closesContainer,
  endsString,
  joinsString,
  looksLikeMember,
  opensQuotation,
  type StringContext,
} from './string-end.ts'
import { endsDoubled } from './doubled-quotes.ts'
import { isForeignEscape, literalEscape, mayBeMisread } from './escapes.ts'
import { CLOSING_QUOTES, Lookahead } from './lookahead.ts'

/** Where the strict form of a string goes, piece by piece. */
export interface StringWriter {
  /** Strict JSON for the next characters of the string. */
  write(text: string): void
  /** @param offset from the first character of the text being read */
  repaired(kind: string, offset: number, before: string, after: string): void
  /** The string as it reads so far, with all that was written. */
  soFar(): string
}

/**
 * How reading continued. `ended-strictly`: at a quote as strict JSON has it, which is left to the caller to write.
 * `unreadable`: there are two readings, or none.
 */
export type StringState = 'open' | 'waiting' | 'ended' | 'ended-strictly' | 'unreadable'

const BACKSLASH = 92
const DOUBLE_QUOTE = 34
/** Before these a backslash is dropped where it escapes nothing. */
const NEEDS_NO_ESCAPE = /['`‘’“”\n]/
const BLANK = /\s/
/** What an escape stands for, where that matters for a quote after it. */
const DECODED: Readonly<Record<string, string>> = { '\\': '\\', n: '\n', r: '\n', t: '\n' }
/** A number before a quote: the quote is for inches. */
const INCHES = /(?:^|[^\p{L}\d]|^"[x×])\d[\d.,/]*$/u
const RECENT = 16
/** Opening quotes whose closing one is another character, and no apostrophe. */
const PAIRED: ReadonlySet<string> = new Set(['“', '„', '«'])
const LETTER = /\p{L}/u

interface Around {
  kind: StringContext['kind']
  hasBareKeys: boolean
  isInParentheses: boolean
}

/**
 * How the string ends. `judged`: at a quote after which the document continues. `strict`: at the next quote, since nothing
 * but escapes and control characters has been wrong so far. `double`, `triple`: at two or three quotes.
 */
type Ending = 'judged' | 'strict' | 'double' | 'triple'

const CLOSING_LENGTH: Readonly<Record<Ending, number>> = { judged: 1, strict: 1, double: 2, triple: 3 }

/** A string that is rewritten to strict JSON up to its closing quote, in O(1) for each character. */
export class OpenString {
  readonly #opening: string
  readonly #closing: string
  readonly #closingCode: number
  /** Of quotes that come in pairs, as `“…”`, the first. */
  readonly #openingCode: number
  readonly #ending: Ending
  readonly #around: Around
  /** Its last character so far. */
  #last = ''
  /** The last characters of its plain text, for what comes before a quote. */
  #recent = ''
  /** A quotation is open inside it. */
  #isQuoting = false
  /** Quotes inside it are not escaped. */
  #isBroken = false
  #innerQuotes = 0
  /** Paired quotes that were opened in it and not closed. */
  #openPairs = 0
  #beginsWithQuote = false
  /** A quote inside it neither opens nor closes a quotation, and isn't inches. */
  #hasLoneQuote = false
  /** So does the last one. */
  #isLastLone = false
  /** Brackets opened in it and not closed. */
  #brackets = 0
  /** In triple quotes a new line has come. */
  #hasLines = false
  /** A backslash in it escapes nothing. */
  hasBadEscape = false
  /** In a path of Windows: its backslashes aren't escapes. */
  #isInPath = false

  constructor(opening: string, ending: Ending, around: Around) {
    this.#opening = opening
    this.#closing = CLOSING_QUOTES[opening]!
    this.#closingCode = this.#closing.charCodeAt(0)
    this.#openingCode = PAIRED.has(opening) ? opening.charCodeAt(0) : -1
    this.#ending = ending
    this.#around = around
  }

  /**
   * A string continues after the quote that seemed to end it. Null when there are two readings.
   * @param before what the string holds up to that quote
   * @param gap between the quote and `rest`
   */
  static reopened(before: string, gap: string, rest: string, around: Around): OpenString | null {
    const string = new OpenString('"', 'judged', around)
    // `{\\"key\\": …`: escaped twice, or once and put in quotes.
    if (before.endsWith('\\')) return null
    string.#see(before, 0, before.length)
    string.#brackets = openBrackets(before)
    const isOfList = around.kind === 'array' && string.#last === ',' && string.#brackets <= 0
    if (gap === '' && isOfList) return null
    string.#beginsWithQuote = before === ''
    string.#keepQuote('"', (gap + rest)[0] ?? '')
    string.#isBroken = true
    string.#see(gap, 0, gap.length)
    return string
  }

  /** Where it stands, and what is known of it. */
  get place(): StringContext {
    const { kind, hasBareKeys, isInParentheses } = this.#around
    return {
      kind,
      hasBareKeys,
      isInParentheses,
      isQuoting: this.#isQuoting,
      isBroken: this.#isBroken,
      isInBrackets: this.#brackets > 0,
    }
  }

  /** Reads on. `isWhole`: nothing comes after `rest`. */
  read(rest: string, isWhole: boolean, writer: StringWriter): { length: number; state: StringState } {
    const { length } = rest
    let from = 0
    let seen = 0
    let i = 0
    const passTo = (end: number): void => {
      if (end > from) writer.write(rest.slice(from, end))
      from = end
    }
    const see = (end: number): void => {
      this.#see(rest, seen, end)
      seen = end
    }
    const stop = (state: StringState, end: number): { length: number; state: StringState } => {
      passTo(i)
      see(i)
      return { length: end, state }
    }
    while (i < length) {
      const code = rest.charCodeAt(i)
      if (!this.#isSpecial(code)) {
        i++
        continue
      }
      const character = rest[i]!
      if (code === BACKSLASH) {
        see(i)
        const escape = this.#escapeAt(rest, i, isWhole, () => {
          passTo(i)
          return writer.soFar()
        })
        if (escape === 'waiting' || escape === 'unreadable') return stop(escape, i)
        this.#isInPath ||= escape.isRepair && escape.write !== '' && this.#last === ':'
        this.#last = escape.write === null ? (DECODED[rest[i + 1]!] ?? 'a') : 'a'
        this.#recent = this.#last
        if (escape.write !== null) {
          passTo(i)
          if (escape.isRepair) writer.repaired('escape', i, '\\', escape.write === '' ? '' : String.raw`\\`)
          writer.write(escape.write)
          from = i + escape.length
        }
        i += escape.length
        seen = i
        continue
      }
      if (code < 32) {
        passTo(i)
        if (this.#ending === 'triple' && code === 10 && !this.#hasLines) {
          this.#hasLines = true
          // Whole lines: no one knows how much of their indentation counts, nor whether a word was a language.
          const hasNoText = (this.#closing === '`' ? /^\s*\w*\s*$/ : /^\s*$/).test(writer.soFar())
          if (hasNoText) return stop('unreadable', i)
        }
        const written = escaped(character)
        if (this.#ending !== 'triple') writer.repaired('control-character', i, character, written)
        writer.write(written)
        from = ++i
        continue
      }
      if (code !== this.#closingCode) {
        if (code === this.#openingCode) {
          this.#openPairs++
          i++
        } else if (code === DOUBLE_QUOTE) {
          passTo(i)
          writer.write(String.raw`\"`)
          from = ++i
        } else {
          const verdict = this.#bracketAt(rest, i, isWhole)
          if (verdict !== 'open') return stop(verdict, i)
          i++
        }
        continue
      }
      see(i)
      const quote = this.#quoteAt(rest, i, isWhole)
      if (quote === 'ended') return stop(quote, i + CLOSING_LENGTH[this.#ending])
      if (quote === 'ended-strictly') return stop(quote, i + 1)
      if (quote !== 'open') return stop(quote, i)
      // `“a” and “b”` isn't one string.
      if (this.#openingCode >= 0 && --this.#openPairs < 0) return stop('unreadable', i)
      passTo(i)
      this.#beginsWithQuote ||= this.#last === ''
      this.#keepQuote(character, rest[i + 1] ?? '')
      const written = code === DOUBLE_QUOTE ? String.raw`\"` : character
      if (this.#ending !== 'triple') writer.repaired('unescaped-quote', i, character, written)
      writer.write(written)
      from = seen = ++i
    }
    return stop('open', i)
  }

  /** The backslash and `read` are the beginning of an escape that strict JSON doesn't know; `next` follows. False when there are two readings. */
  mendEscape(read: string, next: string, writer: StringWriter): boolean {
    const at = -read.length
    if (read === '\\' && NEEDS_NO_ESCAPE.test(next)) writer.repaired('escape', at, '\\', '')
    else {
      if (!this.#noteBadEscape(() => writer.soFar())) return false
      writer.repaired('escape', at, read, `\\${read}`)
      writer.write(`\\${read}`)
      this.#isInPath = /(?:^|[^A-Za-z])[A-Za-z]:$/.test(writer.soFar().slice(0, -read.length))
    }
    this.#last = '\\'
    return true
  }

  #isSpecial(code: number): boolean {
    if (
      code === this.#openingCode ||
      code === this.#closingCode ||
      code === DOUBLE_QUOTE ||
      code === BACKSLASH ||
      code < 32
    )
      return true
    return code === 91 || code === 93 || code === 123 || code === 125
  }

  #see(text: string, from: number, to: number): void {
    if (to <= from) return
    if (this.#isInPath && BLANK.test(text.slice(from, to))) this.#isInPath = false
    this.#last = text[to - 1]!
    this.#recent = (this.#recent + text.slice(Math.max(from, to - RECENT), to)).slice(-RECENT)
  }

  #keepQuote(quote: string, next: string): void {
    this.#innerQuotes++
    const opens = opensQuotation(this.#last, next)
    const isInWord = LETTER.test(this.#last) && LETTER.test(next)
    this.#isLastLone = quote === '"' && !opens && !this.#isQuoting && !isInWord && !INCHES.test(this.#recent)
    this.#hasLoneQuote ||= this.#isLastLone
    this.#isQuoting = opens
    this.#isBroken ||= opens
    this.#last = this.#recent = quote
  }

  #bracketAt(rest: string, i: number, isWhole: boolean): 'open' | 'waiting' | 'unreadable' {
    const code = rest.charCodeAt(i)
    const isOpening = code === 91 || code === 123
    const isOneTooMany = !isOpening && this.#brackets <= 0 && this.#isBroken && this.#around.kind !== 'key'
    if (isOneTooMany) {
      const ahead = new Lookahead(rest, i + 1, isWhole)
      const closes = closesContainer(ahead)
      if (ahead.isShort) return 'waiting'
      if (closes) return 'unreadable'
    }
    this.#brackets += isOpening ? 1 : -1
    return 'open'
  }

  /** Decides what a quote of the closing kind is: `open`, a part of the string. */
  #quoteAt(rest: string, i: number, isWhole: boolean): StringState {
    if (this.#ending === 'strict') return 'ended-strictly'
    const quote = rest[i]!
    if (this.#ending === 'double') return endsDoubled(rest.slice(i, i + 3), quote, isWhole)
    if (this.#ending === 'triple') return this.#endsTriple(rest.slice(i, i + 4), quote, isWhole)
    if (quote === "'" && LETTER.test(this.#last)) {
      // `'it''s'`: Python joins two strings, and SQL has one with a quote in it.
      const doubled = rest.slice(i + 1, i + 3)
      if (!isWhole && (doubled === '' || doubled === "'")) return 'waiting'
      if (doubled[0] === "'" && LETTER.test(doubled)) return 'unreadable'
    }
    const { place } = this
    const joined = new Lookahead(rest, i + 1, isWhole)
    const isJoined = joinsString(joined, place)
    if (joined.isShort) return 'waiting'
    if (isJoined) return 'unreadable'
    const ahead = new Lookahead(rest, i + 1, isWhole)
    const isEnd = endsString(ahead, place)
    if (ahead.isShort) return 'waiting'
    if (isEnd) return this.#isUnclear(quote) ? 'unreadable' : 'ended'
    // What comes after the end would have decided: it is neither an end nor shown as text.
    if (ahead.hasMissed) return 'waiting'
    const again = new Lookahead(rest, i + 1, isWhole)
    const isMember = looksLikeMember(again, quote, place)
    if (isMember || this.#last === '\\') return 'unreadable'
    if (again.isShort) return 'waiting'
    const isOfList = place.kind === 'array' && quote === '"' && this.#last === ',' && !place.isInBrackets
    return isOfList ? 'unreadable' : 'open'
  }

  /** Whether the quotes inside leave two readings, now that the string ends at `quote`. */
  #isUnclear(quote: string): boolean {
    // `""best""`: a quotation, or quotes that were doubled.
    if (this.#beginsWithQuote && this.#innerQuotes === 2 && this.#last === quote) return true
    // `"say "hi"`: one of the two quotes at the end is missing.
    if (quote === '"' && this.#isQuoting) return true
    // `"best""`: a quote at the end is too many, or one is missing at the beginning.
    if (quote === '"' && this.#last === quote && this.#isLastLone) return true
    // `["a" b"]`: a quote inside, or a comma and a quote are missing before `b`.
    return this.#around.kind === 'array' && this.#hasLoneQuote
  }

  #endsTriple(four: string, quote: string, isWhole: boolean): StringState {
    const quotes = four.length - four.replace(new RegExp(`^${quote}+`), '').length
    if (quotes === four.length && four.length < 4 && !isWhole) return 'waiting'
    return quotes === 3 ? 'ended' : quotes === 4 ? 'unreadable' : 'open'
  }

  /** What the backslash at `i` means: its length, and what is written for it where it isn't passed unchanged. */
  #escapeAt(
    rest: string,
    i: number,
    isWhole: boolean,
    soFar: () => string,
  ): 'waiting' | 'unreadable' | { length: number; write: string | null; isRepair: boolean } {
    const next = rest[i + 1]
    if (next === undefined) return 'waiting'
    if ('"\\/bfnrt'.includes(next)) {
      if (!this.hasBadEscape || !'bfnrt'.includes(next)) return { length: 2, write: null, isRepair: false }
      const meaning = literalEscape(rest, i, isWhole, this.#isInPath)
      if (meaning === 'waiting' || meaning === 'unreadable') return meaning
      return meaning === 'escape'
        ? { length: 2, write: null, isRepair: false }
        : { length: 1, write: String.raw`\\`, isRepair: true }
    }
    if (next === this.#closing || next === this.#opening) return { length: 2, write: next, isRepair: false }
    if (next === 'u') {
      const digits = rest.slice(i + 2, i + 6)
      const isPath = this.hasBadEscape && this.#isInPath
      if (!isPath && /^[0-9a-fA-F]{4}$/.test(digits)) return { length: 6, write: null, isRepair: false }
      if (digits.length < 4 && /^[0-9a-fA-F]*$/.test(digits) && !isWhole) return 'waiting'
    }
    if (NEEDS_NO_ESCAPE.test(next)) return { length: 1, write: '', isRepair: true }
    if (!this.#isInPath && this.#last !== ':') {
      const foreign = isForeignEscape(rest.slice(i + 1, i + 10), isWhole)
      if (foreign === 'waiting') return foreign
      if (foreign) return 'unreadable'
    }
    return this.#noteBadEscape(soFar) ? { length: 1, write: String.raw`\\`, isRepair: true } : 'unreadable'
  }

  /** False when escapes before it, which were read as JSON has them, may have been meant as backslashes too. */
  #noteBadEscape(soFar: () => string): boolean {
    if (this.hasBadEscape) return true
    this.hasBadEscape = true
    return !mayBeMisread(soFar())
  }
}

/** The text as it stands inside a JSON string. */
export function escaped(text: string): string {
  return JSON.stringify(text).slice(1, -1)
}

/** Opening brackets less closing ones. */
function openBrackets(text: string): number {
  let count = 0
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i)
    if (code === 91 || code === 123) count++
    else if (code === 93 || code === 125) count--
  }
  return count
}
