import { CaptureFrame, SkipFrame, replayTokens } from './token-buffer.ts'
import type { Token } from './token-buffer.ts'
import { DecodeFrame } from './frame.ts'
import type { FrameStack } from './frame.ts'
import { REST_KEY } from './plan.ts'
import type { DecodePlan, PositionsPlan } from './plan.ts'

/** A tuple that comes as an object. */
export class PositionsFrame extends DecodeFrame {
  readonly #plan: PositionsPlan
  readonly #early = new Map<number, Token[]>()
  #next = 0
  /** Dropped elements, written as `null` after all when another one follows: an array has no holes. */
  #dropped = 0
  #current: number | typeof REST_KEY | null = null
  #dropping = false

  constructor(io: FrameStack, plan: PositionsPlan) {
    super(io)
    this.#plan = plan
  }

  protected before(): DecodePlan | null {
    for (; this.#dropped > 0; this.#dropped--) {
      this.io.target.beginLiteral(null)
      this.io.target.endLiteral(null)
    }
    if (typeof this.#current !== 'number') return this.#plan.rest ?? null
    return this.#plan.items[this.#current]?.plan ?? null
  }

  override key(name: string): void {
    if (name === REST_KEY && this.#plan.rest !== undefined) {
      this.#flush(Infinity)
      this.#current = REST_KEY
      return
    }
    const index = /^(?:0|[1-9]\d{0,8})$/.test(name) ? Number(name) : -1
    this.#flush(index)
    if (index === this.#next) {
      this.#current = index
      this.#next++
      return
    }
    // A name that isn't a position, or one that has been there, is shown nowhere.
    if (index < this.#next || this.#early.has(index)) return this.io.push(new SkipFrame(this.io))
    const tokens: Token[] = []
    this.#early.set(index, tokens)
    return this.io.push(new CaptureFrame(this.io, tokens))
  }

  override beginArray(): void {
    if (this.#current !== REST_KEY) return super.beginArray()
    return this.io.push(new RestFrame(this.io, () => this.before()))
  }

  override beginLiteral(value: boolean | null): void {
    const isItem = typeof this.#current === 'number'
    this.#dropping = value === null && isItem && this.#plan.items[this.#current as number]?.dropNull === true
    if (!this.#dropping) super.beginLiteral(value)
  }

  override endLiteral(value: boolean | null): void {
    if (this.#dropping) this.#dropped++
    else super.endLiteral(value)
    this.#dropping = false
  }

  override endObject(): void {
    this.#flush(Infinity)
    this.io.target.endArray()
    this.io.pop()
  }

  /** Writes what came early and can be written now; with `Infinity`, everything, gaps or not. */
  #flush(upTo: number): void {
    for (const index of [...this.#early.keys()].sort((left, right) => left - right)) {
      if (index !== this.#next && upTo !== Infinity) return
      const tokens = this.#early.get(index) as Token[]
      this.#early.delete(index)
      this.#current = index
      this.#next = index + 1
      replayTokens(tokens, this.io)
    }
  }
}

/** The elements of a tuple without a declared position. */
class RestFrame extends DecodeFrame {
  readonly #before: () => DecodePlan | null
  constructor(io: FrameStack, before: () => DecodePlan | null) {
    super(io)
    this.#before = before
  }
  protected before(): DecodePlan | null {
    return this.#before()
  }
  override endArray(): void {
    this.io.pop()
  }
}
