import type { StandardSchemaV1 } from '@standard-schema/spec'
import { StructStreamError } from '../../errors.ts'
import type { JsonSchemaObject } from '../../types.ts'
import { fromEffect } from './effect.ts'
import { fromStandard } from './standard.ts'
import { fromZod3 } from './zod3.ts'
import { fromZod4 } from './zod4.ts'
import { finalCheck } from '../json-schema/final-check.ts'
import { isJsonSchemaDefinition } from '../json-schema/definition.ts'
import { isSchemaObject } from '../json-schema/keywords.ts'
import type { Warning } from '../types.ts'

/** Which way leads from a schema to its JSON Schema. */
export type SchemaKind = 'zod4' | 'zod3' | 'json-schema' | 'effect' | 'standard'

/** A schema of any library, as JSON Schema of its input side. */
export interface AcceptedSchema {
  schema: JsonSchemaObject
  title: string | undefined
  description: string | undefined
  /** What JSON Schema cannot say of it: code of the user's, conversions. */
  warnings: readonly Warning[]
  /** What judges the final value; `null`: the schema itself. */
  validator: StandardSchemaV1 | null
}

const accepted = new WeakMap<object, Promise<AcceptedSchema>>()

/**
 * Tells schemas apart by what they carry, never by their class: several copies of a library may be loaded.
 *
 * @throws `unsupported_schema` for what is no schema.
 */
export function kindOfSchema(schema: unknown): SchemaKind {
  if ((typeof schema !== 'object' && typeof schema !== 'function') || schema === null) throw noSchema(schema)
  if ('_zod' in schema) return 'zod4'
  if (isJsonSchemaDefinition(schema)) return 'json-schema'
  if ('_def' in schema && isSchemaObject(schema._def) && typeof schema._def['typeName'] === 'string') return 'zod3'
  if ('ast' in schema && 'annotate' in schema) return 'effect'
  if ('~standard' in schema) return 'standard'
  throw noSchema(schema)
}

/**
 * The JSON Schema of what may be fed to a schema. Cached by the schema's identity.
 *
 * @throws `unsupported_schema` for what is no schema, what its library cannot convert, and what the
 * validator of plain JSON Schema would throw on.
 */
export function toJsonSchema(schema: unknown): Promise<AcceptedSchema> {
  let result = accepted.get(schema as object)
  if (result !== undefined) return result
  result = accept(schema)
  if ((typeof schema === 'object' || typeof schema === 'function') && schema !== null) accepted.set(schema, result)
  // Whoever awaits the result learns of the failure; nobody has to.
  result.catch(() => {})
  return result
}

async function accept(schema: unknown): Promise<AcceptedSchema> {
  const kind = kindOfSchema(schema)
  switch (kind) {
    case 'zod4':
      return withWords(await fromZod4(schema as object))
    case 'zod3':
      return withWords(await fromZod3(schema as object))
    case 'effect':
      return withWords(await fromEffect(schema as object))
    case 'standard':
      return withWords({ schema: await fromStandard(schema as object), warnings: [] })
    case 'json-schema': {
      const { jsonSchema, validator } = schema as { jsonSchema: JsonSchemaObject; validator: unknown }
      if (validator === null) await finalCheck(jsonSchema)
      return withWords({ schema: jsonSchema, warnings: [] })
    }
    default: {
      const impossible: never = kind
      return impossible
    }
  }
}

interface Converted {
  schema: JsonSchemaObject
  warnings: readonly Warning[]
  validator?: StandardSchemaV1
}

function withWords(result: Converted): AcceptedSchema {
  const { title, description } = result.schema
  return {
    ...result,
    validator: result.validator ?? null,
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
