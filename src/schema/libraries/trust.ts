import { kindOfSchema } from './to-json-schema.ts'
import { finalCheck } from '../json-schema/final-check.ts'
import type { JsonSchemaDefinition } from '../json-schema/definition.ts'
import type { Trust } from '../json-schema/nodes.ts'

/** Its structure, and that further keys are forbidden where it says so. */
const CLOSED: Trust = { check: null, closed: true }
/** Its structure only. */
const OPEN: Trust = { check: null, closed: false }

/** Libraries whose own code refuses further keys exactly where their JSON Schema says so. */
const MEANS_CLOSED: ReadonlySet<string> = new Set(['arktype', 'valibot'])

const trusts = new WeakMap<object, Trust>()

/**
 * How far the JSON Schema of a schema tells the final verdict. Always the same object for the same schema.
 *
 * @throws `unsupported_schema` for plain JSON Schema that its validator would throw on.
 */
export async function trustOf(schema: object): Promise<Trust> {
  const kind = kindOfSchema(schema)
  switch (kind) {
    case 'zod3':
    case 'zod4':
      return CLOSED
    case 'effect':
      return OPEN
    case 'standard': {
      const { vendor } = (schema as { '~standard': { vendor?: unknown } })['~standard']
      return MEANS_CLOSED.has(String(vendor)) ? CLOSED : OPEN
    }
    case 'json-schema': {
      const { jsonSchema, validator } = schema as JsonSchemaDefinition
      if (validator !== null) return OPEN
      const check = await finalCheck(jsonSchema)
      let trust = trusts.get(jsonSchema)
      if (trust === undefined) trusts.set(jsonSchema, (trust = { check: check.at, closed: true }))
      return trust
    }
    default: {
      const impossible: never = kind
      return impossible
    }
  }
}
