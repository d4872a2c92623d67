import { LongText } from '../../json/long-text.ts'
import { WireFault } from './wire-fault.ts'
import { asName, asObject, type WireObject } from './wire-value.ts'

/** A candidate that is not the first. */
interface Other {
  readonly text: LongText
  /** Until the first candidate has come: this one is the answer if there is none. */
  pieces: WireObject[]
}

/** How a wire's reader reads its candidates. */
export interface CandidateReader {
  /** Reads a piece of the answer. */
  answer(piece: WireObject): void
  /** The text of a piece, to report it. */
  textOf(piece: WireObject): string
  /** Whether an index that is left out means the first candidate also where others have one (protobuf drops zeros). */
  readonly omitsZero: boolean
}

/**
 * Tells the candidates of an answer (`choices`, `candidates`) apart by their `index`. The first is the answer; the
 * others are collected and reported. If only one other came, it is the answer.
 */
export class Candidates {
  readonly #reader: CandidateReader
  readonly #others = new Map<string, Other>()
  #isZeroGiven = false
  #isZeroOmitted = false

  constructor(reader: CandidateReader) {
    this.#reader = reader
  }

  /** The candidates of one chunk. */
  read(list: readonly unknown[]): void {
    const seen = new Set<string>()
    for (const item of list) {
      const piece = asObject(item)
      if (piece === undefined) continue
      const index = this.#indexOf(piece)
      if (seen.has(index)) throw new WireFault(`sent two candidates with the index ${index} in one event`)
      seen.add(index)
      if (index === '0') this.#reader.answer(piece)
      else this.#collect(index, piece)
    }
  }

  /** The end of the stream. Returns the texts of the candidates that are not the answer. */
  end(): string[] {
    const others = [...this.#others.values()]
    if (this.#hasFirst || others.length === 0) return others.map(({ text }) => text.whole)
    if (others.length > 1) throw new WireFault('sent several candidates, and none of them is the first')
    for (const piece of others[0]!.pieces) this.#reader.answer(piece)
    return []
  }

  get #hasFirst(): boolean {
    return this.#isZeroGiven || this.#isZeroOmitted
  }

  #indexOf(piece: WireObject): string {
    const { index } = piece
    const given = typeof index === 'number' ? String(index) : asName(index)?.trim()
    if (given === undefined) this.#isZeroOmitted = true
    else if (given === '0') this.#isZeroGiven = true
    const isMixed = this.#reader.omitsZero ? this.#isZeroGiven && this.#isZeroOmitted : this.#isZeroOmitted
    const hasOthers = this.#others.size > 0 || (given !== undefined && given !== '0')
    if (isMixed && hasOthers) throw new WireFault('sent several candidates, and left out the index of some pieces')
    return given ?? '0'
  }

  #collect(index: string, piece: WireObject): void {
    const other = this.#others.get(index) ?? { text: new LongText(), pieces: [] }
    this.#others.set(index, other)
    other.text.add(this.#reader.textOf(piece))
    if (!this.#hasFirst) other.pieces.push(piece)
  }
}
