import type { JsonSchemaObject } from '../types.ts'
import { isSchemaObject, unsupported } from './json-schema/keywords.ts'

/** The targets that Standard JSON Schema names, the better one first. */
const TARGETS = ['draft-2020-12', 'draft-07'] as const

/**
 * The JSON Schema of any Standard Schema that can give one (`~standard.jsonSchema`,
 * https://standardschema.dev/json-schema), of its input side.
 */
export function fromStandard(schema: object): JsonSchemaObject {
  const standard = (schema as { '~standard'?: unknown })['~standard'] as
    | { vendor?: unknown; jsonSchema?: { input?: (options: { target: string }) => unknown } }
    | undefined
  const vendor = String(standard?.vendor ?? 'this library')
  const input = standard?.jsonSchema?.input
  if (typeof input !== 'function') {
    throw unsupported(
      [],
      `${vendor} gives no JSON Schema for it (~standard.jsonSchema); ${ADVICE[vendor] ?? GENERAL_ADVICE}`,
    )
  }
  let failure: unknown
  for (const target of TARGETS) {
    try {
      const result = input({ target })
      if (isSchemaObject(result)) return result
      failure = new TypeError(`~standard.jsonSchema.input gave ${typeof result}`)
    } catch (cause) {
      failure = cause
    }
  }
  throw unsupported(
    [],
    `${vendor} cannot convert it to JSON Schema: ${failure instanceof Error ? failure.message : String(failure)}`,
    failure,
  )
}

const GENERAL_ADVICE = 'pass jsonSchema(definition, { validator: schema })'

const ADVICE: Readonly<Record<string, string>> = {
  valibot: 'wrap it in toStandardJsonSchema() of @valibot/to-json-schema',
  effect: 'wrap it in Schema.toStandardJSONSchemaV1()',
}
