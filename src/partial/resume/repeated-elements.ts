import { canonical } from '../cursor/unique-items.ts'

/** Characters of JSON from which on an element is hardly there twice by chance. */
const DISTINCT = 12

/**
 * Takes from the elements that continue a list what they repeat of it: the whole list, or its last elements where these
 * are distinct. An element is given out when it is certain that it is new.
 */
export class RepeatedElements {
  /** The elements of the list, as text. */
  readonly #before: readonly string[]
  /** Where in the list the elements may have begun again, and still agree. */
  #starts: number[]
  /** Where they began again if they are at the list's end: the longest repetition so far. */
  #whole: number | undefined
  #pending: unknown[] = []
  #isDecided: boolean
  /** How many elements were repeated, once that is known. */
  repeated = 0

  constructor(before: readonly unknown[]) {
    this.#before = before.map(canonical)
    this.#starts = before.map((_, index) => index)
    this.#isDecided = before.length === 0
  }

  /** Everything that comes from here on is new. */
  get isDecided(): boolean {
    return this.#isDecided
  }

  /** A further element; gives those that are certainly new. */
  push(element: unknown): readonly unknown[] {
    if (this.#isDecided) return [element]
    const text = canonical(element)
    const at = this.#pending.length
    this.#pending.push(element)
    const agreeing = this.#starts.filter((start) => this.#before[start + at] === text)
    const ended = agreeing.find((start) => start + at + 1 === this.#before.length)
    if (ended !== undefined) this.#whole = ended
    this.#starts = agreeing.filter((start) => start !== ended)
    return this.#starts.length > 0 ? [] : this.#decide()
  }

  /** The list is over; gives what was still open. */
  end(): readonly unknown[] {
    return this.#isDecided ? [] : this.#decide()
  }

  #decide(): readonly unknown[] {
    this.#isDecided = true
    const pending = this.#pending
    this.#pending = []
    const again = this.#whole === undefined ? [] : this.#before.slice(this.#whole)
    const isAll = this.#whole === 0 && new Set(again).size > 1
    if (isAll || again.some((text) => text.length >= DISTINCT)) this.repeated = again.length
    return pending.slice(this.repeated)
  }
}
