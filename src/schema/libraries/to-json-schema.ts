import type { JsonSchemaObject } from '../../types.ts'
import type { Warning } from '../types.ts'
import { libraryOf } from './library-of.ts'

/** A schema of any library, as JSON Schema of its input side. */
export interface AcceptedSchema {
  schema: JsonSchemaObject
  title: string | undefined
  description: string | undefined
  /** What JSON Schema cannot say of it: code of the user's, conversions. */
  warnings: readonly Warning[]
  /** Some place of it has rules (`check()`). */
  hasRules: boolean
}

const accepted = new WeakMap<object, Promise<AcceptedSchema>>()

/**
 * Returns the JSON Schema of what may be fed to a schema. Cached by the schema's identity.
 *
 * @throws `unsupported_schema` (rejects) for what isn't a schema, what its library cannot convert, and what the
 * validator of plain JSON Schema would throw on
 */
export function toJsonSchema(schema: unknown): Promise<AcceptedSchema> {
  let result = accepted.get(schema as object)
  if (result !== undefined) return result
  result = accept(schema)
  if ((typeof schema === 'object' || typeof schema === 'function') && schema !== null) accepted.set(schema, result)
  // A caller that awaits the result gets the failure; without one nothing is rejected unhandled.
  result.catch(() => {})
  return result
}

async function accept(schema: unknown): Promise<AcceptedSchema> {
  const { schema: jsonSchema, warnings, hasRules } = await libraryOf(schema).toJsonSchema(schema as object)
  const { title, description } = jsonSchema
  return {
    schema: jsonSchema,
    warnings,
    hasRules: hasRules === true,
    title: typeof title === 'string' ? title : undefined,
    description: typeof description === 'string' ? description : undefined,
  }
}
