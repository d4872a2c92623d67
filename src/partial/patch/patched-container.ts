import { setOwn } from '../../json/growing-container.ts'
import { ABSENT, type SchemaNode } from '../../schema/node.ts'
import { childNode } from './node-at.ts'
import type { PatchHole } from './plan.ts'
import { readValue } from './read-value.ts'

type Key = string | number
type Container = unknown[] | Record<string, unknown>

/** A place whose value is still to come. What was shown there stays until the new value is complete. */
export class Hole {
  readonly place: PatchHole
  readonly parent: PatchedContainer
  readonly #shown: unknown
  /** Shown as far as it has come; `ABSENT` before. */
  growing: unknown = ABSENT
  isFilled = false
  /** The model has left it out, as it may. */
  isLeftOut = false
  /** The new value as plain data, once it is filled. */
  raw: unknown = ABSENT

  constructor(place: PatchHole, parent: PatchedContainer, shown: unknown) {
    this.place = place
    this.parent = parent
    this.#shown = shown
  }

  get view(): unknown {
    return this.isFilled || this.#shown === ABSENT ? this.growing : this.#shown
  }
}

/**
 * A container with holes in it, itself or further down: the value around them, as it was shown, and how it is shown
 * with what has come. Everything that isn't on the path to a hole keeps its identity.
 */
export class PatchedContainer {
  readonly parent: PatchedContainer | null
  readonly path: Key[]
  readonly node: SchemaNode | null
  readonly raw: Container
  readonly children = new Map<Key, PatchedContainer | Hole>()
  /** Holes in it that are not filled. */
  open = 0
  /** Complete, and valid as a whole. */
  isSettled = false
  readonly #isLenient: boolean
  #value: unknown
  /** What the children showed when `#value` was made. */
  #seen: unknown[] = []
  readonly #elements: unknown[] = []

  constructor(
    at: { parent: PatchedContainer | null; path: Key[]; node: SchemaNode | null; raw: Container; shown: unknown },
    isLenient: boolean,
  ) {
    this.parent = at.parent
    this.path = at.path
    this.node = at.node
    this.raw = at.raw
    this.#isLenient = isLenient
    // What was not shown, because an element before it was wrong, is looked at now.
    this.#value = at.shown === ABSENT && at.node !== null ? readValue(at.node, at.raw, isLenient).value : at.shown
    if (Array.isArray(this.#value)) this.#elements.push(...(this.#value as unknown[]))
  }

  /** What was shown at `key` before anything was patched. */
  shownAt(key: Key): unknown {
    if (Array.isArray(this.#value)) return this.#elementAt(Number(key))
    const value = this.#value
    return typeof value === 'object' && value !== null && Object.hasOwn(value, key) ? Reflect.get(value, key) : ABSENT
  }

  /** Puts a place below it into the tree. */
  add(place: PatchHole, depth = 0): Hole {
    const { path, from } = place
    this.open++
    if (depth === path.length) return this.#hole(from!, place)
    const key = path[depth]!
    if (depth === path.length - 1 && from === null) return this.#hole(key, place)
    let child = this.children.get(key)
    if (child === undefined) {
      const raw = Reflect.get(this.raw, key) as Container
      const node = childNode(this.node, this.raw, key)
      const at = { parent: this, path: [...this.path, key], node, raw, shown: this.shownAt(key) }
      this.children.set(key, (child = new PatchedContainer(at, this.#isLenient)))
    }
    return (child as PatchedContainer).add(place, depth + 1)
  }

  #hole(key: Key, place: PatchHole): Hole {
    const hole = new Hole(place, this, place.from === null ? this.shownAt(key) : ABSENT)
    this.children.set(key, hole)
    return hole
  }

  /** It is complete and valid, and shown as this from now on. */
  settle(value: unknown): void {
    this.isSettled = true
    this.#value = value
  }

  get view(): unknown {
    if (this.isSettled || this.#value === ABSENT || typeof this.#value !== 'object') return this.#value
    const seen = [...this.children.values()].map((child) => child.view)
    if (this.#seen.length > 0 && seen.every((view, index) => view === this.#seen[index])) return this.#value
    this.#seen = seen
    const value = Array.isArray(this.raw) ? this.#array() : this.#object()
    return (this.#value = isSame(this.#value, value) ? this.#value : value)
  }

  #object(): unknown {
    const value: Record<string, unknown> = { ...(this.#value as object) }
    for (const [key, child] of this.children) {
      const { view } = child
      if (view === ABSENT) delete value[key]
      else setOwn(value, String(key), view)
    }
    return value
  }

  /** Ends before the first element that cannot be shown. */
  #array(): unknown[] {
    const { length } = this.raw as unknown[]
    const value: unknown[] = []
    for (let index = 0; index < length; index++) {
      const child = this.children.get(index)
      const element = child === undefined ? this.#elementAt(index) : child.view
      if (element === ABSENT) return value
      value.push(element)
    }
    // What a tuple's missing slots were filled in with.
    value.push(...this.#elements.slice(length))
    const further = this.children.get(length)?.view
    return Array.isArray(further) ? [...value, ...(further as unknown[])] : value
  }

  /** An element as it is shown. Those after a wrong one were not shown before. */
  #elementAt(index: number): unknown {
    const raw = this.raw as unknown[]
    if (index >= raw.length) return ABSENT
    if (index >= this.#elements.length) this.#elements.length = index
    if (index in this.#elements) return this.#elements[index]
    const node = childNode(this.node, raw, index)
    return (this.#elements[index] = node === null ? ABSENT : readValue(node, raw[index], this.#isLenient).value)
  }

  /** The elements that are complete and valid: those without holes, and those whose holes are filled. */
  completedElements(): { index: number; value: unknown }[] {
    if (!Array.isArray(this.raw)) return []
    return this.raw.flatMap((_, index) => {
      const child = this.children.get(index)
      const isReady = child === undefined || (child instanceof Hole ? child.isFilled : child.isSettled)
      const value = !isReady ? ABSENT : child === undefined ? this.#elementAt(index) : child.view
      return value === ABSENT ? [] : [{ index, value }]
    })
  }

  /** The plain data with what has been filled. Copies only the way to the holes. */
  mended(): unknown {
    const raw: unknown = Array.isArray(this.raw) ? this.raw.slice() : { ...this.raw }
    for (const [key, child] of this.children) {
      const value = child instanceof PatchedContainer ? child.mended() : child.raw
      if (child instanceof Hole && child.isLeftOut) Reflect.deleteProperty(raw as object, key)
      if (value === ABSENT) continue
      if (child instanceof Hole && child.place.from !== null) (raw as unknown[]).push(...(value as unknown[]))
      else if (Array.isArray(raw)) raw[Number(key)] = value
      else setOwn(raw as object, String(key), value)
    }
    return raw
  }
}

/** The same parts: nothing visible has changed. */
function isSame(a: unknown, b: unknown): boolean {
  const [one, other] = [a as Container, b as Container]
  const keys = Object.keys(one)
  if (keys.length !== Object.keys(other).length) return false
  return keys.every((key) => Object.hasOwn(other, key) && Reflect.get(one, key) === Reflect.get(other, key))
}
