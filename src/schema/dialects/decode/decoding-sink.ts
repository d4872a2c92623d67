import type { TokenSink } from '../../../json/token-sink.ts'
import { ChoiceFrame, WrapFrame } from './choice-frames.ts'
import { ArrayFrame, ObjectFrame, PassFrame, RootFrame } from './container-frames.ts'
import { EntriesFrame } from './entries-frames.ts'
import type { FrameStack } from './frame.ts'
import type { DecodePlan } from './plan.ts'
import { PositionsFrame } from './positions-frame.ts'

/**
 * Turns the tokens of a provider's shape into those of the user's while they come, and hands them on.
 *
 * Each token costs O(1). Only where the order leaves no choice are tokens kept: a record's value that comes
 * before its key, tuple positions out of order, an object before its discriminator. An answer that is
 * not in the provider's shape (a provider that ignores the schema) is taken in the user's shape where
 * the two can be distinguished.
 */
export class DecodingSink implements FrameStack {
  readonly target: TokenSink
  readonly #frames: TokenSink[]
  #top: TokenSink

  constructor(target: TokenSink, plan: DecodePlan | null) {
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
  startObject(plan: DecodePlan | null): void {
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
  startArray(plan: DecodePlan | null): void {
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
        this.push(
          new ArrayFrame(
            this,
            plan.items.map((item) => item.plan),
            plan.rest ?? null,
          ),
        )
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
  endNumber(value: number, text?: string): void {
    this.#top.endNumber(value, text)
  }
  beginLiteral(value: boolean | null): void {
    this.#top.beginLiteral(value)
  }
  endLiteral(value: boolean | null): void {
    this.#top.endLiteral(value)
  }
}
