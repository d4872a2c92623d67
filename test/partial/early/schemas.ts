import { z } from 'zod'

import type { JsonSchemaObject } from '../../../src/types.ts'
import type { Choices } from '../../support/property.ts'

const KEYS = ['a', 'b', 'ab', 'kind', 'note']

/** A JSON Schema of the keywords that a place can be judged by while it is open; `own` are those the solver takes. */
export function jsonSchemaOf(choices: Choices, isSolvable: boolean): JsonSchemaObject {
  const usesRef = choices.chance(15)
  const root = node(choices, 3, isSolvable, usesRef)
  return usesRef ? { ...root, $defs: { part: node(choices, 2, isSolvable, true) } } : root
}

function node(choices: Choices, depth: number, isSolvable: boolean, usesRef: boolean): JsonSchemaObject {
  const inner = (): JsonSchemaObject => node(choices, depth - 1, isSolvable, usesRef)
  const maybe = <T>(percent: number, make: () => T, key: string): Record<string, T> =>
    choices.chance(percent) ? { [key]: make() } : {}
  const leaves: (() => JsonSchemaObject)[] = [
    () => ({
      type: 'string',
      ...maybe(30, () => choices.below(3), 'minLength'),
      ...maybe(40, () => 2 + choices.below(4), 'maxLength'),
      ...maybe(20, () => choices.pick(['^a', 'b$', '^[ab]*$']), 'pattern'),
    }),
    () => ({
      type: choices.pick(['number', 'integer']),
      ...maybe(40, () => choices.below(4) - 1, 'minimum'),
      ...maybe(40, () => 3 + choices.below(8), 'maximum'),
      ...maybe(15, () => choices.pick([1, 2, 0.5]), 'multipleOf'),
      ...maybe(10, () => -1, 'exclusiveMinimum'),
    }),
    () => ({ type: 'boolean' }),
    () => ({ type: 'null' }),
    () => ({
      enum: choices.pick([
        ['red', 'reddish', 'green'],
        ['a', 1, null],
        [1, 2, 10],
        ['x', true],
      ]),
    }),
    () => ({ const: choices.pick<unknown>(['fixed', 1, true, null]) }),
    () => ({ type: ['string', 'null'], ...maybe(40, () => 3, 'maxLength') }),
  ]
  const nested: (() => JsonSchemaObject)[] = [
    () => object(choices, inner, isSolvable),
    () => object(choices, inner, isSolvable),
    () => object(choices, inner, isSolvable),
    () => ({
      type: 'array',
      items: inner(),
      ...maybe(30, () => choices.below(3), 'minItems'),
      ...maybe(40, () => 1 + choices.below(3), 'maxItems'),
      ...(isSolvable ? {} : { ...maybe(25, () => true, 'uniqueItems'), ...maybe(10, inner, 'contains') }),
    }),
    () => ({
      type: 'array',
      prefixItems: [inner(), ...choices.many(2, inner)],
      ...maybe(50, () => (choices.chance(50) ? false : inner()), 'items'),
      ...maybe(30, () => 1 + choices.below(4), 'maxItems'),
      ...maybe(30, () => choices.below(3), 'minItems'),
    }),
    () => ({ anyOf: [inner(), inner(), ...choices.many(1, inner)] }),
    () => ({ ...object(choices, inner, isSolvable), allOf: [object(choices, inner, isSolvable)] }),
    () => ({
      anyOf: ['one', 'two'].map((kind) => ({
        type: 'object',
        properties: { kind: { const: kind }, a: inner() },
        required: ['kind', 'a'],
      })),
    }),
  ]
  if (!isSolvable) {
    nested.push(
      () => ({ oneOf: [inner(), inner()] }),
      () => ({ ...choices.pick(leaves)(), not: choices.pick(leaves)() }),
    )
  }
  if (usesRef) leaves.push(() => ({ $ref: '#/$defs/part' }))
  return depth > 0 && choices.chance(70) ? choices.pick(nested)() : choices.pick(leaves)()
}

function object(choices: Choices, inner: () => JsonSchemaObject, isSolvable: boolean): JsonSchemaObject {
  const keys = KEYS.filter(() => choices.chance(50))
  const schema: Record<string, unknown> = {
    type: 'object',
    properties: Object.fromEntries(keys.map((key) => [key, inner()])),
  }
  const required = keys.filter(() => choices.chance(50))
  if (required.length > 0) schema['required'] = required
  if (choices.chance(60)) schema['additionalProperties'] = choices.chance(60) ? false : inner()
  if (choices.chance(12)) schema['maxProperties'] = Math.max(required.length, 1 + choices.below(3))
  if (choices.chance(12)) schema['minProperties'] = choices.below(3)
  if (isSolvable) return schema
  if (choices.chance(20)) schema['patternProperties'] = { [choices.pick(['^a', 'b$', '^x'])]: inner() }
  if (choices.chance(10)) schema['propertyNames'] = choices.pick([{ maxLength: 4 }, { pattern: '^[a-z]+$' }])
  if (choices.chance(10)) schema['dependentRequired'] = { a: ['b'] }
  return schema
}

/** A Zod schema of every row of the table that reports early, or at close without code of the user's. */
export function zodSchemaOf(choices: Choices, depth = 3): z.ZodType {
  const inner = (): z.ZodType => zodSchemaOf(choices, depth - 1)
  const leaves: (() => z.ZodType)[] = [
    () => z.string(),
    () => z.string().max(2 + choices.below(3)),
    () => z.string().min(1 + choices.below(2)),
    () => z.string().length(2),
    () => z.string().startsWith('ab'),
    () => z.string().endsWith('b').max(4),
    () => z.string().regex(/^[ab]*$/),
    () => z.number(),
    () => z.number().min(0).max(10),
    () => z.number().gt(1),
    () => z.int(),
    () => z.number().multipleOf(2),
    () => z.boolean(),
    () => z.null(),
    () => z.enum(['red', 'reddish', 'green']),
    () => z.literal(choices.pick<'fixed' | 1 | true | null>(['fixed', 1, true, null])),
    () => z.literal(['a', 1, null]),
    () => z.any(),
  ]
  const nested: (() => z.ZodType)[] = [
    () => zodObject(choices, inner),
    () => zodObject(choices, inner),
    () => zodObject(choices, inner),
    () => z.array(inner()),
    () => z.array(inner()).max(1 + choices.below(3)),
    () => z.array(inner()).min(1 + choices.below(2)),
    () => z.array(inner()).length(2),
    () => z.tuple([inner(), inner()]),
    () => z.tuple([inner()], inner()),
    () => z.tuple([inner(), inner().optional()]),
    () => z.record(z.string(), inner()),
    () => z.record(z.string().max(2), inner()),
    () => z.record(z.enum(['a', 'b']), inner()),
    () => z.union([inner(), inner()]),
    () =>
      z.discriminatedUnion('kind', [
        z.object({ kind: z.literal('one'), a: inner() }),
        z.strictObject({ kind: z.literal(['two', 'three']), b: inner() }),
      ]),
    () => inner().nullable(),
    () => inner().readonly(),
    () => {
      const made = inner()
      return z.lazy(() => made)
    },
    () => z.intersection(z.object({ a: inner() }), z.object({ b: inner().optional() })),
  ]
  return depth > 0 && choices.chance(75) ? choices.pick(nested)() : choices.pick(leaves)()
}

function zodObject(choices: Choices, inner: () => z.ZodType): z.ZodType {
  const shape: Record<string, z.ZodType> = {}
  for (const key of KEYS) {
    if (!choices.chance(45)) continue
    const field = inner()
    shape[key] = choices.chance(35) ? field.optional() : field
  }
  const kind = choices.pick(['strip', 'strict', 'loose', 'catchall'])
  if (kind === 'strict') return z.strictObject(shape)
  if (kind === 'loose') return z.looseObject(shape)
  return kind === 'catchall' ? z.object(shape).catchall(inner()) : z.object(shape)
}
