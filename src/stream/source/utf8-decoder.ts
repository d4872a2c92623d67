/** A place in bytes that is not UTF-8. */
export interface BadBytes {
  /** Of the first bad byte, from 0. */
  readonly byte: number
  /** UTF-16 offset, in the text that was decoded so far, of the character that replaces it. */
  readonly position: number
  readonly bytes: Uint8Array
  /** The bytes end in the middle of a character. */
  readonly isCut: boolean
}

/** The replacement for bytes that mean nothing (WHATWG Encoding, 4.1). */
const REPLACEMENT = '\uFFFD'
const BOM = 0xfeff

/**
 * Decodes UTF-8 that arrives in pieces, which may end inside a character, and text that is decoded already. A leading
 * byte order mark is left out. Bad bytes are reported and replaced, one U+FFFD for each maximal subpart, as `TextDecoder`
 * replaces them; `TextDecoder` doesn't say where they were.
 */
export class Utf8Decoder {
  readonly #onBad: (bad: BadBytes) => void
  readonly #fatal = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })
  /** Bytes of a character that has not ended. */
  #open: Uint8Array = NO_BYTES
  /** Bytes before `#open`. */
  #bytes = 0
  /** UTF-16 units given out. */
  #length = 0
  #isStarted = false

  /** What `onBad` throws ends the decoding. */
  constructor(onBad: (bad: BadBytes) => void) {
    this.#onBad = onBad
  }

  /** More of the source; gives the text that is certain by now. */
  push(piece: string | Uint8Array): string {
    if (typeof piece === 'string') {
      // Text cannot end a character that bytes began.
      const before = this.#open.length > 0 ? this.#flush() : ''
      this.#bytes += utf8Length(piece)
      return before + this.#give(piece)
    }
    const bytes = this.#open.length === 0 ? piece : joined(this.#open, piece)
    const whole = wholeLength(bytes)
    const text = this.#decode(bytes.subarray(0, whole))
    this.#bytes += whole
    // A copy: the caller may use its buffer again.
    this.#open = whole === bytes.length ? NO_BYTES : bytes.slice(whole)
    return text
  }

  /** The source has ended; gives the replacement for a character that was cut. */
  end(): string {
    return this.#open.length > 0 ? this.#flush() : ''
  }

  #flush(): string {
    const bytes = this.#open
    this.#open = NO_BYTES
    this.#report(0, bytes, true)
    this.#bytes += bytes.length
    return this.#give(REPLACEMENT)
  }

  #decode(bytes: Uint8Array): string {
    if (bytes.length === 0) return ''
    try {
      return this.#give(this.#fatal.decode(bytes))
    } catch {
      return this.#decodeBad(bytes)
    }
  }

  #decodeBad(bytes: Uint8Array): string {
    let text = ''
    let from = 0
    while (from < bytes.length) {
      const end = validUpTo(bytes, from)
      text += this.#give(this.#fatal.decode(bytes.subarray(from, end)))
      if (end === bytes.length) break
      const next = end + subpartLength(bytes, end)
      this.#report(end, bytes.subarray(end, next), false)
      text += this.#give(REPLACEMENT)
      from = next
    }
    return text
  }

  #report(at: number, bytes: Uint8Array, isCut: boolean): void {
    this.#onBad({ byte: this.#bytes + at, position: this.#length, bytes: bytes.slice(), isCut })
  }

  #give(text: string): string {
    if (text === '') return text
    const isMarked = !this.#isStarted && text.charCodeAt(0) === BOM
    this.#isStarted = true
    const given = isMarked ? text.slice(1) : text
    this.#length += given.length
    return given
  }
}

const NO_BYTES = new Uint8Array(0)

function joined(first: Uint8Array, second: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(first.length + second.length)
  bytes.set(first)
  bytes.set(second, first.length)
  return bytes
}

/** Bytes of the character that a lead byte begins; 0: it begins none. */
function lengthOf(lead: number): number {
  if (lead < 0x80) return 1
  if (lead >= 0xc2 && lead < 0xe0) return 2
  if (lead >= 0xe0 && lead < 0xf0) return 3
  if (lead >= 0xf0 && lead < 0xf5) return 4
  return 0
}

/** Whether `byte` may be the second of a character: overlong forms, surrogates and what is beyond U+10FFFF begin otherwise. */
function maySecond(lead: number, byte: number): boolean {
  switch (lead) {
    case 0xe0:
      return byte >= 0xa0 && byte < 0xc0
    case 0xed:
      return byte >= 0x80 && byte < 0xa0
    case 0xf0:
      return byte >= 0x90 && byte < 0xc0
    case 0xf4:
      return byte >= 0x80 && byte < 0x90
    default:
      return isContinuation(byte)
  }
}

function isContinuation(byte: number | undefined): boolean {
  return byte !== undefined && byte >= 0x80 && byte < 0xc0
}

/** Bytes from `at` on that could begin one character, but do not make a whole one: at least 1. */
function subpartLength(bytes: Uint8Array, at: number): number {
  const lead = bytes[at]!
  const wanted = lengthOf(lead)
  let length = 1
  while (length < wanted) {
    const byte = bytes[at + length]
    const isGood = byte !== undefined && (length === 1 ? maySecond(lead, byte) : isContinuation(byte))
    if (!isGood) break
    length++
  }
  return length
}

/** Where the first bad byte from `from` on is, or the length. */
function validUpTo(bytes: Uint8Array, from: number): number {
  let at = from
  while (at < bytes.length) {
    const wanted = lengthOf(bytes[at]!)
    if (wanted === 0 || subpartLength(bytes, at) < wanted) return at
    at += wanted
  }
  return at
}

/** Without the bytes of a last character that more bytes could make whole. */
function wholeLength(bytes: Uint8Array): number {
  const { length } = bytes
  for (let at = length - 1; at >= Math.max(0, length - 3); at--) {
    const byte = bytes[at]!
    if (isContinuation(byte)) continue
    const isOpen = lengthOf(byte) > length - at && subpartLength(bytes, at) === length - at
    return isOpen ? at : length
  }
  return length
}

/** Bytes of `text` in UTF-8. */
function utf8Length(text: string): number {
  let bytes = 0
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at)
    // Half of a surrogate pair: the two make four bytes.
    if (code >= 0xd800 && code < 0xe000) bytes += 2
    else bytes += code < 0x80 ? 1 : code < 0x800 ? 2 : 3
  }
  return bytes
}
