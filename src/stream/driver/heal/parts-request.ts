import type { Mode, ResponseFormat } from '../../../models/model.ts'
import type { Decoding } from '../../../partial/document/candidate.ts'
import { decodingOf } from '../../../partial/compile-schema.ts'
import { compileDialect } from '../../../schema/dialects/compile/compile.ts'
import type { JsonSchema } from '../../../schema/json-schema/keywords.ts'
import type { Subschemas } from '../../../schema/json-schema/subschemas.ts'
import type { Dialect, JsonSchemaObject } from '../../../types.ts'

/** One key of the document that is asked for. */
export interface RequestedPart {
  name: string
  schema: JsonSchema
  /** It may be left out. */
  isOptional?: boolean
  /** What belongs there, in words. */
  words: string
}

/** A request for parts of an answer, in a model's dialect. */
export interface PartsRequest {
  format: ResponseFormat
  decoding: Decoding | null
}

/**
 * The schema of a document with one key for each part.
 *
 * @throws `unsupported_schema` when this model can't be asked for the parts alone
 */
export async function requestFor(
  asked: readonly RequestedPart[],
  parts: Subschemas,
  target: { dialect: Dialect; mode: Mode; name: string },
): Promise<PartsRequest> {
  const properties = Object.fromEntries(
    asked.map(({ name, schema, words }) => [name, described(parts.inlined(schema), words)]),
  )
  const document = parts.standalone({
    type: 'object',
    properties,
    required: asked.filter(({ isOptional }) => isOptional !== true).map(({ name }) => name),
    additionalProperties: false,
  })
  const isEnforced = target.mode === 'json-schema' || target.mode === 'tool'
  const { jsonSchema, plan, strict } = compileDialect(document, isEnforced ? target.dialect : 'json-schema')
  return {
    format: { mode: target.mode, name: target.name, schema: jsonSchema, strict },
    decoding: plan === null ? null : await decodingOf(plan),
  }
}

function described(schema: JsonSchemaObject, words: string): JsonSchemaObject {
  const { description } = schema
  return { ...schema, description: typeof description === 'string' ? `${words} ${description}` : words }
}
