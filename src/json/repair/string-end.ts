import { CLOSING_QUOTES, type Lookahead } from './lookahead.ts'

/** What the text around a string says about it. */
export interface StringContext {
  kind: 'key' | 'object' | 'array' | 'root'
  /** A quotation is open inside the string, so that a quote may be the end of that. */
  isQuoting: boolean
  /** It has been shown to hold quotes that are not escaped. */
  isBroken: boolean
  /** Brackets that were opened in the string are not closed: it may quote JSON or code. */
  isInBrackets: boolean
  /** Keys without quotes have been seen in this document. */
  hasBareKeys: boolean
  /** Parentheses around the value are open. */
  isInParentheses: boolean
}

const WORD_OR_QUOTE = /[\p{L}\p{N}"'“”‘’`]/u
const LITERALS = new Set(['true', 'false', 'null', 'True', 'False', 'None'])

/** Whether the quote before `ahead` ends its string: whether the document continues after it. */
export function endsString(ahead: Lookahead, place: StringContext): boolean {
  if (place.kind === 'key') return ahead.colon()
  if (place.isBroken && place.isInBrackets) {
    ahead.peek()
    return false
  }
  const gap = ahead.skipBlank()
  const next = ahead.peek()
  if (next === ')' && place.isInParentheses) return closes(ahead)
  switch (place.kind) {
    case 'root':
      return next === '' && ahead.isWhole
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

/**
 * Whether another string is added to the one that the quote before `ahead` may end: `'a' + 'b'`, and `'a' 'b'`, which Python
 * joins. In an array the second is the next element.
 */
export function joinsString(ahead: Lookahead, place: StringContext): boolean {
  if (place.kind === 'key' || place.isQuoting || place.isInBrackets) return false
  const gap = ahead.skipBlank()
  if (ahead.peek() !== '+') return place.kind !== 'array' && gap !== '' && isQuote(ahead.peek()) && !isMember(ahead)
  ahead.at++
  ahead.skipComments()
  return isQuote(ahead.peek())
}

function isMember(ahead: Lookahead): boolean {
  return ahead.copy().key() !== null
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
 * Whether the text after a quote that is kept as text has the form of a member. Then there are two readings: the string
 * has a quote inside, or the quote before or after the member is missing or out of place. `ahead` starts after the quote.
 */
export function looksLikeMember(ahead: Lookahead, quote: string, place: StringContext): boolean {
  if (place.kind === 'key' || place.isInBrackets) return false
  return opensMember(ahead.copy(), quote) || (place.kind === 'object' && bareMemberFollows(ahead))
}

/** `d": "e"` after the quote: it opens a key. */
function opensMember(ahead: Lookahead, quote: string): boolean {
  const closing = CLOSING_QUOTES[quote] ?? quote
  for (; ahead.peek() !== closing; ahead.at++) if (/^[\r\n{}[\]]?$/.test(ahead.peek())) return false
  ahead.at++
  if (!ahead.colon()) return false
  ahead.at++
  ahead.skipBlank()
  return isQuote(ahead.peek()) || opensContainerOrNumber(ahead) || LITERALS.has(ahead.word())
}

/** `, x y: …` after the quote: it ends a value, and words and a colon follow. */
function bareMemberFollows(ahead: Lookahead): boolean {
  ahead.skipBlank()
  if (ahead.peek() !== ',') return false
  ahead.at++
  return colonBeforeQuote(ahead)
}

/** Whether words and a colon come next, with no quote between. */
function colonBeforeQuote(ahead: Lookahead): boolean {
  ahead.skipBlank()
  if (!/[\p{L}\p{N}_$]/u.test(ahead.peek())) return false
  ahead.takeWhile(/[\p{L}\p{N}_$ -]/u)
  return ahead.peek() === ':'
}

/** Whether a closing bracket inside a string, one more than were opened, is followed by what follows one in JSON. */
export function closesContainer(ahead: Lookahead): boolean {
  ahead.skipBlank()
  const next = ahead.peek()
  return next === ',' || next === ']' || next === '}' || (next === '' && ahead.isWhole)
}

/**
 * Judges what is after a value without a comma.
 * @param gap between the string and here; null: the value wasn't a string, or something that isn't text came between
 */
export function afterValue(ahead: Lookahead, gap: string | null, place: StringContext): After {
  return place.kind === 'array' ? afterElement(ahead, gap, place) : afterEntry(ahead, gap, place)
}

function afterEntry(ahead: Lookahead, gap: string | null, place: StringContext): After {
  const first = ahead.peek()
  if (gap === null) return ahead.key() === null ? 'nothing' : 'entry'
  if ((gap !== '' || first === '"') && isKey(ahead, gap, place)) return 'entry'
  // Strings after one another: Python joins them, others forget a comma or the quotes inside.
  if (gap !== '' && isQuote(first)) return 'nothing'
  return isMisplaced(first) ? 'nothing' : 'same-string'
}

function afterElement(ahead: Lookahead, gap: string | null, place: StringContext): After {
  const first = ahead.peek()
  if (gap === null)
    return isQuote(first) || opensContainerOrNumber(ahead) || LITERALS.has(ahead.word()) ? 'entry' : 'nothing'
  if (gap !== '' && (first === '{' || first === '[' || isWholeScalar(ahead.copy()))) return 'entry'
  if (!isQuote(first)) return isMisplaced(first) ? 'nothing' : 'same-string'
  if (gap !== '') return 'entry'
  // `"a""b"` are two strings when the second ends like one.
  if (!ahead.quoted()) return 'same-string'
  return endsString(ahead, place) ? 'entry' : 'same-string'
}

/** A number or literal that a comma, a closing bracket or a comment follows. */
function isWholeScalar(ahead: Lookahead): boolean {
  const isNumber = opensContainerOrNumber(ahead)
  if (ahead.peek() === '-') ahead.at++
  const word = ahead.takeWhile(/[\w.+-]/)
  if (isNumber ? !Number.isFinite(Number(word)) : !LITERALS.has(word)) return false
  ahead.skipBlank()
  const next = ahead.peek()
  return next === ',' || next === ']' || ahead.comment()
}

/** Whether a member or an element comes next, so that a comma of another script is meant as one. */
export function continuesAfterComma(ahead: Lookahead, isInArray: boolean): boolean {
  ahead.skipBlank()
  if (!isInArray) return ahead.quoted() && /^[:：]$/.test((ahead.skipBlank(), ahead.peek()))
  return isQuote(ahead.peek()) || opensContainerOrNumber(ahead) || LITERALS.has(ahead.word())
}

/**
 * After a string and a comma in an object comes what isn't a key: then the quote before the comma was part of the
 * string, `"He left", she said"`, if what comes is text.
 */
export function goesOnAfterComma(ahead: Lookahead): boolean {
  return /[\p{L}\p{N}]/u.test(ahead.peek()) && ahead.copy().key() === null && !colonBeforeQuote(ahead)
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
  return /^$|[\s([{—–:=]/.test(before) && /[\p{L}\p{N}¿¡$€£([{<.…/-]/u.test(after)
}
