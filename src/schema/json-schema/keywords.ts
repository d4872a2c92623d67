import type { JsonSchemaObject } from '../../types.ts'
import { isSchemaObject } from './schema-object.ts'

export { isSchemaObject } from './schema-object.ts'
export { unsupported } from './unsupported.ts'

/** A schema, or one of the two boolean schemas. */
export type JsonSchema = JsonSchemaObject | boolean

/** Keywords whose value is one schema. */
export const SCHEMA_KEYWORDS: readonly string[] = [
  'additionalItems',
  'additionalProperties',
  'contains',
  'contentSchema',
  'else',
  'if',
  'items',
  'not',
  'propertyNames',
  'then',
  'unevaluatedItems',
  'unevaluatedProperties',
]

/** Keywords whose value is a list of schemas (`items` before 2020-12 may be either). */
export const LIST_KEYWORDS: readonly string[] = ['allOf', 'anyOf', 'items', 'oneOf', 'prefixItems']

/** Keywords whose value maps names to schemas (`dependencies` also to lists of names). */
export const MAP_KEYWORDS: readonly string[] = [
  '$defs',
  'definitions',
  'dependencies',
  'dependentSchemas',
  'patternProperties',
  'properties',
]

/** The JSON types. */
export type JsonType = 'null' | 'boolean' | 'number' | 'string' | 'array' | 'object'

/** Keywords that say something about values of one type only. */
export const TYPE_OF_KEYWORD: Readonly<Record<string, JsonType>> = {
  additionalItems: 'array',
  additionalProperties: 'object',
  contains: 'array',
  dependencies: 'object',
  dependentRequired: 'object',
  dependentSchemas: 'object',
  exclusiveMaximum: 'number',
  exclusiveMinimum: 'number',
  format: 'string',
  items: 'array',
  maxItems: 'array',
  maxLength: 'string',
  maxProperties: 'object',
  maximum: 'number',
  minItems: 'array',
  minLength: 'string',
  minProperties: 'object',
  minimum: 'number',
  multipleOf: 'number',
  pattern: 'string',
  patternProperties: 'object',
  prefixItems: 'array',
  properties: 'object',
  propertyNames: 'object',
  required: 'object',
  unevaluatedItems: 'array',
  unevaluatedProperties: 'object',
  uniqueItems: 'array',
}

/** True for everything that may stand where a schema is expected. */
export function isJsonSchema(value: unknown): value is JsonSchema {
  return typeof value === 'boolean' || isSchemaObject(value)
}

/** An own property, or `undefined`: a schema may declare a property called `constructor`. */
export function own(object: JsonSchemaObject, key: string): unknown {
  return Object.hasOwn(object, key) ? object[key] : undefined
}

/** The JSON type of a JSON value. */
export function typeOfJson(value: unknown): JsonType {
  if (value === null) return 'null'
  if (Array.isArray(value)) return 'array'
  switch (typeof value) {
    case 'boolean':
      return 'boolean'
    case 'number':
      return 'number'
    case 'string':
      return 'string'
    default:
      return 'object'
  }
}
