import { LONGEST_TEXT, type WireItem } from '../protocol.ts'
import type { Encoder } from './format.ts'
import { FrameBudget, type FrameCosts } from './frame-budget.ts'

/** Characters of text after which an id is sent again: so much may be sent twice when a connection breaks. */
const ID_EVERY = 1_024

/** How one format writes an event with its id, and text without one. */
export interface FrameWriter {
  readonly costs: FrameCosts
  /** Bytes that an id adds. */
  readonly idCost: number
  numbered(item: WireItem): string
  text(text: string): string
}

/**
 * Frames the events of our protocol. At first each event has its id; once that has cost enough, text that comes together
 * goes into one frame, without an id most of the time. A reader that comes back after such text gets it again, and
 * leaves out as many characters as it has.
 */
export class WireFrames implements Encoder {
  readonly #writer: FrameWriter
  readonly #budget: FrameBudget
  /** Text that waits for its frame, with the id at its end. */
  #waiting: { item: WireItem; text: string } | undefined
  #charsWithoutId = 0
  #out = ''

  constructor(writer: FrameWriter) {
    this.#writer = writer
    this.#budget = new FrameBudget(writer.costs)
  }

  get missing(): number {
    return this.#budget.missing()
  }

  encode(items: readonly WireItem[]): string {
    this.#out = ''
    for (const item of items) this.#take(item)
    this.#flush()
    return this.#out
  }

  #take(item: WireItem): void {
    const { event } = item
    const { costs, idCost } = this.#writer
    if (event.type !== 'text-delta') {
      this.#flush()
      // The reader has to know what text without an id means.
      this.#number(event.type === 'hello' ? { ...item, event: { ...event, sparse: true } } : item)
    } else if (this.#waiting === undefined && this.#budget.missing(costs.frame + idCost) <= event.text.length) {
      this.#number(item)
    } else {
      this.#waiting = { item, text: (this.#waiting?.text ?? '') + event.text }
      if (this.#waiting.text.length >= LONGEST_TEXT) this.#flush()
    }
  }

  #flush(): void {
    if (this.#waiting === undefined) return
    const { item, text } = this.#waiting
    this.#waiting = undefined
    this.#charsWithoutId += text.length
    if (this.#charsWithoutId >= ID_EVERY) this.#number({ ...item, event: { type: 'text-delta', text } })
    else this.#write(this.#writer.text(text), text.length)
  }

  #number(item: WireItem): void {
    const { event } = item
    this.#charsWithoutId = 0
    // What isn't text costs what it costs.
    const frame = this.#writer.numbered(item)
    const isDelta = event.type === 'text-delta' || event.type === 'reasoning-delta' || event.type === 'tool-call-delta'
    this.#write(frame, isDelta ? event.text.length : frame.length)
  }

  #write(frame: string, chars: number): void {
    this.#out += frame
    if (frame.length !== chars) this.#budget.note(chars, frame.length - chars)
  }
}
