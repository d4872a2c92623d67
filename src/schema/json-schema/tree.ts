import type { JsonSchemaObject } from '../../types.ts'
import { ANY, type SchemaNode } from '../node.ts'

/** The node tree of a JSON Schema. Shows everything as it grows; judged at the end only. */
export function jsonSchemaNode(_schema: JsonSchemaObject): SchemaNode {
  return ANY
}
