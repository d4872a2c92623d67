import type { TokenSink } from '../token-sink.ts'

/**
 * Hands on the tokens of a tolerant reader without those that it takes back: for sinks that act on each token at once. A
 * string's end waits for the next token, and numbers and literals for their end.
 */
export class CertainTokens implements TokenSink {
  readonly #target: TokenSink
  /** Open containers. */
  #depth = 0
  /** The string that ended last, until the next token: a quote inside it may not have been escaped. */
  #ended: string | null = null
  /** Characters of the open string that were handed on as it grew. */
  #announced = 0

  constructor(target: TokenSink) {
    this.#target = target
  }

  /** The string that ended last has really ended. */
  settle(): void {
    const ended = this.#ended
    if (ended === null) return
    this.#ended = null
    this.#target.endString(ended)
  }

  beginObject(): void {
    this.settle()
    this.#depth++
    this.#target.beginObject()
  }
  key(name: string): void {
    this.settle()
    this.#target.key(name)
  }
  endObject(): void {
    this.settle()
    this.#depth--
    this.#target.endObject()
  }
  beginArray(): void {
    this.settle()
    this.#depth++
    this.#target.beginArray()
  }
  endArray(): void {
    this.settle()
    this.#depth--
    this.#target.endArray()
  }
  beginString(): void {
    this.settle()
    this.#announced = 0
    this.#target.beginString()
  }
  growString(piece: string, soFar: string): void {
    this.#announced = soFar.length
    this.#target.growString(piece, soFar)
  }
  endString(value: string): void {
    // No token follows a string at the root.
    if (this.#depth === 0) this.#target.endString(value)
    else this.#ended = value
  }
  reopenString(): void {
    const soFar = this.#ended
    if (soFar === null) {
      this.#target.reopenString?.()
      return
    }
    this.#ended = null
    if (soFar.length > this.#announced) this.growString(soFar.slice(this.#announced), soFar)
  }
  beginNumber(): void {
    this.settle()
  }
  endNumber(value: number, text?: string): void {
    this.#target.beginNumber()
    this.#target.endNumber(value, text)
  }
  beginLiteral(): void {
    this.settle()
  }
  endLiteral(value: boolean | null): void {
    this.#target.beginLiteral(value)
    this.#target.endLiteral(value)
  }
  /** Of numbers and literals nothing was handed on before their end. */
  cancelLiteral(): void {}
}
