import type { RelativeIssue } from '../../schema/node.ts'
import type { CursorContext } from './context.ts'
import type { OpenContainer } from './open-container.ts'
import { isNewElement } from './unique-items.ts'
import { repeatedKey, sameElementTwice } from './violations.ts'
import type { VisibleValue } from './visible-value.ts'

/** Reports what is wrong, or can't be known yet, with its whole path, and marks the containers around it. */
export class Reporter {
  readonly #view: VisibleValue
  readonly #context: CursorContext

  constructor(view: VisibleValue, context: CursorContext) {
    this.#view = view
    this.#context = context
  }

  /** The value at the current place is certainly wrong. */
  reject(issues: readonly RelativeIssue[]): void {
    const view = this.#view
    const { frame } = view
    view.takeBack()
    if (frame.isArray) frame.isTruncated = true
    if (frame.node.core.kind === 'discriminated') {
      frame.isRejected = true
      if (view.hiddenFrom === null) view.hiddenFrom = frame
    }
    this.inside(frame, issues)
  }

  /** Issues with paths below `frame`'s container. */
  at(frame: OpenContainer, issues: readonly RelativeIssue[]): void {
    this.#report(frame, frame.path(), issues)
  }

  /** Issues with paths below the open child of `frame`, the innermost container. */
  inside(frame: OpenContainer, issues: readonly RelativeIssue[]): void {
    this.#report(frame, frame.openPath(), issues)
  }

  /** One element or key too many is reported once for each container. */
  once(frame: OpenContainer, tooMany: (maximum: number) => RelativeIssue): void {
    if (frame.isOverReported) return
    frame.isOverReported = true
    this.at(frame, [tooMany(frame.maximum)])
  }

  /** A key has come twice. The first value stays, so nothing opens at its key. */
  repeated(frame: OpenContainer, name: string): null {
    this.at(frame, [repeatedKey(name)])
    return null
  }

  /** An element is complete: none of those before may be like it. */
  compare(frame: OpenContainer, before: Set<string>, value: unknown): void {
    if (!isNewElement(before, value)) this.at(frame, [sameElementTwice()])
  }

  /** Only the final validation can judge the value at the current place. */
  undetermined(): void {
    const { frame } = this.#view
    frame.isUndetermined = true
    this.#context.reportUnsure(frame.openPath())
  }

  #report(frame: OpenContainer, base: readonly (string | number)[], issues: readonly RelativeIssue[]): void {
    for (const issue of issues) {
      if (this.#context.report({ ...issue, path: [...base, ...issue.path] })) frame.hasViolation = true
      // Zod does not run the checks of a side that has refused a key, even if the other side takes it.
      else if (frame.node.steps.length > 0) frame.isUndetermined = true
    }
  }
}
