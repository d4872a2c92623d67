import { LongText } from '../../json/long-text.ts'
import type { Repair } from '../../types.ts'
import { keepRepair } from './keep-repair.ts'

/** The text of an answer, and what of it is around the document that counts: the repairs that list it. */
export class TextAround {
  readonly #source: (() => string) | undefined
  /** All of the text, unless the caller keeps it. */
  readonly #kept: LongText | null
  /** Text after the document that counts. */
  readonly #after = new LongText()
  #afterStart = 0
  /** Offset from which on no text has been listed. */
  #listed = 0
  /** UTF-16 units so far. */
  length = 0

  /**
   * @param source gives all of the text
   * @param isNeeded the text is looked at again; without a `source` a copy is kept then
   */
  constructor(source: (() => string) | undefined, isNeeded: boolean) {
    this.#source = source
    this.#kept = source === undefined && isNeeded ? new LongText() : null
  }

  /** Gives all of the text; undefined: no one keeps it. */
  get source(): (() => string) | undefined {
    const kept = this.#kept
    return this.#source ?? (kept === null ? undefined : () => kept.whole)
  }

  /** @param isAfter the document that counts is complete */
  add(text: string, isAfter: boolean): void {
    this.length += text.length
    this.#kept?.add(text)
    if (isAfter) this.#after.add(text)
  }

  /** `rest`, which has just come, is after the document. */
  beginAfter(rest: string): void {
    this.#after.whole = rest
    this.#afterStart = this.length - rest.length
  }

  /** The document ended at `offset`. */
  beginAfterOffset(offset: number): void {
    this.beginAfter(this.slice(offset, this.length))
  }

  /** Offset of the first character after the document. */
  get afterStart(): number {
    return this.#afterStart
  }
  /** What has come after the document. */
  get after(): string {
    return this.#after.whole
  }

  /** Lists the text after the document, up to `end`. */
  listAfter(end: number, list: Repair[]): void {
    const text = this.after.slice(0, end - this.#afterStart)
    const before = text.trim()
    const position = this.#afterStart + text.indexOf(before)
    if (before !== '') keepRepair(list, { kind: 'text-after', position, before, after: '' })
  }

  /** What is before a document that begins at `start`, as a repair. `skipped` is the text just before it. */
  before(kind: string, start: number, skipped: string): Repair {
    const position = this.#listed
    const before = position === start - skipped.length ? skipped : this.slice(position, start)
    return { kind, position, before, after: '' }
  }

  /** Everything up to the end of the document has been listed. */
  markListed(): void {
    this.#listed = this.#afterStart
  }

  slice(from: number, to: number): string {
    return (this.source?.() ?? '').slice(from, to)
  }
}
