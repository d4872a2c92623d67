import type { SnapshotPace } from './snapshot-pace.ts'

/** Stands for "no value" where `undefined` could be one. */
export const NOTHING: unique symbol = Symbol('nothing')

/** Arrays of one or two are common and stay small: `push` would reserve 17 places. */
const EXACT_UNTIL = 2

export type Container = unknown[] | Record<string, unknown>

/** From about here on V8 keeps an object as a hash table: `{ ...object }` costs up to 400 ns a key, a table filled anew 50 to 100. */
const TABLE_FROM = 128

/** Below this many elements `slice` and `push` beat `concat`. */
const CONCAT_FROM = 64

/**
 * One open container that grows in place and can be shown at any time. A container that has been shown
 * is never written again: the next write goes to a copy, so a snapshot costs one copy per level that
 * has changed since the last one, and closed children keep their identity.
 */
export class GrowingContainer {
  readonly parent: GrowingContainer | null
  /** Measures copies of it; null: nothing does. */
  readonly pace: SnapshotPace | null
  container: Container = []
  isArray = false
  /** Key of the child that is open or comes next, in an object. */
  key = ''
  /** Index of that child, in an array; number of finished children in both. */
  count = 0
  /** Someone outside may hold `container`. */
  isShown = false
  /** What `container` already holds for the open child. */
  attached: unknown = NOTHING
  /** Keys of an object that is expensive to copy, in order; null until it has been copied. */
  protected keys: string[] | null = null

  constructor(parent: GrowingContainer | null, pace: SnapshotPace | null = null) {
    this.parent = parent
    this.pace = parent === null ? pace : parent.pace
  }

  begin(isArray: boolean): void {
    this.container = isArray ? [] : {}
    this.isArray = isArray
    this.count = 0
    this.isShown = false
    this.attached = NOTHING
    this.keys = null
  }

  /** Stores the open child as it is now. False when the container holds just this value already. */
  put(value: unknown): boolean {
    if (this.attached === value) return false
    this.attached = value
    if (this.isArray) this.#putElement(value)
    else this.#putProperty(value)
    return true
  }

  /** Stores the child for good. */
  commit(value: unknown): void {
    this.put(value)
    this.attached = NOTHING
    this.count++
  }

  /** Continues in a container that holds the same, and that someone else may hold. */
  take(container: Container): void {
    this.container = container
    this.isShown = true
    if (this.attached !== NOTHING)
      this.attached = (container as Record<string | number, unknown>)[this.isArray ? this.count : this.key]
  }

  /** The child that was finished last is open again. */
  reopen(): void {
    this.count--
    this.attached = (this.container as Record<string | number, unknown>)[this.isArray ? this.count : this.key]
  }

  #putElement(value: unknown): void {
    let array = this.container as unknown[]
    const index = this.count
    if (index < EXACT_UNTIL && index === array.length) {
      this.isShown = false
      this.container = index === 0 ? [value] : [array[0], value]
      return
    }
    if (this.isShown) {
      this.isShown = false
      if (index >= CONCAT_FROM) {
        this.container = this.#measured(() => copyWithRoom(array, index, value))
        return
      }
      this.container = array = array.slice()
    }
    if (index === array.length) array.push(value)
    else array[index] = value
  }

  #putProperty(value: unknown): void {
    let object = this.container as Record<string, unknown>
    if (this.isShown) {
      this.isShown = false
      const before = object
      const copy = this.#measured(() => (this.count < TABLE_FROM ? { ...before } : this.#copyTable(before)))
      this.container = object = copy
    }
    setOwn(object, this.key, value)
    if (this.keys !== null && this.keys.at(-1) !== this.key) this.keys.push(this.key)
  }

  #measured<T>(copy: () => T): T {
    return this.pace === null || !isWide(this) ? copy() : this.pace.spend(this.count, this.isArray, copy)
  }

  #copyTable(object: Record<string, unknown>): Record<string, unknown> {
    // Without a prototype it is a hash table from the start, and `__proto__` a key like any other.
    const table: Record<string, unknown> = Object.create(null)
    for (const key of (this.keys ??= Object.keys(object))) table[key] = object[key]
    return Object.setPrototypeOf(table, Object.prototype)
  }
}

/** A copy up to `index`, with `value` there and room for more: one that fits exactly is copied again by the next `push`. */
function copyWithRoom(array: unknown[], index: number, value: unknown): unknown[] {
  const v = value
  const copy = array.concat([v, v, v, v, v, v, v, v, v, v, v, v, v, v, v, v])
  copy.length = index + 1
  copy[index] = v
  return copy
}

/** Sets an own property whatever its name: assigning `__proto__` would replace the prototype. */
export function setOwn(object: object, key: string, value: unknown): void {
  if (key === '__proto__') {
    Object.defineProperty(object, key, { value, writable: true, enumerable: true, configurable: true })
  } else (object as Record<string, unknown>)[key] = value
}

/** Arrays with more elements, and objects with more keys, are wide: while they are open a snapshot may lag. */
const WIDE_ARRAY = 256
const WIDE_OBJECT = 64

export function isWide(frame: GrowingContainer): boolean {
  return frame.count > (frame.isArray ? WIDE_ARRAY : WIDE_OBJECT)
}

/** True for the commit that makes a container wide. */
export function becameWide(frame: GrowingContainer): boolean {
  return frame.count === (frame.isArray ? WIDE_ARRAY : WIDE_OBJECT) + 1
}

/**
 * Attaches each open container to its parent, up to the first that holds its child already. Returns the root.
 * @param isMoved the frames have come from elsewhere: that one holds its child does not mean that the ones above do
 */
export function showOpen(innermost: GrowingContainer, root: unknown, isMoved = false): unknown {
  let frame = innermost
  frame.isShown = true
  for (let parent = frame.parent!; parent.parent !== null; parent = parent.parent!) {
    if (!parent.put(frame.container) && !isMoved) return root
    parent.isShown = true
    frame = parent
  }
  return frame.container
}
