import { hasRules } from '../json-schema/judges.ts'
import { isJsonSchemaDefinition, type JsonSchemaDefinition } from '../json-schema/definition.ts'
import { finalCheck } from '../json-schema/final-check.ts'
import type { Trust } from '../json-schema/nodes.ts'
import type { SchemaLibrary } from './library.ts'
import { validateStandard } from './standard-issue.ts'

/** What is known of a schema whose validator is another library's code. */
const LENT: Trust = { check: null, closed: false, dropsUndeclared: true, isHint: true }

const trusts = new WeakMap<object, Trust>()

/** Plain JSON Schema, from `jsonSchema()`. */
export const jsonSchemaLibrary: SchemaLibrary = {
  name: 'JSON Schema',
  reportsAlike: false,
  matches: isJsonSchemaDefinition,
  async toJsonSchema(schema) {
    const { jsonSchema, validator } = schema as JsonSchemaDefinition
    if (validator === null) await finalCheck(jsonSchema)
    return { schema: jsonSchema, warnings: [], hasRules: hasRules(jsonSchema) }
  },
  async node(schema) {
    const definition = schema as JsonSchemaDefinition
    const [{ jsonSchemaNode }, trust] = await Promise.all([import('../json-schema/nodes.ts'), trustOf(definition)])
    return jsonSchemaNode(definition.jsonSchema, trust)
  },
  validate: (schema, raw) => validateStandard(schema as JsonSchemaDefinition, raw),
}

/**
 * Returns how far a JSON Schema can be believed before the final validation. Always the same object for the same schema.
 *
 * @throws `unsupported_schema` (rejects) for what its validator would throw on
 */
export async function trustOf({ jsonSchema, validator }: JsonSchemaDefinition): Promise<Trust> {
  if (validator !== null) return LENT
  const check = await finalCheck(jsonSchema)
  let trust = trusts.get(jsonSchema)
  if (trust === undefined) trusts.set(jsonSchema, (trust = { check: check.at, closed: true, dropsUndeclared: false }))
  return trust
}
