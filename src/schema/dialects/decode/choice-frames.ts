import { CaptureFrame, SkipFrame, replayTokens } from './token-buffer.ts'
import type { Token } from './token-buffer.ts'
import { DecodeFrame } from './frame.ts'
import type { FrameStack } from './frame.ts'
import type { ObjectChoice, DecodePlan, WrapPlan } from './plan.ts'

/** The object around a root that the provider does not take unchanged. */
export class WrapFrame extends DecodeFrame {
  readonly #plan: WrapPlan
  #isOpen = false

  constructor(io: FrameStack, plan: WrapPlan) {
    super(io)
    this.#plan = plan
  }

  protected before(): DecodePlan | null {
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
export class ChoiceFrame extends DecodeFrame {
  readonly #choice: ObjectChoice
  #plan: DecodePlan | null = null
  #isLabelled = false

  constructor(io: FrameStack, choice: ObjectChoice) {
    super(io)
    this.#choice = choice
  }

  protected before(): DecodePlan | null {
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
class DiscriminatorFrame extends DecodeFrame {
  readonly #choice: ObjectChoice
  readonly #tokens: Token[] = []
  #isHere = false

  constructor(io: FrameStack, choice: ObjectChoice) {
    super(io)
    this.#choice = choice
  }

  protected before(): DecodePlan | null {
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
  override endNumber(value: number, text?: string): void {
    this.#tokens.push({ type: 'endNumber', value, text })
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
    replayTokens(this.#tokens, this.io)
  }
}
