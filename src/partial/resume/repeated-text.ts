/** Characters of the last words that a model is asked to repeat. */
const LONGEST_REMINDER = 40
const MOST_WORDS = 3
/** Characters that a repetition of less than the last words has at least: two texts agree in fewer by chance. */
const LEAST = 3

/**
 * The last words of a text that was cut, which the model is asked to repeat before it continues: so the join can be
 * checked. All of a short text.
 */
export function lastWords(text: string): string {
  const end = text.slice(-LONGEST_REMINDER)
  const starts = wordStarts(end).slice(-MOST_WORDS)
  // A text without spaces, or in a script that has none, is cut by length.
  const from = text.length <= LONGEST_REMINDER ? (starts[0] ?? 0) : (starts[0] ?? LONGEST_REMINDER / 2)
  const last = end.slice(from)
  return /^[\uDC00-\uDFFF]/.test(last) ? last.slice(1) : last
}

function wordStarts(text: string): number[] {
  return [...text.matchAll(/(?<![\p{L}\p{N}_])[\p{L}\p{N}_]/gu)].map(({ index }) => index)
}

/**
 * Takes from the text that continues another one what it repeats of it: the whole text, its last words, or a part of
 * them that begins with a word. Nothing is given out before it is certain that it is new.
 */
export class RepeatedText {
  readonly #before: string
  /** What may be repeated other than the whole text, longest first. */
  readonly #ends: readonly string[]
  #pending = ''
  /** What is pending is the beginning of the whole text. */
  #isWhole = true
  #isDecided: boolean
  #length = 0
  /** What was repeated, once that is known. */
  repeated = ''

  constructor(before: string) {
    this.#before = before
    const last = lastWords(before)
    const parts = wordStarts(last).map((start) => last.slice(start))
    this.#ends = [...new Set([last, ...parts.filter((part) => part.length >= LEAST)])].filter((part) => part !== '')
    this.#isDecided = before === ''
  }

  /** Everything that comes from here on is new. */
  get isDecided(): boolean {
    return this.#isDecided
  }

  /** Characters that came. */
  get length(): number {
    return this.#length
  }

  /** More of the text; gives what of it is certainly new. */
  push(piece: string): string {
    this.#length += piece.length
    if (this.#isDecided) return piece
    const at = this.#pending.length
    this.#pending += piece
    const rest = this.#before.slice(at, at + piece.length)
    this.#isWhole &&=
      piece.startsWith(rest) && (rest.length === piece.length || at + rest.length === this.#before.length)
    if (this.#isWhole && this.#pending.length < this.#before.length) return ''
    if (
      !this.#isWhole &&
      this.#ends.some((end) => end.length > this.#pending.length && end.startsWith(this.#pending))
    ) {
      return ''
    }
    return this.#decide()
  }

  /** The text is over; gives what was still open. */
  end(): string {
    if (this.#isDecided) return ''
    this.#isWhole &&= this.#pending.length >= this.#before.length
    return this.#decide()
  }

  #decide(): string {
    this.#isDecided = true
    const text = this.#pending
    this.#pending = ''
    this.repeated = this.#isWhole ? this.#before : (this.#ends.find((end) => text.startsWith(end)) ?? '')
    return text.slice(this.repeated.length)
  }
}
