import { expect, test } from 'vitest'
import { type as ark } from 'arktype'
import { Schema } from 'effect'
import * as v from 'valibot'
import { z } from 'zod'
import { z as z3 } from 'zod/v3'
import { openPartial } from '../../../src/open-partial.ts'
import { atomic, first, required } from '../../../src/schema/hints.ts'
import { compileSchema, jsonSchema } from '../../../src/schema/index.ts'
import type { AnySchema } from '../../../src/schema/types.ts'
import type { Dialect, JsonSchemaObject } from '../../../src/types.ts'

const DIALECTS: Dialect[] = ['openai', 'anthropic', 'gemini', 'ollama', 'groq', 'json-schema']

/** Neither alphabetical nor required before optional, in either direction. */
const DECLARED = ['zeta', 'note', 'alpha', 'middle', 'beta']
const OPTIONAL = new Set(['note', 'beta'])

function fields(): Record<string, z.ZodType> {
  return Object.fromEntries(DECLARED.map((key) => [key, OPTIONAL.has(key) ? z.string().optional() : z.string()]))
}

const SCHEMAS: Record<string, AnySchema> = {
  'Zod 4': z.object({ films: z.array(z.object(fields())) }),
  'JSON Schema': jsonSchema({
    type: 'object',
    required: ['films'],
    properties: {
      films: {
        type: 'array',
        items: {
          type: 'object',
          // The order of this list says nothing.
          required: ['middle', 'alpha', 'zeta'],
          properties: Object.fromEntries(DECLARED.map((key) => [key, { type: 'string' }])),
        },
      },
    },
  }),
}

const CASES = DIALECTS.flatMap((target) => Object.keys(SCHEMAS).map((library) => ({ target, library })))

test.each(CASES)('$target: fields of $library are asked for in declared order', async ({ target, library }) => {
  const { jsonSchema: emitted } = await compileSchema(SCHEMAS[library]!, { target })
  const { films } = emitted['properties'] as { films: { items: JsonSchemaObject } }
  const { properties, propertyOrdering } = films.items
  expect(Object.keys(properties as object)).toEqual(DECLARED)
  expect(propertyOrdering).toEqual(target === 'gemini' ? DECLARED : undefined)
})

test.each(DIALECTS.filter((target) => target !== 'json-schema'))(
  '%s: `required` is in that order too',
  async (target) => {
    const { jsonSchema: emitted } = await compileSchema(SCHEMAS['JSON Schema']!, { target })
    const { films } = emitted['properties'] as { films: { items: JsonSchemaObject } }
    const required = films.items['required'] as string[]
    const isNullable = target === 'openai' || target === 'groq'
    expect(required).toEqual(DECLARED.filter((key) => isNullable || !OPTIONAL.has(key)))
  },
)

test('gemini: an order is only given where there is one', async () => {
  const { jsonSchema: emitted } = await compileSchema(z.object({ only: z.string() }), { target: 'gemini' })
  expect(emitted).not.toHaveProperty('propertyOrdering')
})

const text = { type: 'string' }
const HINTED: [string, object][] = [
  ['Zod 4', z.object({ a: z.string(), b: first(z.string()), c: z.number() })],
  ['optional', z.object({ a: z.string().optional(), b: first(z.string()).optional(), c: z.number() })],
  ['described', z.object({ a: z.string(), b: first(z.string()).describe('B'), c: z.number() })],
  [
    'JSON Schema',
    jsonSchema({ type: 'object', properties: { a: text, b: { ...text, 'x-structstream': 'first' }, c: text } }),
  ],
  ['a part of a JSON Schema', jsonSchema({ type: 'object', properties: { a: text, b: first(text), c: text } })],
  [
    'a reference',
    jsonSchema({ properties: { a: text, b: first({ $ref: '#/$defs/text' }), c: text }, $defs: { text } }),
  ],
  ['Zod 3', z3.object({ a: z3.string(), b: first(z3.string()), c: z3.number() })],
  [
    'Zod 3, nullable',
    z3.object({ a: z3.string(), b: first(z3.object({ d: z3.string() })).nullable(), c: z3.number() }),
  ],
  ['Zod 3, optional', z3.object({ a: z3.string(), b: first(z3.string().min(1)).optional(), c: z3.number() })],
  ['Valibot', v.object({ a: v.string(), b: first(v.string()), c: v.number() })],
  ['Valibot, optional', v.object({ a: v.string(), b: v.optional(first(v.string())), c: v.number() })],
  ['Valibot, a pipe', v.object({ a: v.string(), b: first(v.pipe(v.string(), v.trim(), v.email())), c: v.number() })],
  ['ArkType', ark({ a: 'string', b: first(ark('string')), c: 'number' })],
  ['ArkType, optional', ark({ a: 'string', 'b?': first(ark('string.email')), c: 'number' })],
  ['Effect', Schema.Struct({ a: Schema.String, b: first(Schema.String), c: Schema.Finite })],
  [
    'Effect, checked',
    Schema.Struct({ a: Schema.String, b: first(Schema.String.check(Schema.isMinLength(1))), c: Schema.Finite }),
  ],
  [
    'Effect, optional',
    Schema.Struct({ a: Schema.String, b: Schema.optionalKey(first(Schema.String)), c: Schema.Finite }),
  ],
]

test.each(HINTED)('first() in %s wins over the declared order', async (_, schema) => {
  for (const target of DIALECTS) {
    const { jsonSchema: emitted } = await compileSchema(schema as AnySchema, { target })
    expect(Object.keys(emitted['properties'] as object), target).toEqual(['b', 'a', 'c'])
  }
})

test('first() changes nothing of what an answer may be', async () => {
  const compiled = await compileSchema(z.object({ a: z.string(), b: first(z.string()) }), { target: 'openai' })
  expect(compiled.decode({ a: 'x', b: 'y' })).toEqual({ a: 'x', b: 'y' })
  expect(compiled.decode({ b: 'y', a: 'x' })).toEqual({ a: 'x', b: 'y' })
})

test('first() refuses what can keep no hint, and says what to do', () => {
  const stranger = { '~standard': { version: 1, vendor: 'stranger', validate: () => ({ value: 1 }) } }
  const message = expect.stringContaining('jsonSchema({ … }, { validator: schema })')
  expect(() => first(stranger)).toThrow(expect.objectContaining({ code: 'bad_options', message }))
  expect(() => first(1 as never)).toThrow(expect.objectContaining({ code: 'bad_options' }))
})

test('atomic() and required() are kept by every library', async () => {
  const held = (make: (hint: <S extends object>(schema: S) => S) => unknown): unknown[] => [
    make(atomic),
    make(required),
  ]
  const schemas = [
    ...held((hint) => z.object({ a: hint(z.string()), b: z.string() })),
    ...held((hint) => z3.object({ a: hint(z3.string()), b: z3.string() })),
    ...held((hint) => v.object({ a: hint(v.string()), b: v.string() })),
    ...held((hint) => ark({ a: hint(ark('string')), b: 'string' })),
    ...held((hint) => Schema.Struct({ a: hint(Schema.String), b: Schema.String })),
    ...held((hint) => jsonSchema({ properties: { a: hint({ type: 'string' }), b: { type: 'string' } } })),
  ]
  for (const [index, schema] of schemas.entries()) {
    const reader = await openPartial(schema as never)
    reader.push('{"b":"x","a":"te')
    expect(reader.snapshot({ exact: true }), String(index)).toEqual(index % 2 === 0 ? { b: 'x' } : undefined)
    reader.push('xt"')
    expect(reader.snapshot({ exact: true }), String(index)).toEqual({ b: 'x', a: 'text' })
  }
})
