import { ABSENT, CheckFailure, Undetermined, type SchemaNode } from '../../schema/node.ts'
import { userCodeError } from '../user-code.ts'

/** The node's steps, from one of them on, over a complete value: what they make of it, or a `CheckFailure` or `Undetermined`. @throws `invalid_data` for what they throw */
export function runChecksFrom(node: SchemaNode, value: unknown, from: number): unknown {
  let result = value
  const { steps } = node
  try {
    for (let index = from; index < steps.length; index++) {
      result = steps[index]!(result)
      if (result instanceof CheckFailure) return result
      if (result instanceof Undetermined) return index === steps.length - 1 ? result : new Undetermined(ABSENT)
    }
    return result
  } catch (cause) {
    throw userCodeError(cause)
  }
}
