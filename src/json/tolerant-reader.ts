import type { Repair } from '../types.ts'
import { JsonError } from './errors.ts'
import type { TokenSink } from './sink.ts'
import { Tokenizer, type TokenizerOptions } from './tokenizer.ts'

/** Characters of look-ahead that a decision may wait for. */
const MAX_LOOKAHEAD = 256
/** Characters that a value without quotes may have. */
const MAX_BARE_LENGTH = 4096

const CLOSING_QUOTES: Readonly<Record<string, string>> = {
  "'": "'",
  '`': '`',
  '“': '”',
  '„': '“',
  '”': '”',
  '‘': '’',
  '’': '’',
  '«': '»',
}
const DOUBLE_QUOTES = /^["“”„]/
const BARE_WORDS: Readonly<Record<string, string>> = {
  True: 'true',
  TRUE: 'true',
  False: 'false',
  FALSE: 'false',
  None: 'null',
  NULL: 'null',
  Null: 'null',
  nil: 'null',
  undefined: 'null',
}
const NOT_A_NUMBER = /^(?:NaN|[+-]?Infinity)$/
const BARE_START = /^[\p{L}_$]/u
const BLANK = /^[ \t\n\r]*/
/** What a quote must be followed by to be the end of a string whose inner quotes are not escaped. */
const END_IN_OBJECT = /^[ \t\n\r]*(?:\}|,[ \t\n\r]*(?:\}|["'“„][^"'“”„]*["'“”][ \t\n\r]*:|[\w$]+[ \t\n\r]*:))/
const END_IN_ARRAY = /^[ \t\n\r]*(?:\]|,[ \t\n\r]*(?:\]|["'“„[{\d-]|true|false|null))/
const NEXT_KEY_FOLLOWS = /^(?:"[^"\\]*"|'[^'\\]*'|“[^”]*”|[\w$]+)[ \t\n\r]*:/

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
  readonly #tokenizer: Tokenizer
  readonly #report: (repair: Repair) => void
  /** Offset of the next character to read. */
  #position = 0
  /** Text that waits for more before it can be read. */
  #held = ''
  #mode: 'plain' | 'quoted' | 'broken-string' | 'bare' | 'line-comment' | 'block-comment' = 'plain'
  /** What ends the quoted string. */
  #closing = ''
  #bare = ''
  #bareStart = 0
  /** White space since the end of the last string, null when other things have followed it. */
  #gap: string | null = null
  #isEnding = false
  /** What comes next cannot be read before more has come. */
  #isWaiting = false
  /** What stands after the document, from its first character that is not white space; null while there is none. */
  trailing: string | null = null

  constructor(sink: TokenSink, report: (repair: Repair) => void, options: TokenizerOptions = {}) {
    this.#tokenizer = new Tokenizer(sink, options)
    this.#report = report
  }

  get isDone(): boolean {
    return this.#tokenizer.isDone
  }

  get position(): number {
    return this.#mode === 'plain' && this.#held === '' ? this.#tokenizer.position : this.#position
  }

  /** @throws JsonError where the text can be read in no certain way */
  push(text: string): void {
    let rest = this.#held + text
    this.#held = ''
    while (rest !== '') {
      this.#isWaiting = false
      const read = this.#mode === 'plain' ? this.#readPlain(rest) : this.#readOther(rest)
      this.#position += read
      rest = rest.slice(read)
      if (this.#isWaiting) {
        this.#held = rest
        return
      }
    }
  }

  /** @throws JsonError when the document is not complete */
  end(): void {
    this.#isEnding = true
    const held = this.#held
    this.#held = ''
    this.push(held)
    if (this.#mode === 'line-comment') this.#mode = 'plain'
    this.#tokenizer.end()
  }

  #wait(): 0 {
    this.#isWaiting = true
    return 0
  }

  /** Returns the characters read. */
  #readPlain(rest: string): number {
    const tokenizer = this.#tokenizer
    const from = this.#position
    try {
      tokenizer.push(rest)
      if (tokenizer.stringEnd >= from) this.#gap = rest.slice(tokenizer.stringEnd + 1 - from)
      else if (this.#gap !== null) this.#gap += rest
      if (this.#gap !== null && !tokenizer.isAfterValue) this.#gap = null
      return rest.length
    } catch (error) {
      if (!(error instanceof JsonError) || error.code !== 'malformed_json') throw error
      const failed = error.position! - from
      if (failed < 0) throw error
      const gap =
        tokenizer.stringEnd >= from
          ? rest.slice(tokenizer.stringEnd + 1 - from, failed)
          : this.#gap === null
            ? null
            : this.#gap + rest.slice(0, failed)
      const read = this.#recover(rest.slice(failed), gap !== null && BLANK.exec(gap)![0] === gap ? gap : null, error)
      if (this.#isWaiting) {
        // Undecided: stand before the character that failed.
        tokenizer.resume(error.position!)
        this.#gap = gap
      } else this.#gap = null
      return failed + read
    }
  }

  /** Decides what `rest`, at whose first character strict reading failed, means. Returns the characters read of it. */
  #recover(rest: string, gap: string | null, error: JsonError): number {
    const tokenizer = this.#tokenizer
    const at = error.position!
    const first = String.fromCodePoint(rest.codePointAt(0)!)
    switch (tokenizer.failedIn) {
      case 'string': {
        // RFC 8259 §7 wants control characters escaped.
        const escaped = JSON.stringify(first).slice(1, -1)
        return this.#replace(at, 'control-character', first, escaped)
      }
      case 'escape': {
        tokenizer.resume(at)
        tokenizer.dropBackslash()
        const after = first === "'" || first === '`' ? first : `\\\\${JSON.stringify(first).slice(1, -1)}`
        return this.#write(at, 'escape', `\\${first}`, after, first.length)
      }
      case 'literal': {
        tokenizer.resume(at)
        return this.#beginBare(at, tokenizer.cancelLiteral(), rest)
      }
      case 'value':
        return this.#recoverValue(rest, first, at)
      case 'next-key':
        return this.#recoverKey(rest, first, at)
      case 'after-value':
        return this.#recoverAfterValue(rest, first, gap, error)
      case 'done':
        tokenizer.resume(at)
        this.trailing = rest
        return rest.length
      default:
        throw error
    }
  }

  #recoverValue(rest: string, first: string, at: number): number {
    const tokenizer = this.#tokenizer
    if (first === '/' || first === '#') return this.#beginComment(rest, at)
    if (first === ',') return this.#skip(at, 'extra-comma', first)
    if (first === ']' && tokenizer.isAfterComma) {
      tokenizer.resume(at)
      tokenizer.dropComma()
      return this.#write(at, 'trailing-comma', ',]', ']', 1)
    }
    if (CLOSING_QUOTES[first] !== undefined) return this.#beginQuoted(first, at)
    if (BARE_START.test(first) || first === '+') {
      tokenizer.resume(at)
      return this.#beginBare(at, '', rest)
    }
    throw this.#rethrow()
  }

  #recoverKey(rest: string, first: string, at: number): number {
    const tokenizer = this.#tokenizer
    if (first === '/' || first === '#') return this.#beginComment(rest, at)
    if (first === ',') return this.#skip(at, 'extra-comma', first)
    if (first === '}' && tokenizer.isAfterComma) {
      tokenizer.resume(at)
      tokenizer.dropComma()
      return this.#write(at, 'trailing-comma', ',}', '}', 1)
    }
    if (CLOSING_QUOTES[first] !== undefined) return this.#beginQuoted(first, at)
    const key = /^[\p{L}\p{N}_$-]+/u.exec(rest)?.[0]
    if (key === undefined) throw this.#rethrow()
    const after = rest.slice(key.length)
    if (BLANK.exec(after)![0] === after && !this.#isEnding && rest.length <= MAX_LOOKAHEAD) return this.#wait()
    if (!/^[ \t\n\r]*:/.test(after)) throw this.#rethrow()
    tokenizer.resume(at)
    return this.#write(at, 'unquoted-key', key, JSON.stringify(key), key.length)
  }

  #recoverAfterValue(rest: string, first: string, gap: string | null, error: JsonError): number {
    const tokenizer = this.#tokenizer
    const at = error.position!
    if (/^(?:\/[/*]|#)/.test(rest)) return this.#beginComment(rest, at)
    if (rest === '/' && !this.#isEnding) return this.#wait()
    const follows = this.#whatFollows(rest, gap)
    if (follows === 'unknown') return this.#wait()
    if (follows === 'next-value') {
      tokenizer.resume(at)
      tokenizer.push(',')
      tokenizer.resume(at)
      this.#report({ kind: 'missing-comma', position: at, before: '', after: ',' })
      return 0
    }
    if (follows === 'nothing' || gap === null || first === '}' || first === ']') throw error
    const quote = tokenizer.stringEnd
    tokenizer.resume(quote)
    tokenizer.reopenString()
    this.#write(quote, 'unescaped-quote', '"', '\\"', 0)
    tokenizer.push(JSON.stringify(gap).slice(1, -1))
    this.#mode = 'broken-string'
    return 0
  }

  /** After a value and without a comma: another value, more of the string that seemed to end, or neither. */
  #whatFollows(rest: string, gap: string | null): 'next-value' | 'same-string' | 'nothing' | 'unknown' {
    const { isInArray } = this.#tokenizer
    const needsMore = !this.#isEnding && rest.length <= MAX_LOOKAHEAD
    if (isInArray) {
      if (gap === null) return /^["'“‘{[\d\-tfnTFN]/.test(rest) ? 'next-value' : 'nothing'
      if (/^[{[]/.test(rest) || (gap !== '' && DOUBLE_QUOTES.test(rest))) return 'next-value'
      return 'same-string'
    }
    if (NEXT_KEY_FOLLOWS.test(rest) && (gap === null || gap !== '' || rest.startsWith('"'))) return 'next-value'
    const mayBeKey = /^(?:"[^"\\]*"?|'[^'\\]*'?|“[^”]*”?|[\w$]+)[ \t\n\r]*$/.test(rest)
    if (mayBeKey && needsMore) return 'unknown'
    return gap === null ? 'nothing' : 'same-string'
  }

  #beginComment(rest: string, at: number): number {
    if (rest === '/' && !this.#isEnding) return this.#wait()
    const isBlock = rest.startsWith('/*')
    if (!isBlock && !rest.startsWith('//') && !rest.startsWith('#')) throw this.#rethrow()
    this.#tokenizer.resume(at)
    this.#report({ kind: 'comment', position: at, before: rest.slice(0, isBlock ? 2 : 1), after: '' })
    this.#mode = isBlock ? 'block-comment' : 'line-comment'
    return isBlock ? 2 : 1
  }

  #beginQuoted(first: string, at: number): number {
    this.#closing = CLOSING_QUOTES[first]!
    this.#mode = 'quoted'
    this.#tokenizer.resume(at)
    return this.#write(at, 'quotes', first, '"', first.length)
  }

  #beginBare(at: number, begun: string, rest: string): number {
    this.#bare = begun
    this.#bareStart = at - begun.length
    this.#mode = 'bare'
    return this.#readBare(rest, at)
  }

  /* Other ways of reading */

  #readOther(rest: string): number {
    switch (this.#mode) {
      case 'quoted':
        return this.#readQuoted(rest)
      case 'broken-string':
        return this.#readBrokenString(rest)
      case 'bare':
        return this.#readBare(rest, this.#position)
      case 'line-comment':
        return this.#readComment(rest, '\n')
      default:
        return this.#readComment(rest, '*/')
    }
  }

  #readComment(rest: string, closing: string): number {
    const end = rest.indexOf(closing)
    if (end < 0)
      return closing === '*/' && rest.endsWith('*') && rest.length > 1
        ? rest.length - 1
        : rest === '*' && closing === '*/'
          ? this.#wait()
          : rest.length
    this.#mode = 'plain'
    this.#tokenizer.resume(this.#position + end + closing.length)
    return end + closing.length
  }

  /** A string in other quotes: rewritten up to its closing quote. */
  #readQuoted(rest: string): number {
    const end = rest.search(/["'`“”‘’»\\\n\r\t]/)
    if (end !== 0) return this.#pass(end < 0 ? rest : rest.slice(0, end))
    const first = rest[0]!
    if (first === '\\') {
      if (rest.length === 1) return this.#wait()
      const second = rest[1]!
      if (second === this.#closing || second === "'" || second === '`') return this.#rewrite(second, 2)
      return this.#rewrite(rest.slice(0, 2), 2)
    }
    if (first !== this.#closing) return this.#rewrite(JSON.stringify(first).slice(1, -1), 1)
    const isApostrophe = first === "'" || first === '’'
    if (isApostrophe && rest.length === 1 && !this.#isEnding) return this.#wait()
    // An apostrophe inside a word does not end the string.
    if (isApostrophe && /^.[\p{L}\p{N}]/u.test(rest)) return this.#rewrite(first, 1)
    this.#mode = 'plain'
    return this.#rewrite('"', 1)
  }

  /** A string with quotes inside that are not escaped: it ends where the document goes on after a quote. */
  #readBrokenString(rest: string): number {
    const end = rest.search(/["\\]/)
    if (end !== 0) return this.#pass(end < 0 ? rest : rest.slice(0, end))
    if (rest[0] === '\\') return rest.length === 1 ? this.#wait() : this.#rewrite(rest.slice(0, 2), 2)
    const after = rest.slice(1)
    const ends = (this.#tokenizer.isInArray ? END_IN_ARRAY : END_IN_OBJECT).test(after)
    if (!ends && this.#mayStillEnd(after)) return this.#wait()
    if (ends) this.#mode = 'plain'
    else this.#report({ kind: 'unescaped-quote', position: this.#position, before: '"', after: '\\"' })
    return this.#rewrite(ends ? '"' : '\\"', 1)
  }

  #mayStillEnd(after: string): boolean {
    if (this.#isEnding || after.length > MAX_LOOKAHEAD) return false
    return /^[ \t\n\r]*(?:,[ \t\n\r]*(?:["'“„][^"'“”„]*(?:["'“”][ \t\n\r]*)?|[\w$]*[ \t\n\r]*)?)?$/.test(after)
  }

  /** A value without quotes: up to a comma, a closing bracket or the end of the line. */
  #readBare(rest: string, at: number): number {
    const end = rest.search(/[,\]}\n\r]/)
    const part = end < 0 ? rest : rest.slice(0, end)
    this.#bare += part
    if (this.#bare.length > MAX_BARE_LENGTH) {
      this.#tokenizer.resume(this.#bareStart)
      this.#tokenizer.push(this.#bare) // fails, as it did before
    }
    if (end < 0 && !this.#isEnding) return rest.length
    const word = this.#bare.trim()
    const literal = BARE_WORDS[word]
    this.#mode = 'plain'
    this.#tokenizer.resume(this.#bareStart)
    if (NOT_A_NUMBER.test(word)) this.#write(this.#bareStart, 'not-a-number', word, '1e999', 0)
    else if (literal !== undefined) this.#write(this.#bareStart, 'literal', word, literal, 0)
    else this.#write(this.#bareStart, 'unquoted-string', word, JSON.stringify(word), 0)
    this.#tokenizer.resume(at + part.length)
    return part.length
  }

  /* Writing to the tokenizer */

  /** Text that stands in the document as it is. Raw control characters in it are escaped. */
  #pass(text: string): number {
    this.#tokenizer.push(text.replace(/[\u0000-\u001f]/g, (character) => JSON.stringify(character).slice(1, -1)))
    return text.length
  }

  #rewrite(text: string, length: number): number {
    this.#tokenizer.push(text)
    this.#tokenizer.resume(this.#position + length)
    return length
  }

  #write(at: number, kind: string, before: string, after: string, length: number): number {
    this.#report({ kind, position: at, before, after })
    this.#tokenizer.push(after)
    this.#tokenizer.resume(at + length)
    return length
  }

  #replace(at: number, kind: string, before: string, after: string): number {
    this.#tokenizer.resume(at)
    return this.#write(at, kind, before, after, before.length)
  }

  #skip(at: number, kind: string, text: string): number {
    this.#tokenizer.resume(at + text.length)
    this.#report({ kind, position: at, before: text, after: '' })
    return text.length
  }

  #rethrow(): Error {
    try {
      this.#tokenizer.push(' ')
    } catch (error) {
      return error as Error
    }
    return new Error('the tokenizer has not failed')
  }
}
