import type { Subschema } from '../document.ts'
import { isSchemaObject, own } from '../keywords.ts'
import type { NeverShape } from './shape.ts'

/** The shape that no value has. */
export function never(node: Subschema, reason: string): NeverShape {
  return { kind: 'never', path: node.path, reason }
}

/** Whether a node's own keywords alone let nothing through. */
export function refusesAll(node: Subschema): boolean {
  if (typeof node.schema === 'boolean') return !node.schema
  const not = own(node.schema, 'not')
  return not === true || (isSchemaObject(not) && Object.keys(not).length === 0)
}

/** Why; the library's own conversions leave the reason in `$comment`. */
export function refusal(node: Subschema): NeverShape {
  const comment = isSchemaObject(node.schema) ? own(node.schema, '$comment') : undefined
  return never(node, typeof comment === 'string' ? comment : 'it allows no value at all')
}
