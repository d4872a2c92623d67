import { OpenDocument } from '../../json/sinks/open-document.ts'
import type { TokenSink } from '../../json/token-sink.ts'
import { replayValue } from '../../json/sinks/replay-value.ts'
import { NewElements } from './new-elements.ts'
import type { ResumeStep } from './plan.ts'
import { RepeatedText } from './repeated-text.ts'

/** What the innermost container that is open has already. */
export interface OpenPart {
  has(key: string): boolean
  elements(): readonly unknown[]
  /** What came was there already, and is left out. */
  onRepeated(text: string): void
}

/**
 * Turns the tokens of a document with one key for each missing part into the tokens with which the document that was
 * cut continues. Parts that come too early are kept until it is their turn; keys that it knows nothing of are passed over.
 */
export class Continuation implements TokenSink {
  readonly #target: TokenSink
  readonly #steps: readonly ResumeStep[]
  readonly #open: OpenPart
  #at = 0
  #depth = 0
  #receiver: TokenSink = NOWHERE
  /** Step of the value that is coming; -1: it is passed over. */
  #coming = -1
  readonly #early = new Map<number, unknown>()
  #kept: OpenDocument | null = null
  /** A part has come whose name is known: this is the document that was asked for. */
  isRecognized = false

  constructor(target: TokenSink, steps: readonly ResumeStep[], open: OpenPart) {
    this.#target = target
    this.#steps = steps
    this.#open = open
  }

  key(name: string): void {
    if (this.#depth > 1) {
      this.#receiver.key(name)
      return
    }
    this.#settle()
    this.#coming = this.#steps.findIndex((step) => 'name' in step && step.name === name)
    if (this.#coming < 0 || this.#coming < this.#at) {
      this.#coming = -1
      this.#receiver = NOWHERE
      return
    }
    this.isRecognized = true
    this.#closeUntil(this.#coming)
    if (this.#coming === this.#at) this.#receiver = this.#receiverFor(this.#steps[this.#at]!)
    else this.#receiver = this.#kept = new OpenDocument()
  }

  /** Does what needs no answer of the model, as soon as it is its turn. */
  #closeUntil(end: number): void {
    for (; this.#at < end; this.#at++) {
      const step = this.#steps[this.#at]!
      if (step.kind === 'close') this.#close(step.isArray)
      else if (step.kind === 'end-text') this.#target.endString(step.prefix)
      else if (this.#early.has(this.#at)) replayValue(this.#receiverFor(step), this.#early.get(this.#at))
      else return
    }
  }

  #close(isArray: boolean): void {
    if (isArray) this.#target.endArray()
    else this.#target.endObject()
  }

  #receiverFor(step: ResumeStep): TokenSink {
    switch (step.kind) {
      case 'text':
        return new RestOfText(this.#target, step.prefix, (text) => this.#open.onRepeated(text))
      case 'value':
        return this.#target
      case 'members':
        return new RestOfContainer(this.#target, false, (key) => this.#open.has(key))
      case 'elements':
        return new RestOfContainer(this.#newElements(), true, () => false)
      case 'close':
      case 'end-text':
        return NOWHERE
      default: {
        const never: never = step
        return never
      }
    }
  }

  #newElements(): TokenSink {
    const before = this.#open.elements()
    const onRepeated = (count: number): void => this.#open.onRepeated(JSON.stringify(before.slice(-count)).slice(1, -1))
    return new NewElements(this.#target, before, onRepeated)
  }

  /** The value that came last has ended: a string may continue until the next token. */
  #settle(): void {
    if (this.#coming < 0) return
    if (this.#kept !== null) {
      this.#early.set(this.#coming, this.#kept.value)
      this.#kept = null
    } else this.#at++
    this.#coming = -1
    this.#receiver = NOWHERE
    this.#closeUntil(this.#steps.length)
  }

  /** Does what needs no answer of the model, when it is its turn. */
  start(): void {
    this.#closeUntil(this.#steps.length)
  }

  /** The document is over. A part that was asked for and did not come leaves what is around it open. */
  #finish(): void {
    this.#settle()
    if (this.isRecognized) this.#closeUntil(this.#steps.length)
  }

  beginObject(): void {
    if (this.#depth++ > 0) this.#receiver.beginObject()
  }
  endObject(): void {
    if (--this.#depth === 0) this.#finish()
    else this.#receiver.endObject()
  }
  beginArray(): void {
    if (this.#depth++ > 0) this.#receiver.beginArray()
  }
  endArray(): void {
    if (--this.#depth > 0) this.#receiver.endArray()
  }
  beginString(): void {
    this.#receiver.beginString()
  }
  growString(piece: string, soFar: string): void {
    this.#receiver.growString(piece, soFar)
  }
  endString(value: string): void {
    this.#receiver.endString(value)
  }
  beginNumber(): void {
    this.#receiver.beginNumber()
  }
  endNumber(value: number, text?: string): void {
    this.#receiver.endNumber(value, text)
  }
  beginLiteral(value: boolean | null): void {
    this.#receiver.beginLiteral(value)
  }
  endLiteral(value: boolean | null): void {
    this.#receiver.endLiteral(value)
  }
  reopenString(): void {
    this.#receiver.reopenString?.()
  }
  cancelLiteral(): void {
    this.#receiver.cancelLiteral?.()
  }
}

/** Passes everything over. */
class Nowhere implements TokenSink {
  beginObject(): void {}
  key(_name: string): void {}
  endObject(): void {}
  beginArray(): void {}
  endArray(): void {}
  beginString(): void {}
  growString(_piece: string, _soFar: string): void {}
  endString(_value: string): void {}
  beginNumber(): void {}
  endNumber(_value: number, _text?: string): void {}
  beginLiteral(_value: boolean | null): void {}
  endLiteral(_value: boolean | null): void {}
}
const NOWHERE: TokenSink = new Nowhere()

/** A string that continues. Anything but a string leaves it unchanged. */
class RestOfText extends Nowhere {
  readonly #target: TokenSink
  readonly #repeated: RepeatedText
  readonly #onRepeated: (text: string) => void
  /** The text with what is certainly new of the rest. */
  #soFar: string
  readonly #prefix: string
  #depth = 0
  #isReported = false

  constructor(target: TokenSink, prefix: string, onRepeated: (text: string) => void) {
    super()
    this.#target = target
    this.#prefix = this.#soFar = prefix
    this.#repeated = new RepeatedText(prefix)
    this.#onRepeated = onRepeated
  }

  override growString(piece: string): void {
    if (this.#depth > 0) return
    const fresh = this.#repeated.push(piece)
    this.#report()
    if (fresh === '') return
    this.#soFar += fresh
    this.#target.growString(fresh, this.#soFar)
  }
  override endString(value: string): void {
    if (this.#depth > 0) return
    // It may hold characters that no piece announced.
    if (!this.#repeated.isDecided) {
      this.#repeated.push(value.slice(this.#repeated.length))
      this.#repeated.end()
    }
    this.#report()
    this.#soFar = this.#prefix + value.slice(this.#repeated.repeated.length)
    this.#target.endString(this.#soFar)
  }
  #report(): void {
    if (this.#isReported || this.#repeated.repeated === '') return
    this.#isReported = true
    this.#onRepeated(this.#repeated.repeated)
  }
  reopenString(): void {
    if (this.#depth === 0) this.#target.reopenString?.()
  }
  override beginObject(): void {
    this.#depth++
  }
  override beginArray(): void {
    this.#depth++
  }
  override endObject(): void {
    this.#leave()
  }
  override endArray(): void {
    this.#leave()
  }
  override endNumber(): void {
    this.#otherwise()
  }
  override endLiteral(): void {
    this.#otherwise()
  }

  #leave(): void {
    this.#depth--
    this.#otherwise()
  }
  #otherwise(): void {
    if (this.#depth === 0) this.#target.endString(this.#prefix)
  }
}

/** The rest of an open object or array: what is inside it goes into the open one, which is closed with it. */
class RestOfContainer implements TokenSink {
  readonly #target: TokenSink
  readonly #isArray: boolean
  readonly #has: (key: string) => boolean
  #depth = 0
  /** Depth at which a value that is passed over began; 0: none. */
  #passing = 0
  /** A key has come whose value is passed over. */
  #isPassing = false

  constructor(target: TokenSink, isArray: boolean, has: (key: string) => boolean) {
    this.#target = target
    this.#isArray = isArray
    this.#has = has
  }

  get #isPassed(): boolean {
    return this.#passing > 0 || this.#isPassing || this.#depth === 0
  }

  #begin(isArray: boolean): void {
    const { target, isPassed } = { target: this.#target, isPassed: this.#isPassed }
    this.#depth++
    if (this.#depth === 1) {
      // Not the container that was asked for: nothing of it is used.
      if (isArray !== this.#isArray) this.#passing = 1
      return
    }
    if (isPassed) {
      if (this.#passing === 0) this.#passing = this.#depth
    } else if (isArray) target.beginArray()
    else target.beginObject()
  }

  #end(isArray: boolean): void {
    const isPassed = this.#isPassed
    const depth = this.#depth--
    if (depth === 1) {
      if (this.#isArray) this.#target.endArray()
      else this.#target.endObject()
      return
    }
    if (!isPassed) {
      if (isArray) this.#target.endArray()
      else this.#target.endObject()
    } else if (depth === this.#passing) {
      this.#passing = 0
      this.#isPassing = false
    }
  }

  key(name: string): void {
    if (this.#depth > 1) {
      if (!this.#isPassed) this.#target.key(name)
      return
    }
    if (this.#passing > 0) return
    this.#isPassing = this.#has(name)
    if (!this.#isPassing) this.#target.key(name)
  }

  /** A scalar instead of the container: there is no rest. */
  #leafEnded(): void {
    if (this.#depth === 0) {
      if (this.#isArray) this.#target.endArray()
      else this.#target.endObject()
    } else if (this.#passing === 0) this.#isPassing = false
  }

  beginObject(): void {
    this.#begin(false)
  }
  endObject(): void {
    this.#end(false)
  }
  beginArray(): void {
    this.#begin(true)
  }
  endArray(): void {
    this.#end(true)
  }
  beginString(): void {
    if (!this.#isPassed) this.#target.beginString()
  }
  growString(piece: string, soFar: string): void {
    if (!this.#isPassed) this.#target.growString(piece, soFar)
  }
  endString(value: string): void {
    if (!this.#isPassed) this.#target.endString(value)
    this.#leafEnded()
  }
  beginNumber(): void {
    if (!this.#isPassed) this.#target.beginNumber()
  }
  endNumber(value: number, text?: string): void {
    if (!this.#isPassed) this.#target.endNumber(value, text)
    this.#leafEnded()
  }
  beginLiteral(value: boolean | null): void {
    if (!this.#isPassed) this.#target.beginLiteral(value)
  }
  endLiteral(value: boolean | null): void {
    if (!this.#isPassed) this.#target.endLiteral(value)
    this.#leafEnded()
  }
  reopenString(): void {
    if (!this.#isPassed) this.#target.reopenString?.()
  }
  cancelLiteral(): void {
    if (!this.#isPassed) this.#target.cancelLiteral?.()
  }
}
