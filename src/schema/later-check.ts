import type { CheckFailure } from './node.ts'
import { ValueRule } from './rules.ts'

/**
 * A check of the schema's own that answers later: run like a rule of `check()`, while the stream continues, and once more
 * by the library in the final validation.
 */
export class LaterCheck extends ValueRule {
  /** What the library has it as: where two are of the same, one answer is enough for a value. */
  readonly origin: object

  /** @param judge gives what is wrong with a value, or nothing */
  constructor(origin: object, judge: (value: unknown) => Promise<CheckFailure | undefined>) {
    super(judge)
    this.origin = origin
  }
}
