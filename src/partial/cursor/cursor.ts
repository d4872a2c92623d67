import { isExactNumber } from '../../json/numbers.ts'
import { SnapshotPace } from '../../json/snapshot-pace.ts'
import {
  KIND_ARRAY,
  KIND_FALSE,
  KIND_NULL,
  KIND_NUMBER,
  KIND_OBJECT,
  KIND_STRING,
  KIND_TRUE,
  type SchemaNode,
} from '../../schema/node.ts'
import type { OpenPath } from '../interpreter.ts'
import type { CursorContext } from './context.ts'
import { enterKey } from './enter-key.ts'
import { ForkControl } from './fork-control.ts'
import type { LaneCursor } from './fork.ts'
import { HeldValues } from './held-values.ts'
import { OpenValue } from './open-value.ts'
import { PendingStrings } from './pending-strings.ts'
import { Reporter } from './reporter.ts'
import { ValueEnd } from './value-end.ts'
import { ValueEntry, slotOf } from './value-entry.ts'
import { VisibleValue } from './visible-value.ts'
import { enterComma, enterKeyBeginning } from './what-follows.ts'

/**
 * Walks a schema along with the text: which node is in force here, what may be shown, what is certainly
 * wrong. O(1) for each token, amortized.
 *
 * A value that is certainly wrong is taken back, at the nearest place that may be absent; everything else continues.
 *
 * Each token goes one of three ways: it is passed over, it goes to the readings of a fork, or it is ours.
 */
export class Cursor implements LaneCursor {
  /** What is shown. */
  readonly view: VisibleValue
  /** The string, number or literal that is open. */
  readonly open = new OpenValue()
  readonly #context: CursorContext
  /** Literals may turn out to be words. */
  readonly #isTolerant: boolean
  /** Commas and beginnings of keys are judged: none of them may be repaired, or be another side's. */
  readonly #isEager: boolean
  readonly #reporter: Reporter
  readonly #end: ValueEnd
  readonly #strings: PendingStrings
  readonly #held: HeldValues
  readonly #forks: ForkControl
  readonly #entry: ValueEntry

  /** @param depth containers around the value, for a lane of a fork */
  constructor(node: SchemaNode, context: CursorContext, depth = 0, isTolerant = context.lenience !== null) {
    const { open } = this
    const view = (this.view = new VisibleValue(node, depth, context.pace ?? new SnapshotPace()))
    const reporter = (this.#reporter = new Reporter(view, context))
    const end = (this.#end = new ValueEnd(view, context, reporter, (branch) => this.#entry.decide(branch)))
    this.#context = context
    this.#isTolerant = isTolerant
    this.#isEager = !isTolerant && context.isSide !== true
    this.#strings = new PendingStrings(view, open, context, reporter, end, (kind, text, at) =>
      this.#held.replay(kind, text, at, slotOf(view.frame)!),
    )
    this.#held = new HeldValues(this, context, reporter, end, this.#strings)
    this.#forks = new ForkControl(
      view,
      open,
      context,
      reporter,
      end,
      (node, laneContext) => new Cursor(node, laneContext, view.frame.depth, isTolerant),
    )
    this.#entry = new ValueEntry(this, isTolerant, context, reporter, this.#strings, this.#held, this.#forks)
  }

  /* What there is to be seen */

  /** The root value has ended. */
  get isDone(): boolean {
    return this.view.hasEnded
  }
  /** Something in the value is certainly wrong. */
  get hasViolation(): boolean {
    return this.view.root.hasViolation
  }
  /** Only the final validation can tell whether the value is right. */
  get isUndetermined(): boolean {
    return this.view.root.isUndetermined
  }
  /** The last snapshot is older than what has been read. */
  get isLagging(): boolean {
    return this.view.isDirty
  }
  /** Wide containers are open, so that a snapshot may lag. */
  get isWide(): boolean {
    return this.view.isWide
  }
  /** A violation may be found inside the open string. */
  get isWatching(): boolean {
    const { watch, follow, fork } = this.open
    return watch !== null || follow !== null || fork?.isWatching === true
  }
  /** A violation may be found inside the open number. */
  get isWatchingNumber(): boolean {
    return this.open.numbers !== null || this.open.fork?.isWatchingNumber === true
  }
  /** A comma or the beginning of a key may be known to be wrong. */
  get isTight(): boolean {
    const { fork, passedOver } = this.open
    return this.#isEager && passedOver === 0 && (fork === null ? this.view.frame.isTight : fork.isTight)
  }
  /** Nothing that was read may turn out to be something else. */
  get isSettled(): boolean {
    return this.open.fork === null && this.#strings.isSettled
  }

  /** The visible value, `ABSENT` when there is none; see `VisibleValue`. */
  snapshot(exact: boolean): unknown {
    return this.view.snapshot(exact)
  }
  look(): unknown {
    return this.view.look()
  }

  /** The place that is still growing; null once the value has ended. */
  openPlace(): OpenPath | null {
    const { frame, hasEnded } = this.view
    if (hasEnded) return null
    const path = frame.isArray || frame.isKeyed ? frame.openPath() : frame.path()
    return { path, isAmbiguous: this.open.fork !== null }
  }

  /** Path of a string that is stored and may still turn out to continue. */
  pendingPath(): (string | number)[] | null {
    return this.#strings.path()
  }

  /** The string that ended last has really ended. */
  settle(): void {
    this.#strings.settle()
  }

  /** Gives up: readings that are still followed inside no longer count. */
  release(): void {
    this.#forks.release()
  }

  /** A listener has come for the string that is open. What it has of it already is its own business. */
  watchOpenField(): void {
    const { observers } = this.#context
    if (!this.open.isInString || observers === null || !this.#end.hasListeners) return
    this.open.listen(
      observers.fieldAt(() => this.view.frame.openPath()),
      this.view.text?.length ?? 0,
    )
  }

  /* Keys and containers */

  beginObject(): void {
    this.#begin(KIND_OBJECT)
  }
  endObject(): void {
    this.#close(KIND_OBJECT)
  }
  beginArray(): void {
    this.#begin(KIND_ARRAY)
  }
  endArray(): void {
    this.#close(KIND_ARRAY)
  }

  comma(): void {
    if (!this.isTight) return
    const { fork } = this.open
    if (fork === null) enterComma(this.view.frame, this.#reporter)
    else {
      fork.comma()
      this.#forks.after()
    }
  }

  growKey(soFar: string): void {
    if (!this.isTight) return
    const { fork } = this.open
    if (fork !== null) this.#forks.growKey(fork, soFar)
    if (this.open.fork === null && this.isTight) enterKeyBeginning(this.view.frame, soFar, this.#reporter)
  }

  key(name: string): void {
    if (this.open.passedOver > 0 && this.#isPassing()) {
      const { held } = this.open
      if (held === null) return
      held.key(name)
      if (held.isDone) this.#held.finish(held)
      return
    }
    if (this.#isTolerant) this.#strings.settle()
    // Readings die in the order of their violations however the text is cut.
    else if (this.open.fork !== null) this.growKey(name)
    const { fork } = this.open
    if (this.open.passedOver > 0) return
    if (fork === null) {
      if (!this.#strings.isLenient || !this.#held.holdLookalike(this.view.frame, name))
        enterKey(this.view.frame, name, this.#reporter)
    } else {
      fork.key(name)
      this.#forks.after()
    }
  }

  #begin(kind: number): void {
    const { open } = this
    if (open.passedOver > 0 && this.#isPassing()) {
      if (open.held === null) open.passedOver++
      else if (kind === KIND_OBJECT) open.held.beginObject()
      else open.held.beginArray()
      return
    }
    if (this.#isTolerant) this.#strings.settle()
    if (this.open.fork === null) {
      const node = this.#entry.enter(kind)
      if (node === null) {
        open.passedOver = 1
        return
      }
      if (this.open.fork === null) {
        this.view.open(node, kind)
        return
      }
    }
    if (kind === KIND_OBJECT) this.open.fork.beginObject()
    else this.open.fork.beginArray()
    this.#forks.after()
  }

  #close(kind: number): void {
    const { open } = this
    if (open.passedOver > 0 && this.#isPassing()) {
      if (open.held !== null) this.#held.close(open.held, kind)
      else if (--open.passedOver === 0) this.#end.pass()
      return
    }
    if (this.#isTolerant) this.#strings.settle()
    if (open.fork === null) this.#entry.decideUntagged()
    const { fork } = open
    if (fork === null) {
      if (this.#strings.isLenient) this.#held.completeObject(this.view.frame)
      this.#end.close()
      return
    }
    if (kind === KIND_OBJECT) fork.endObject()
    else fork.endArray()
    this.#forks.after()
  }

  /* Strings */

  beginString(): void {
    const { open } = this
    if (open.passedOver > 0 && this.#isPassing()) {
      open.held?.beginString()
      return
    }
    if (this.#isTolerant) this.#strings.settle()
    if (this.open.fork === null) {
      const node = (open.leaf = this.#entry.enter(KIND_STRING))
      if (node === null) return
      if (this.open.fork === null) {
        this.#openString(node)
        return
      }
    }
    this.open.fork.beginString()
    this.#forks.after()
  }

  #openString(node: SchemaNode): void {
    const { open, view } = this
    const { observers } = this.#context
    const isHeard = observers?.wantsFields === true && this.#end.hasListeners
    open.beginString(node, isHeard ? observers.fieldAt(() => view.frame.openPath()) : null)
    const isString = (node.accepts & KIND_STRING) !== 0
    if (isString && !node.isAtomic && view.hiddenFrom === null && !view.frame.isTruncated) {
      view.text = ''
      view.isDirty = true
    }
  }

  growString(piece: string, soFar: string): void {
    const { open, view } = this
    if (open.passedOver > 0) {
      open.held?.growString(piece, soFar)
      return
    }
    const { fork } = this.open
    if (fork !== null) {
      const seen = this.#forks.growString(fork, piece, soFar)
      if (seen < piece.length) this.growString(piece.slice(seen), soFar)
      return
    }
    if (open.leaf === null) return
    if (open.watch !== null || open.follow !== null) {
      const failure = open.judge(piece, soFar)
      if (failure !== null && !this.#strings.mayStillFit(open.leaf, soFar)) {
        open.leaf = null
        this.#reporter.reject(failure.issues)
        return
      }
    }
    if (view.text === null) return
    view.text = soFar
    view.isDirty = true
    open.growText(piece)
  }

  endString(value: string): void {
    const { open, view } = this
    if (open.held !== null) {
      open.held.endString(value)
      return
    }
    const strings = this.#strings
    if (this.#isTolerant) strings.lastString = value
    const { fork } = this.open
    if (fork !== null && open.passedOver === 0 && fork.isWatching)
      this.growString(value.slice(fork.soFar.length), value)
    open.endString(value, !strings.isLenient)
    if (strings.isLenient && open.passedOver === 0 && this.open.fork === null && open.leaf !== null) {
      strings.end(open.leaf, value)
      return
    }
    const wasShown = view.text !== null
    view.text = null
    this.#endLeaf(value, KIND_STRING, wasShown)
  }

  reopenString(): void {
    if (this.open.passedOver > 0) {
      this.open.held?.reopenString()
      return
    }
    const { fork } = this.open
    if (fork !== null) {
      fork.reopenString()
      return
    }
    const { lastString } = this.#strings
    if (this.#strings.reopen() || !this.#strings.takeBackLast()) return
    this.beginString()
    this.growString(lastString, lastString)
  }

  /* Numbers and literals */

  beginNumber(): void {
    const { open } = this
    if (open.passedOver > 0 && this.#isPassing()) {
      open.held?.beginNumber()
      return
    }
    if (!this.#beginLeaf(KIND_NUMBER)) {
      open.fork!.beginNumber()
      this.#forks.after()
    } else if (open.leaf !== null && open.leaf.core.kind === 'leaf' && this.#entry.isCertainNumber())
      open.numbers = open.leaf.core.numbers ?? null
  }

  growNumber(soFar: string): void {
    const { open } = this
    const { fork } = open
    if (fork !== null) this.#forks.growNumber(fork, soFar)
    if (open.fork !== null || open.leaf === null || open.numbers === null) return
    const failure = open.numbers(soFar)
    if (failure === null) return
    open.leaf = null
    open.numbers = null
    this.#reporter.reject(failure.issues)
  }

  endNumber(value: number, text = ''): void {
    const { held, fork, leaf } = this.open
    this.open.numbers = null
    if (held !== null) held.endNumber(value, text)
    else if (text !== '' && fork === null && leaf !== null && !isExactNumber(value, text))
      this.#held.endInexact(leaf, slotOf(this.view.frame)!, value, text)
    else this.#endLeaf(value, KIND_NUMBER, false, text)
  }
  beginLiteral(value: boolean | null): void {
    if (this.open.passedOver > 0 && this.#isPassing()) {
      this.open.held?.beginLiteral(value)
      return
    }
    if (this.#beginLeaf(value === null ? KIND_NULL : value ? KIND_TRUE : KIND_FALSE)) return
    this.open.fork!.beginLiteral(value)
    this.#forks.after()
  }
  endLiteral(value: boolean | null): void {
    if (this.open.held !== null) this.open.held.endLiteral(value)
    else this.#endLeaf(value, KIND_NULL, false)
  }

  cancelLiteral(): void {
    if (this.open.passedOver > 0) {
      this.open.held?.cancelLiteral()
      return
    }
    this.open.leaf = null
    this.open.numbers = null
    this.#strings.forgetLiteral()
    const { fork } = this.open
    if (fork === null) return
    if (fork.depth > 0) fork.cancelLiteral()
    else this.#forks.stop(fork)
  }

  /** Whether it is ours or passed over; otherwise the readings of a fork have to see it. */
  #beginLeaf(kind: number): boolean {
    if (this.#isTolerant) this.#strings.settle()
    if (this.open.fork !== null) return false
    this.open.leaf = this.#entry.enter(kind)
    return this.open.fork === null
  }

  #endLeaf(value: string | number | boolean | null, kind: number, wasShown: boolean, text = ''): void {
    const { open } = this
    if (open.passedOver > 0) return
    const { fork } = this.open
    if (fork !== null) {
      if (kind === KIND_STRING) fork.endString(value as string)
      else if (kind === KIND_NUMBER) fork.endNumber(value as number, text)
      else fork.endLiteral(value as boolean | null)
      this.#forks.after()
      return
    }
    const node = open.leaf
    open.leaf = null
    this.#strings.settleLiteral(this.view.frame)
    if (node === null) this.#end.pass()
    else this.#end.finish(node, value, value === null && node.nullStep >= 0 ? node.nullStep : 0, wasShown)
  }

  /** Whether what comes is still passed over; a value that was held ends with the token after it. */
  #isPassing(): boolean {
    const { held } = this.open
    if (held === null || !held.isDone) return true
    this.#held.finish(held)
    return false
  }
}
