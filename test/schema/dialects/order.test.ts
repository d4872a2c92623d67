import { expect, test } from 'vitest'
import { z } from 'zod'
import { first } from '../../../src/schema/hints.ts'
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
const HINTED: [string, AnySchema, Dialect[]][] = [
  ['Zod 4', z.object({ a: z.string(), b: first(z.string()), c: z.number() }), DIALECTS],
  ['optional', z.object({ a: z.string().optional(), b: first(z.string()).optional(), c: z.number() }), DIALECTS],
  ['described', z.object({ a: z.string(), b: first(z.string()).describe('B'), c: z.number() }), DIALECTS],
  [
    'JSON Schema',
    jsonSchema({ type: 'object', properties: { a: text, b: { ...text, 'x-structstream': 'first' }, c: text } }),
    // There it is sent unchanged.
    DIALECTS.filter((target) => target !== 'json-schema'),
  ],
]

test.each(HINTED)('first() in %s wins over the declared order', async (_, schema, targets) => {
  for (const target of targets) {
    const { jsonSchema: emitted } = await compileSchema(schema, { target })
    expect(Object.keys(emitted['properties'] as object), target).toEqual(['b', 'a', 'c'])
  }
})

test('first() changes nothing of what an answer may be', async () => {
  const compiled = await compileSchema(z.object({ a: z.string(), b: first(z.string()) }), { target: 'openai' })
  expect(compiled.decode({ a: 'x', b: 'y' })).toEqual({ a: 'x', b: 'y' })
  expect(compiled.decode({ b: 'y', a: 'x' })).toEqual({ a: 'x', b: 'y' })
})

test('first() takes schemas of Zod 4 only', () => {
  expect(() => first({ type: 'string' } as never)).toThrow(expect.objectContaining({ code: 'bad_options' }))
})
