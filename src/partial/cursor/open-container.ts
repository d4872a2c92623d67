import { GrowingContainer, NOTHING } from '../../json/growing-container.ts'
import type { SnapshotPace } from '../../json/snapshot-pace.ts'
import { ANY, childOfAny, type Property, type SchemaNode } from '../../schema/node.ts'
import type { Lookalike } from './lenient-objects.ts'

/** An open container, with the schema node in force there. */
export class OpenContainer extends GrowingContainer {
  override parent: OpenContainer | null
  child: OpenContainer | null = null
  /** Containers around it. */
  readonly depth: number
  node: SchemaNode = ANY
  /** Node of the child that is open or comes next; null: the child is passed over. */
  slot: SchemaNode | null = null
  property: Property | null = null
  /** In an object: `key` is the key of a value that has not ended. */
  isKeyed = false
  /** Elements from this index on, keys beyond this many, are certainly wrong. */
  maximum = Number.POSITIVE_INFINITY
  isOverReported = false
  /** The open key has been reported before its end. */
  isKeyReported = false
  /** A comma or the beginning of a key may be known to be wrong. */
  isTight = false
  /** Holds a certain violation, so that it will never be complete. */
  hasViolation = false
  /** Holds something that only the final validation can tell. */
  isUndetermined = false
  /** Something in it that the final validation makes isn't there, or isn't as it will be. */
  isPartial = false
  /** An array that ends, in partials, before an element that cannot be shown. */
  isTruncated = false
  /** The whole value is wrong: nothing of it is shown. */
  isRejected = false
  /** An array that was not written: it holds one value that should have been in one. */
  isWrapped = false
  /** Children with the `required` hint that have not come yet. */
  missingRequired = 0
  /** Declared keys that have come, by property index. */
  seen = 0
  seenBeyond: Set<number> | null = null
  /** Keys that have come. */
  keyCount = 0
  /** Declared keys that came as null and count as absent. */
  nulled: Set<number> | null = null
  /** Values whose keys are none, but look like declared ones. */
  lookalikes: Lookalike[] | null = null
  /** Elements that have come, where no two may be alike. */
  elements: Set<string> | null = null

  constructor(parent: OpenContainer | null, depth = 0, pace: SnapshotPace | null = null) {
    super(parent, pace)
    this.parent = parent
    this.depth = parent === null ? depth : parent.depth + 1
  }

  enter(node: SchemaNode, isArray: boolean): void {
    this.begin(isArray)
    this.node = node
    this.isKeyed =
      this.isKeyReported =
      this.isTight =
      this.isOverReported =
      this.hasViolation =
      this.isUndetermined =
      this.isPartial =
      this.isTruncated =
      this.isRejected =
      this.isWrapped =
        false
    this.seen = 0
    this.seenBeyond = null
    this.nulled = null
    this.lookalikes = null
    this.elements = null
    this.keyCount = 0
    this.property = null
    const { core } = node
    this.maximum = Number.POSITIVE_INFINITY
    this.missingRequired = 0
    this.slot = null
    switch (core.kind) {
      case 'array':
        this.maximum = core.maximum
        this.slot = core.element.node
        this.isTight = core.maximum !== Infinity || this.slot.accepts === 0
        if (core.isUnique) this.elements = new Set()
        break
      case 'tuple':
        this.maximum = core.maximum
        this.isTight = true
        if (core.isUnique) this.elements = new Set()
        break
      case 'object':
        this.maximum = core.maximum
        this.isTight = core.rest === 'strict' || core.maximum !== Infinity || core.mayBeKey !== undefined
        this.missingRequired = core.holding
        break
      case 'record':
        this.isTight = core.mayBeKey !== undefined
        this.slot = ANY
        break
      default:
        this.slot = childOfAny(node)
    }
  }

  /** Takes the open child back out. */
  drop(): void {
    if (this.attached === NOTHING) return
    this.attached = NOTHING
    if (this.isArray) this.container = (this.container as unknown[]).slice(0, this.count)
    else {
      const { [this.key]: _, ...rest } = this.container as Record<string, unknown>
      this.container = rest
      this.keys = null
    }
    this.isShown = false
  }

  /** All of `count` declared keys have come. False where there are too many to tell at a glance. */
  hasSeenAll(count: number): boolean {
    return count < 31 && this.seen === (1 << count) - 1 && this.nulled === null
  }

  /** Notes that a declared key has come. False when it had come before. */
  see(index: number): boolean {
    if (index < 31) {
      const bit = 1 << index
      if ((this.seen & bit) !== 0) return false
      this.seen |= bit
      return true
    }
    const seen = (this.seenBeyond ??= new Set())
    if (seen.has(index)) return false
    seen.add(index)
    return true
  }

  hasSeen(index: number): boolean {
    return index < 31 ? (this.seen & (1 << index)) !== 0 : this.seenBeyond?.has(index) === true
  }

  /** Path of this container. */
  path(): (string | number)[] {
    return this.parent === null || this.parent.parent === null ? [] : this.parent.openPath()
  }

  /** Path of the child that is open or comes next. */
  openPath(): (string | number)[] {
    if (this.parent === null) return []
    const path = [this.isArray ? this.count : this.key]
    for (let frame = this.parent; frame.parent !== null; frame = frame.parent)
      path.push(frame.isArray ? frame.count : frame.key)
    return path.reverse()
  }

  /** Path of the child that ended last. */
  endedPath(): (string | number)[] {
    return this.parent === null ? [] : [...this.path(), this.isArray ? this.count - 1 : this.key]
  }
}
