import { stripVTControlCharacters } from 'node:util'

/** Control characters but for tab and newline, and marks that turn the direction of what follows. */
const unsafe = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/g

/**
 * Text that a model wrote, made safe for a terminal: no escape sequence, no control character, no bidirectional
 * override. A sequence that is not over yet loses its first character and so does nothing.
 */
export function plain(text: string): string {
  return stripVTControlCharacters(text).replace(unsafe, '')
}

/** One JSON document with a newline after it; every control character in it is escaped, so nothing is lost. */
export function jsonLine(value: unknown, indent?: number): string {
  const text = JSON.stringify(value, replacer, indent) ?? 'null'
  const escaped = text.replace(
    /[\u007f-\u009f\u2028\u2029\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/g,
    (character) => {
      return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`
    },
  )
  return `${escaped}\n`
}

/** What JSON has no form for, as what a reader expects: big integers as strings, maps as objects, sets as lists. */
function replacer(_key: string, value: unknown): unknown {
  if (typeof value === 'bigint') return value.toString()
  if (value instanceof Map) return Object.fromEntries(value)
  return value instanceof Set ? [...value] : value
}
