import { CLOSING_QUOTES, type Lookahead } from './lookahead.ts'

/** What the text around a string tells of it. */
export interface StringContext {
  kind: 'key' | 'object' | 'array'
  /** A quotation is open inside the string, so that a quote may be the end of that. */
  isQuoting: boolean
  /** It has been shown to hold quotes that are not escaped. */
  isBroken: boolean
  /** Brackets that were opened in the string are not closed: it may quote JSON or code. */
  isInBrackets: boolean
  /** Keys without quotes have been seen in this document. */
  hasBareKeys: boolean
}

const WORD_OR_QUOTE = /[\p{L}\p{N}"'“”‘’`]/u
const LITERALS = new Set(['true', 'false', 'null', 'True', 'False', 'None'])

/** Whether the quote before `ahead` ends its string: whether the document goes on after it. */
export function endsString(ahead: Lookahead, place: StringContext): boolean {
  if (place.kind === 'key') return ahead.colon()
  if (place.isBroken && place.isInBrackets) {
    ahead.peek()
    return false
  }
  const gap = ahead.skipBlank()
  const next = ahead.peek()
  switch (place.kind) {
    case 'object':
      if (next === '}') return closes(ahead)
      if (next === ',') return entryFollows(ahead, place)
      return ahead.comment() ? gap !== '' || next !== '#' : gap !== '' && isKey(ahead, gap, place)
    case 'array':
      if (next === ']') return closes(ahead)
      if (next === ',') return elementFollows(ahead, place)
      return ahead.comment() ? gap !== '' || next !== '#' : gap !== '' && !place.isQuoting && isQuote(next)
    default: {
      const never: never = place.kind
      throw new Error(`unknown place ${String(never)}`)
    }
  }
}

/** A bracket that text follows at once was meant as text. */
function closes(ahead: Lookahead): boolean {
  return !WORD_OR_QUOTE.test(ahead.peek(1))
}

/** After a comma in an object. */
function entryFollows(ahead: Lookahead, place: StringContext): boolean {
  ahead.at++
  const gap = ahead.skipBlank()
  return ahead.peek() === '}' || ahead.comment() || isKey(ahead, gap, place)
}

/** In a string with quotes inside, a word and a colon may be text, unless on a new line or where other keys are bare too. */
function isKey(ahead: Lookahead, gap: string, place: StringContext): boolean {
  const key = ahead.key()
  return key === 'quoted' || (key === 'bare' && (gap.includes('\n') || place.hasBareKeys || !place.isBroken))
}

/** After a comma in an array. */
function elementFollows(ahead: Lookahead, place: StringContext): boolean {
  if (!place.isBroken) return true
  ahead.at++
  ahead.skipBlank()
  const next = ahead.peek()
  if (isQuote(next)) return !place.isQuoting
  if (next === ']' || ahead.comment() || opensContainerOrNumber(ahead)) return true
  const word = ahead.word()
  if (LITERALS.has(word)) return true
  ahead.skipBlank()
  return word !== '' && !place.isQuoting && (ahead.peek() === ',' || ahead.peek() === ']' || ahead.comment())
}

/** What comes after a string and white space: the next entry or element, more of the string, or neither. */
export type After = 'entry' | 'same-string' | 'nothing'

/**
 * Judges what stands after a value without a comma.
 * @param gap between the string and here; null: the value was no string, or something that is no text came between
 */
export function afterValue(ahead: Lookahead, gap: string | null, place: StringContext): After {
  return place.kind === 'array' ? afterElement(ahead, gap, place) : afterEntry(ahead, gap, place)
}

function afterEntry(ahead: Lookahead, gap: string | null, place: StringContext): After {
  const first = ahead.peek()
  if (gap === null) return ahead.key() === null ? 'nothing' : 'entry'
  if ((gap !== '' || first === '"') && isKey(ahead, gap, place)) return 'entry'
  return isMisplaced(first) ? 'nothing' : 'same-string'
}

function afterElement(ahead: Lookahead, gap: string | null, place: StringContext): After {
  const first = ahead.peek()
  if (gap === null)
    return isQuote(first) || opensContainerOrNumber(ahead) || LITERALS.has(ahead.word()) ? 'entry' : 'nothing'
  if (gap !== '' && (first === '{' || first === '[')) return 'entry'
  if (!isQuote(first)) return isMisplaced(first) ? 'nothing' : 'same-string'
  if (gap !== '') return 'entry'
  // `"a""b"` are two strings when the second ends like one.
  if (!ahead.quoted()) return 'same-string'
  return endsString(ahead, place) ? 'entry' : 'same-string'
}

/**
 * After a string and a comma in an object comes what is no key: then the quote before the comma was part of the
 * string, `"He left", she said"`, if what comes is text.
 */
export function goesOnAfterComma(ahead: Lookahead): boolean {
  return /[\p{L}\p{N}]/u.test(ahead.peek()) && ahead.key() === null
}

function isMisplaced(character: string): boolean {
  return character === '}' || character === ']' || character === ':' || character === '+'
}

function isQuote(character: string): boolean {
  return CLOSING_QUOTES[character] !== undefined
}

function opensContainerOrNumber(ahead: Lookahead): boolean {
  const first = ahead.peek()
  return first === '{' || first === '[' || /[0-9]/.test(first === '-' ? ahead.peek(1) : first)
}

/** Whether a quote between these characters opens a quotation inside a string. */
export function opensQuotation(before: string, after: string): boolean {
  return /^$|[\s([{—–:]/.test(before) && /[\p{L}\p{N}¿¡$€£([{<.…/-]/u.test(after)
}
