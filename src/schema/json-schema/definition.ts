import type { StandardSchemaV1 } from '@standard-schema/spec'
import type { JsonSchemaObject } from '../../types.ts'
import { StructStreamError } from '../../errors.ts'
import { isSchemaObject } from './schema-object.ts'

/** A plain JSON Schema with the type of what fits it; made by `jsonSchema()`. */
export interface JsonSchemaDefinition<T = unknown> extends StandardSchemaV1<T, T> {
  /** As it was given. */
  readonly jsonSchema: JsonSchemaObject
  /** Does the final check instead of the JSON Schema itself. */
  readonly validator: StandardSchemaV1<unknown, T> | null
  readonly '~standard': StandardSchemaV1.Props<T, T> & {
    readonly jsonSchema: {
      readonly input: () => Record<string, unknown>
      readonly output: () => Record<string, unknown>
    }
  }
}

/**
 * Takes plain JSON Schema (2020-12, or the draft its `$schema` names) where a schema is expected.
 *
 * The final value is checked by `@cfworker/json-schema`, an optional peer dependency that is loaded
 * when it is first needed, or by `validator`, which also lends a JSON Schema to a Standard Schema of a
 * library that cannot make one.
 *
 * @example
 * ```ts
 * const Point = jsonSchema<{ x: number; y: number }>({
 *   type: 'object',
 *   properties: { x: { type: 'number' }, y: { type: 'number' } },
 *   required: ['x', 'y'],
 * })
 * ```
 * @throws `unsupported_schema` when `schema` is not an object. What is wrong inside is reported when it is used.
 */
export function jsonSchema<T = unknown>(
  schema: JsonSchemaObject,
  options: { validator?: StandardSchemaV1<unknown, T> } = {},
): JsonSchemaDefinition<T> {
  if (!isSchemaObject(schema)) {
    const message = `jsonSchema() expects a JSON Schema object, got a value of type ${typeof schema}.`
    throw new StructStreamError('unsupported_schema', message, { path: [] })
  }
  const validator = options.validator ?? null
  const give = (): Record<string, unknown> => schema
  return {
    jsonSchema: schema,
    validator,
    '~standard': {
      version: 1,
      vendor: 'structstream',
      jsonSchema: { input: give, output: give },
      async validate(value) {
        if (validator !== null) return validator['~standard'].validate(value)
        const { finalCheck } = await import('./final-check.ts')
        const check = await finalCheck(schema)
        const issues = check.whole(value)
        return issues.length === 0 ? { value: value as T } : { issues }
      },
    },
  }
}

/** True for what `jsonSchema()` made, in whatever copy of this module. */
export function isJsonSchemaDefinition(schema: unknown): schema is JsonSchemaDefinition {
  if (!isSchemaObject(schema)) return false
  const standard = schema['~standard']
  return isSchemaObject(standard) && standard['vendor'] === 'structstream' && isSchemaObject(schema['jsonSchema'])
}
