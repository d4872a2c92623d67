import { NOTHING, becameWide, isWide, lagOf, showOpen } from '../../json/growing-container.ts'
import { ABSENT, KIND_ARRAY, type SchemaNode, type ValueCheck } from '../../schema/node.ts'
import { OpenContainer } from './open-container.ts'

/**
 * What a cursor shows: the containers that are open, which of them are held back, and the value as it was shown last.
 * It knows where values are stored and when they may be seen, and nothing of tokens.
 */
export abstract class VisibleValue {
  protected readonly root: OpenContainer
  /** The innermost open container. */
  protected frame: OpenContainer
  protected value: unknown = ABSENT
  /** Something visible has changed since the last snapshot. */
  protected isDirty = false
  protected hasEnded = false
  /** The open string as it is shown; null when it is not. */
  protected text: string | null = null
  /** The outermost open container that is not shown. */
  protected hidden: OpenContainer | null = null
  /** Open discriminated unions whose discriminator has not come. */
  protected undecided = 0
  /** Open atomic containers: nothing inside is announced before they are complete. */
  protected sealed = 0
  readonly #position: () => number
  #wide = 0
  #shownAt = 0
  /** Frames of another cursor have become ours since the last snapshot. */
  #hasAdopted = false

  /** @param position UTF-16 offset of the character being read */
  constructor(node: SchemaNode, depth: number, position: () => number) {
    this.#position = position
    this.root = new OpenContainer(null, depth)
    this.root.slot = node
    this.frame = this.root
  }

  /** The root value has ended. */
  get isDone(): boolean {
    return this.hasEnded
  }
  get isBad(): boolean {
    return this.root.isBad
  }
  get isUnsure(): boolean {
    return this.root.isUnsure
  }
  /** The last snapshot is behind what has been read. */
  get isLagging(): boolean {
    return this.isDirty
  }
  /** Wide containers are open, so that a snapshot may lag. */
  get isWide(): boolean {
    return this.#wide > 0
  }

  /**
   * The visible value, `ABSENT` when there is none. O(depth), plus one copy of each level that changed
   * since the last call. Where wide containers are open it may lag by up to 128 characters, unless `exact`.
   */
  snapshot(exact: boolean): unknown {
    if (!this.isDirty) return this.value
    const isHidden = this.hidden !== null
    const frame = isHidden ? this.hidden!.parent! : this.frame
    const position = this.#position()
    if (this.#wide > 0 && !exact && !this.hasEnded && position - this.#shownAt < lagOf(frame)) return this.value
    this.#shownAt = position
    this.isDirty = false
    let open: unknown = NOTHING
    if (!isHidden) {
      open = this.text ?? this.openValue(exact)
      this.isDirty = this.isOpenLagging
    }
    if (frame.parent === null) {
      if (open !== NOTHING) this.value = open
      return this.value
    }
    if (open === ABSENT) frame.drop()
    else if (open !== NOTHING && !frame.isCut) frame.put(open)
    this.value = showOpen(frame, this.value, this.#hasAdopted)
    this.#hasAdopted = false
    return this.value
  }

  /** What is shown of an open value that is neither a string nor one of our containers: `NOTHING` when none is open. */
  protected abstract openValue(exact: boolean): unknown

  /** What `openValue` gave last is behind what has been read. */
  protected abstract readonly isOpenLagging: boolean

  /** A container opens at the current place. */
  protected openContainer(node: SchemaNode, kind: number): void {
    const parent = this.frame
    const frame = (parent.child ??= new OpenContainer(parent))
    frame.enter(node, kind === KIND_ARRAY)
    this.frame = frame
    if (node.core.kind === 'discriminated') this.undecided++
    if (node.isAtomic) this.sealed++
    if (this.hidden !== null) return
    if (isHeldBack(frame)) this.hidden = frame
    else this.isDirty = true
  }

  /** The innermost container is open no more. Returns it. */
  protected leaveContainer(): OpenContainer {
    const { frame } = this
    this.frame = frame.parent!
    if (this.hidden === frame) this.hidden = null
    if (frame.node.core.kind === 'discriminated') this.undecided--
    if (frame.node.isAtomic) this.sealed--
    if (isWide(frame)) this.#wide--
    return frame
  }

  /** Stores a value that has ended at the current place. */
  protected place(value: unknown): void {
    const { frame } = this
    frame.isKeyed = false
    if (frame.parent === null) {
      this.value = value
      this.hasEnded = true
    } else if (frame.isCut) frame.count++
    else {
      frame.commit(value)
      if (becameWide(frame)) {
        this.#wide++
        // The first snapshot of it does not lag, so that those that do have one to show.
        this.#shownAt = Number.NEGATIVE_INFINITY
      }
    }
    if (this.hidden === null) this.isDirty = true
  }

  /** The value that was stored last is open again. */
  protected unplace(): void {
    const { frame } = this
    if (frame.parent === null) return
    if (becameWide(frame)) this.#wide--
    if (frame.property?.isHolding === true) frame.holding++
    if (frame.isCut) frame.count--
    else frame.reopen()
  }

  /** Nothing of the open value is shown any more. */
  protected takeBack(): void {
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
  protected releaseHeld(frame: OpenContainer): void {
    if (frame.property?.isHolding === true && --frame.holding === 0 && this.hidden === frame && !isHeldBack(frame)) {
      this.hidden = null
      this.isDirty = true
    }
  }

  /** The open containers of another cursor, which has followed the value at the current place, become ours. */
  protected adoptContainers(
    other: VisibleValue,
    outermost: OpenContainer,
    steps: readonly ValueCheck[],
    isAtomic: boolean,
  ): void {
    const parent = this.frame
    outermost.parent = parent
    parent.child = outermost
    parent.isUnsure ||= other.root.isUnsure
    this.#hasAdopted = true
    // What we have shown of it may be as old as what it has shown us.
    this.#shownAt = Math.min(this.#shownAt, other.#shownAt)
    if (isAtomic && !outermost.node.isAtomic) this.sealed++
    outermost.node = outermost.node.andThen(steps, isAtomic)
    this.frame = other.frame
    for (let frame = other.frame; frame !== parent; frame = frame.parent!) if (isWide(frame)) this.#wide++
  }
}

/** Whether an open container stays hidden for a reason of its own. */
export function isHeldBack(frame: OpenContainer): boolean {
  return frame.node.isAtomic || frame.holding > 0 || frame.parent!.isCut || frame.node.core.kind === 'discriminated'
}
