import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { compileSchema, jsonSchema } from '../../../src/schema/index.ts'
import { compileDialect } from '../../../src/schema/dialects/compile/compile.ts'
import type { Dialect, JsonSchemaObject } from '../../../src/types.ts'
import { violationsOf } from './subsets.ts'

const DIALECTS: Dialect[] = ['openai', 'anthropic', 'gemini', 'ollama', 'groq', 'json-schema']

describe('refused on every provider, with the path and the reason', () => {
  const object = (a: unknown): JsonSchemaObject => ({ type: 'object', properties: { a }, required: ['a'] })
  test.each<[string, JsonSchemaObject, (string | number)[], RegExp]>([
    ['a $ref to nothing', object({ $ref: '#/$defs/no' }), ['properties', 'a', '$ref'], /points to nothing/],
    ['a $ref to an unknown anchor', object({ $ref: '#no' }), ['properties', 'a', '$ref'], /\$anchor/],
    [
      'a remote $ref',
      object({ $ref: 'https://example.com/schema.json' }),
      ['properties', 'a', '$ref'],
      /not part of this schema/,
    ],
    ['a $ref that is not a string', object({ $ref: 5 }), ['properties', 'a', '$ref'], /a string/],
    ['a $ref with a broken escape', object({ $ref: '#/$defs/%ZZ' }), ['properties', 'a', '$ref'], /percent/],
    ['a $ref with a broken pointer', object({ $ref: '#/$defs/a~2' }), ['properties', 'a', '$ref'], /~/],
    ['a $ref to itself', object({ $ref: '#/properties/a' }), ['properties', 'a'], /refers to itself/],
    [
      'a union of itself',
      { $defs: { a: { anyOf: [{ $ref: '#/$defs/a' }] } }, ...object({ $ref: '#/$defs/a' }) },
      ['$defs', 'a'],
      /refers to itself/,
    ],
    ['an empty enum', object({ enum: [] }), ['properties', 'a'], /empty/],
    [
      'an enum of nothing that fits',
      object({ type: 'string', enum: [1, 2] }),
      ['properties', 'a'],
      /none of its values/,
    ],
    ['contradictory bounds', object({ type: 'number', minimum: 5, maximum: 4 }), ['properties', 'a'], /no number/],
    ['contradictory lengths', object({ type: 'string', minLength: 5, maxLength: 4 }), ['properties', 'a'], /minLength/],
    ['contradictory counts', object({ type: 'array', minItems: 5, maxItems: 4 }), ['properties', 'a'], /at least 5/],
    [
      'contradictory types',
      object({ allOf: [{ type: 'string' }, { type: 'object' }] }),
      ['properties', 'a', 'allOf', 0],
      /no type in common/,
    ],
    ['false', object(false), ['properties', 'a'], /no value/],
    ['not anything', object({ not: {} }), ['properties', 'a'], /no value/],
    [
      'a key that is required and forbidden',
      { type: 'object', required: ['a'], additionalProperties: false },
      ['additionalProperties'],
      /no value/,
    ],
    ['endless recursion', { type: 'object', properties: { a: { $ref: '#' } }, required: ['a'] }, [], /without end/],
    ['something else instead of a schema', object(5), ['properties', 'a'], /expected a schema/],
    ['something else instead of schemas', { type: 'object', properties: 5 }, ['properties'], /object of schemas/],
    ['something else instead of a list', object({ anyOf: {} }), ['properties', 'a', 'anyOf'], /array of schemas/],
    ['an unknown type', object({ type: 'text' }), ['properties', 'a', 'type'], /expected one of/],
    [
      'a bound that is not a number',
      object({ type: 'number', minimum: '5' }),
      ['properties', 'a', 'minimum'],
      /a number/,
    ],
    [
      'a count that is none',
      object({ type: 'string', minLength: -1 }),
      ['properties', 'a', 'minLength'],
      /whole number/,
    ],
    ['a step of nothing', object({ type: 'number', multipleOf: 0 }), ['properties', 'a', 'multipleOf'], /above 0/],
    ['a list of keys that is none', { type: 'object', properties: {}, required: 'a' }, ['required'], /array of keys/],
    [
      'one URI for two places',
      { $defs: { a: { $id: 'x' }, b: { $id: 'x' } }, ...object({}) },
      ['$defs', 'b'],
      /names two places/,
    ],
    [
      'a broken pattern',
      { type: 'object', patternProperties: { '(': {} } },
      ['patternProperties', '('],
      /regular expression/,
    ],
  ])('%s', async (_, schema, path, reason) => {
    for (const target of DIALECTS) {
      await expect(compileSchema(jsonSchema(schema), { target }), target).rejects.toMatchObject({
        name: 'StructStreamError',
        code: 'unsupported_schema',
        message: expect.stringMatching(reason),
      })
      // The compiler's own verdict has the path; the validator may have refused before it.
      expect(() => compileDialect(schema, target)).toThrow(
        expect.objectContaining({ code: 'unsupported_schema', path }),
      )
    }
  })
})

describe('taken on every provider', () => {
  test.each<[string, JsonSchemaObject]>([
    [
      'unknown keywords',
      {
        type: 'object',
        properties: { a: { type: 'string', wizard: true, 'x-y': {} } },
        required: ['a'],
        $vocabulary: {},
      },
    ],
    ['true and {}', { type: 'object', properties: { a: true, b: {} }, required: ['a'] }],
    ['no type at all', { properties: { a: { minLength: 2 } }, required: ['a'] }],
    [
      'draft 4',
      {
        $schema: 'http://json-schema.org/draft-04/schema#',
        id: 'x',
        type: 'object',
        properties: { a: { type: 'number', minimum: 1, exclusiveMinimum: true } },
      },
    ],
    [
      'draft 7 with keywords next to a $ref',
      {
        $schema: 'http://json-schema.org/draft-07/schema#',
        definitions: { s: { type: 'string' } },
        type: 'object',
        properties: { a: { $ref: '#/definitions/s', type: 'number' } },
      },
    ],
    [
      'anchors and ids',
      {
        $id: 'https://example.com/root',
        type: 'object',
        properties: { a: { $ref: 'other#here' } },
        $defs: { o: { $id: 'other', $defs: { h: { $anchor: 'here', type: 'string' } } } },
      },
    ],
    [
      'escapes in pointers',
      { type: 'object', properties: { a: { $ref: '#/$defs/a~1b~0c%20d' } }, $defs: { 'a/b~c d': { type: 'string' } } },
    ],
    [
      'a tuple of draft 7',
      {
        $schema: 'http://json-schema.org/draft-07/schema#',
        type: 'object',
        properties: { a: { type: 'array', items: [{ type: 'string' }], additionalItems: { type: 'number' } } },
      },
    ],
    [
      'a tuple of 2019-09',
      {
        $schema: 'https://json-schema.org/draft/2019-09/schema',
        type: 'object',
        properties: { a: { type: 'array', items: [{ type: 'string' }], additionalItems: { type: 'number' } } },
      },
    ],
    [
      'conditions',
      {
        type: 'object',
        properties: { a: { type: 'string' } },
        if: { required: ['a'] },
        // oxlint-disable-next-line unicorn/no-thenable -- a keyword of JSON Schema
        then: {},
        dependentRequired: { a: ['b'] },
        not: { const: 1 },
      },
    ],
    [
      'several types',
      {
        type: 'object',
        properties: { a: { type: ['string', 'object', 'null'], minLength: 2, properties: { b: { type: 'string' } } } },
      },
    ],
    [
      'needless escapes in patterns',
      { type: 'object', properties: { a: { type: 'string', pattern: '^\\-[a\\-z]{1,2}\\:}$' } } },
    ],
    [
      'keys of every kind',
      {
        type: 'object',
        properties: {
          ['__proto__']: { type: 'string' },
          constructor: { type: 'string' },
          '': { type: 'string' },
          $ref: { type: 'string' },
        },
      },
    ],
    [
      'mutual recursion',
      {
        $ref: '#/$defs/a',
        $defs: {
          a: { type: 'object', properties: { b: { $ref: '#/$defs/b' } } },
          b: {
            type: 'object',
            properties: { a: { $ref: '#/$defs/a' }, bs: { type: 'array', items: { $ref: '#/$defs/b' } } },
          },
        },
      },
    ],
    [
      'recursion through allOf',
      {
        type: 'object',
        properties: { name: { type: 'string' }, sub: { allOf: [{ $ref: '#' }, { required: ['name'] }] } },
      },
    ],
    [
      'recursion through a union inside a union',
      {
        $ref: '#/$defs/node',
        $defs: {
          node: {
            allOf: [
              { type: ['boolean', 'object'] },
              {
                properties: {
                  of: { anyOf: [{ $ref: '#/$defs/node' }, { type: 'array', items: { $ref: '#/$defs/node' } }] },
                },
              },
            ],
          },
        },
      },
    ],
    [
      'a union of one option with a description',
      {
        type: 'object',
        properties: { a: { $ref: '#/$defs/one' }, b: { $ref: '#/$defs/one' }, c: { $ref: '#/$defs/two' } },
        $defs: {
          one: { description: 'one of them', oneOf: [{ $ref: '#/$defs/two' }] },
          two: { type: 'object', properties: { d: { type: 'string' } } },
        },
      },
    ],
  ])('%s', async (_, schema) => {
    for (const target of DIALECTS) {
      const { jsonSchema: emitted } = await compileSchema(jsonSchema(schema), { target })
      expect(violationsOf(emitted, target), target).toEqual([])
    }
  })
})

test('keywords next to a $ref are ignored up to draft 7, and count from 2019-09 on', async () => {
  const schema = {
    definitions: { s: { type: 'string' } },
    type: 'object',
    properties: { a: { $ref: '#/definitions/s', maxLength: 3 } },
  }
  const old = await compileSchema(jsonSchema({ $schema: 'http://json-schema.org/draft-07/schema#', ...schema }), {
    target: 'ollama',
  })
  expect(old.jsonSchema['properties']).toEqual({ a: { type: 'string' } })
  const now = await compileSchema(jsonSchema(schema), { target: 'ollama' })
  expect(now.jsonSchema['properties']).toEqual({ a: { type: 'string', maxLength: 3 } })
})

describe('size', () => {
  const flat = (count: number): JsonSchemaObject => ({
    type: 'object',
    properties: Object.fromEntries(Array.from({ length: count }, (_, index) => [`k${index}`, { type: 'string' }])),
  })

  test('5,100 keys: more than OpenAI takes, no matter to others', async () => {
    await expect(compileSchema(jsonSchema(flat(5_100)), { target: 'openai' })).rejects.toMatchObject({
      code: 'unsupported_schema',
      message: expect.stringContaining('5000'),
    })
    const { jsonSchema: emitted } = await compileSchema(jsonSchema(flat(5_100)), { target: 'gemini' })
    expect(Object.keys(emitted['properties'] as object)).toHaveLength(5_100)
  })

  test('more levels than OpenAI takes', async () => {
    let schema: z.ZodType = z.object({ end: z.string() })
    for (let level = 1; level < 10; level++) schema = z.object({ next: schema })
    await expect(compileSchema(schema, { target: 'openai' })).resolves.toMatchObject({ lossless: true })
    await expect(compileSchema(z.object({ next: schema }), { target: 'openai' })).rejects.toMatchObject({
      code: 'unsupported_schema',
      message: expect.stringContaining('10 objects and arrays'),
    })
  })

  test('nesting that would exhaust the stack is refused', async () => {
    let deep: JsonSchemaObject = { type: 'string' }
    for (let level = 0; level < 3000; level++) deep = { type: 'array', items: deep }
    const chain: Record<string, unknown> = { d0: { type: 'string' } }
    for (let index = 1; index < 3000; index++)
      chain[`d${index}`] = { type: 'array', items: { $ref: `#/$defs/d${index - 1}` } }
    const refs: Record<string, unknown> = { d0: { type: 'string' } }
    for (let index = 1; index < 3000; index++) refs[`d${index}`] = { $ref: `#/$defs/d${index - 1}` }
    for (const schema of [deep, { $ref: '#/$defs/d2999', $defs: chain }, { $ref: '#/$defs/d2999', $defs: refs }]) {
      for (const target of DIALECTS) {
        await expect(compileSchema(jsonSchema(schema), { target })).rejects.toMatchObject({
          code: 'unsupported_schema',
        })
      }
    }
    let zod: z.ZodType = z.string()
    for (let level = 0; level < 20_000; level++) zod = z.array(zod)
    await expect(compileSchema(zod, { target: 'openai' })).rejects.toMatchObject({ code: 'unsupported_schema' })
  })

  test('the work is linear in the size', () => {
    const work = (count: number): number => {
      const definitions: Record<string, unknown> = {}
      for (let index = 0; index < count; index++) {
        const next = { $ref: `#/$defs/d${(index + 1) % count}` }
        definitions[`d${index}`] = {
          type: 'object',
          properties: { a: next, b: next, c: { anyOf: [next, { type: 'null' }] } },
        }
      }
      return compileDialect({ $ref: '#/$defs/d0', $defs: definitions }, 'ollama').visits
    }
    const [small, large] = [work(20), work(200)]
    expect(large).toBeGreaterThan(small)
    expect(large).toBeLessThanOrEqual(small * 10)
  })

  test('unions that multiply are refused before they fill the memory', { timeout: 60_000 }, async () => {
    const choice = () => ({
      anyOf: Array.from({ length: 30 }, (_, minLength) => ({ type: 'string', minLength })),
    })
    const schema = { allOf: Array.from({ length: 5 }, choice) }
    await expect(compileSchema(jsonSchema(schema), { target: 'openai' })).rejects.toMatchObject({
      code: 'unsupported_schema',
      message: expect.stringContaining('multiplied out'),
    })
  })
})

describe('the call itself', () => {
  test.each([[undefined], [null], [5], ['schema'], [{}], [[]], [() => {}]])('%o is not a schema', async (value) => {
    await expect(compileSchema(value as never, { target: 'openai' })).rejects.toMatchObject({
      code: 'unsupported_schema',
    })
  })
  test('plain JSON Schema must be wrapped, and the error says so', async () => {
    await expect(compileSchema({ type: 'object' } as never, { target: 'openai' })).rejects.toThrow(/jsonSchema\(\)/)
  })
  test('an unknown target', async () => {
    await expect(compileSchema(z.string(), { target: 'clippy' as never })).rejects.toMatchObject({
      code: 'bad_options',
    })
  })
})

test('the same schema is compiled once', async () => {
  const schema = z.object({ a: z.string() })
  const [first, second] = [
    await compileSchema(schema, { target: 'openai' }),
    await compileSchema(schema, { target: 'openai' }),
  ]
  expect(first.jsonSchema).toBe(second.jsonSchema)
})
