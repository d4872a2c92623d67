import type { StandardSchemaV1 } from '@standard-schema/spec'
import type { Schema } from 'effect'
import { StructStreamError } from '../../errors.ts'
import type { JsonSchemaObject } from '../../types.ts'
import { subschemas } from '../json-schema/document.ts'
import { isSchemaObject, unsupported } from '../json-schema/keywords.ts'

/**
 * The JSON Schema of an Effect schema, and what judges the final value: both of the schema's JSON codec, since a
 * schema by itself takes JavaScript values (`undefined` for a missing key, `NaN`, dates) which JSON writes
 * in its own way. Effect 4.
 */
export async function fromEffect(
  schema: object,
): Promise<{ schema: JsonSchemaObject; warnings: []; validator: StandardSchemaV1 }> {
  const { Schema: effect } = await load()
  try {
    const codec = effect.toCodecJson(schema as Schema.Codec<unknown>)
    const { input } = effect.toStandardJSONSchemaV1(schema as Schema.Codec<unknown>)['~standard'].jsonSchema
    const converted = input({ target: 'draft-2020-12' }) as JsonSchemaObject
    return { schema: withoutExcess(converted), warnings: [], validator: effect.toStandardSchemaV1(codec) }
  } catch (cause) {
    throw unsupported(
      [],
      `Effect cannot convert it to JSON Schema: ${cause instanceof Error ? cause.message : String(cause)}`,
      cause,
    )
  }
}

/** Effect writes `additionalProperties: true` for keys that it then drops: they are no part of the shape. */
function withoutExcess(schema: JsonSchemaObject): JsonSchemaObject {
  const copy = JSON.parse(JSON.stringify(schema)) as JsonSchemaObject
  const open: JsonSchemaObject[] = [copy]
  for (let node = open.pop(); node !== undefined; node = open.pop()) {
    if (node['additionalProperties'] === true && isSchemaObject(node['properties'])) {
      delete (node as Record<string, unknown>)['additionalProperties']
    }
    for (const [child] of subschemas(node, [])) if (isSchemaObject(child)) open.push(child)
  }
  return copy
}

async function load(): Promise<{ Schema: typeof Schema }> {
  try {
    return { Schema: await import('effect/Schema') }
  } catch (cause) {
    throw new StructStreamError('unsupported_schema', 'Effect schemas need the package effect: npm install effect', {
      cause,
    })
  }
}
