import { DIGITS, LAST_POINT, LAST_UNIT, SPACE, WORD, bothCases, charSet, complement, isAscii } from './char-set.ts'
import type { CharSet } from './char-set.ts'
import { askEngine } from './engine-sets.ts'
import { UnknownSyntax } from './syntax.ts'

/** The text of a pattern and its flags, as they are read. */
export interface PatternText {
  readonly source: string
  readonly flags: string
  readonly isUnicode: boolean
  readonly ignoresCase: boolean
  /** The pattern has named groups, so that `\k` is a reference without the flag `u` too. */
  readonly hasNames: boolean
}

/** A character or set of characters, and where it ends in the source. */
export interface Atom {
  set: CharSet
  end: number
}

const CONTROL: Readonly<Record<string, number>> = { f: 12, n: 10, r: 13, t: 9, v: 11 }

/** What `\d`, `\S` and so on stand for, without regard for case. */
function escapedSet(letter: string, last: number): CharSet | null {
  const sets: Readonly<Record<string, CharSet>> = { d: DIGITS, s: SPACE, w: WORD }
  const set = sets[letter.toLowerCase()]
  if (set === undefined) return null
  return letter === letter.toLowerCase() ? set : complement(set, last)
}

/** The last character of the pattern's alphabet. */
export function lastCharacter(text: PatternText): number {
  return text.isUnicode ? LAST_POINT : LAST_UNIT
}

/** `set` with the flag `i` taken into account; `source` is the atom that it was read from. */
export function withCase(text: PatternText, set: CharSet, source: string): CharSet {
  if (!text.ignoresCase) return set
  if (!isAscii(set)) return askEngine(source, text.flags)
  const both = bothCases(set)
  if (!text.isUnicode) return both
  // Unicode's case folding: U+017F is an s, U+212A is a k.
  const extra: number[] = []
  if (hasLetter(both, 115)) extra.push(0x17f, 0x17f)
  if (hasLetter(both, 107)) extra.push(0x212a, 0x212a)
  return charSet([...both, ...extra])
}

function hasLetter(set: CharSet, letter: number): boolean {
  return set.some((from, index) => index % 2 === 0 && from <= letter && letter <= set[index + 1]!)
}

/** The escape at `at` (a backslash) outside a class, or in one, where it means characters. `null`: it means something else. */
export function readEscape(text: PatternText, at: number, isInClass: boolean): Atom | null {
  const { source, isUnicode } = text
  const letter = source[at + 1]
  if (letter === undefined) throw new UnknownSyntax()
  const escaped = escapedSet(letter, lastCharacter(text))
  if (escaped !== null) return { set: escaped, end: at + 2 }
  if (isUnicode && (letter === 'p' || letter === 'P')) {
    const name = /^\{[^}]*\}/.exec(source.slice(at + 2))?.[0]
    if (name === undefined) throw new UnknownSyntax()
    const end = at + 2 + name.length
    return { set: askEngine(source.slice(at, end), text.flags.replace('i', '')), end }
  }
  const control = CONTROL[letter]
  if (control !== undefined) return { set: [control, control], end: at + 2 }
  if (letter === 'c') {
    const named = source[at + 2] ?? ''
    if (/[a-zA-Z]/.test(named)) return single(named.charCodeAt(0) % 32, at + 3)
    if (isUnicode || isInClass) throw new UnknownSyntax()
    return single(92, at + 1) // Annex B: the backslash itself
  }
  if (letter === 'x') {
    const digits = /^[0-9a-fA-F]{2}/.exec(source.slice(at + 2))?.[0]
    if (digits !== undefined) return single(Number.parseInt(digits, 16), at + 4)
    return single(120, at + 2)
  }
  if (letter === 'u') return readUnicodeEscape(text, at)
  if (letter === '0' && !/[0-9]/.test(source[at + 2] ?? '')) return single(0, at + 2)
  if (/[0-9]/.test(letter)) return isInClass || letter === '0' ? readOctal(source, at) : null
  if (isInClass && letter === 'b') return single(8, at + 2)
  if (isInClass && letter === '-') return single(45, at + 2)
  if (letter === 'b' || letter === 'B') return null
  if (letter === 'k' && (isUnicode || text.hasNames)) return null
  const point = isUnicode ? source.codePointAt(at + 1)! : source.charCodeAt(at + 1)
  return single(point, at + 1 + (point > LAST_UNIT ? 2 : 1))
}

function single(point: number, end: number): Atom {
  return { set: [point, point], end }
}

/** Annex B: up to three octal digits, up to 255. */
function readOctal(source: string, at: number): Atom {
  const digits = /^(?:[0-3][0-7]{0,2}|[4-7][0-7]?)/.exec(source.slice(at + 1))?.[0]
  if (digits === undefined) return single(source.charCodeAt(at + 1), at + 2) // \8 and \9
  return single(Number.parseInt(digits, 8), at + 1 + digits.length)
}

function readUnicodeEscape({ source, isUnicode }: PatternText, at: number): Atom {
  const rest = source.slice(at + 2)
  const braced = isUnicode ? /^\{([0-9a-fA-F]+)\}/.exec(rest) : null
  if (braced !== null) return single(Number.parseInt(braced[1]!, 16), at + 2 + braced[0].length)
  const digits = /^[0-9a-fA-F]{4}/.exec(rest)?.[0]
  if (digits === undefined) return single(117, at + 2)
  const unit = Number.parseInt(digits, 16)
  const low = isUnicode && (unit & 0xfc00) === 0xd800 ? /^\\u([dD][c-fC-F][0-9a-fA-F]{2})/.exec(rest.slice(4)) : null
  if (low === null) return single(unit, at + 6)
  return single(((unit & 0x3ff) << 10) + (Number.parseInt(low[1]!, 16) & 0x3ff) + 0x10000, at + 12)
}

/** The class at `at` (an opening bracket). */
export function readClass(text: PatternText, at: number): Atom {
  if (text.flags.includes('v')) return readSetNotation(text, at)
  const { source } = text
  // With Unicode properties the engine is asked once for the class, not once for each of them.
  const whole = text.isUnicode ? /^\[(?:[^\]\\]|\\[^])*\]/.exec(source.slice(at))?.[0] : undefined
  if (whole !== undefined && /\\p/i.test(whole)) return { set: askEngine(whole, text.flags), end: at + whole.length }
  const isNegated = source[at + 1] === '^'
  const ranges: number[] = []
  let index = at + (isNegated ? 2 : 1)
  while (source[index] !== ']') {
    const from = readMember(text, index)
    index = from.end
    if (source[index] === '-' && source[index + 1] !== ']' && source[index + 1] !== undefined) {
      const to = readMember(text, index + 1)
      index = to.end
      // Annex B: where a side is a set, the hyphen is itself.
      if (isPoint(from.set) && isPoint(to.set)) ranges.push(from.set[0]!, to.set[0]!)
      else ranges.push(...from.set, 45, 45, ...to.set)
    } else ranges.push(...from.set)
  }
  const end = index + 1
  const members = charSet(ranges)
  if (!isNegated) return { set: withCase(text, members, source.slice(at, end)), end }
  // A second caret is a member, and must not negate.
  const without = `[${source[at + 2] === '^' ? '\\' : ''}${source.slice(at + 2, end)}`
  return { set: complement(withCase(text, members, without), lastCharacter(text)), end }
}

function isPoint(set: CharSet): boolean {
  return set.length === 2 && set[0] === set[1]
}

function readMember(text: PatternText, at: number): Atom {
  const { source, isUnicode } = text
  if (source[at] === undefined) throw new UnknownSyntax()
  if (source[at] === '\\') {
    const escape = readEscape(text, at, true)
    if (escape === null) throw new UnknownSyntax()
    return escape
  }
  const point = isUnicode ? source.codePointAt(at)! : source.charCodeAt(at)
  return single(point, at + (point > LAST_UNIT ? 2 : 1))
}

/** With the flag `v` the engine says which characters a class holds; one that holds longer strings isn't followed. */
function readSetNotation(text: PatternText, at: number): Atom {
  const { source } = text
  let depth = 0
  let index = at
  do {
    const character = source[index]
    if (character === undefined) throw new UnknownSyntax()
    if (character === '\\') index++
    else if (character === '[') depth++
    else if (character === ']') depth--
    index++
  } while (depth > 0)
  const found = source.slice(at, index)
  if (/\\q|\\p\{(?:RGI|Basic_Emoji|Emoji_Keycap)/.test(found)) throw new UnknownSyntax()
  return { set: askEngine(found, text.flags), end: index }
}
