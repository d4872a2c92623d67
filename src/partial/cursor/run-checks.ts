import { ABSENT, Failure, Unsure, type SchemaNode } from '../../schema/node.ts'

/** The node's steps, from one of them on, over a complete value: what they make of it, or a `Failure` or `Unsure`. */
export function runSteps(node: SchemaNode, value: unknown, from: number): unknown {
  let result = value
  const { steps } = node
  for (let index = from; index < steps.length; index++) {
    result = steps[index]!(result)
    if (result instanceof Failure) return result
    if (result instanceof Unsure) return index === steps.length - 1 ? result : new Unsure(ABSENT)
  }
  return result
}
