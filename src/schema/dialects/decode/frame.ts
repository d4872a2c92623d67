import type { TokenSink } from '../../../json/token-sink.ts'
import type { DecodePlan } from './plan.ts'

/** Where the frames of open containers stand; tokens go to the innermost. */
export interface FrameStack extends TokenSink {
  /** Receives the user's shape. */
  readonly target: TokenSink
  push(frame: TokenSink): void
  pop(): void
  /** An object begins, for which `plan` is in force. */
  startObject(plan: DecodePlan | null): void
  /** An array begins, for which `plan` is in force. */
  startArray(plan: DecodePlan | null): void
}

/** Hands tokens on; what differs overrides. `before` runs at the first token of each value directly inside. */
export abstract class DecodeFrame implements TokenSink {
  protected readonly io: FrameStack

  constructor(io: FrameStack) {
    this.io = io
  }

  /** The plan of the value that begins now. */
  protected abstract before(): DecodePlan | null

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
  endNumber(value: number, text?: string): void {
    this.io.target.endNumber(value, text)
  }
  beginLiteral(value: boolean | null): void {
    this.before()
    this.io.target.beginLiteral(value)
  }
  endLiteral(value: boolean | null): void {
    this.io.target.endLiteral(value)
  }
}
