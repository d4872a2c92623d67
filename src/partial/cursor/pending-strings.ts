import {
  KIND_ARRAY,
  KIND_STRING,
  Undetermined,
  type DueRules,
  type RelativeIssue,
  type SchemaNode,
} from '../../schema/node.ts'
import { mayFoldCase, type Coercion } from './coercions.ts'
import type { CursorContext } from './context.ts'
import { isRequired } from './lenient-objects.ts'
import type { OpenContainer } from './open-container.ts'
import type { OpenValue } from './open-value.ts'
import { PendingString, type PlacedCoercion } from './pending-string.ts'
import type { Reporter } from './reporter.ts'
import { isInListOfLists } from './value-entry.ts'
import type { ValueEnd } from './value-end.ts'
import type { VisibleValue } from './visible-value.ts'

/** Lenient reading: strings may turn out not to have ended, literals to be words, and values to mean others. */
export class PendingStrings {
  readonly isLenient: boolean
  readonly #view: VisibleValue
  readonly #open: OpenValue
  readonly #context: CursorContext
  readonly #reporter: Reporter
  readonly #end: ValueEnd
  readonly #replay: (kind: 'stringified' | 'wrapped', text: string, end: number) => void
  /** The string that ended last, until the token after it shows that it had really ended. */
  #pending: PendingString | null = null
  /** What `#pending` refers to, one string after the other. */
  #ended: PendingString | null = null
  /** Rules of a string that was read at once, for when it has really ended. */
  #later: { due: readonly DueRules[]; path: (string | number)[] } | null = null
  /** What is wrong with the open literal, unless it turns out to be something else. */
  #deferred: readonly RelativeIssue[] | null = null
  /** It is null, and stands for an absent key. */
  #isAbsent = false
  /** The string that ended last, in case it continues. */
  lastString = ''

  /** @param replay reads what a string holds as text */
  constructor(
    view: VisibleValue,
    open: OpenValue,
    context: CursorContext,
    reporter: Reporter,
    end: ValueEnd,
    replay: (kind: 'stringified' | 'wrapped', text: string, end: number) => void,
  ) {
    this.#replay = replay
    this.#view = view
    this.#open = open
    this.#context = context
    this.#reporter = reporter
    this.#end = end
    this.isLenient = context.lenience !== null
  }

  /** Nothing that was read may turn out to be something else. */
  get isSettled(): boolean {
    return this.#pending === null && this.#deferred === null
  }

  /** Path of a string that is stored and may still turn out to continue. */
  path(): (string | number)[] | null {
    return this.#pending === null || this.#pending.issues !== null ? null : this.#view.frame.endedPath()
  }

  /** The string that ended last has really ended. */
  settle(): void {
    const later = this.#later
    if (later !== null) {
      this.#later = null
      this.#end.startRules(later.due, later.path)
    }
    const pending = this.#pending
    if (pending === null) return
    const view = this.#view
    this.#pending = null
    this.#open.settleText()
    view.text = null
    this.#noteCoercion(pending)
    if (pending.issues === null) {
      const { elements } = view.frame
      if (elements !== null) this.#reporter.compare(view.frame, elements, pending.result)
      if (view.undiscriminatedDepth === 0) this.#end.announce(pending.result)
      if (pending.due.length > 0) this.#end.startRules(pending.due, view.frame.endedPath())
      if (view.frame.isWrapped) this.#end.close()
    } else if (pending.container !== null) this.#replay(pending.container, pending.value, pending.end)
    else {
      this.#reporter.reject(pending.issues)
      this.#end.pass()
    }
  }

  /** A string that fits is complete at once; one that does not may still continue. */
  end(node: SchemaNode, value: string): void {
    const view = this.#view
    const { frame } = view
    const wasShown = view.text !== null
    const pending = (this.#ended ??= new PendingString())
    this.#open.leaf = null
    pending.read(node, value, wasShown, (coercion) => this.#placed(coercion))
    if (pending.container !== null) pending.end = this.#context.position()
    if (pending.container === 'wrapped' && isInListOfLists(frame)) pending.container = null
    const { result } = pending
    view.text = wasShown && pending.issues !== null ? value : null
    if (result instanceof Undetermined) {
      this.#noteCoercion(pending)
      const due = [...pending.due, ...result.due]
      if (due.length > 0) this.#later = { due, path: frame.openPath() }
      this.#end.finishUndetermined(result.value)
      return
    }
    this.#pending = pending
    if (pending.issues !== null) return
    view.commit(result)
    if (view.undiscriminatedDepth === 0) view.releaseHeld(frame)
    else if (frame.node.core.kind === 'discriminated' && frame.key === frame.node.core.discriminator) {
      this.settle()
      this.#end.decides(result)
    }
  }

  #placed(coercion: Coercion): PlacedCoercion {
    return { ...coercion, path: this.#view.frame.openPath(), position: this.#context.position() }
  }

  #noteCoercion({ value, reading }: PendingString): void {
    if (reading === null) return
    this.#context.lenience!.repaired(reading.kind, reading.path, value, reading.value, reading.position)
  }

  /** Whether an open string that is none of the node's options may be one in another letter case. */
  mayStillFit(node: SchemaNode, soFar: string): boolean {
    const { core } = node
    if (!this.isLenient || core.kind !== 'leaf' || core.options === null) return false
    return (node.accepts & KIND_STRING) !== 0 && mayFoldCase(core.options, soFar)
  }

  /** The string that ended last continues. False where it was read at once, and has to begin anew. */
  reopen(): boolean {
    const view = this.#view
    const open = this.#open
    const pending = this.#pending
    this.#pending = null
    this.#later = null
    view.hasEnded = false
    if (pending === null) return false
    if (pending.issues === null) view.reopen()
    view.frame.isKeyed = true
    open.leaf = pending.node
    const { core } = pending.node
    if (core.kind === 'leaf') {
      open.watch = core.watch
      open.follow = core.patterns?.() ?? null
      open.follow?.(pending.value, pending.value)
    }
    if (pending.wasShown) view.text = pending.value
    else view.takeBack()
    view.isDirty = true
    return true
  }

  /**
   * A string that was read at once, because a union or a side of one had to know, is taken back. False where there is
   * nothing to be read again.
   */
  takeBackLast(): boolean {
    const view = this.#view
    const { frame } = view
    const isRoot = frame.parent === null
    const isStored = isRoot || (frame.isArray ? !frame.isTruncated : Object.hasOwn(frame.container, frame.key))
    if (isStored) {
      view.reopen()
      view.takeBack()
    } else if (frame.isArray) frame.count--
    return isStored
  }

  /** What is wrong with the literal that begins, unless it turns out to be a word. */
  deferLiteral(issue: RelativeIssue, isAbsent: boolean): void {
    this.#deferred = [issue]
    this.#isAbsent = isAbsent
  }

  /** Whether null can only mean that the key is absent. */
  mayBeAbsent({ isArray, property }: OpenContainer): boolean {
    return this.isLenient && !isArray && property !== null && !isRequired(property)
  }

  /** The literal has ended: it was none but itself. */
  settleLiteral(frame: OpenContainer): void {
    const deferred = this.#deferred
    if (deferred === null) return
    this.#deferred = null
    if (this.#isAbsent) {
      const path = frame.openPath()
      this.#context.lenience!.repaired('null-for-absent', path, null, undefined, this.#context.position())
      ;(frame.nulled ??= new Set()).add(frame.property!.index)
    } else this.#reporter.reject(deferred)
  }

  /** The open literal is something else. */
  forgetLiteral(): void {
    this.#deferred = null
  }

  /** One value where an array is wanted: an array that holds it. */
  wrap(node: SchemaNode): void {
    const view = this.#view
    this.#context.lenience!.repaired('wrapped', view.frame.openPath(), undefined, undefined, this.#context.position())
    view.open(node, KIND_ARRAY)
    view.frame.isWrapped = true
  }
}
