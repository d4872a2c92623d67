import { StructStreamError } from '../../errors.ts'
import type { JsonSchemaObject } from '../../types.ts'
import { isSchemaObject, unsupported } from '../json-schema/keywords.ts'

/** The targets that Standard JSON Schema names, the better one first. */
const TARGETS = ['draft-2020-12', 'draft-07'] as const

type Convert = (options: { target: (typeof TARGETS)[number] }) => unknown

/**
 * The JSON Schema of any Standard Schema that can give one (`~standard.jsonSchema`,
 * https://standardschema.dev/json-schema), of its input side. Valibot gives none by itself: its optional
 * companion package is loaded on demand.
 */
export async function fromStandard(schema: object): Promise<JsonSchemaObject> {
  const { '~standard': standard } = schema as {
    '~standard'?: { vendor?: unknown; jsonSchema?: { input?: Convert } }
  }
  const vendor = typeof standard?.vendor === 'string' ? standard.vendor : 'its library'
  const input = standard?.jsonSchema?.input ?? (vendor === 'valibot' ? await valibot(schema) : undefined)
  if (input === undefined) {
    const advice = 'lend it one with jsonSchema(definition, { validator: schema })'
    throw unsupported([], `${vendor} gives no JSON Schema for it (~standard.jsonSchema); ${advice}`)
  }
  let failure: unknown
  for (const target of TARGETS) {
    try {
      const result = input({ target })
      if (isSchemaObject(result)) return result
      failure = new TypeError(`expected an object, but got ${typeof result}`)
    } catch (cause) {
      failure ??= cause
    }
  }
  const message = failure instanceof Error ? failure.message : String(failure)
  throw unsupported([], `${vendor} cannot convert it to JSON Schema: ${message}`, failure)
}

async function valibot(schema: object): Promise<Convert> {
  try {
    const { toJsonSchema } = await import('@valibot/to-json-schema')
    return ({ target }) => toJsonSchema(schema as never, { target, typeMode: 'input' })
  } catch (cause) {
    const message = 'Valibot schemas need the package @valibot/to-json-schema: npm install @valibot/to-json-schema'
    throw new StructStreamError('unsupported_schema', message, { cause })
  }
}
