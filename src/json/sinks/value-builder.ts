import { GrowingContainer, becameWide, isWide, showOpen } from '../growing-container.ts'
import { SnapshotPace, type PaceOptions } from '../snapshot-pace.ts'
import type { TokenSink } from '../token-sink.ts'

/** Builds plain JSON data from tokens, and shows it at any time as an immutable snapshot. */
export class ValueBuilder implements TokenSink {
  readonly #pace: SnapshotPace
  #frame: BuiltContainer
  #value: unknown = undefined
  #isDirty = false
  #text: string | null = null
  #wide = 0

  constructor(pace: PaceOptions = {}) {
    this.#pace = new SnapshotPace(pace)
    this.#frame = new BuiltContainer(null, this.#pace)
  }

  /** The newest value without a look at open children: the whole value once the document is complete. */
  get value(): unknown {
    return this.#value
  }

  /**
   * The value so far; `undefined` before there is one. O(depth), plus one copy of each level that changed
   * since the last call.
   * @param exact never lag, even where wide containers are open; see `SnapshotPace`
   */
  snapshot(exact: boolean): unknown {
    if (!this.#isDirty) return this.#value
    const frame = this.#frame
    if (frame.parent === null) {
      this.#isDirty = false
      if (this.#text !== null) this.#value = this.#text
      return this.#value
    }
    if (this.#wide > 0) {
      if (!exact && this.#pace.isTooSoon) return this.#value
      this.#pace.show()
    }
    this.#isDirty = false
    if (this.#text !== null) frame.put(this.#text)
    this.#value = showOpen(frame, this.#value)
    return this.#value
  }

  #commit(value: unknown): void {
    const frame = this.#frame
    this.#isDirty = true
    if (frame.parent === null) {
      this.#value = value
      return
    }
    frame.commit(value)
    if (becameWide(frame) && this.#wide++ === 0) this.#pace.reset()
  }

  #open(isArray: boolean): void {
    this.#frame = this.#frame.child ??= new BuiltContainer(this.#frame)
    this.#frame.begin(isArray)
    this.#isDirty = true
  }

  #close(): void {
    const frame = this.#frame
    if (isWide(frame)) this.#wide--
    this.#frame = frame.parent as BuiltContainer
    this.#commit(frame.container)
    frame.container = EMPTY
  }

  beginObject(): void {
    this.#open(false)
  }
  endObject(): void {
    this.#close()
  }
  beginArray(): void {
    this.#open(true)
  }
  endArray(): void {
    this.#close()
  }
  key(name: string): void {
    this.#frame.key = name
  }
  beginString(): void {
    this.#text = ''
    this.#isDirty = true
  }
  growString(_piece: string, soFar: string): void {
    this.#text = soFar
    this.#isDirty = true
  }
  endString(value: string): void {
    this.#text = null
    this.#commit(value)
  }
  reopenString(): void {
    const frame = this.#frame
    if (frame.parent === null) this.#text = this.#value as string
    else {
      if (becameWide(frame)) this.#wide--
      frame.reopen()
      this.#text = frame.attached as string
    }
  }
  beginNumber(): void {}
  endNumber(value: number): void {
    this.#commit(value)
  }
  beginLiteral(): void {}
  endLiteral(value: boolean | null): void {
    this.#commit(value)
  }
}

class BuiltContainer extends GrowingContainer {
  child: BuiltContainer | null = null
}

const EMPTY: never[] = []
