import { ABSENT, ANY, type Lazy, type RelativeIssue, type SchemaNode, type ValueCheck } from '../../schema/node.ts'
import { LaterCheck } from '../../schema/later-check.ts'
import { completeInside, completeOpen, completeText } from './completion-events.ts'
import type { CursorContext } from './context.ts'
import { Fork, SideIssues, type ForkMode, type Lane, type LaneCursor } from './fork.ts'
import { markUserMade } from './opaque-values.ts'
import type { OpenValue } from './open-value.ts'
import type { Reporter } from './reporter.ts'
import type { ValueEnd } from './value-end.ts'
import { holdRules, UNREAD_RULES } from './unread-rules.ts'
import { noOptionFits } from './violations.ts'
import { isHeldBack, type VisibleValue } from './visible-value.ts'

/** Readings followed at once, over nested unions; a union beyond that shows nothing until it is complete. */
const MAX_LANES = 64

/** Starts a fork at the current place, follows its readings, and takes over what is left of it. */
export class ForkControl {
  readonly #view: VisibleValue
  readonly #open: OpenValue
  readonly #context: CursorContext
  readonly #reporter: Reporter
  readonly #end: ValueEnd
  readonly #makeCursor: (node: SchemaNode, context: CursorContext) => LaneCursor

  /** @param makeCursor a cursor for one reading */
  constructor(
    view: VisibleValue,
    open: OpenValue,
    context: CursorContext,
    reporter: Reporter,
    end: ValueEnd,
    makeCursor: (node: SchemaNode, context: CursorContext) => LaneCursor,
  ) {
    this.#view = view
    this.#open = open
    this.#context = context
    this.#reporter = reporter
    this.#end = end
    this.#makeCursor = makeCursor
  }

  /** A fork begins. Returns the node in force: another one where there are too many readings to follow. */
  start(node: SchemaNode, mode: ForkMode, readings: readonly Lazy[], whole: ValueCheck | null): SchemaNode {
    const { lanes } = this.#context
    if (whole !== null && lanes.open + readings.length > MAX_LANES) {
      const unread = holdRules(readings) ? [UNREAD_RULES] : []
      return ANY.with({ isAtomic: true, steps: [whole, ...unread, ...node.steps] })
    }
    lanes.open += readings.length
    const sides = mode === 'all' ? new SideIssues() : null
    const fork = new Fork(
      node,
      mode,
      readings.map((reading, index) => this.#lane(reading.node, sides, index)),
    )
    this.#open.fork = fork
    this.#view.inner = fork
    return node
  }

  #lane(node: SchemaNode, sides: SideIssues | null, side: number): Lane {
    const context = this.#context
    const report = (issue: RelativeIssue): boolean => {
      if (sides === null) lane.isDead = true
      else if (sides.isCertain(issue, side)) this.#reporter.inside(this.#view.frame, [issue])
      else return false
      return true
    }
    const laneContext: CursorContext = {
      position: () => context.position(),
      report,
      reportUnsure: (path) => lane.unsure.push(path),
      noteNumber: (reading) => lane.numbers.push(reading),
      startRules: (rules, path, value) => {
        if (sides === null) lane.rules.push({ rules, path, value })
        else context.startRules(rules, [...this.#view.frame.openPath(), ...path], value)
      },
      observers: null,
      lenience: null,
      lanes: context.lanes,
      pace: this.#view.pace,
      isSide: sides !== null || context.isSide === true,
    }
    const lane: Lane = {
      isDead: false,
      numbers: [],
      unsure: [],
      rules: [],
      cursor: this.#makeCursor(node, laneContext),
    }
    return lane
  }

  /**
   * Lets the readings see a piece of a string one character at a time while one of them may die inside it: they must
   * die in the order of their violations however the text is cut. Returns how much of it they have seen.
   */
  growString(fork: Fork, piece: string, soFar: string): number {
    if (!fork.isWatching) {
      fork.growString(piece, soFar)
      this.after()
      return piece.length
    }
    let seen = 0
    for (const character of piece) {
      if (this.#open.fork !== fork || !fork.isWatching) break
      seen += character.length
      fork.growString(character, fork.soFar + character)
      this.after()
    }
    return seen
  }

  /** The same for a number. */
  growNumber(fork: Fork, soFar: string): void {
    for (let length = fork.numberSoFar.length + 1; length <= soFar.length && this.#open.fork === fork; length++) {
      fork.growNumber(soFar.slice(0, length))
      this.after()
    }
  }

  /** The same for a key. */
  growKey(fork: Fork, soFar: string): void {
    for (let length = 1; length <= soFar.length && this.#open.fork === fork && fork.isTight; length++) {
      fork.growKey(soFar.slice(0, length))
      this.after()
    }
  }

  /** The readings have seen a token. */
  after(): void {
    const fork = this.#open.fork!
    fork.prune()
    if (this.#view.hiddenFrom === null) this.#view.isDirty = true
    if (fork.mode === 'any' && fork.alive.length === 0) {
      this.stop(fork)
      this.#reporter.reject([noOptionFits(fork.node)])
      if (fork.isDone) this.#end.pass()
      else this.#open.passedOver = fork.depth
      this.#open.leaf = null
    } else if (fork.isDone) this.#finish(fork)
    else if (fork.mode === 'any' && fork.alive.length === 1 && fork.alive[0]!.cursor.isSettled) this.#adopt(fork)
  }

  /** Gives up: readings that are still followed inside no longer count. */
  release(): void {
    const { fork } = this.#open
    if (fork === null) return
    for (const { cursor } of fork.alive) cursor.release()
    this.stop(fork)
  }

  /** The fork is over. */
  stop(fork: Fork): void {
    this.#open.fork = null
    this.#view.inner = null
    const { core } = fork.node
    this.#context.lanes.open -= core.kind === 'union' ? core.options.length : core.kind === 'intersection' ? 2 : 1
  }

  /** Of the readings of a union one counts, of the sides of an intersection all do. */
  #noteReadings(fork: Fork): void {
    const counting = fork.mode === 'all' ? fork.alive : fork.alive.slice(0, 1)
    // What a check of the schema's own refuses, another option may take, or a fallback stand for.
    const isCertain = fork.mode === 'all' || (fork.mode === 'any' && fork.alive.length === 1)
    if (counting.every(({ numbers, rules }) => numbers.length + rules.length === 0)) return
    const place = this.#view.frame.openPath()
    for (const { numbers, rules } of counting) {
      for (const number of numbers) this.#context.noteNumber({ ...number, path: [...place, ...number.path] })
      for (const { rules: due, path, value } of rules) {
        const counted = isCertain ? due : due.filter((rule) => !(rule instanceof LaterCheck))
        if (counted.length > 0) this.#context.startRules(counted, [...place, ...path], value)
      }
    }
  }

  #finish(fork: Fork): void {
    this.stop(fork)
    this.#noteReadings(fork)
    this.#open.leaf = null
    const end = this.#end
    const outcome = fork.outcome()
    const { is, value } = outcome
    switch (is) {
      case 'read':
        if (end.hasListeners) {
          const observers = this.#context.observers!
          if (outcome.inside) completeInside(observers, this.#view.frame.openPath(), value)
          completeText(observers, () => this.#view.frame.openPath(), value)
        }
        end.finish(fork.node, value, 0, outcome.inside)
        return
      case 'made':
        this.#view.takeBack()
        markUserMade(value)
        end.finish(fork.node, value, 0, false)
        return
      case 'unsure':
        this.#view.frame.isPartial = true
        end.finishUndetermined(value)
        return
      case 'bad':
        if (value === ABSENT) end.pass()
        else end.store(value, false)
        return
      case 'wrong':
        end.fail(value, outcome.issues, outcome.wasShown)
        return
      default: {
        const never: never = is
        throw new Error(`unknown outcome ${String(never)}`)
      }
    }
  }

  /** One reading of a union is left: its frames become ours, as if there had never been another. */
  #adopt(fork: Fork): void {
    this.stop(fork)
    this.#noteReadings(fork)
    const view = this.#view
    const open = this.#open
    const { cursor: lane, unsure } = fork.alive[0]!
    const base = view.frame.openPath()
    for (const path of unsure) this.#context.reportUnsure([...base, ...path])
    const theirs = lane.view
    const { steps, isAtomic } = fork.node
    const outermost = theirs.frame === theirs.root ? null : theirs.root.child
    if (outermost !== null) {
      // What is hidden has not been shown either.
      if (fork.hasShown && theirs.lookAround() === outermost.container) theirs.take(fork.keep(outermost.container))
      view.adopt(theirs, outermost, steps, isAtomic)
    }
    open.adopt(lane.open)
    if (outermost === null) open.leaf = open.leaf?.andThen(steps, isAtomic) ?? null
    view.undiscriminatedDepth += theirs.undiscriminatedDepth
    view.atomicDepth += theirs.atomicDepth
    if (view.hiddenFrom === null) {
      view.hiddenFrom = outermost !== null && isHeldBack(outermost) ? outermost : theirs.hiddenFrom
      const isShown = view.hiddenFrom === null && !view.frame.isTruncated && open.leaf?.isAtomic !== true
      view.text = isShown ? theirs.text : null
      if (!isShown && outermost === null) view.takeBack()
      view.isDirty = true
    }
    const { observers } = this.#context
    if (observers === null || !this.#end.hasListeners) return
    if (outermost !== null) completeOpen(observers, outermost, theirs.frame)
    if (!lane.open.isInString) return
    open.isInString = true
    const listener = observers.fieldAt(() => view.frame.openPath())
    open.listen(listener, theirs.text?.length ?? 0)
    if (theirs.text !== null) listener?.(theirs.text, false)
  }
}
