import { z } from 'zod'

import { jsonSchema } from '../../../../src/schema/index.ts'
import type { JsonSchemaObject } from '../../../../src/types.ts'
import { isShort, places, type Kinds } from './places.ts'

/** What a library says of its schema as JSON Schema, true or not, and what it accepts. */
interface Stranger {
  says: JsonSchemaObject
  means: z.ZodType
}
type Wrap = (inner: Stranger) => Stranger

const object = (properties: Record<string, JsonSchemaObject>, required: string[]): JsonSchemaObject => ({
  type: 'object',
  properties,
  required,
  additionalProperties: false,
})
const leaf = (name: string, says: JsonSchemaObject, means: z.ZodType): [string, Stranger] => [name, { says, means }]

const LEAVES = [
  leaf('string', { type: 'string' }, z.string()),
  leaf('a type that is too narrow', { type: 'number' }, z.any()),
  leaf('a type that is wrong', { type: 'string' }, z.array(z.string())),
  leaf('coerced', { type: 'number', minimum: 1 }, z.coerce.number()),
  leaf('shorter than it says', { type: 'string', maxLength: 3 }, z.string()),
  leaf('trimmed', { type: 'string', maxLength: 3 }, z.string().trim().max(3)),
  leaf('changed', { type: 'string' }, z.string().toUpperCase()),
  leaf(
    'transformed',
    {},
    z.unknown().transform((value) => [value]),
  ),
  leaf('caught', { enum: ['a', 'ABC'] }, z.enum(['a', 'ABC']).catch('a')),
  leaf('checked', { type: 'array', items: { type: 'string' }, maxItems: 1 }, z.any().refine(isShort)),
  leaf('other elements', { type: 'array', items: { type: 'number' }, maxItems: 1 }, z.array(z.any())),
  leaf('open, though it says that it is closed', object({ a: { type: 'string' } }, ['a']), z.looseObject({})),
  leaf('filled in', object({ a: { type: 'string' } }, ['a']), z.object({ a: z.string().default('x') })),
  leaf('a choice of others', { anyOf: [{ type: 'string' }, { type: 'null' }] }, z.union([z.number(), z.string()])),
  leaf('something else', { const: 1 }, z.string()),
]

const wrap =
  (says: (inner: JsonSchemaObject) => JsonSchemaObject, means: (inner: z.ZodType) => z.ZodType): Wrap =>
  (inner) => ({ says: says(inner.says), means: means(inner.means) })

const PLACES = places({
  key: wrap(
    (inner) => object({ a: inner }, ['a']),
    (inner) => z.object({ a: inner }),
  ),
  'optional key': wrap(
    (inner) => object({ a: inner }, []),
    (inner) => z.object({ a: inner.optional() }),
  ),
  element: wrap((items) => ({ type: 'array', items }), z.array),
  'record value': wrap(
    (inner) => ({ type: 'object', additionalProperties: inner }),
    (inner) => z.record(z.string(), inner),
  ),
  nullable: wrap((inner) => ({ anyOf: [inner, { type: 'null' }] }), z.nullable),
  'union with a number': wrap(
    (inner) => ({ anyOf: [inner, { type: 'number' }] }),
    (inner) => z.union([inner, z.number()]),
  ),
  'two keys, same schema': wrap(
    (inner) => object({ a: inner, b: inner }, ['a', 'b']),
    (inner) => z.object({ a: inner, b: inner }),
  ),
})

/** A Standard Schema of an unknown library. */
export const STRANGER: Kinds = { library: 'An unknown library', leaves: LEAVES, places: PLACES }
/** A schema of one library, with a JSON Schema from elsewhere. */
export const LENT: Kinds = { library: 'A lent JSON Schema', leaves: LEAVES, places: PLACES }

export function strangerSchema({ says, means }: Stranger): object {
  const { validate } = means['~standard']
  return { '~standard': { version: 1, vendor: 'stranger', validate, jsonSchema: { input: () => says } } }
}

export function lentSchema({ says, means }: Stranger): object {
  return jsonSchema(says, { validator: means })
}
