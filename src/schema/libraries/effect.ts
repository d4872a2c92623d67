import type { StandardSchemaV1 } from '@standard-schema/spec'
import type { Schema } from 'effect'
import { StructStreamError } from '../../errors.ts'
import { markDefaults, warningsOfMarks, withoutKeyword } from '../json-schema/judges.ts'
import { unsupported } from '../json-schema/keywords.ts'
import { byJsonSchema } from './by-json-schema.ts'
import { judgedByAst, type Ast } from './effect-ast.ts'
import type { ConvertedSchema, SchemaLibrary } from './library.ts'
import { validateStandard } from './standard-issue.ts'

/**
 * Effect 4. Both the JSON Schema and the final verdict are those of the schema's JSON codec: the schema itself takes
 * JavaScript values (`undefined` for a missing key, `NaN`, dates), which JSON writes in its own way.
 */
export const effect: SchemaLibrary = {
  name: 'Effect',
  reportsAlike: false,
  matches: (schema) => 'ast' in schema && 'annotate' in schema,
  ...byJsonSchema(fromEffect, { closed: false, dropsUndeclared: true }),
  async validate(schema, raw) {
    return validateStandard(await codecOf(schema), raw)
  },
}

const codecs = new WeakMap<object, StandardSchemaV1>()

async function codecOf(schema: object): Promise<StandardSchemaV1> {
  const { toCodecJson, toStandardSchemaV1 } = await load()
  let codec = codecs.get(schema)
  if (codec === undefined) {
    codec = toStandardSchemaV1(toCodecJson(schema as Schema.Codec<unknown>))
    codecs.set(schema, codec)
  }
  return codec
}

async function fromEffect(schema: object): Promise<ConvertedSchema> {
  const { toCodecJson, toStandardJSONSchemaV1 } = await load()
  try {
    const codec = toCodecJson(schema as Schema.Codec<unknown>)
    const { input } = toStandardJSONSchemaV1(schema as Schema.Codec<unknown>)['~standard'].jsonSchema
    // Effect writes `additionalProperties: true` for keys that it then drops: they aren't part of the shape.
    const converted = withoutKeyword(input({ target: 'draft-2020-12' }), 'additionalProperties', true)
    const judged = markDefaults(judgedByAst(converted, (codec as unknown as { ast: Ast }).ast))
    return { schema: judged, warnings: warningsOfMarks(judged) }
  } catch (cause) {
    const message = cause instanceof Error ? cause.message : String(cause)
    throw unsupported([], `Effect cannot convert it to JSON Schema: ${message}`, cause)
  }
}

async function load(): Promise<Pick<typeof Schema, 'toCodecJson' | 'toStandardJSONSchemaV1' | 'toStandardSchemaV1'>> {
  try {
    // Taken apart here, so that bundlers can leave the rest of it out.
    const { toCodecJson, toStandardJSONSchemaV1, toStandardSchemaV1 } = await import('effect/Schema')
    return { toCodecJson, toStandardJSONSchemaV1, toStandardSchemaV1 }
  } catch (cause) {
    throw new StructStreamError('unsupported_schema', 'Effect schemas need the package effect: npm install effect', {
      cause,
    })
  }
}
