import { Frame } from './frame.ts'
import type { TokenSink } from './sink.ts'

/** Arrays with more elements, and objects with more keys, are wide: while they are open a snapshot may lag. */
export const WIDE_ARRAY = 256
export const WIDE_OBJECT = 64
/** Characters that a snapshot of a wide open container may lag behind at most. */
export const MAX_LAG = 128

/** Builds plain JSON data from tokens, and shows it at any time as an immutable snapshot. */
export class ValueBuilder implements TokenSink {
  readonly #root = new BuilderFrame(null)
  #frame: BuilderFrame = this.#root
  #value: unknown = undefined
  #isDirty = false
  #text: string | null = null
  #wide = 0
  #shownAt = 0

  /** The newest value without a look at open children: the whole value once the document is complete. */
  get value(): unknown {
    return this.#value
  }

  /**
   * The value so far; `undefined` before there is one. O(depth), plus one copy of each level that changed
   * since the last call.
   * @param position characters read so far
   * @param exact never lag behind, even where wide containers are open
   */
  snapshot(position: number, exact: boolean): unknown {
    if (!this.#isDirty) return this.#value
    const frame = this.#frame
    if (frame.parent === null) {
      this.#isDirty = false
      if (this.#text !== null) this.#value = this.#text
      return this.#value
    }
    if (this.#wide > 0 && !exact && position - this.#shownAt < this.#lag()) return this.#value
    this.#isDirty = false
    this.#shownAt = position
    if (this.#text !== null) frame.put(this.#text)
    this.#value = showOpen(frame, this.#value)
    return this.#value
  }

  #lag(): number {
    let width = 0
    for (let frame: Frame = this.#frame; frame.parent !== null; frame = frame.parent) {
      if (isWide(frame)) width += frame.isArray ? frame.count >> 3 : frame.count
    }
    return Math.min(width, MAX_LAG)
  }

  #commit(value: unknown): void {
    const frame = this.#frame
    this.#isDirty = true
    if (frame.parent === null) {
      this.#value = value
      return
    }
    frame.commit(value)
    if (frame.count === (frame.isArray ? WIDE_ARRAY : WIDE_OBJECT) + 1) this.#wide++
  }

  #open(isArray: boolean): void {
    this.#frame = this.#frame.child ??= new BuilderFrame(this.#frame)
    this.#frame.begin(isArray)
    this.#isDirty = true
  }

  #close(): void {
    const frame = this.#frame
    if (isWide(frame)) this.#wide--
    this.#frame = frame.parent as BuilderFrame
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
  beginNumber(): void {}
  endNumber(value: number): void {
    this.#commit(value)
  }
  beginLiteral(): void {}
  endLiteral(value: boolean | null): void {
    this.#commit(value)
  }
}

class BuilderFrame extends Frame {
  child: BuilderFrame | null = null
}

const EMPTY: never[] = []

function isWide(frame: Frame): boolean {
  return frame.count > (frame.isArray ? WIDE_ARRAY : WIDE_OBJECT)
}

/** Attaches each open container to its parent, up to the first that holds its child already. Returns the root. */
export function showOpen(innermost: Frame, root: unknown): unknown {
  let frame = innermost
  frame.isShown = true
  for (let parent = frame.parent!; parent.parent !== null; parent = parent.parent!) {
    if (!parent.put(frame.container)) return root
    parent.isShown = true
    frame = parent
  }
  return frame.container
}
