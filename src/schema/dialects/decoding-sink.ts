import type { TokenSink } from '../../json/sink.ts'
import { CaptureFrame, SkipFrame, replay } from './captured.ts'
import type { Token } from './captured.ts'
import { ENTRY_KEY, ENTRY_VALUE, REST_KEY } from './plan.ts'
import type { EntriesPlan, ObjectChoice, ObjectPlan, Plan, PositionsPlan, WrapPlan } from './plan.ts'

/**
 * Turns the tokens of a provider's shape into those of the user's while they come, and hands them on.
 *
 * Each token costs O(1). Only where the order leaves no choice are tokens kept: a record's value that comes
 * before its key, tuple positions out of order, an object before its discriminator. An answer that is
 * not in the provider's shape (a provider that ignores the schema) is taken in the user's shape where
 * the two can be told apart.
 */
export class DecodingSink implements TokenSink {
  readonly target: TokenSink
  readonly #frames: TokenSink[]
  #top: TokenSink

  constructor(target: TokenSink, plan: Plan | null) {
    this.target = target
    this.#top = new RootFrame(this, plan)
    this.#frames = [this.#top]
  }

  push(frame: TokenSink): void {
    this.#frames.push(frame)
    this.#top = frame
  }

  pop(): void {
    this.#frames.pop()
    this.#top = this.#frames.at(-1) as TokenSink
  }

  /** An object begins, for which `plan` is in force. */
  startObject(plan: Plan | null): void {
    switch (plan?.op) {
      case 'wrap':
        this.push(new WrapFrame(this, plan))
        return
      case 'entries':
        // The natural form of a record instead of its entries.
        this.target.beginObject()
        this.push(new ObjectFrame(this, { op: 'object', fields: new Map(), extra: null, others: plan.value }))
        return
      case 'positions':
        this.target.beginArray()
        this.push(new PositionsFrame(this, plan))
        return
      case 'object':
        this.target.beginObject()
        this.push(new ObjectFrame(this, plan))
        return
      case 'union': {
        const { labels, discriminator, otherwise } = plan.object
        if (labels.size === 0 && discriminator === null) this.startObject(otherwise)
        else this.push(new ChoiceFrame(this, plan.object))
        return
      }
      case 'array':
      case undefined:
        this.target.beginObject()
        this.push(new PassFrame(this))
        return
      default: {
        const impossible: never = plan
        return impossible
      }
    }
  }

  /** An array begins, for which `plan` is in force. */
  startArray(plan: Plan | null): void {
    switch (plan?.op) {
      case 'wrap':
        this.startArray(plan.inner)
        return
      case 'entries':
        this.target.beginObject()
        this.push(new EntriesFrame(this, plan, false))
        return
      case 'positions':
        // The natural form of a tuple instead of its positions.
        this.target.beginArray()
        this.push(new ArrayFrame(this, plan.items.map((item) => item.plan), plan.rest ?? null))
        return
      case 'array':
        this.target.beginArray()
        this.push(new ArrayFrame(this, plan.prefix, plan.rest))
        return
      case 'union':
        this.startArray(plan.array)
        return
      case 'object':
      case undefined:
        this.target.beginArray()
        this.push(new PassFrame(this))
        return
      default: {
        const impossible: never = plan
        return impossible
      }
    }
  }

  beginObject(): void {
    this.#top.beginObject()
  }
  key(name: string): void {
    this.#top.key(name)
  }
  endObject(): void {
    this.#top.endObject()
  }
  beginArray(): void {
    this.#top.beginArray()
  }
  endArray(): void {
    this.#top.endArray()
  }
  beginString(): void {
    this.#top.beginString()
  }
  growString(piece: string, soFar: string): void {
    this.#top.growString(piece, soFar)
  }
  endString(value: string): void {
    this.#top.endString(value)
  }
  beginNumber(): void {
    this.#top.beginNumber()
  }
  endNumber(value: number): void {
    this.#top.endNumber(value)
  }
  beginLiteral(value: boolean | null): void {
    this.#top.beginLiteral(value)
  }
  endLiteral(value: boolean | null): void {
    this.#top.endLiteral(value)
  }
}

/** Hands tokens on; what differs overrides. `before` runs at the first token of each value directly inside. */
abstract class Frame implements TokenSink {
  protected readonly io: DecodingSink

  constructor(io: DecodingSink) {
    this.io = io
  }

  /** The plan of the value that begins now. */
  protected abstract before(): Plan | null

  beginObject(): void {
    this.io.startObject(this.before())
  }
  key(name: string): void {
    this.io.target.key(name)
  }
  endObject(): void {
    this.io.target.endObject()
    this.io.pop()
  }
  beginArray(): void {
    this.io.startArray(this.before())
  }
  endArray(): void {
    this.io.target.endArray()
    this.io.pop()
  }
  beginString(): void {
    this.before()
    this.io.target.beginString()
  }
  growString(piece: string, soFar: string): void {
    this.io.target.growString(piece, soFar)
  }
  endString(value: string): void {
    this.io.target.endString(value)
  }
  beginNumber(): void {
    this.before()
    this.io.target.beginNumber()
  }
  endNumber(value: number): void {
    this.io.target.endNumber(value)
  }
  beginLiteral(value: boolean | null): void {
    this.before()
    this.io.target.beginLiteral(value)
  }
  endLiteral(value: boolean | null): void {
    this.io.target.endLiteral(value)
  }
}

class RootFrame extends Frame {
  readonly #plan: Plan | null
  constructor(io: DecodingSink, plan: Plan | null) {
    super(io)
    this.#plan = plan
  }
  protected before(): Plan | null {
    return this.#plan
  }
}

/** Inside something that is the same in both shapes. */
class PassFrame extends Frame {
  #depth = 1
  protected before(): Plan | null {
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

class ArrayFrame extends Frame {
  readonly #prefix: readonly (Plan | null)[]
  readonly #rest: Plan | null
  #index = 0
  constructor(io: DecodingSink, prefix: readonly (Plan | null)[], rest: Plan | null) {
    super(io)
    this.#prefix = prefix
    this.#rest = rest
  }
  protected before(): Plan | null {
    const index = this.#index++
    return index < this.#prefix.length ? (this.#prefix[index] as Plan | null) : this.#rest
  }
}

class ObjectFrame extends Frame {
  readonly #plan: ObjectPlan
  /** A key that is only handed on once its value is known not to be `null`. */
  #held: string | null = null
  #extraKey: string | null = null
  #next: Plan | null = null
  #dropping = false

  constructor(io: DecodingSink, plan: ObjectPlan) {
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

  protected before(): Plan | null {
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

class EntriesFrame extends Frame {
  readonly #plan: EntriesPlan
  /** The keys belong to the object around this array. */
  readonly #isSpliced: boolean
  #index = 0

  constructor(io: DecodingSink, plan: EntriesPlan, isSpliced: boolean) {
    super(io)
    this.#plan = plan
    this.#isSpliced = isSpliced
  }

  /** What is no entry is shown under its index, so that nothing vanishes. */
  protected before(): Plan | null {
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

class EntryFrame extends Frame {
  readonly #plan: Plan | null
  readonly #fallback: string
  #name: string | null = null
  #reading: string | null = null
  #hasValue = false
  #waiting: Token[] = []

  constructor(io: DecodingSink, plan: Plan | null, fallback: string) {
    super(io)
    this.#plan = plan
    this.#fallback = fallback
  }

  protected before(): Plan | null {
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
  override endNumber(value: number): void {
    if (this.#reading === ENTRY_KEY) this.#named(String(value))
    else super.endNumber(value)
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
    replay(tokens, this.io)
  }
}

class WrapFrame extends Frame {
  readonly #plan: WrapPlan
  #isOpen = false

  constructor(io: DecodingSink, plan: WrapPlan) {
    super(io)
    this.#plan = plan
  }

  protected before(): Plan | null {
    return this.#plan.inner
  }

  override key(name: string): void {
    if (this.#isOpen) this.io.push(new SkipFrame(this.io))
    else if (name === this.#plan.key) this.#isOpen = true
    else {
      this.#unwrapped()
      this.io.key(name)
    }
  }

  override endObject(): void {
    if (this.#isOpen) this.io.pop()
    else {
      this.#unwrapped()
      this.io.endObject()
    }
  }

  /** The value itself came instead of the object around it. */
  #unwrapped(): void {
    this.io.pop()
    this.io.startObject(this.#plan.inner)
  }
}

/** An object of which it is not known yet which plan is its own. */
class ChoiceFrame extends Frame {
  readonly #choice: ObjectChoice
  #plan: Plan | null = null
  #isLabelled = false

  constructor(io: DecodingSink, choice: ObjectChoice) {
    super(io)
    this.#choice = choice
  }

  protected before(): Plan | null {
    return this.#plan
  }

  override key(name: string): void {
    const { labels, discriminator } = this.#choice
    const labelled = labels.get(name)
    if (this.#isLabelled) this.io.push(new SkipFrame(this.io))
    else if (labelled !== undefined) {
      this.#isLabelled = true
      this.#plan = labelled
    } else if (discriminator !== null) {
      this.io.pop()
      this.io.push(new DiscriminatorFrame(this.io, this.#choice))
      this.io.key(name)
    } else {
      this.#decided()
      this.io.key(name)
    }
  }

  override endObject(): void {
    if (this.#isLabelled) this.io.pop()
    else {
      this.#decided()
      this.io.endObject()
    }
  }

  #decided(): void {
    this.io.pop()
    this.io.startObject(this.#choice.otherwise)
  }
}

/** Keeps an object's tokens until its discriminator has come, which is asked for first. */
class DiscriminatorFrame extends Frame {
  readonly #choice: ObjectChoice
  readonly #tokens: Token[] = []
  #isHere = false

  constructor(io: DecodingSink, choice: ObjectChoice) {
    super(io)
    this.#choice = choice
  }

  protected before(): Plan | null {
    return null
  }

  override key(name: string): void {
    this.#tokens.push({ type: 'key', name })
    this.#isHere = name === this.#choice.discriminator?.key
    if (!this.#isHere) this.io.push(new CaptureFrame(this.io, this.#tokens))
  }

  override beginObject(): void {
    this.#decide(undefined)
    this.io.beginObject()
  }
  override beginArray(): void {
    this.#decide(undefined)
    this.io.beginArray()
  }
  override beginString(): void {
    this.#tokens.push({ type: 'beginString' })
  }
  override growString(piece: string, soFar: string): void {
    this.#tokens.push({ type: 'growString', piece, soFar })
  }
  override endString(value: string): void {
    this.#tokens.push({ type: 'endString', value })
    this.#decide(value)
  }
  override beginNumber(): void {
    this.#tokens.push({ type: 'beginNumber' })
  }
  override endNumber(value: number): void {
    this.#tokens.push({ type: 'endNumber', value })
    this.#decide(value)
  }
  override beginLiteral(value: boolean | null): void {
    this.#tokens.push({ type: 'beginLiteral', value })
  }
  override endLiteral(value: boolean | null): void {
    this.#tokens.push({ type: 'endLiteral', value })
    this.#decide(value)
  }
  override endObject(): void {
    this.#decide(undefined)
    this.io.endObject()
  }

  #decide(value: unknown): void {
    const { discriminator, otherwise } = this.#choice
    const plan = discriminator?.cases.get(value)
    this.io.pop()
    this.io.startObject(plan === undefined ? otherwise : plan)
    replay(this.#tokens, this.io)
  }
}

/** A tuple that comes as an object. */
class PositionsFrame extends Frame {
  readonly #plan: PositionsPlan
  readonly #early = new Map<number, Token[]>()
  #next = 0
  /** Dropped elements, written as `null` after all when another one follows: an array has no holes. */
  #dropped = 0
  #current: number | typeof REST_KEY | null = null
  #dropping = false

  constructor(io: DecodingSink, plan: PositionsPlan) {
    super(io)
    this.#plan = plan
  }

  protected before(): Plan | null {
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
    // A name that is no position, or one that has been there, is shown nowhere.
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
      replay(tokens, this.io)
    }
  }
}

/** The elements of a tuple that have no position of their own. */
class RestFrame extends Frame {
  readonly #before: () => Plan | null
  constructor(io: DecodingSink, before: () => Plan | null) {
    super(io)
    this.#before = before
  }
  protected before(): Plan | null {
    return this.#before()
  }
  override endArray(): void {
    this.io.pop()
  }
}
