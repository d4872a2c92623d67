import { StructStreamError } from '../errors.ts'
import type { Dialect, JsonSchemaObject } from '../types.ts'
import { toJsonSchema } from './libraries/to-json-schema.ts'
import { compileDialect } from './dialects/compile/compile.ts'
import { decode } from './dialects/decode/decode.ts'
import type { SchemaLike, Warning } from './types.ts'

export { jsonSchema } from './json-schema/definition.ts'
export type { JsonSchemaDefinition } from './json-schema/definition.ts'
export type { Warning } from './types.ts'

/** A schema in a provider's dialect. */
export interface ProviderSchema {
  /** To be sent. */
  jsonSchema: JsonSchemaObject
  /** Maps an answer, parsed, to the schema's own shape. Does not validate. */
  decode(value: unknown): unknown
  /** `jsonSchema` accepts exactly the encodings of what the schema accepts. */
  lossless: boolean
  /** What it does not say: each is given in a description or only checked at the end. `path` points into the schema. */
  warnings: Warning[]
}

const TARGETS: readonly Dialect[] = ['openai', 'anthropic', 'gemini', 'ollama', 'groq', 'json-schema']

/**
 * Maps any schema (Zod 4, Zod Mini, Zod 3, any Standard Schema, `jsonSchema()`) to the JSON Schema that a
 * provider takes, and its answers back.
 *
 * @example
 * ```ts
 * const { jsonSchema, decode } = await compileSchema(z.record(z.string(), z.number()), { target: 'openai' })
 * decode({ value: [{ key: 'a', value: 1 }] }) // { a: 1 }
 * ```
 * @throws `unsupported_schema` (rejects), with the path into the schema and the reason; `bad_options` for
 * an unknown target.
 */
export async function compileSchema(schema: SchemaLike, options: { target: Dialect }): Promise<ProviderSchema> {
  const target = options?.target
  if (!TARGETS.includes(target)) {
    throw new StructStreamError(
      'bad_options',
      `target: expected one of ${TARGETS.join(', ')}, but got ${String(target)}`,
    )
  }
  const accepted = await toJsonSchema(schema)
  const { jsonSchema, plan, lossless, warnings } = compileDialect(accepted.schema, target)
  return {
    jsonSchema,
    decode: (value) => decode(value, plan),
    lossless: lossless && accepted.warnings.length === 0,
    warnings: [...accepted.warnings, ...warnings],
  }
}
