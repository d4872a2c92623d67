import { ABSENT, CheckFailure, Undetermined, type SchemaNode, type ValueCheck } from '../../schema/node.ts'
import type { ValueRule } from '../../schema/rules.ts'
import { userCodeError } from '../user-code.ts'

/** Rules to start, with the value that they judge. */
export interface DueRules {
  readonly rules: readonly ValueRule[]
  readonly value: unknown
}

/**
 * The node's steps, from one of them on, over a complete value: what they make of it, or a `CheckFailure` or
 * `Undetermined`.
 *
 * @param due gets the rules among them
 * @throws `invalid_data` for what they throw
 */
export function runChecksFrom(node: SchemaNode, value: unknown, from: number, due?: DueRules[]): unknown {
  let result = value
  const { steps } = node
  try {
    for (let index = from; index < steps.length; index++) {
      const step = steps[index]!
      if (step.rules !== undefined) {
        due?.push({ rules: step.rules, value: result })
        continue
      }
      result = verdicts === null ? step(result) : sharedVerdict(verdicts, step, result)
      if (result instanceof CheckFailure) return result
      if (!(result instanceof Undetermined)) continue
      if (due !== undefined && result.value !== ABSENT) noteRules(node, index + 1, result.value, due)
      const isLast = steps.slice(index + 1).every(({ rules }) => rules !== undefined)
      return isLast ? result : new Undetermined(ABSENT)
    }
    return result
  } catch (cause) {
    throw userCodeError(cause)
  }
}

/** The rules before the next step that could change the value. */
export function noteRules({ steps }: SchemaNode, from: number, value: unknown, due: DueRules[]): void {
  for (let index = from; index < steps.length; index++) {
    const { rules } = steps[index]!
    if (rules === undefined) return
    due.push({ rules, value })
  }
}

/** What steps have made of the string, number or literal that ends now, where several readings see it; null: one does. */
let verdicts: Map<ValueCheck, { value: unknown; result: unknown }> | null = null

/** Lets several readings see the end of one value: a step that they have in common runs once. */
export function shareVerdicts(see: () => void): void {
  if (verdicts !== null) return see()
  verdicts = new Map()
  try {
    see()
  } finally {
    verdicts = null
  }
}

function sharedVerdict(known: NonNullable<typeof verdicts>, step: ValueCheck, value: unknown): unknown {
  const before = known.get(step)
  if (before !== undefined && Object.is(before.value, value)) return before.result
  const result = step(value)
  // Each reading has its own containers.
  if (typeof value !== 'object' || value === null) known.set(step, { value, result })
  return result
}
