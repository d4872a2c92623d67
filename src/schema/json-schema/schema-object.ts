import type { JsonSchemaObject } from '../../types.ts'

/** True for plain objects, the only form a schema other than `true` and `false` can have. */
export function isSchemaObject(value: unknown): value is JsonSchemaObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
