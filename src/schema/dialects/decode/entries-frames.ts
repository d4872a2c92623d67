import { CaptureFrame, SkipFrame, replayTokens } from './token-buffer.ts'
import type { Token } from './token-buffer.ts'
import { DecodeFrame } from './frame.ts'
import type { FrameStack } from './frame.ts'
import { ENTRY_KEY, ENTRY_VALUE } from './plan.ts'
import type { EntriesPlan, DecodePlan } from './plan.ts'

/** A record that comes as an array of entries. */
export class EntriesFrame extends DecodeFrame {
  readonly #plan: EntriesPlan
  /** The keys belong to the object around this array. */
  readonly #isSpliced: boolean
  #index = 0

  constructor(io: FrameStack, plan: EntriesPlan, isSpliced: boolean) {
    super(io)
    this.#plan = plan
    this.#isSpliced = isSpliced
  }

  /** What isn't an entry is shown under its index, so that nothing vanishes. */
  protected before(): DecodePlan | null {
    this.io.target.key(String(this.#index++))
    return null
  }

  override beginObject(): void {
    this.io.push(new EntryFrame(this.io, this.#plan.value, String(this.#index++)))
  }

  override endArray(): void {
    if (!this.#isSpliced) this.io.target.endObject()
    this.io.pop()
  }
}

/** One `{ key, value }`; the value is handed on as it comes once the key is known. */
class EntryFrame extends DecodeFrame {
  readonly #plan: DecodePlan | null
  readonly #fallback: string
  #name: string | null = null
  #reading: string | null = null
  #hasValue = false
  #waiting: Token[] = []

  constructor(io: FrameStack, plan: DecodePlan | null, fallback: string) {
    super(io)
    this.#plan = plan
    this.#fallback = fallback
  }

  protected before(): DecodePlan | null {
    this.io.target.key(this.#name as string)
    this.#hasValue = true
    return this.#plan
  }

  override key(name: string): void {
    this.#reading = name
    if (name === ENTRY_KEY && this.#name === null) return
    const isValue = name === ENTRY_VALUE && !this.#hasValue && this.#waiting.length === 0
    if (!isValue) this.io.push(new SkipFrame(this.io))
    else if (this.#name === null) this.io.push(new CaptureFrame(this.io, this.#waiting))
  }

  override beginObject(): void {
    if (this.#reading !== ENTRY_KEY) return super.beginObject()
    this.io.push(new SkipFrame(this.io))
    return this.io.beginObject()
  }
  override beginArray(): void {
    if (this.#reading !== ENTRY_KEY) return super.beginArray()
    this.io.push(new SkipFrame(this.io))
    return this.io.beginArray()
  }
  override beginString(): void {
    if (this.#reading !== ENTRY_KEY) super.beginString()
  }
  override growString(piece: string, soFar: string): void {
    if (this.#reading !== ENTRY_KEY) super.growString(piece, soFar)
  }
  override endString(value: string): void {
    if (this.#reading === ENTRY_KEY) this.#named(value)
    else super.endString(value)
  }
  override beginNumber(): void {
    if (this.#reading !== ENTRY_KEY) super.beginNumber()
  }
  override endNumber(value: number, text?: string): void {
    if (this.#reading === ENTRY_KEY) this.#named(String(value))
    else super.endNumber(value, text)
  }
  override beginLiteral(value: boolean | null): void {
    if (this.#reading !== ENTRY_KEY) super.beginLiteral(value)
  }
  override endLiteral(value: boolean | null): void {
    if (this.#reading === ENTRY_KEY) this.#named(String(value))
    else super.endLiteral(value)
  }

  override endObject(): void {
    if (this.#waiting.length > 0) this.#named(this.#fallback)
    this.io.pop()
  }

  #named(name: string): void {
    this.#name = name
    this.#reading = ENTRY_VALUE
    const tokens = this.#waiting
    this.#waiting = []
    replayTokens(tokens, this.io)
  }
}
