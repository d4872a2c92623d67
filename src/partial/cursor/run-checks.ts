import {
  ABSENT,
  CheckFailure,
  Undetermined,
  type DueRules,
  type SchemaNode,
  type ValueCheck,
} from '../../schema/node.ts'
import { LaterCheck } from '../../schema/later-check.ts'
import { userCodeError } from '../user-code.ts'

/**
 * The node's steps, from one of them on, over a complete value: what they make of it, or a `CheckFailure` or
 * `Undetermined`.
 *
 * @param due gets the rules among them; those of an `Undetermined` are its own
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
      return isLast ? result : new Undetermined(ABSENT, result.due)
    }
    return result
  } catch (cause) {
    throw userCodeError(cause)
  }
}

/** The rules before the next step that could change the value. */
function noteRules({ steps }: SchemaNode, from: number, value: unknown, due: DueRules[]): void {
  for (let index = from; index < steps.length; index++) {
    const { rules } = steps[index]!
    if (rules === undefined) return
    due.push({ rules, value })
  }
}

/**
 * The rules of an object or list in which something waits for the final validation, and so do its own checks. Where its
 * value isn't known before (`isPartial`, or the schema makes another one of it), that is `ABSENT`: they wait, too.
 */
export function rulesOfUnsure({ steps }: SchemaNode, value: unknown, isPartial: boolean): DueRules[] {
  const made = steps.findIndex(({ isMaking }) => isMaking === true)
  return steps.flatMap(({ rules = [] }, index) => {
    const own = rules.filter((rule) => !(rule instanceof LaterCheck))
    const isKnown = !isPartial && (made < 0 || index < made)
    return own.length === 0 ? [] : [{ rules: own, value: isKnown ? value : ABSENT }]
  })
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
