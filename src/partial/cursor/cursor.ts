import { NOTHING } from '../../json/growing-container.ts'
import type { TokenSink } from '../../json/token-sink.ts'
import {
  ABSENT,
  ANY,
  KIND_ARRAY,
  KIND_BOOLEAN,
  KIND_FALSE,
  CheckFailure,
  KIND_NULL,
  KIND_NUMBER,
  KIND_OBJECT,
  KIND_STRING,
  KIND_TRUE,
  Undetermined,
  type Lazy,
  type ObjectCore,
  type RelativeIssue,
  type SchemaNode,
  type ValueCheck,
  type StringWatch,
} from '../../schema/node.ts'
import { completeOpen, completeInside, completeText } from './completion-events.ts'
import type { CursorContext } from './context.ts'
import type { OpenContainer } from './open-container.ts'
import { replayValue } from '../../json/sinks/replay.ts'
import { Fork, SideIssues, type ForkMode, type Lane } from './fork.ts'
import type { OpenPath } from '../interpreter.ts'
import { mayBeQuoted, mayFoldCase, mayUnquote, type Coercion } from './coercions.ts'
import { markUserMade } from './opaque-values.ts'
import { PendingString, type PlacedCoercion } from './pending-string.ts'
import { runChecksFrom } from './run-checks.ts'
import { isNewElement } from './unique-items.ts'
import {
  below,
  noDiscriminator,
  noOptionFits,
  oneElementTooMany,
  oneKeyTooMany,
  repeatedKey,
  sameElementTwice,
  undeclaredKey,
  wrongKind,
} from './violations.ts'
import { VisibleValue, isHeldBack } from './visible-value.ts'

/** Readings followed at once, over nested unions; a union beyond that shows nothing until it is complete. */
const MAX_LANES = 64

/**
 * Walks a schema along with the text: which node is in force here, what may be shown, what is certainly
 * wrong. Holds the visible value as growing containers. O(1) for each token, amortised.
 *
 * A value that is certainly wrong is taken back, at the nearest place that may be absent; everything else goes on.
 */
export class Cursor extends VisibleValue implements TokenSink {
  readonly #context: CursorContext
  /** Literals may turn out to be words. */
  readonly #isTolerant: boolean
  /** Strings may turn out not to have ended, and values may mean others. */
  readonly #isLenient: boolean
  /** Containers open inside a value that is passed over. */
  #skipped = 0
  /** Node of the open string, number or literal; null: it is passed over. */
  #leaf: SchemaNode | null = null
  #watch: StringWatch | null = null
  /** Several readings of the value that is open at the current place. */
  #fork: Fork | null = null
  /** The string that ended last, until the token after it shows that it had really ended (lenient reading only). */
  #pending: PendingString | null = null
  /** What `#pending` refers to. */
  readonly #ended = new PendingString()
  /** What is wrong with the open literal, unless it turns out to be something else (lenient reading only). */
  #deferred: readonly RelativeIssue[] | null = null
  /** The string that ended last, in case it goes on (lenient reading only). */
  #lastString = ''
  /** A string is open, and read in one way. */
  #isInString = false
  #field: ((piece: string, isDone: boolean) => void) | null = null
  #fieldLength = 0

  /** @param depth containers around the value, for a lane of a fork */
  constructor(node: SchemaNode, context: CursorContext, depth = 0, isTolerant = context.lenience !== null) {
    super(node, depth, () => context.position())
    this.#context = context
    this.#isTolerant = isTolerant
    this.#isLenient = context.lenience !== null
  }

  /** A violation may be found inside the open string. */
  get isWatching(): boolean {
    return this.#watch !== null || this.#fork?.isWatching === true
  }

  /** Node of the string, number or literal that is open; null: none is, or it is passed over. */
  get openLeaf(): SchemaNode | null {
    return this.#leaf
  }
  /** Open containers inside a value that is passed over. */
  get passedOver(): number {
    return this.#skipped
  }

  /** The place that is still growing; null once the value has ended. */
  openPlace(): OpenPath | null {
    if (this.hasEnded) return null
    const { frame } = this
    const path = frame.isArray || frame.isKeyed ? frame.openPath() : frame.path()
    return { path, isAmbiguous: this.#fork !== null }
  }

  /** Path of a string that is stored and may still turn out to go on. */
  pendingPath(): (string | number)[] | null {
    return this.#pending === null || this.#pending.issues !== null ? null : this.frame.endedPath()
  }

  protected override openValue(exact: boolean): unknown {
    return this.#fork === null ? NOTHING : this.#fork.view(exact)
  }

  protected override get isOpenLagging(): boolean {
    return this.#fork !== null && this.#fork.isLagging
  }

  override get isWide(): boolean {
    return super.isWide || (this.#fork !== null && this.#fork.isWide)
  }

  /** A listener has come for the string that is open. What it has of it already is its own business. */
  watchOpenField(): void {
    const { observers } = this.#context
    if (!this.#isInString || observers === null || !this.#isHeard) return
    this.#field = observers.fieldAt(() => this.frame.openPath())
    this.#fieldLength = this.text?.length ?? 0
  }

  /* Tokens */

  beginObject(): void {
    this.#begin(KIND_OBJECT)
  }
  endObject(): void {
    this.#end(KIND_OBJECT)
  }
  beginArray(): void {
    this.#begin(KIND_ARRAY)
  }
  endArray(): void {
    this.#end(KIND_ARRAY)
  }

  key(name: string): void {
    if (this.#skipped > 0) return
    if (this.#pending !== null) this.settle()
    if (this.#fork !== null) {
      this.#fork.key(name)
      this.#afterFork()
      return
    }
    const { frame } = this
    frame.key = name
    frame.isKeyed = true
    frame.property = null
    frame.attached = NOTHING
    const { core } = frame.node
    switch (core.kind) {
      case 'object': {
        if (++frame.keyCount > frame.maximum) this.#reportOnce(frame, oneKeyTooMany)
        const property = core.properties.get(name)
        if (property === undefined) frame.slot = this.#undeclared(frame, name, core.rest)
        else if (frame.see(property.index)) {
          frame.property = property
          frame.slot = property.node.node
        } else frame.slot = this.#duplicate(frame, name)
        return
      }
      case 'record': {
        const key = core.key(name)
        if (key instanceof CheckFailure) {
          frame.slot = null
          this.#reportAt(frame, key.issues)
        } else if (key.name === ABSENT) frame.slot = null
        else {
          frame.key = key.name
          if (Object.hasOwn(frame.container, key.name)) frame.slot = this.#duplicate(frame, name)
          else frame.slot = key.isChecked ? core.value.node : ANY
        }
        return
      }
      case 'discriminated':
        if (Object.hasOwn(frame.container, name)) frame.slot = this.#duplicate(frame, name)
        else frame.slot = name === core.discriminator ? core.tag : ANY
        return
      default:
        frame.slot = ANY
    }
  }

  beginString(): void {
    if (this.#skipped > 0) return
    if (this.#pending !== null) this.settle()
    if (this.#fork === null) {
      const node = (this.#leaf = this.#enter(KIND_STRING))
      if (node === null) return
      if (this.#fork === null) {
        const { core } = node
        this.#watch = (node.accepts & KIND_STRING) === 0 ? watchQuoted(node) : core.kind === 'leaf' ? core.watch : null
        const { observers } = this.#context
        this.#isInString = true
        this.#field =
          observers?.wantsFields === true && this.#isHeard ? observers.fieldAt(() => this.frame.openPath()) : null
        this.#fieldLength = 0
        if (!node.isAtomic && this.hidden === null && !this.frame.isCut) {
          this.text = ''
          this.isDirty = true
        }
        return
      }
    }
    this.#fork.beginString()
    this.#afterFork()
  }

  growString(piece: string, soFar: string): void {
    if (this.#skipped > 0) return
    if (this.#fork !== null) {
      this.#growFork(this.#fork, piece, soFar)
      return
    }
    if (this.#leaf === null) return
    if (this.#watch !== null) {
      const failure = this.#watch(soFar)
      if (failure !== null && !this.#mayStillFit(this.#leaf, soFar)) {
        this.#leaf = null
        this.#reject(failure.issues)
        return
      }
    }
    if (this.text === null) return
    this.text = soFar
    this.isDirty = true
    if (this.#field !== null) {
      this.#fieldLength += piece.length
      this.#field(piece, false)
    }
  }

  /** Readings must die in the order of their violations however the text is cut: so they see one character at a time. */
  #growFork(fork: Fork, piece: string, soFar: string): void {
    if (!fork.isWatching) {
      fork.growString(piece, soFar)
      this.#afterFork()
      return
    }
    let seen = 0
    for (const character of piece) {
      if (this.#fork !== fork || !fork.isWatching) break
      seen += character.length
      fork.growString(character, fork.soFar + character)
      this.#afterFork()
    }
    if (seen < piece.length) this.growString(piece.slice(seen), soFar)
  }

  endString(value: string): void {
    if (this.#isTolerant) this.#lastString = value
    const fork = this.#fork
    if (fork !== null && this.#skipped === 0 && fork.isWatching)
      this.#growFork(fork, value.slice(fork.soFar.length), value)
    this.#watch = null
    this.#isInString = false
    const isLenient = this.#isLenient
    if (this.#field !== null) {
      const rest = this.#leaf === null ? '' : value.slice(this.#fieldLength)
      this.#field(rest, !isLenient)
      this.#fieldLength = value.length
      if (!isLenient) this.#field = null
    }
    if (isLenient && this.#skipped === 0 && this.#fork === null && this.#leaf !== null) {
      this.#endPending(this.#leaf, value)
      return
    }
    const wasShown = this.text !== null
    this.text = null
    this.#endLeaf(value, KIND_STRING, wasShown)
  }

  beginNumber(): void {
    if (!this.#beginLeaf(KIND_NUMBER)) return
    this.#fork!.beginNumber()
    this.#afterFork()
  }
  endNumber(value: number): void {
    this.#endLeaf(value, KIND_NUMBER, false)
  }
  beginLiteral(value: boolean | null): void {
    if (!this.#beginLeaf(value === null ? KIND_NULL : value ? KIND_TRUE : KIND_FALSE)) return
    this.#fork!.beginLiteral(value)
    this.#afterFork()
  }
  endLiteral(value: boolean | null): void {
    this.#endLeaf(value, KIND_NULL, false)
  }

  /** Whether there are several readings to tell of it. */
  #beginLeaf(kind: number): boolean {
    if (this.#skipped > 0) return false
    if (this.#pending !== null) this.settle()
    if (this.#fork !== null) return true
    this.#leaf = this.#enter(kind)
    return this.#fork !== null
  }

  #endLeaf(value: string | number | boolean | null, kind: number, wasShown: boolean): void {
    if (this.#skipped > 0) return
    const fork = this.#fork
    if (fork !== null) {
      if (kind === KIND_STRING) fork.endString(value as string)
      else if (kind === KIND_NUMBER) fork.endNumber(value as number)
      else fork.endLiteral(value as boolean | null)
      this.#afterFork()
      return
    }
    const node = this.#leaf
    this.#leaf = null
    if (this.#deferred !== null) {
      this.#reject(this.#deferred)
      this.#deferred = null
    }
    if (node === null) this.#pass()
    else this.#finish(node, value, value === null && node.nullStep >= 0 ? node.nullStep : 0, wasShown)
  }

  #begin(kind: number): void {
    if (this.#skipped > 0) {
      this.#skipped++
      return
    }
    if (this.#pending !== null) this.settle()
    if (this.#fork === null) {
      const node = this.#enter(kind)
      if (node === null) {
        this.#skipped = 1
        return
      }
      if (this.#fork === null) {
        this.openContainer(node, kind)
        return
      }
    }
    if (kind === KIND_OBJECT) this.#fork.beginObject()
    else this.#fork.beginArray()
    this.#afterFork()
  }

  #end(kind: number): void {
    if (this.#skipped > 0) {
      if (--this.#skipped === 0) this.#pass()
      return
    }
    if (this.#pending !== null) this.settle()
    const fork = this.#fork
    if (fork === null) {
      this.#close()
      return
    }
    if (kind === KIND_OBJECT) fork.endObject()
    else fork.endArray()
    this.#afterFork()
  }

  /* Lenient reading: strings may turn out not to have ended, and values may mean others. */

  /** The string that ended last has really ended. */
  settle(): void {
    const pending = this.#pending
    if (pending === null) return
    this.#pending = null
    this.#field?.('', true)
    this.#field = null
    this.text = null
    this.#noteReading(pending)
    if (pending.issues === null) {
      this.#compare(this.frame, pending.result)
      if (this.undecided === 0) this.#announce(pending.result)
      if (this.frame.isWrapped) this.#close()
    } else {
      this.#reject(pending.issues)
      this.#pass()
    }
  }

  /** A string that fits is complete at once; one that does not may still go on. */
  #endPending(node: SchemaNode, value: string): void {
    const { frame } = this
    const wasShown = this.text !== null
    const pending = this.#ended
    this.#leaf = null
    pending.read(node, value, wasShown, this.#placed)
    const { result } = pending
    this.text = wasShown && pending.issues !== null ? value : null
    if (result instanceof Undetermined) {
      this.#noteReading(pending)
      this.#finishUnsure(result.value)
      return
    }
    this.#pending = pending
    if (pending.issues !== null) return
    this.place(result)
    if (this.undecided === 0) this.releaseHeld(frame)
    else if (frame.node.core.kind === 'discriminated' && frame.key === frame.node.core.discriminator) {
      this.settle()
      this.#decides(result)
    }
  }

  readonly #placed = (reading: Coercion): PlacedCoercion => ({
    ...reading,
    path: this.frame.openPath(),
    position: this.#context.position(),
  })

  #noteReading({ value, reading }: PendingString): void {
    if (reading === null) return
    this.#context.lenience!.repaired(reading.kind, reading.path, value, reading.value, reading.position)
  }

  #mayStillFit(node: SchemaNode, soFar: string): boolean {
    const { core } = node
    if (!this.#isLenient || core.kind !== 'leaf' || core.options === null) return false
    return (node.accepts & KIND_STRING) !== 0 && mayFoldCase(core.options, soFar)
  }

  reopenString(): void {
    if (this.#skipped > 0) return
    if (this.#fork !== null) {
      this.#fork.reopenString()
      return
    }
    const { frame } = this
    const pending = this.#pending
    this.#pending = null
    this.hasEnded = false
    if (pending === null) {
      this.#readAgain(this.#lastString)
      return
    }
    if (pending.issues === null) this.unplace()
    frame.isKeyed = true
    this.#leaf = pending.node
    const { core } = pending.node
    this.#watch = core.kind === 'leaf' ? core.watch : null
    if (pending.wasShown) this.text = pending.value
    else this.takeBack()
    this.isDirty = true
  }

  /** A string that was read at once, because a union or a side of one had to know: it begins anew. */
  #readAgain(soFar: string): void {
    const { frame } = this
    const isRoot = frame.parent === null
    const isStored = isRoot || (frame.isArray ? !frame.isCut : Object.hasOwn(frame.container, frame.key))
    if (isStored) {
      this.unplace()
      this.takeBack()
      this.beginString()
      this.growString(soFar, soFar)
    } else if (frame.isArray) frame.count--
  }

  cancelLiteral(): void {
    if (this.#skipped > 0) return
    this.#leaf = null
    this.#deferred = null
    if (this.#fork === null) return
    if (this.#fork.depth > 0) this.#fork.cancelLiteral()
    else this.#endFork(this.#fork)
  }

  /** One value where an array is wanted: an array that holds it. */
  #wrap(node: SchemaNode, kind: number): boolean {
    const { core } = node
    if (core.kind !== 'array') return false
    const element = core.element.node
    if ((element.accepts & kind) === 0 && !(kind === KIND_STRING && mayBeQuoted(element))) return false
    this.#context.lenience!.repaired('wrapped', this.frame.openPath(), undefined, undefined, this.#context.position())
    this.openContainer(node, KIND_ARRAY)
    this.frame.isWrapped = true
    return true
  }

  /* Places */

  /** A value of this kind begins: the node in force for it, or null when it is passed over. May start a fork. */
  #enter(kind: number): SchemaNode | null {
    const { frame } = this
    let node = frame.slot
    if (frame.isArray) {
      if (frame.count >= frame.maximum) return this.#extraElement(frame)
      const { core } = frame.node
      if (core.kind === 'tuple') node = (core.slots[frame.count] ?? core.rest!).node
    }
    if (node === null) return null
    if ((node.accepts & kind) === 0) {
      if (this.#isLenient) {
        if (kind === KIND_STRING && mayBeQuoted(node)) return node
        if (kind !== KIND_ARRAY && this.#wrap(node, kind)) return this.#enter(kind)
      }
      if (this.#isTolerant && (kind & LITERAL) !== 0 && (node.accepts & KIND_STRING) !== 0) {
        this.#deferred = [wrongKind(node, kind)]
        return null
      }
      this.#reject([wrongKind(node, kind)])
      return null
    }
    return this.#resolve(node, kind)
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
        return this.#startFork(narrowed, 'any', core.options, core.whole)
      case 'intersection':
        return this.#startFork(narrowed, 'all', core.sides, core.whole)
      case 'catch':
        return this.#startFork(narrowed, 'catch', [core.inner], null)
      default:
        return narrowed
    }
  }

  #startFork(node: SchemaNode, mode: ForkMode, readings: readonly Lazy[], whole: ValueCheck | null): SchemaNode {
    const { lanes } = this.#context
    if (whole !== null && lanes.open + readings.length > MAX_LANES) {
      return ANY.with({ isAtomic: true, steps: [whole, ...node.steps] })
    }
    lanes.open += readings.length
    const sides = mode === 'all' ? new SideIssues() : null
    this.#fork = new Fork(
      node,
      mode,
      readings.map((reading, index) => this.#lane(reading.node, sides, index)),
    )
    return node
  }

  #lane(node: SchemaNode, sides: SideIssues | null, side: number): Lane {
    const context = this.#context
    const report = (issue: RelativeIssue): boolean => {
      if (sides === null) lane.isDead = true
      else if (sides.isCertain(issue, side)) this.#reportAt(this.frame, [issue], true)
      else return false
      return true
    }
    const laneContext: CursorContext = {
      position: () => context.position(),
      report,
      reportUnsure: () => {},
      observers: null,
      lenience: null,
      lanes: context.lanes,
    }
    const cursor = new Cursor(node, laneContext, this.frame.depth, this.#isTolerant)
    const lane: Lane = { isDead: false, cursor }
    return lane
  }

  #close(): void {
    this.#fillIn(this.frame)
    const frame = this.leaveContainer()
    const parent = this.frame
    const { container, node } = frame
    frame.container = NO_ELEMENTS
    if (!frame.isBad && !frame.isUnsure) {
      this.#finish(node, container, 0, !node.isAtomic)
      return
    }
    parent.isBad ||= frame.isBad
    parent.isUnsure ||= frame.isUnsure
    if (node.isAtomic || frame.isRejected || (frame.isBad && frame.holding > 0)) {
      this.#pass()
    } else this.#store(container, false)
  }

  /** The container closes: what did not come is filled in, or missed. */
  #fillIn(frame: OpenContainer): void {
    const { core } = frame.node
    switch (core.kind) {
      case 'object':
        if (frame.hasSeenAll(core.properties.size)) return
        for (const [key, property] of core.properties) {
          if (!frame.hasSeen(property.index)) this.#fillKey(frame, key, property.whenAbsent())
        }
        return
      case 'record':
        for (const [key, value] of core.missing((name) => Object.hasOwn(frame.container, name)))
          this.#fillKey(frame, key, value)
        return
      case 'tuple': {
        const tail = core.tail(frame.count)
        if (tail instanceof CheckFailure) this.#reportAt(frame, tail.issues)
        else if (tail instanceof Undetermined) frame.isUnsure = true
        else {
          tail.forEach(markUserMade)
          // Behind an element that is not shown nothing is.
          if (!frame.isCut) for (const value of tail) frame.commit(value)
        }
        return
      }
      case 'discriminated':
        this.#rejectUndecided(frame, core.tag, core.discriminator)
        break
      default:
    }
  }

  #fillKey(frame: OpenContainer, key: string, value: unknown): void {
    if (value === ABSENT) return
    frame.key = key
    frame.attached = NOTHING
    if (value instanceof CheckFailure) this.#reportAt(frame, below(key, value.issues))
    else if (value instanceof Undetermined) this.#unsure()
    else {
      markUserMade(value)
      frame.commit(value)
    }
  }

  /** Runs the node's steps over a complete value, and stores what they make of it. */
  #finish(node: SchemaNode, value: unknown, from: number, wasShown: boolean): void {
    const result = runChecksFrom(node, value, from)
    if (result instanceof CheckFailure) this.#fail(value, result.issues, wasShown)
    else if (result instanceof Undetermined) this.#finishUnsure(result.value)
    else {
      if (result !== value) markUserMade(result)
      else if (node.isAtomic && typeof value === 'object' && this.#isHeard)
        completeInside(this.#context.observers!, this.frame.openPath(), value)
      this.#store(result, true)
    }
  }

  /** What fails only as a whole stays as it was shown; a string, number or literal has no other part that could be wrong. */
  #fail(value: unknown, issues: readonly RelativeIssue[], wasShown: boolean): void {
    if (wasShown && typeof value === 'object' && value !== null) {
      this.#reportAt(this.frame, issues, true)
      this.#store(value, false)
    } else {
      this.#reject(issues)
      this.#pass()
    }
  }

  #store(value: unknown, isValid: boolean): void {
    const { frame } = this
    this.place(value)
    this.#compare(frame, value)
    if (isValid && !this.#decides(value)) {
      this.#announce(value)
      this.releaseHeld(frame)
    }
    if (frame.isWrapped) this.#close()
  }

  /** Inside a union whose reading is not known yet. A discriminator makes it known. */
  #decides(value: unknown): boolean {
    if (this.undecided === 0) return false
    const { key, node } = this.frame
    if (node.core.kind === 'discriminated' && key === node.core.discriminator)
      this.#decide(node.core.branches.get(value)!.node)
    return true
  }

  /** The value has ended and nothing of it is shown. */
  #pass(): void {
    const { frame } = this
    this.takeBack()
    frame.isKeyed = false
    if (frame.parent === null) this.hasEnded = true
    else if (frame.isArray) {
      frame.isCut = true
      frame.count++
    }
    if (frame.isWrapped) this.#close()
  }

  /* Violations */

  /** The value at the current place is certainly wrong. */
  #reject(issues: readonly RelativeIssue[]): void {
    const { frame } = this
    this.takeBack()
    if (frame.isArray) frame.isCut = true
    if (frame.node.core.kind === 'discriminated') {
      frame.isRejected = true
      if (this.hidden === null) this.hidden = frame
    }
    this.#reportAt(frame, issues, true)
  }

  /** Issues below `frame`'s container, or below its open child. */
  #reportAt(frame: OpenContainer, issues: readonly RelativeIssue[], isChild = false): void {
    const base = isChild ? this.frame.openPath() : frame.path()
    for (const issue of issues) {
      if (this.#context.report({ ...issue, path: [...base, ...issue.path] })) frame.isBad = true
      // Zod does not run the checks of a side that has refused a key, even if the other side takes it.
      else if (frame.node.steps.length > 0) frame.isUnsure = true
    }
  }

  #unsure(): void {
    this.frame.isUnsure = true
    this.#context.reportUnsure(this.frame.openPath())
  }

  #undeclared(frame: OpenContainer, name: string, rest: ObjectCore['rest']): SchemaNode | null {
    if (typeof rest === 'function') {
      const told = rest(name)
      if (!(told instanceof CheckFailure))
        return Object.hasOwn(frame.container, name) ? this.#duplicate(frame, name) : told.node
      this.#reportAt(frame, told.issues)
      return null
    }
    if (rest === 'strict') {
      this.#reportAt(frame, [undeclaredKey(name)])
      return null
    }
    if (rest === 'strip' || name === '__proto__') return null
    return Object.hasOwn(frame.container, name) ? this.#duplicate(frame, name) : rest.node
  }

  #duplicate(frame: OpenContainer, name: string): null {
    this.#reportAt(frame, [repeatedKey(name)])
    // The first value stays as it is: leave nothing open at its key.
    return null
  }

  #extraElement(frame: OpenContainer): null {
    this.#reportOnce(frame, oneElementTooMany)
    frame.isCut = true
    return null
  }

  #reportOnce(frame: OpenContainer, tooMany: (maximum: number) => RelativeIssue): void {
    if (frame.isOverReported) return
    frame.isOverReported = true
    this.#reportAt(frame, [tooMany(frame.maximum)])
  }

  /** An element is complete: no other may be like it. */
  #compare(frame: OpenContainer, value: unknown): void {
    if (frame.elements === null || isNewElement(frame.elements, value)) return
    this.#reportAt(frame, [sameElementTwice()])
  }

  /* Discriminated unions: the object is collected unseen until its discriminator has come. */

  #decide(branch: SchemaNode): void {
    const frame = this.leaveContainer()
    const collected = frame.container as Record<string, unknown>
    const { isBad } = frame
    const node = this.#resolve(branch.andThen(frame.node.steps, frame.node.isAtomic), KIND_OBJECT)
    if (this.#fork === null) {
      this.openContainer(node, KIND_OBJECT)
      this.frame.isBad = isBad
    } else {
      this.#fork.beginObject()
      this.#afterFork()
    }
    for (const key of Object.keys(collected)) {
      this.key(key)
      replayValue(this, collected[key])
    }
  }

  #rejectUndecided(frame: OpenContainer, tag: SchemaNode, discriminator: string): void {
    if (frame.isRejected) return
    frame.isRejected = true
    this.#reportAt(frame, [noDiscriminator(discriminator, tag)])
  }

  /* Forks */

  #afterFork(): void {
    const fork = this.#fork!
    fork.prune()
    if (this.hidden === null) this.isDirty = true
    if (fork.mode === 'any' && fork.alive.length === 0) {
      this.#endFork(fork)
      this.#reject([noOptionFits(fork.node)])
      if (fork.isDone) this.#pass()
      else this.#skipped = fork.depth
      this.#leaf = null
    } else if (fork.isDone) this.#finishFork(fork)
    else if (fork.mode === 'any' && fork.alive.length === 1 && fork.alive[0]!.cursor.#isSettled) this.#adopt(fork)
  }

  /** Nothing that was read may turn out to be something else. */
  get #isSettled(): boolean {
    return this.#fork === null && this.#pending === null && this.#deferred === null
  }

  /** Gives up: readings that are still followed inside no longer count. */
  release(): void {
    const fork = this.#fork
    if (fork === null) return
    for (const { cursor } of fork.alive) cursor.release()
    this.#endFork(fork)
  }

  #endFork(fork: Fork): void {
    this.#fork = null
    const { core } = fork.node
    this.#context.lanes.open -= core.kind === 'union' ? core.options.length : core.kind === 'intersection' ? 2 : 1
  }

  #finishFork(fork: Fork): void {
    this.#endFork(fork)
    this.#leaf = null
    const outcome = fork.outcome()
    const { is, value } = outcome
    switch (is) {
      case 'read':
        if (this.#isHeard) {
          const observers = this.#context.observers!
          if (outcome.inside) completeInside(observers, this.frame.openPath(), value)
          completeText(observers, () => this.frame.openPath(), value)
        }
        this.#finish(fork.node, value, 0, outcome.inside)
        return
      case 'made':
        this.takeBack()
        markUserMade(value)
        this.#finish(fork.node, value, 0, false)
        return
      case 'unsure':
        this.#finishUnsure(value)
        return
      case 'bad':
        if (value === ABSENT) this.#pass()
        else this.#store(value, false)
        return
      case 'wrong':
        this.#fail(value, outcome.issues, outcome.wasShown)
        return
      default: {
        const never: never = is
        throw new Error(`unknown outcome ${String(never)}`)
      }
    }
  }

  #finishUnsure(value: unknown): void {
    this.#unsure()
    if (value === ABSENT) this.#pass()
    else this.#store(value, false)
  }

  /** One reading of a union is left: its frames become ours, as if there had never been another. */
  #adopt(fork: Fork): void {
    this.#endFork(fork)
    const lane = fork.alive[0]!.cursor
    const { steps, isAtomic } = fork.node
    const outermost = lane.frame === lane.root ? null : lane.root.child
    if (outermost !== null) this.adoptContainers(lane, outermost, steps, isAtomic)
    this.#leaf = outermost === null ? (lane.#leaf?.andThen(steps, isAtomic) ?? null) : lane.#leaf
    this.#skipped = lane.#skipped
    this.#watch = lane.#watch
    this.undecided += lane.undecided
    this.sealed += lane.sealed
    if (this.hidden === null) {
      this.hidden = outermost !== null && isHeldBack(outermost) ? outermost : lane.hidden
      const isShown = this.hidden === null && !this.frame.isCut && this.#leaf?.isAtomic !== true
      this.text = isShown ? lane.text : null
      if (!isShown && outermost === null) this.takeBack()
      this.isDirty = true
    }
    const { observers } = this.#context
    if (observers === null || !this.#isHeard) return
    if (outermost !== null) completeOpen(observers, outermost, lane.frame)
    if (!lane.#isInString) return
    this.#isInString = true
    this.#field = observers.fieldAt(() => this.frame.openPath())
    this.#fieldLength = lane.text?.length ?? 0
    if (lane.text !== null) this.#field?.(lane.text, false)
  }

  /* Observers */

  /** Somebody may want to hear of values at the current place. */
  get #isHeard(): boolean {
    return this.#context.observers !== null && this.undecided === 0 && this.sealed === 0
  }

  /** The value that was stored last is complete and valid. */
  #announce(value: unknown): void {
    const { observers } = this.#context
    const { frame } = this
    if (observers === null || this.sealed > 0 || !observers.wantsAt(frame.depth)) return
    observers.completed(frame.endedPath(), value)
  }
}

const NO_ELEMENTS: never[] = []
const LITERAL = KIND_BOOLEAN | KIND_NULL

/** A string where a number, boolean or null is wanted: wrong as soon as it can mean none of them. */
function watchQuoted(node: SchemaNode): StringWatch {
  return (soFar) => (mayUnquote(node, soFar) ? null : new CheckFailure([wrongKind(node, KIND_STRING)]))
}
