/**
 * Escape sequences of ECMA-48, whole or begun: strings (OSC, DCS, SOS, PM, APC) up to their terminator, control
 * sequences (CSI), and the short ones. A string also ends with its line, so that no more than that can be hidden.
 */
const sequences =
  /(?:\x1b[\]PX^_]|[\x90\x98\x9d-\x9f])[^\x07\x1b\x9c\n]*(?:\x07|\x9c|\x1b\\)?|(?:\x1b\[|\x9b)[0-?]*[ -/]*[@-~]?|\x1b[ -/]*[0-~]?/g

/** A whole sequence that may continue, and one of its strings, whose terminator may begin with the next ESC. */
const unfinished = /^(?:(?:\x1b[\]PX^_]|[\x90\x98\x9d-\x9f])[^\x07\x1b\x9c\n]*|(?:\x1b\[|\x9b)[0-?]*[ -/]*|\x1b[ -/]*)$/
const unfinishedString = /^(?:\x1b[\]PX^_]|[\x90\x98\x9d-\x9f])[^\x07\x1b\x9c\n]*$/

/**
 * Control characters except tab and newline, marks that turn the direction of what follows, and characters that are
 * never shown but can carry a text (tags, U+E0000 to U+E007F, and further variation selectors, U+E0100 to U+E01EF).
 */
const unsafe =
  /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]|\udb40[\udc00-\udc7f\udd00-\uddef]/g

/**
 * Returns text that a model wrote, made safe for a terminal: no escape sequence, no control character, no bidirectional
 * override, nothing invisible. Takes time in proportion to the text.
 */
export function plain(text: string): string {
  return text.replace(sequences, '').replace(unsafe, '')
}

/** Characters of an unfinished sequence that are waited for; a real one is far shorter. */
const patience = 1_000

/** Half of a character at the end. */
const half = /[\ud800-\udbff]$/

/** {@link plain} for text that comes in pieces: a sequence or a character cut in two is still removed. */
export class SafeText {
  #held = ''

  /** What of the text so far is new and certain. */
  push(piece: string): string {
    const text = this.#held + piece
    const begins = beginningOfLast(text)
    const isHeld = begins < text.length && text.length - begins < patience
    const at = isHeld ? begins : half.test(text) ? text.length - 1 : text.length
    this.#held = text.slice(at)
    return plain(text.slice(0, at))
  }
}

/** Where a sequence begins that the text ends in and that may continue; the text's length if there is none. */
function beginningOfLast(text: string): number {
  let before: RegExpMatchArray | undefined
  let last: RegExpMatchArray | undefined
  for (const match of text.matchAll(sequences)) {
    before = last
    last = match
  }
  if (last === undefined || last.index! + last[0].length < text.length || !unfinished.test(last[0])) return text.length
  const isAdjacent = before !== undefined && before.index! + before[0].length === last.index
  if (last[0] === '\x1b' && isAdjacent && unfinishedString.test(before![0])) return before!.index!
  return last.index!
}

/** One JSON document with a newline after it; every control character in it is escaped, so nothing is lost. */
export function jsonLine(value: unknown, indent?: number): string {
  const text = JSON.stringify(value, replacer, indent) ?? 'null'
  const escaped = text.replace(
    /[\u007f-\u009f\u2028\u2029\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]|\udb40[\udc00-\udc7f\udd00-\uddef]/g,
    (characters) => characters.replaceAll(/[^]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`),
  )
  return `${escaped}\n`
}

/** What JSON has no form for, as what a reader expects: big integers as strings, maps as objects, sets as lists. */
function replacer(_key: string, value: unknown): unknown {
  if (typeof value === 'bigint') return value.toString()
  if (value instanceof Map) return Object.fromEntries(value)
  return value instanceof Set ? [...value] : value
}
