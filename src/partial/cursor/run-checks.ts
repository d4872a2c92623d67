import { ABSENT, CheckFailure, Undetermined, type SchemaNode } from '../../schema/node.ts'

/** The node's steps, from one of them on, over a complete value: what they make of it, or a `CheckFailure` or `Undetermined`. */
export function runChecksFrom(node: SchemaNode, value: unknown, from: number): unknown {
  let result = value
  const { steps } = node
  for (let index = from; index < steps.length; index++) {
    result = steps[index]!(result)
    if (result instanceof CheckFailure) return result
    if (result instanceof Undetermined) return index === steps.length - 1 ? result : new Undetermined(ABSENT)
  }
  return result
}
