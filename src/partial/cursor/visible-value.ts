import { NOTHING, type Container, becameWide, isWide, showOpen } from '../../json/growing-container.ts'
import type { SnapshotPace } from '../../json/snapshot-pace.ts'
import { ABSENT, KIND_ARRAY, type SchemaNode, type ValueCheck } from '../../schema/node.ts'
import { OpenContainer } from './open-container.ts'

/** What shows the value at the current place where that is neither a string nor one of our containers: a fork. */
export interface InnerValue {
  /** What is shown of it, `ABSENT` when nothing is. */
  view(): unknown
  /** It holds wide containers. */
  readonly isWide: boolean
}

/**
 * What a cursor shows: the containers that are open, which of them are held back, and the value as it was shown last.
 * It knows where values are stored and when they may be seen, and nothing of tokens.
 */
export class VisibleValue {
  readonly root: OpenContainer
  /** The innermost open container. */
  frame: OpenContainer
  value: unknown = ABSENT
  /** Something visible has changed since the last snapshot. */
  isDirty = false
  hasEnded = false
  /** The open string as it is shown; null when it is not. */
  text: string | null = null
  /** What shows the open value instead; null: nothing does. */
  inner: InnerValue | null = null
  /** The outermost open container that is not shown. */
  hiddenFrom: OpenContainer | null = null
  /** Open discriminated unions whose discriminator has not come. */
  undiscriminatedDepth = 0
  /** Open atomic containers: nothing inside is announced before they are complete. */
  atomicDepth = 0
  /** Measures copies, and says when they are worth it. */
  readonly pace: SnapshotPace
  #wide = 0
  /** Frames of another cursor have become ours since the last snapshot. */
  #hasAdopted = false

  /**
   * @param depth containers around the value
   */
  constructor(node: SchemaNode, depth: number, pace: SnapshotPace) {
    this.pace = pace
    this.root = new OpenContainer(null, depth, pace)
    this.root.slot = node
    this.frame = this.root
  }

  /** Wide containers are open, so that a snapshot may lag. */
  get isWide(): boolean {
    return this.#wide > 0 || (this.inner !== null && this.inner.isWide)
  }

  /**
   * The visible value, `ABSENT` when there is none. O(depth), plus one copy of each level that changed
   * since the last call. Where wide containers are open it may lag, unless `exact`; see `SnapshotPace`.
   */
  snapshot(exact: boolean): unknown {
    if (!this.isDirty) return this.value
    if (!this.isWide) return this.look()
    if (!exact && !this.hasEnded && this.pace.isTooSoon) return this.value
    this.pace.show()
    return this.look()
  }

  /** The same, exact, as a part of another cursor's snapshot. */
  look(): unknown {
    if (!this.isDirty) return this.value
    this.isDirty = false
    const isHidden = this.hiddenFrom !== null
    const frame = isHidden ? this.hiddenFrom!.parent! : this.frame
    const open = isHidden ? NOTHING : this.#openChild()
    if (frame.parent === null) {
      if (open !== NOTHING) this.value = open
      return this.value
    }
    if (open === ABSENT) frame.drop()
    else if (open !== NOTHING && !frame.isTruncated) frame.put(open)
    this.value = showOpen(frame, this.value, this.#hasAdopted)
    this.#hasAdopted = false
    return this.value
  }

  /** The same without the open string, which may still be taken back: what is around it was shown without it, too. */
  lookAround(): unknown {
    const { text } = this
    if (text === null) return this.look()
    this.text = null
    const value = this.look()
    this.text = text
    this.isDirty = true
    return value
  }

  /** What is shown of the open value that is none of our containers, `NOTHING` when none is open. */
  #openChild(): unknown {
    const { text, inner } = this
    if (text !== null || inner === null) return text ?? NOTHING
    return inner.isWide ? this.pace.spend(0, false, () => inner.view()) : inner.view()
  }

  /** The open containers take over what equals them in all that `look` has just given. */
  take(value: unknown): void {
    let container = value as Container
    for (let frame = this.root.child; frame !== null; frame = frame.child) {
      const { attached } = frame
      frame.take(container)
      if (frame === this.frame || frame.child === null || attached !== frame.child.container) return
      container = frame.attached as Container
    }
  }

  /** A container opens at the current place. */
  open(node: SchemaNode, kind: number): void {
    const parent = this.frame
    const frame = (parent.child ??= new OpenContainer(parent))
    frame.enter(node, kind === KIND_ARRAY)
    this.frame = frame
    if (node.core.kind === 'discriminated') this.undiscriminatedDepth++
    if (node.isAtomic) this.atomicDepth++
    if (this.hiddenFrom !== null) return
    if (isHeldBack(frame)) this.hiddenFrom = frame
    else this.isDirty = true
  }

  /** The innermost container is open no more. Returns it. */
  leave(): OpenContainer {
    const { frame } = this
    this.frame = frame.parent!
    if (this.hiddenFrom === frame) this.hiddenFrom = null
    if (frame.node.core.kind === 'discriminated') this.undiscriminatedDepth--
    if (frame.node.isAtomic) this.atomicDepth--
    if (isWide(frame)) this.#wide--
    return frame
  }

  /** Stores a value that has ended at the current place. */
  commit(value: unknown): void {
    const { frame } = this
    frame.isKeyed = false
    if (frame.parent === null) {
      this.value = value
      this.hasEnded = true
    } else if (frame.isTruncated) frame.count++
    else {
      frame.commit(value)
      // The first snapshot of it does not lag, so that those that do have one to show.
      if (becameWide(frame) && this.#wide++ === 0) this.pace.reset()
    }
    if (this.hiddenFrom === null) this.isDirty = true
  }

  /** The value that was stored last is open again. */
  reopen(): void {
    const { frame } = this
    if (frame.parent === null) return
    if (becameWide(frame)) this.#wide--
    if (frame.property?.isHolding === true) frame.missingRequired++
    if (frame.isTruncated) frame.count--
    else frame.reopen()
  }

  /** Nothing of the open value is shown any more. */
  takeBack(): void {
    const { frame } = this
    this.text = null
    if (frame.parent === null) {
      this.isDirty ||= this.value !== ABSENT
      this.value = ABSENT
    } else if (frame.attached !== NOTHING) {
      frame.drop()
      this.isDirty = true
    }
  }

  /** An object held back for a child is shown once that has come. */
  releaseHeld(frame: OpenContainer): void {
    if (frame.property?.isHolding !== true || --frame.missingRequired > 0) return
    if (this.hiddenFrom === frame && !isHeldBack(frame)) {
      this.hiddenFrom = null
      this.isDirty = true
    }
  }

  /** The open containers of another cursor, which has followed the value at the current place, become ours. */
  adopt(other: VisibleValue, outermost: OpenContainer, steps: readonly ValueCheck[], isAtomic: boolean): void {
    const parent = this.frame
    outermost.parent = parent
    parent.child = outermost
    parent.isUndetermined ||= other.root.isUndetermined
    parent.isPartial ||= other.root.isPartial
    this.#hasAdopted = true
    if (isAtomic && !outermost.node.isAtomic) this.atomicDepth++
    outermost.node = outermost.node.andThen(steps, isAtomic)
    this.frame = other.frame
    for (let frame = other.frame; frame !== parent; frame = frame.parent!) if (isWide(frame)) this.#wide++
  }
}

/** Whether an open container stays hidden for its own reason. */
export function isHeldBack(frame: OpenContainer): boolean {
  const { node } = frame
  return node.isAtomic || frame.missingRequired > 0 || frame.parent!.isTruncated || node.core.kind === 'discriminated'
}
