import { StructStreamError } from '../../errors.ts'
import type { JsonSchemaObject } from '../../types.ts'
import { isSchemaObject } from '../json-schema/keywords.ts'
import type { Warning } from '../types.ts'
import { effect } from './effect.ts'
import { jsonSchemaLibrary } from './json-schema.ts'
import type { SchemaLibrary } from './library.ts'
import { arktype, standard } from './standard.ts'
import { valibot } from './valibot.ts'
import { zod3 } from './zod3.ts'
import { zod4 } from './zod4.ts'

/** The first that matches is asked: the general one comes last. */
export const LIBRARIES: readonly SchemaLibrary[] = [zod4, jsonSchemaLibrary, zod3, effect, valibot, arktype, standard]

/** A schema of any library, as JSON Schema of its input side. */
export interface AcceptedSchema {
  schema: JsonSchemaObject
  title: string | undefined
  description: string | undefined
  /** What JSON Schema cannot say of it: code of the user's, conversions. */
  warnings: readonly Warning[]
}

const accepted = new WeakMap<object, Promise<AcceptedSchema>>()

/**
 * Returns the library that a schema belongs to.
 *
 * @throws `unsupported_schema` for what isn't a schema
 */
export function libraryOf(schema: unknown): SchemaLibrary {
  const isObject = (typeof schema === 'object' || typeof schema === 'function') && schema !== null
  const library = isObject ? LIBRARIES.find((one) => one.matches(schema)) : undefined
  if (library === undefined) throw noSchema(schema)
  return library
}

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
  const { schema: jsonSchema, warnings } = await libraryOf(schema).toJsonSchema(schema as object)
  const { title, description } = jsonSchema
  return {
    schema: jsonSchema,
    warnings,
    title: typeof title === 'string' ? title : undefined,
    description: typeof description === 'string' ? description : undefined,
  }
}

function noSchema(schema: unknown): StructStreamError {
  const what =
    schema === null
      ? 'null'
      : Array.isArray(schema)
        ? 'an array'
        : typeof schema === 'object'
          ? 'an object'
          : typeof schema
  const isPlain = isSchemaObject(schema) && ['type', 'properties', '$ref', 'anyOf', 'enum'].some((key) => key in schema)
  const advice = isPlain
    ? 'wrap plain JSON Schema in jsonSchema()'
    : 'pass a Zod schema, any Standard Schema, or jsonSchema({...})'
  return new StructStreamError('unsupported_schema', `expected a schema, but got ${what}: ${advice}`)
}
