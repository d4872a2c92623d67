import { EntriesFrame } from './entries-frames.ts'
import { DecodeFrame } from './frame.ts'
import type { FrameStack } from './frame.ts'
import type { ObjectPlan, DecodePlan } from './plan.ts'

/** Around the whole document. */
export class RootFrame extends DecodeFrame {
  readonly #plan: DecodePlan | null
  constructor(io: FrameStack, plan: DecodePlan | null) {
    super(io)
    this.#plan = plan
  }
  protected before(): DecodePlan | null {
    return this.#plan
  }
}

/** Inside something that is the same in both shapes. */
export class PassFrame extends DecodeFrame {
  #depth = 1
  protected before(): DecodePlan | null {
    return null
  }
  override beginObject(): void {
    this.#depth++
    this.io.target.beginObject()
  }
  override beginArray(): void {
    this.#depth++
    this.io.target.beginArray()
  }
  override endObject(): void {
    this.io.target.endObject()
    if (--this.#depth === 0) this.io.pop()
  }
  override endArray(): void {
    this.io.target.endArray()
    if (--this.#depth === 0) this.io.pop()
  }
}

/** The same array, with changes inside. */
export class ArrayFrame extends DecodeFrame {
  readonly #prefix: readonly (DecodePlan | null)[]
  readonly #rest: DecodePlan | null
  #index = 0
  constructor(io: FrameStack, prefix: readonly (DecodePlan | null)[], rest: DecodePlan | null) {
    super(io)
    this.#prefix = prefix
    this.#rest = rest
  }
  protected before(): DecodePlan | null {
    const index = this.#index++
    return index < this.#prefix.length ? (this.#prefix[index] as DecodePlan | null) : this.#rest
  }
}

/** The same object, with changes inside. */
export class ObjectFrame extends DecodeFrame {
  readonly #plan: ObjectPlan
  /** A key that is only handed on once its value is known not to be `null`. */
  #held: string | null = null
  #extraKey: string | null = null
  #next: DecodePlan | null = null
  #dropping = false

  constructor(io: FrameStack, plan: ObjectPlan) {
    super(io)
    this.#plan = plan
  }

  override key(name: string): void {
    const { fields, extra, others } = this.#plan
    const field = fields.get(name)
    this.#held = null
    this.#extraKey = null
    if (field === undefined && extra !== null && extra.key === name) {
      this.#extraKey = name
      return
    }
    this.#next = field === undefined ? others : field.plan
    if (field?.dropNull === true) this.#held = name
    else this.io.target.key(name)
  }

  protected before(): DecodePlan | null {
    if (this.#extraKey !== null) {
      // Not the entries that were asked for: shown under its own name.
      this.io.target.key(this.#extraKey)
      this.#extraKey = null
      return null
    }
    if (this.#held !== null) this.io.target.key(this.#held)
    this.#held = null
    return this.#next
  }

  override beginArray(): void {
    const { extra } = this.#plan
    if (this.#extraKey === null || extra === null) return super.beginArray()
    this.#extraKey = null
    return this.io.push(new EntriesFrame(this.io, { op: 'entries', value: extra.value }, true))
  }

  override beginLiteral(value: boolean | null): void {
    this.#dropping = value === null && this.#held !== null
    if (!this.#dropping) super.beginLiteral(value)
  }

  override endLiteral(value: boolean | null): void {
    if (!this.#dropping) super.endLiteral(value)
    this.#dropping = false
  }
}
