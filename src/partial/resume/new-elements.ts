import { OpenDocument } from '../../json/sinks/open-document.ts'
import { replayValue } from '../../json/sinks/replay-value.ts'
import type { TokenSink } from '../../json/token-sink.ts'
import { RepeatedElements } from './repeated-elements.ts'

/**
 * Hands on the tokens of the elements that continue an open list, and its end, but for elements that are there already.
 * Until it is decided whether they are, elements are kept back.
 */
export class NewElements implements TokenSink {
  readonly #target: TokenSink
  readonly #repeated: RepeatedElements
  readonly #onRepeated: (count: number) => void
  #sink: TokenSink
  /** An element that is kept back, and may still be open. */
  #element: OpenDocument | null = null
  #depth = 0
  #isReported = false

  constructor(target: TokenSink, before: readonly unknown[], onRepeated: (count: number) => void) {
    this.#target = target
    this.#sink = target
    this.#repeated = new RepeatedElements(before)
    this.#onRepeated = onRepeated
  }

  /** Where a value goes that begins now. */
  #begin(): TokenSink {
    if (this.#depth > 0) return this.#sink
    this.#settle()
    // One that was cancelled begins again.
    if (this.#element === null) {
      this.#sink = this.#repeated.isDecided ? this.#target : (this.#element = new OpenDocument(true))
    }
    return this.#sink
  }

  /** The element that came last has ended: a string may continue until the next token. */
  #settle(): void {
    const element = this.#element
    if (element === null || !element.isDone) return
    this.#element = null
    this.#give(this.#repeated.push(element.value))
  }

  #give(elements: readonly unknown[]): void {
    if (this.#repeated.repeated > 0 && !this.#isReported) {
      this.#isReported = true
      this.#onRepeated(this.#repeated.repeated)
    }
    for (const element of elements) replayValue(this.#target, element)
  }

  beginObject(): void {
    this.#begin().beginObject()
    this.#depth++
  }
  key(name: string): void {
    this.#sink.key(name)
  }
  endObject(): void {
    this.#depth--
    this.#sink.endObject()
  }
  beginArray(): void {
    this.#begin().beginArray()
    this.#depth++
  }
  endArray(): void {
    if (this.#depth > 0) {
      this.#depth--
      this.#sink.endArray()
      return
    }
    this.#settle()
    this.#give(this.#repeated.end())
    this.#target.endArray()
  }
  beginString(): void {
    this.#begin().beginString()
  }
  growString(piece: string, soFar: string): void {
    this.#sink.growString(piece, soFar)
  }
  endString(value: string): void {
    this.#sink.endString(value)
  }
  beginNumber(): void {
    this.#begin().beginNumber()
  }
  endNumber(value: number, text?: string): void {
    this.#sink.endNumber(value, text)
  }
  beginLiteral(value: boolean | null): void {
    this.#begin().beginLiteral(value)
  }
  endLiteral(value: boolean | null): void {
    this.#sink.endLiteral(value)
  }
  reopenString(): void {
    this.#sink.reopenString?.()
  }
  cancelLiteral(): void {
    this.#sink.cancelLiteral?.()
  }
}
