import { MAX_LOOKAHEAD } from './repair/lookahead.ts'
import { KIND_ARRAY, KIND_BOOLEAN, KIND_NULL, KIND_NUMBER, KIND_OBJECT, KIND_STRING } from './value-kinds.ts'

/** Characters of a text that may be one value without brackets. */
export const LONGEST_SCALAR = 4096
const SCALARS = KIND_STRING | KIND_NUMBER | KIND_BOOLEAN | KIND_NULL

/** All of the text is a callback's call with a string, number or literal, and one that may become such a call. */
const SCALAR_CALL =
  /^((?=[\w$.]*(?:callback|jsonp))[A-Za-z_$][\w$.]*\(\s*)("(?:[^"\\\n]|\\.)*"|-?\d[\d.eE+-]*|true|false|null)\s*\)\s*;?\s*$/i
const CALL_BEGUN =
  /^[A-Za-z_$][\w$.]*(?:\(\s*(?:"(?:[^"\\\n]|\\.)*(?:\\|"\s*(?:\)\s*;?\s*)?)?|[-\w.+]*\s*(?:\)\s*;?\s*)?)?)?$/
/** JSON in a string, and what may become that. */
const STRINGIFIED = /^"(?:\s|\\[nrt])*[{[](?:\s|\\[nrt]|[{[])*\\"/
const STRINGIFIED_BEGUN = /^"(?:\s|\\[nrt]|[{[])*\\?$/
/** A string whose quotes are escaped. */
const ESCAPED = /^\\"(?:[^"\\\n]|\\.)*\\"\s*$/
/** Emphasis or inline code around all of the text. */
const EMPHASIS = /^(\*\*|__|[*_`])((?:(?!\1)[^\n])+)\1\s*$/
const AFTER_CALL = /^\s*\)\s*;?\s*$/
const AFTER_SCALAR = /^\s*,[\s`~]*$/

/** Where the value is in a text that is nothing but it and what is around it. */
export interface ValuePlace {
  start: number
  length: number
}

/** What is wanted, and where the text stands. */
export interface WantedValue {
  /** Kinds of value that may be the root, as bits. */
  root: number
  /** A value without brackets is wanted. */
  isBare: boolean
  isInFence: boolean
}

/**
 * Finds the one value that is all of a text, in a form that has more than the value: a call, emphasis, quotes that are
 * escaped, JSON in a string.
 *
 * @param isWhole no more text follows
 * @returns `null` for a text that has none of these forms
 */
export function wholeValueIn(text: string, wanted: WantedValue, isWhole: boolean): ValuePlace | 'waiting' | null {
  const { root, isBare, isInFence } = wanted
  const isShort = text.length <= LONGEST_SCALAR
  if ((root & SCALARS) !== 0 && !isInFence && isShort) {
    const call = isWhole ? SCALAR_CALL.exec(text) : null
    if (call !== null) return { start: call[1]!.length, length: call[2]!.length }
    if (!isWhole && CALL_BEGUN.test(text)) return 'waiting'
  }
  if (text[0] === '"' && (root & (KIND_OBJECT | KIND_ARRAY)) !== 0 && (root & KIND_STRING) === 0) {
    if (STRINGIFIED.test(text)) return { start: 0, length: text.length }
    if (!isWhole && text.length < MAX_LOOKAHEAD && STRINGIFIED_BEGUN.test(text)) return 'waiting'
  }
  if (text[0] === '\\' && (root & KIND_STRING) !== 0 && isShort) {
    if (!isWhole) return 'waiting'
    if (ESCAPED.test(text)) return { start: 0, length: text.trimEnd().length }
  }
  const emphasis = isBare && isWhole && isShort ? EMPHASIS.exec(text) : null
  return emphasis === null ? null : { start: emphasis[1]!.length, length: emphasis[2]!.length }
}

/**
 * Whether `after` belongs to a value that is all of the text: the end of a call or of emphasis, or a comma.
 *
 * @param before what was skipped before the value
 */
export function mayFollowValue(after: string, before: string, isCall: boolean): boolean {
  if (isCall) return AFTER_CALL.test(after)
  const mark = /(?:\*\*|__|[*_])$/.exec(before)?.[0]
  return after.trim() === mark || AFTER_SCALAR.test(after)
}
