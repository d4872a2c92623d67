/**
 * Escape sequences of ECMA-48, whole or begun: strings (OSC, DCS, SOS, PM, APC) up to their terminator, control
 * sequences (CSI), and the short ones. A string also ends with its line, so that no more than that can be hidden.
 */
const sequences =
  /(?:\x1b[\]PX^_]|[\x90\x98\x9d-\x9f])[^\x07\x1b\x9c\n]*(?:\x07|\x9c|\x1b\\)?|(?:\x1b\[|\x9b)[0-?]*[ -/]*[@-~]?|\x1b[ -/]*[0-~]?/g

/** A sequence at the end of a text that may go on. */
const unfinished =
  /(?:(?:\x1b[\]PX^_]|[\x90\x98\x9d-\x9f])[^\x07\x1b\x9c\n]*\x1b?|(?:\x1b\[|\x9b)[0-?]*[ -/]*|\x1b[ -/]*)$/

/** Control characters but for tab and newline, and marks that turn the direction of what follows. */
const unsafe = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/g

/** Text that a model wrote, made safe for a terminal: no escape sequence, no control character, no bidirectional override. */
export function plain(text: string): string {
  return text.replace(sequences, '').replace(unsafe, '')
}

/** Characters of an unfinished sequence that are waited for; a real one is far shorter. */
const patience = 1_000

/** {@link plain} for text that comes in pieces: a sequence cut in two is one all the same. */
export class SafeText {
  #held = ''

  /** What of the text so far is new and certain. */
  push(piece: string): string {
    const text = this.#held + piece
    const at = text.search(unfinished)
    const isHeld = at >= 0 && text.length - at < patience
    this.#held = isHeld ? text.slice(at) : ''
    return plain(isHeld ? text.slice(0, at) : text)
  }
}

/** One JSON document with a newline after it; every control character in it is escaped, so nothing is lost. */
export function jsonLine(value: unknown, indent?: number): string {
  const text = JSON.stringify(value, replacer, indent) ?? 'null'
  const escaped = text.replace(
    /[\u007f-\u009f\u2028\u2029\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
  return `${escaped}\n`
}

/** What JSON has no form for, as what a reader expects: big integers as strings, maps as objects, sets as lists. */
function replacer(_key: string, value: unknown): unknown {
  if (typeof value === 'bigint') return value.toString()
  if (value instanceof Map) return Object.fromEntries(value)
  return value instanceof Set ? [...value] : value
}
