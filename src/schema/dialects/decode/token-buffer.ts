import type { TokenSink } from '../../../json/token-sink.ts'

/** A call of a `TokenSink`, kept for later. */
export type Token =
  | { type: 'beginObject' | 'endObject' | 'beginArray' | 'endArray' | 'beginString' | 'beginNumber' }
  | { type: 'key'; name: string }
  | { type: 'growString'; piece: string; soFar: string }
  | { type: 'endString'; value: string }
  | { type: 'endNumber'; value: number; text: string | undefined }
  | { type: 'beginLiteral' | 'endLiteral'; value: boolean | null }

/** Calls `sink` with what was kept. */
export function replayTokens(tokens: readonly Token[], sink: TokenSink): void {
  for (const token of tokens) {
    switch (token.type) {
      case 'key':
        sink.key(token.name)
        break
      case 'growString':
        sink.growString(token.piece, token.soFar)
        break
      case 'endString':
        sink.endString(token.value)
        break
      case 'endNumber':
        sink.endNumber(token.value, token.text)
        break
      case 'beginLiteral':
        sink.beginLiteral(token.value)
        break
      case 'endLiteral':
        sink.endLiteral(token.value)
        break
      case 'beginObject':
      case 'endObject':
      case 'beginArray':
      case 'endArray':
      case 'beginString':
      case 'beginNumber':
        sink[token.type]()
        break
      default: {
        const impossible: never = token
        return impossible
      }
    }
  }
}

/** Takes one value and ends with it. */
abstract class OneValue implements TokenSink {
  readonly #stack: { pop(): void }
  #depth = 0

  constructor(stack: { pop(): void }) {
    this.#stack = stack
  }

  protected abstract take(token: Token): void

  beginObject(): void {
    this.#depth++
    this.take({ type: 'beginObject' })
  }
  key(name: string): void {
    this.take({ type: 'key', name })
  }
  endObject(): void {
    this.#depth--
    this.#end({ type: 'endObject' })
  }
  beginArray(): void {
    this.#depth++
    this.take({ type: 'beginArray' })
  }
  endArray(): void {
    this.#depth--
    this.#end({ type: 'endArray' })
  }
  beginString(): void {
    this.take({ type: 'beginString' })
  }
  growString(piece: string, soFar: string): void {
    this.take({ type: 'growString', piece, soFar })
  }
  endString(value: string): void {
    this.#end({ type: 'endString', value })
  }
  beginNumber(): void {
    this.take({ type: 'beginNumber' })
  }
  endNumber(value: number, text?: string): void {
    this.#end({ type: 'endNumber', value, text })
  }
  beginLiteral(value: boolean | null): void {
    this.take({ type: 'beginLiteral', value })
  }
  endLiteral(value: boolean | null): void {
    this.#end({ type: 'endLiteral', value })
  }

  #end(token: Token): void {
    this.take(token)
    if (this.#depth === 0) this.#stack.pop()
  }
}

/** Keeps the tokens of one value. */
export class CaptureFrame extends OneValue {
  readonly #tokens: Token[]
  constructor(stack: { pop(): void }, tokens: Token[]) {
    super(stack)
    this.#tokens = tokens
  }
  protected take(token: Token): void {
    this.#tokens.push(token)
  }
}

/** Drops one value. */
export class SkipFrame extends OneValue {
  protected take(): void {}
}
