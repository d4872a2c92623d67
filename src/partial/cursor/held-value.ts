import type { TokenSink } from '../../json/token-sink.ts'

type Token = (sink: TokenSink) => void

/** The tokens of one value whose place isn't known yet, to be read when it is. */
export class HeldValue implements TokenSink {
  /** All of it has come; a string may still turn out to continue. */
  isDone = false
  /** It was given up early, since its place is known now. */
  isCutShort = false
  /** Keys directly inside, in order. */
  readonly keys: string[] = []
  /** Keys directly inside whose values are arrays, and where their tokens begin and end. */
  readonly lists: { key: string; from: number; to: number }[] = []
  readonly #tokens: Token[] = []
  readonly #onEnd: (held: HeldValue) => void
  readonly #decides: (key: string) => boolean
  #depth = 0

  /** @param decides whether a key directly inside makes the place known */
  constructor(onEnd: (held: HeldValue) => void, decides: (key: string) => boolean = () => false) {
    this.#onEnd = onEnd
    this.#decides = decides
  }

  finish(): void {
    this.#onEnd(this)
  }

  replay(sink: TokenSink, from = 0, to = this.#tokens.length): void {
    for (let index = from; index < to; index++) this.#tokens[index]!(sink)
  }

  #end(token: Token): void {
    this.#tokens.push(token)
    this.isDone = this.#depth === 0
  }

  beginObject(): void {
    this.#depth++
    this.#tokens.push((sink) => sink.beginObject())
  }
  key(name: string): void {
    this.#tokens.push((sink) => sink.key(name))
    if (this.#depth !== 1) return
    this.keys.push(name)
    this.isDone = this.isCutShort = this.#decides(name)
  }
  endObject(): void {
    this.#depth--
    this.#end((sink) => sink.endObject())
  }
  beginArray(): void {
    if (this.#depth === 1 && this.keys.length > 0)
      this.lists.push({ key: this.keys.at(-1)!, from: this.#tokens.length, to: 0 })
    this.#depth++
    this.#tokens.push((sink) => sink.beginArray())
  }
  endArray(): void {
    this.#depth--
    this.#end((sink) => sink.endArray())
    const list = this.lists.at(-1)
    if (this.#depth === 1 && list !== undefined && list.to === 0) list.to = this.#tokens.length
  }
  beginString(): void {
    this.#tokens.push((sink) => sink.beginString())
  }
  growString(piece: string, soFar: string): void {
    this.#tokens.push((sink) => sink.growString(piece, soFar))
  }
  endString(value: string): void {
    this.#end((sink) => sink.endString(value))
  }
  reopenString(): void {
    this.#tokens.pop()
    this.isDone = false
  }
  beginNumber(): void {
    this.#tokens.push((sink) => sink.beginNumber())
  }
  endNumber(value: number, text?: string): void {
    this.#end((sink) => sink.endNumber(value, text))
  }
  beginLiteral(value: boolean | null): void {
    this.#tokens.push((sink) => sink.beginLiteral(value))
  }
  endLiteral(value: boolean | null): void {
    this.#end((sink) => sink.endLiteral(value))
  }
  cancelLiteral(): void {
    this.#tokens.pop()
  }
}
