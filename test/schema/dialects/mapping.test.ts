import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import * as mini from 'zod/mini'
import { z as z3 } from 'zod/v3'
import { compileSchema, jsonSchema } from '../../../src/schema/index.ts'
import type { AnySchema } from '../../../src/schema/types.ts'
import type { Dialect, JsonSchemaObject } from '../../../src/types.ts'

const closed = (properties: Record<string, unknown>, required = Object.keys(properties)): JsonSchemaObject => ({
  type: 'object',
  properties,
  required,
  additionalProperties: false,
})
const entries = (value: unknown): JsonSchemaObject => ({
  type: 'array',
  items: closed({ key: { type: 'string' }, value }),
})
const string = { type: 'string' }
const number = { type: 'number' }

async function sent(schema: AnySchema, target: Dialect): Promise<JsonSchemaObject> {
  return (await compileSchema(schema, { target })).jsonSchema
}

describe('root', () => {
  test('OpenAI: everything but an object is wrapped in one', async () => {
    for (const [schema, body, answer, value] of [
      [z.array(z.string()), { type: 'array', items: string }, { value: ['a'] }, ['a']],
      [
        z.union([z.object({ a: z.string() }), z.object({ b: z.string() })]),
        { anyOf: [closed({ a: string }), closed({ b: string })] },
        { value: { b: 'x' } },
        { b: 'x' },
      ],
      [z.string().nullable(), { type: ['string', 'null'] }, { value: null }, null],
      [z.record(z.string(), z.number()), entries(number), { value: [{ key: 'a', value: 1 }] }, { a: 1 }],
    ] as const) {
      const compiled = await compileSchema(schema, { target: 'openai' })
      expect(compiled.jsonSchema).toEqual(closed({ value: body }))
      expect(compiled.decode(answer)).toEqual(value)
      expect(compiled.lossless).toBe(true)
    }
  })

  test('Anthropic and Gemini take any root', async () => {
    expect(await sent(z.array(z.string()), 'anthropic')).toEqual({ type: 'array', items: string })
    expect(await sent(z.union([z.string(), z.object({})]), 'gemini')).toEqual({
      anyOf: [string, { type: 'object', properties: {} }],
    })
  })

  test('a root reference is written out', async () => {
    const schema = jsonSchema({
      $ref: '#/definitions/A',
      definitions: { A: { type: 'object', properties: { a: string }, required: ['a'] } },
    })
    expect(await sent(schema, 'openai')).toEqual(closed({ a: string }))
  })
})

describe('optional', () => {
  const schema = z.object({ a: z.string().optional(), b: z.string().nullish(), c: z.number().default(3) })

  test('OpenAI: required and nullable; null is dropped, but for keys that take null', async () => {
    const { jsonSchema: emitted, decode, lossless } = await compileSchema(schema, { target: 'openai' })
    expect(emitted).toEqual(
      closed({ a: { type: ['string', 'null'] }, b: { type: ['string', 'null'] }, c: { type: ['number', 'null'] } }),
    )
    expect(decode({ a: null, b: null, c: null })).toEqual({ b: null })
    expect(lossless).toBe(true)
  })

  test('Anthropic and Gemini: kept', async () => {
    expect(await sent(schema, 'anthropic')).toEqual({
      ...closed({ a: string, b: { type: ['string', 'null'] }, c: number }),
      required: undefined,
    })
    expect(await sent(schema, 'gemini')).toEqual({
      type: 'object',
      propertyOrdering: ['a', 'b', 'c'],
      properties: { a: string, b: { type: ['string', 'null'] }, c: number },
    })
  })

  test('Anthropic: only as many as its grammar takes, the others nullable', async () => {
    const many = z.object(
      Object.fromEntries(Array.from({ length: 30 }, (_, index) => [`k${index}`, z.string().optional()])),
    )
    const { jsonSchema: emitted, decode } = await compileSchema(many, { target: 'anthropic' })
    const required = emitted['required'] as string[]
    expect(30 - required.length).toBe(20)
    expect(required).toContain('k29')
    expect(decode({ k0: 'a', k29: null, k28: 'b' })).toEqual({ k0: 'a', k28: 'b' })
  })
})

describe('records, tuples, any', () => {
  test('a record with a closed set of keys is an object', async () => {
    expect(await sent(z.record(z.enum(['a', 'b']), z.number()), 'openai')).toEqual(closed({ a: number, b: number }))
  })

  test('keys keep their pattern', async () => {
    const emitted = await sent(z.record(z.string().regex(/^x-/), z.number()), 'openai')
    expect(emitted).toEqual(
      closed({ value: { type: 'array', items: closed({ key: { type: 'string', pattern: '^x-' }, value: number }) } }),
    )
  })

  test('undeclared keys that count are entries next to the declared ones', async () => {
    const { jsonSchema: emitted, decode } = await compileSchema(z.object({ a: z.string() }).catchall(z.number()), {
      target: 'openai',
    })
    expect(emitted).toEqual(
      closed({ a: string, additionalProperties: { ...entries(number), description: 'Further keys' } }),
    )
    expect(decode({ a: 'x', additionalProperties: [{ key: 'b', value: 1 }] })).toEqual({ a: 'x', b: 1 })
  })

  test('Gemini keeps records, and tuples as prefixItems', async () => {
    expect(await sent(z.record(z.string(), z.number()), 'gemini')).toEqual({
      type: 'object',
      additionalProperties: number,
    })
    expect(await sent(z.tuple([z.string(), z.number()]), 'gemini')).toEqual({
      type: 'array',
      prefixItems: [string, number],
      minItems: 2,
      maxItems: 2,
    })
  })

  test('OpenAI: a tuple is an object with positions', async () => {
    const schema = z.object({ t: z.tuple([z.string(), z.number().optional()], z.boolean()) })
    const { jsonSchema: emitted, decode } = await compileSchema(schema, { target: 'openai' })
    const rest = { type: 'array', items: { type: 'boolean' } }
    expect(emitted).toEqual(closed({ t: closed({ '0': string, '1': { type: ['number', 'null'] }, rest }) }))
    expect(decode({ t: { '0': 'a', '1': 1, rest: [true] } })).toEqual({ t: ['a', 1, true] })
    expect(decode({ t: { '0': 'a', '1': null, rest: [] } })).toEqual({ t: ['a'] })
    // An array has no holes: what was left out is null when something follows.
    expect(decode({ t: { '0': 'a', '1': null, rest: [true] } })).toEqual({ t: ['a', null, true] })
  })

  test('OpenAI: any value is spelled out, and objects in it are distinguished from arrays', async () => {
    const { jsonSchema: emitted, decode } = await compileSchema(z.object({ v: z.unknown() }), { target: 'openai' })
    const json = { $ref: '#/$defs/json' }
    expect(emitted['$defs']).toEqual({
      json: {
        anyOf: [
          string,
          number,
          { type: 'boolean' },
          { type: 'null' },
          { type: 'array', items: json },
          closed({ record: entries(json) }),
        ],
      },
    })
    expect(decode({ v: { record: [{ key: 'a', value: [{ record: [] }, []] }] } })).toEqual({ v: { a: [{}, []] } })
  })
})

describe('unions', () => {
  test('the discriminator comes first, the other keys keep their order', async () => {
    const schema = z.discriminatedUnion('kind', [
      z.object({ z: z.string(), a: z.string(), kind: z.literal('x') }),
      z.object({ kind: z.literal('y') }),
    ])
    const emitted = (await sent(z.object({ u: schema }), 'openai')) as {
      properties: { u: { anyOf: { properties: object }[] } }
    }
    expect(emitted.properties.u.anyOf.map((branch) => Object.keys(branch.properties))).toEqual([
      ['kind', 'z', 'a'],
      ['kind'],
    ])
  })

  test('branches that read null differently are distinguished by the discriminator', async () => {
    const schema = z.discriminatedUnion('t', [
      z.object({ t: z.literal('a'), x: z.number().optional() }),
      z.object({ t: z.literal('b'), x: z.number().nullable() }),
    ])
    const { decode } = await compileSchema(schema, { target: 'openai' })
    expect(decode({ value: { t: 'a', x: null } })).toEqual({ t: 'a' })
    expect(decode({ value: { t: 'b', x: null } })).toEqual({ t: 'b', x: null })
    expect(decode({ value: { x: null, t: 'a' } })).toEqual({ t: 'a' })
  })

  test('branches that could be mistaken for one another get a label', async () => {
    const schema = z.union([z.array(z.string()), z.record(z.string(), z.string())])
    const { jsonSchema: emitted, decode } = await compileSchema(schema, { target: 'openai' })
    expect(emitted).toEqual(
      closed({ value: { anyOf: [{ type: 'array', items: string }, closed({ record: entries(string) })] } }),
    )
    expect(decode({ value: { record: [] } })).toEqual({})
    expect(decode({ value: [] })).toEqual([])
  })

  test('oneOf is anyOf, with a warning unless no value fits two branches', async () => {
    expect((await compileSchema(z.xor([z.string(), z.number()]), { target: 'openai' })).lossless).toBe(true)
    const overlapping = await compileSchema(z.xor([z.object({ a: z.string() }), z.object({ b: z.string() })]), {
      target: 'openai',
    })
    expect(overlapping.lossless).toBe(false)
    expect(overlapping.warnings.map((warning) => warning.path)).toEqual([['oneOf']])
  })
})

describe('not', () => {
  test('with a type: the other types are asked for, without a loss', async () => {
    const schema = jsonSchema({ type: 'object', properties: { a: { not: { type: ['array', 'object', 'null'] } } } })
    const { jsonSchema: emitted, lossless, decode } = await compileSchema(schema, { target: 'openai' })
    expect(emitted['properties']).toEqual({ a: { type: ['boolean', 'number', 'string', 'null'] } })
    expect(lossless).toBe(true)
    expect(decode({ a: null })).toEqual({})
  })
})

test('what is said of any value is warned of where any value is spelled out', async () => {
  const schema = jsonSchema({
    if: { type: 'object' },
    // oxlint-disable-next-line unicorn/no-thenable -- a keyword of JSON Schema
    then: { required: ['a'] },
    else: { type: 'boolean' },
  })
  for (const target of ['openai', 'anthropic', 'groq'] as const) {
    const { lossless, warnings } = await compileSchema(schema, { target })
    expect(lossless).toBe(false)
    expect(warnings.map(({ path }) => path)).toContainEqual(['if'])
  }
})

test('Anthropic: the entries of further keys are required, even next to optional keys only', async () => {
  const schema = z.object({ a: z.string().optional() }).catchall(z.number())
  expect((await sent(schema, 'anthropic'))['required']).toEqual(['additionalProperties'])
})

describe('literals and enums', () => {
  test('const is kept, and is an enum of one for Gemini', async () => {
    const schema = z.object({ a: z.literal('x'), b: z.literal([1, 'x', true, null]) })
    expect(await sent(schema, 'openai')).toEqual(
      closed({
        a: { type: 'string', const: 'x' },
        b: { type: ['number', 'string', 'boolean', 'null'], enum: [1, 'x', true, null] },
      }),
    )
    const gemini = await sent(schema, 'gemini')
    expect(gemini['properties']).toMatchObject({
      a: { type: 'string', enum: ['x'] },
      b: { anyOf: [{ type: ['number', 'string'], enum: [1, 'x'] }, { type: 'boolean' }, { type: 'null' }] },
    })
  })

  test('objects among the values are objects of constants', async () => {
    const emitted = await sent(jsonSchema({ enum: [{ a: 1, b: ['x'] }, 'y'] }), 'gemini')
    expect(emitted).toEqual({
      anyOf: [
        { type: 'string', enum: ['y'] },
        {
          type: 'object',
          properties: {
            a: { type: 'number', enum: [1] },
            b: { type: 'array', prefixItems: [{ type: 'string', enum: ['x'] }], minItems: 1, maxItems: 1 },
          },
          propertyOrdering: ['a', 'b'],
          required: ['a', 'b'],
          additionalProperties: false,
        },
      ],
    })
  })

  test('an enum beyond the limit is its type, told in words', async () => {
    const schema = z.object({ a: z.enum(Array.from({ length: 1001 }, (_, index) => `v${index}`) as [string]) })
    const { jsonSchema: emitted, warnings, lossless } = await compileSchema(schema, { target: 'openai' })
    expect(emitted['properties']).toEqual({
      a: { type: 'string', description: 'One of 1001 values, the first of them "v0"' },
    })
    expect(warnings.map((warning) => warning.path)).toEqual([['properties', 'a', 'enum']])
    expect(lossless).toBe(false)
  })
})

describe('recursion', () => {
  const Tree: z.ZodType = z.object({
    name: z.string(),
    get children() {
      return z.array(Tree)
    },
  })

  test('OpenAI: references, to # or into $defs', async () => {
    expect(await sent(Tree, 'openai')).toEqual(
      closed({ name: string, children: { type: 'array', items: { $ref: '#' } } }),
    )
    const inside = await sent(z.object({ tree: Tree }), 'openai')
    const [name] = Object.keys(inside['$defs'] as object)
    expect(inside['properties']).toEqual({ tree: { $ref: `#/$defs/${name}` } })
  })

  test('Anthropic: unrolled, with a warning', async () => {
    const { jsonSchema: emitted, warnings, lossless } = await compileSchema(Tree, { target: 'anthropic' })
    expect(Object.keys(emitted['$defs'] as object)).toHaveLength(4)
    expect(lossless).toBe(false)
    expect(warnings[0]?.message).toContain('5 levels')
  })

  test('Gemini: kept in keys that may be left out, otherwise unrolled', async () => {
    const Linked: z.ZodType = z.object({
      name: z.string(),
      get next() {
        return Linked.optional()
      },
    })
    expect(await sent(Linked, 'gemini')).toEqual({
      type: 'object',
      properties: { name: string, next: { $ref: '#' } },
      propertyOrdering: ['name', 'next'],
      required: ['name'],
    })
    expect(Object.keys((await sent(Tree, 'gemini'))['$defs'] as object)).toHaveLength(4)
  })
})

describe('checks', () => {
  test('each is sent where the provider takes it, otherwise described in one short phrase, with a warning', async () => {
    const schema = z.object({
      s: z.string().min(2).max(5).describe('A code'),
      n: z.number().min(1).multipleOf(3),
      l: z.array(z.string()).max(4),
    })
    const openai = await compileSchema(schema, { target: 'openai' })
    expect(openai.jsonSchema['properties']).toEqual({
      s: { type: 'string', description: 'A code (at least 2 characters; at most 5 characters)' },
      n: { type: 'number', minimum: 1, multipleOf: 3 },
      l: { type: 'array', items: string, maxItems: 4 },
    })
    expect(openai.warnings.map((warning) => warning.path)).toEqual([
      ['properties', 's', 'minLength'],
      ['properties', 's', 'maxLength'],
    ])
    expect(openai.lossless).toBe(false)
    const anthropic = await compileSchema(schema, { target: 'anthropic' })
    expect(anthropic.jsonSchema['properties']).toMatchObject({
      n: { type: 'number', description: 'At least 1; a multiple of 3' },
      l: { type: 'array', description: 'At most 4 elements' },
    })
    for (const { message } of anthropic.warnings) expect(message).toMatch(/^\/properties\/[snl]\//)
  })

  test('the bounds of safe integers are not sent, other bounds are', async () => {
    expect(await sent(z.object({ n: z.int(), m: z.int().min(0) }), 'openai')).toEqual(
      closed({ n: { type: 'integer' }, m: { type: 'integer', minimum: 0 } }),
    )
  })

  test('above 3 is from 4 on, for integers where only inclusive bounds are taken', async () => {
    expect((await sent(z.object({ n: z.int().gt(3) }), 'gemini'))['properties']).toEqual({
      n: { type: 'integer', minimum: 4 },
    })
  })

  test('patterns that look around are described in words; long ones never', async () => {
    const short = await compileSchema(z.object({ s: z.string().regex(/^(?!x)/) }), { target: 'openai' })
    expect(short.jsonSchema['properties']).toEqual({ s: { type: 'string', description: 'Matching ^(?!x)' } })
    const long = await compileSchema(z.object({ s: z.string().regex(new RegExp(`^(?!${'x'.repeat(100)})`)) }), {
      target: 'openai',
    })
    expect(long.jsonSchema['properties']).toEqual({ s: string })
    expect(long.warnings).toHaveLength(1)
  })

  test('formats are sent where they are known, otherwise described in words', async () => {
    const schema = z.object({ u: z.url() })
    expect((await sent(schema, 'anthropic'))['properties']).toEqual({ u: { type: 'string', format: 'uri' } })
    expect((await sent(schema, 'openai'))['properties']).toEqual({
      u: { type: 'string', description: 'A complete URL' },
    })
  })
})

describe('intersections', () => {
  test('allOf is joined', async () => {
    const schema = jsonSchema({
      allOf: [
        { type: 'object', properties: { a: { type: 'string' }, n: { type: 'number', minimum: 1 } }, required: ['a'] },
        { $ref: '#/$defs/more' },
      ],
      $defs: { more: { properties: { b: { type: 'string' }, n: { maximum: 5 } }, required: ['b', 'n'] } },
    })
    expect(await sent(schema, 'openai')).toEqual(
      closed({ a: string, n: { type: 'number', minimum: 1, maximum: 5 }, b: string }),
    )
  })

  test('joined with a union it is the union of what is joined', async () => {
    const schema = z.intersection(
      z.object({ a: z.string() }),
      z.union([z.object({ b: z.string() }), z.object({ c: z.string() })]),
    )
    expect(await sent(schema, 'anthropic')).toEqual({
      anyOf: [closed({ a: string, b: string }), closed({ a: string, c: string })],
    })
  })

  test('what allOf makes impossible is refused, with the place', async () => {
    const schema = jsonSchema({
      type: 'object',
      properties: { a: { allOf: [{ type: 'string' }, { type: 'number' }] } },
      required: ['a'],
    })
    await expect(compileSchema(schema, { target: 'openai' })).rejects.toMatchObject({
      code: 'unsupported_schema',
      path: ['properties', 'a', 'allOf', 0],
    })
  })
})

describe('what JSON cannot hold', () => {
  test('is refused where it must be there', async () => {
    for (const [schema, advice] of [
      [z.date(), 'z.coerce.date()'],
      [z.bigint(), 'z.coerce.bigint()'],
      [z.map(z.string(), z.string()), 'z.record()'],
      [z.set(z.string()), 'z.array()'],
      [z.undefined(), 'optional'],
    ] as const) {
      const refused = compileSchema(z.object({ a: z.object({ b: schema.and(z.unknown()) }) }), { target: 'openai' })
      await expect(compileSchema(z.object({ a: schema }), { target: 'openai' })).rejects.toMatchObject({
        code: 'unsupported_schema',
        path: ['properties', 'a'],
        message: expect.stringContaining(advice),
      })
      await expect(refused).rejects.toMatchObject({ code: 'unsupported_schema' })
    }
  })

  test('is left out where it need not be there', async () => {
    const schema = z.object({ a: z.date().optional(), b: z.union([z.string(), z.date()]), c: z.array(z.date()) })
    expect(await sent(schema, 'openai')).toEqual(
      closed({ b: string, c: { type: 'array', items: { type: 'null' }, maxItems: 0 } }),
    )
  })

  test('comes as text where Zod makes it from text', async () => {
    const schema = z.object({
      d: z.coerce.date(),
      n: z.coerce.bigint(),
      c: z.codec(z.iso.date(), z.date(), { decode: (text) => new Date(text), encode: (date) => date.toISOString() }),
    })
    expect((await sent(schema, 'anthropic'))['properties']).toMatchObject({
      d: { type: 'string', format: 'date-time' },
      n: { type: 'string', pattern: '^-?[0-9]+$' },
      c: { type: 'string', format: 'date' },
    })
  })
})

describe('other libraries', () => {
  const expected = closed({ a: string, b: { type: ['number', 'null'] } })

  test('Zod Mini', async () => {
    expect(await sent(mini.object({ a: mini.string(), b: mini.optional(mini.number()) }), 'openai')).toEqual(expected)
  })

  test('Zod 3, whose stripped keys are not part of the shape and whose kept ones are', async () => {
    expect(await sent(z3.object({ a: z3.string(), b: z3.number().optional() }), 'openai')).toEqual(expected)
    const passing = await sent(z3.object({ a: z3.string() }).passthrough(), 'gemini')
    expect(passing).toEqual({ type: 'object', properties: { a: string }, required: ['a'], additionalProperties: {} })
  })

  test('Zod 3: what JSON cannot hold, and checks of the user', async () => {
    await expect(compileSchema(z3.object({ a: z3.date() }), { target: 'openai' })).rejects.toMatchObject({
      code: 'unsupported_schema',
      path: ['properties', 'a'],
    })
    const { warnings, lossless } = await compileSchema(z3.object({ a: z3.string().refine(() => true) }), {
      target: 'openai',
    })
    expect(lossless).toBe(false)
    expect(warnings.map((warning) => warning.path)).toEqual([['properties', 'a']])
  })
})

test('what only code can tell is in the warnings, with its place', async () => {
  const schema = z.object({
    a: z.string().refine(() => true),
    b: z.coerce.number(),
    c: z.string().transform(Number).pipe(z.number().min(3)),
    d: z.string().transform(Number),
  })
  const { warnings, lossless } = await compileSchema(schema, { target: 'json-schema' })
  expect(lossless).toBe(false)
  expect(warnings.map((warning) => warning.path)).toEqual(
    expect.arrayContaining([
      ['properties', 'a'],
      ['properties', 'b'],
      ['properties', 'c'],
    ]),
  )
  expect(warnings).toHaveLength(3)
})

test('json-schema: the schema as it is', async () => {
  const schema = {
    type: 'object',
    properties: { a: { type: 'string', minLength: 3 } },
    patternProperties: { '^x': true },
  }
  const compiled = await compileSchema(jsonSchema(schema), { target: 'json-schema' })
  expect(compiled.jsonSchema).toBe(schema)
  expect(compiled).toMatchObject({ lossless: true, warnings: [] })
  const value = { a: 'abc' }
  expect(compiled.decode(value)).toBe(value)
})
