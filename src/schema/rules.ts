import type { Path } from '../path.ts'
import type { Issue } from '../types.ts'

/** What a function given to `check()` gets in addition to the value. */
export interface RuleContext {
  /** Aborted when the run ends, and when the value is replaced; what comes then isn't heard. */
  signal: AbortSignal
  /** Of the value, from the root of the answer. */
  path: Path
}

/** What is wrong with a value. `code` is `'custom'` and `path` the value's own unless they are given. */
export type RuleIssue = Pick<Issue, 'message'> & Partial<Pick<Issue, 'code' | 'path' | 'expected' | 'received'>>

/** A function given to `check()`, as an object: the same one wherever its schema is. */
export class ValueRule {
  readonly run: (value: unknown, context: RuleContext) => unknown

  constructor(run: (value: never, context: RuleContext) => unknown) {
    this.run = run as ValueRule['run']
  }
}

/** Whether `value` is a rule, of whatever copy of this module. */
export function isRule(value: unknown): value is ValueRule {
  return typeof value === 'object' && value !== null && typeof (value as Partial<ValueRule>).run === 'function'
}

/**
 * `atomic`: shown only when complete. `required`: its parent is shown only when this is complete. `first`: asked for before
 * the other keys of its object.
 */
export type Hint = 'atomic' | 'required' | 'first'

/** Where a schema keeps its rules: in Zod's and Effect's definitions, and in Valibot's schemas; all but Zod 4 its hints, too. */
export const RULES: unique symbol = Symbol.for('structstream.rules') as never

/** The rules and hints that `holder` keeps. */
export function marksOf(holder: object): readonly (ValueRule | Hint)[] {
  return (holder as { [RULES]?: readonly (ValueRule | Hint)[] })[RULES] ?? NONE
}

/** The rules that `holder` keeps. */
export function rulesOf(holder: object): readonly ValueRule[] {
  return marksOf(holder).filter(isRule)
}

const NONE: readonly ValueRule[] = []
