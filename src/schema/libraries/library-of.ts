import { StructStreamError } from '../../errors.ts'
import { isSchemaObject } from '../json-schema/keywords.ts'
import { effect } from './effect.ts'
import { jsonSchemaLibrary } from './json-schema.ts'
import type { SchemaLibrary } from './library.ts'
import { arktype, standard } from './standard.ts'
import { valibot } from './valibot.ts'
import { zod3 } from './zod3.ts'
import { zod4 } from './zod4.ts'

/** The first that matches is asked: the general one comes last. */
const LIBRARIES: readonly SchemaLibrary[] = [zod4, jsonSchemaLibrary, zod3, effect, valibot, arktype, standard]

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
    ? 'Wrap plain JSON Schema in `jsonSchema()`.'
    : 'Pass a Zod schema, any Standard Schema, or `jsonSchema({ … })`.'
  return new StructStreamError('unsupported_schema', `Expected a schema but got ${what}. ${advice}`)
}
