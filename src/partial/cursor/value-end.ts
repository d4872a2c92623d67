import {
  ABSENT,
  CheckFailure,
  Undetermined,
  type DueRules,
  type RelativeIssue,
  type SchemaNode,
} from '../../schema/node.ts'
import { completeInside } from './completion-events.ts'
import type { CursorContext } from './context.ts'
import { fillIn } from './fill-in.ts'
import { markUserMade } from './opaque-values.ts'
import type { Reporter } from './reporter.ts'
import { rulesOfUnsure, runChecksFrom } from './run-checks.ts'
import type { VisibleValue } from './visible-value.ts'

const NO_ELEMENTS: never[] = []

/** What happens when a value has ended: its checks, its place in the container around it, the news of it. */
export class ValueEnd {
  readonly #view: VisibleValue
  readonly #context: CursorContext
  readonly #reporter: Reporter
  readonly #decide: (branch: SchemaNode) => void

  /** @param decide the discriminator of the innermost container has come, and this is the branch */
  constructor(view: VisibleValue, context: CursorContext, reporter: Reporter, decide: (branch: SchemaNode) => void) {
    this.#view = view
    this.#context = context
    this.#reporter = reporter
    this.#decide = decide
  }

  /** There may be listeners for values at the current place. */
  get hasListeners(): boolean {
    const { undiscriminatedDepth, atomicDepth } = this.#view
    return this.#context.observers !== null && undiscriminatedDepth === 0 && atomicDepth === 0
  }

  /** Runs the node's checks over a complete value, and stores what they make of it. */
  finish(node: SchemaNode, value: unknown, from: number, wasShown: boolean): void {
    const due: DueRules[] | undefined = node.hasRules ? [] : undefined
    const result = from === node.steps.length ? value : runChecksFrom(node, value, from, due)
    if (due !== undefined && !(result instanceof CheckFailure)) this.startRules(due)
    if (result instanceof CheckFailure) this.fail(value, result.issues, wasShown)
    else if (result instanceof Undetermined) {
      this.startRules(result.due)
      this.finishUndetermined(result.value)
    } else {
      if (result !== value) markUserMade(result)
      else if (node.isAtomic && typeof value === 'object' && this.hasListeners)
        completeInside(this.#context.observers!, this.#view.frame.openPath(), value)
      this.store(result, true)
    }
  }

  /** The value at the current place is complete, and judged by the user's rules. */
  startRules(due: readonly DueRules[], path?: (string | number)[]): void {
    if (due.length === 0) return
    path ??= this.#view.frame.openPath()
    for (const { rules, value } of due) this.#context.startRules(rules, path, value)
  }

  /** What fails only as a whole stays as it was shown; a string, number or literal has no other part that could be wrong. */
  fail(value: unknown, issues: readonly RelativeIssue[], wasShown: boolean): void {
    if (wasShown && typeof value === 'object' && value !== null) {
      this.#reporter.inside(this.#view.frame, issues)
      this.store(value, false)
    } else {
      this.#reporter.reject(issues)
      this.pass()
    }
  }

  /** Only the final validation can tell. */
  finishUndetermined(value: unknown): void {
    this.#reporter.undetermined()
    if (value === ABSENT) {
      this.#view.frame.isPartial = true
      this.pass()
    } else this.store(value, false)
  }

  /** The value is stored at the current place. */
  store(value: unknown, isValid: boolean): void {
    const view = this.#view
    const { frame } = view
    view.commit(value)
    if (frame.elements !== null) this.#reporter.compare(frame, frame.elements, value)
    if (isValid && (view.undiscriminatedDepth === 0 || !this.decides(value))) {
      if (this.#context.observers !== null) this.announce(value)
      if (frame.property !== null) view.releaseHeld(frame)
    }
    if (frame.isWrapped) this.close()
  }

  /** Inside a union whose reading is not known yet. A discriminator makes it known. */
  decides(value: unknown): boolean {
    if (this.#view.undiscriminatedDepth === 0) return false
    const { key, node } = this.#view.frame
    const { core } = node
    if (core.kind === 'discriminated' && key === core.discriminator) this.#decide(core.branches.get(value)!.node)
    return true
  }

  /** The value has ended and nothing of it is shown. */
  pass(): void {
    const view = this.#view
    const { frame } = view
    view.takeBack()
    frame.isKeyed = false
    if (frame.parent === null) view.hasEnded = true
    else if (frame.isArray) {
      frame.isTruncated = true
      frame.count++
    }
    if (frame.isWrapped) this.close()
  }

  /** The innermost container has ended. */
  close(): void {
    const view = this.#view
    fillIn(view.frame, this.#reporter)
    const frame = view.leave()
    const parent = view.frame
    const { container, node } = frame
    frame.container = NO_ELEMENTS
    if (!frame.hasViolation && !frame.isUndetermined) {
      this.finish(node, container, 0, !node.isAtomic)
      return
    }
    if (node.hasRules && !frame.hasViolation) this.startRules(rulesOfUnsure(node, container, frame.isPartial))
    parent.hasViolation ||= frame.hasViolation
    parent.isUndetermined ||= frame.isUndetermined
    parent.isPartial ||= frame.isPartial || node.isAtomic
    if (node.isAtomic || frame.isRejected || (frame.hasViolation && frame.missingRequired > 0)) this.pass()
    else this.store(container, false)
  }

  /** The value that was stored last is complete and valid. */
  announce(value: unknown): void {
    const { observers } = this.#context
    const { frame, atomicDepth } = this.#view
    if (observers === null || atomicDepth > 0 || !observers.wantsAt(frame.depth)) return
    observers.completed(frame.endedPath(), value)
  }
}
