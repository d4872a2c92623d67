import { replayValue } from '../../json/sinks/replay-value.ts'
import type { TokenSink } from '../../json/token-sink.ts'
import { KIND_BOOLEAN, KIND_NULL, KIND_NUMBER, KIND_OBJECT, KIND_STRING, type SchemaNode } from '../../schema/node.ts'
import { mayHoldValue } from './coercions.ts'
import type { CursorContext } from './context.ts'
import type { ForkControl } from './fork-control.ts'
import type { HeldValues } from './held-values.ts'
import type { OpenContainer } from './open-container.ts'
import type { OpenValue } from './open-value.ts'
import type { PendingStrings } from './pending-strings.ts'
import type { Reporter } from './reporter.ts'
import { oneElementTooMany, wrongKind } from './violations.ts'
import type { VisibleValue } from './visible-value.ts'

/** What may turn out to be a word without quotes: `nullable`, `2024-10-18`. */
const MAYBE_WORD = KIND_BOOLEAN | KIND_NULL | KIND_NUMBER

/** Where a value begins: which node is in force for it, and in how many ways it is read. */
export class ValueEntry {
  readonly #cursor: TokenSink & { readonly view: VisibleValue; readonly open: OpenValue }
  readonly #isTolerant: boolean
  readonly #context: CursorContext
  readonly #reporter: Reporter
  readonly #strings: PendingStrings
  readonly #held: HeldValues
  readonly #forks: ForkControl

  constructor(
    cursor: TokenSink & { readonly view: VisibleValue; readonly open: OpenValue },
    isTolerant: boolean,
    context: CursorContext,
    reporter: Reporter,
    strings: PendingStrings,
    held: HeldValues,
    forks: ForkControl,
  ) {
    this.#cursor = cursor
    this.#isTolerant = isTolerant
    this.#context = context
    this.#reporter = reporter
    this.#strings = strings
    this.#held = held
    this.#forks = forks
  }

  /** A value of this kind begins: the node in force for it, or null when it is passed over. May start a fork. */
  enter(kind: number): SchemaNode | null {
    const strings = this.#strings
    const { frame } = this.#cursor.view
    let node = frame.slot
    if (frame.isArray) {
      if (frame.count >= frame.maximum) return this.#extraElement(frame)
      if (frame.node.core.kind === 'tuple') node = slotOf(frame)
    }
    if (node === null) return null
    if ((node.accepts & kind) !== 0) return this.#resolve(node, kind)
    if (strings.isLenient) {
      const { core } = node
      if (kind === KIND_STRING && mayHoldValue(node)) return node
      const mayWrap = core.kind === 'array' && !isInListOfLists(frame)
      if (mayWrap && kind === KIND_OBJECT) {
        this.#held.holdForList(node, core.element.node)
        return null
      }
      if (mayWrap && kind !== KIND_NULL && (core.element.node.accepts & kind) !== 0) {
        strings.wrap(node)
        return this.enter(kind)
      }
    }
    const isAbsent = kind === KIND_NULL && strings.mayBeAbsent(frame)
    const mayBeWord = (kind & MAYBE_WORD) !== 0 && (node.accepts & KIND_STRING) !== 0
    if (this.#isTolerant && (isAbsent || mayBeWord)) strings.deferLiteral(wrongKind(node, kind), isAbsent)
    else this.#reporter.reject([wrongKind(node, kind)])
    return null
  }

  /** Whether what begins as a number can't turn out to be a word that the schema takes. */
  isCertainNumber(): boolean {
    if (!this.#isTolerant) return true
    // In a fork the readings of strings are elsewhere.
    if (this.#context.lenience === null) return false
    const node = slotOf(this.#cursor.view.frame)
    return node !== null && (node.accepts & KIND_STRING) === 0
  }

  /** The discriminator is missing at the end of the object: the branch that allows that, if there is one. */
  decideUntagged(): void {
    const { frame } = this.#cursor.view
    const { core } = frame.node
    if (core.kind !== 'discriminated' || frame.isRejected) return
    const branch = core.branches.get(undefined)
    if (branch !== undefined) this.decide(branch.node)
  }

  /** A discriminated union's object was collected unseen until its discriminator came; now it is read again, as the branch. */
  decide(branch: SchemaNode): void {
    const { view, open } = this.#cursor
    const frame = view.leave()
    const collected = frame.container as Record<string, unknown>
    const { hasViolation } = frame
    const node = this.#resolve(branch.andThen(frame.node.steps, frame.node.isAtomic), KIND_OBJECT)
    if (open.fork === null) {
      view.open(node, KIND_OBJECT)
      view.frame.hasViolation = hasViolation
    } else {
      open.fork.beginObject()
      this.#forks.after()
    }
    for (const key of Object.keys(collected)) {
      this.#cursor.key(key)
      replayValue(this.#cursor, collected[key])
    }
  }

  /** Unions, intersections and catches become one reading, or a fork. */
  #resolve(node: SchemaNode, kind: number): SchemaNode {
    if (node.isOneReading) return node
    if (kind === KIND_NULL && node.nullStep >= 0) return node
    const narrowed = node.narrow(kind)
    if (kind === KIND_NULL && narrowed.nullStep >= 0) return narrowed
    const { core } = narrowed
    switch (core.kind) {
      case 'union':
        return this.#forks.start(narrowed, 'any', core.options, core.whole)
      case 'intersection':
        return this.#forks.start(narrowed, 'all', core.sides, core.whole)
      case 'catch':
        return this.#forks.start(narrowed, 'catch', [core.inner], null)
      default:
        return narrowed
    }
  }

  #extraElement(frame: OpenContainer): null {
    this.#reporter.once(frame, oneElementTooMany)
    frame.isTruncated = true
    return null
  }
}

/** `[1, 2]` where a list of lists is wanted: which of the lists is left out can't be known. `[1]` is the same either way. */
export function isInListOfLists({ isArray, count, node: { core } }: OpenContainer): boolean {
  return isArray && count > 0 && core.kind === 'array' && core.element.node.core.kind === 'array'
}

/** Node of the child that is open or comes next, as the container has it. */
export function slotOf(frame: OpenContainer): SchemaNode | null {
  const { core } = frame.node
  if (!frame.isArray || core.kind !== 'tuple') return frame.slot
  return (core.slots[frame.count] ?? core.rest)?.node ?? null
}
