import { type } from 'arktype'
import { Schema } from 'effect'
import * as v from 'valibot'
import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import * as mini from 'zod/mini'
import { z as z3 } from 'zod/v3'
import { prepareSchema } from '../../../src/partial/compile-schema.ts'
import type { CompiledSchema } from '../../../src/partial/interpreter.ts'
import { libraryOf } from '../../../src/schema/libraries/library-of.ts'
import { toJsonSchema } from '../../../src/schema/libraries/to-json-schema.ts'
import { compileSchema, jsonSchema } from '../../../src/schema/index.ts'

/** The same shape in every library: { name: string, age?: integer, kind: 'a' | 'b', tags: string[], by: Record<string, number> }. */
const LIBRARIES: Record<string, unknown> = {
  'Zod 4': z.object({
    name: z.string(),
    age: z.int().optional(),
    kind: z.enum(['a', 'b']),
    tags: z.array(z.string()),
    by: z.record(z.string(), z.number()),
  }),
  'Zod Mini': mini.object({
    name: mini.string(),
    age: mini.optional(mini.int()),
    kind: mini.enum(['a', 'b']),
    tags: mini.array(mini.string()),
    by: mini.record(mini.string(), mini.number()),
  }),
  'Zod 3': z3.object({
    name: z3.string(),
    age: z3.number().int().optional(),
    kind: z3.enum(['a', 'b']),
    tags: z3.array(z3.string()),
    by: z3.record(z3.number()),
  }),
  Valibot: v.object({
    name: v.string(),
    age: v.optional(v.pipe(v.number(), v.integer())),
    kind: v.picklist(['a', 'b']),
    tags: v.array(v.string()),
    by: v.record(v.string(), v.number()),
  }),
  ArkType: type({
    name: 'string',
    'age?': 'number.integer',
    kind: "'a' | 'b'",
    tags: 'string[]',
    by: 'Record<string, number>',
  }),
  Effect: Schema.Struct({
    name: Schema.String,
    age: Schema.optionalKey(Schema.Int),
    kind: Schema.Literals(['a', 'b']),
    tags: Schema.Array(Schema.String),
    by: Schema.Record(Schema.String, Schema.Finite),
  }),
  'JSON Schema': jsonSchema({
    type: 'object',
    properties: {
      name: { type: 'string' },
      age: { type: 'integer' },
      kind: { enum: ['a', 'b'] },
      tags: { type: 'array', items: { type: 'string' } },
      by: { type: 'object', additionalProperties: { type: 'number' } },
    },
    required: ['name', 'kind', 'tags', 'by'],
  }),
  'JSON Schema, draft 7': jsonSchema({
    $schema: 'http://json-schema.org/draft-07/schema#',
    type: 'object',
    properties: {
      name: { $ref: '#/definitions/text' },
      age: { type: 'integer' },
      kind: { enum: ['a', 'b'] },
      tags: { type: 'array', items: { $ref: '#/definitions/text' } },
      by: { type: 'object', additionalProperties: { type: 'number' } },
    },
    required: ['name', 'kind', 'tags', 'by'],
    definitions: { text: { type: 'string' } },
  }),
}

const VALID = { name: 'n', age: 3, kind: 'b', tags: ['x', 'y'], by: { k: 1.5 } }

/** Every different partial, and where the first violation was known. */
async function watch(compiled: CompiledSchema, text: string) {
  const interpreter = compiled.interpreter({ repair: false, maxDepth: 64, maxIssues: 10 })
  const partials: string[] = []
  for (const character of text) {
    interpreter.push(character)
    const shown = JSON.stringify(interpreter.snapshot(true))
    if (shown !== partials.at(-1)) partials.push(shown)
  }
  interpreter.end()
  const [issue] = interpreter.issues
  return {
    partials,
    wrongAt: issue?.position ?? null,
    wrongPath: issue?.path ?? null,
    verdict: await compiled.validate(interpreter.raw()),
  }
}

describe.each(Object.entries(LIBRARIES))('%s', (_, schema) => {
  const prepared = () => prepareSchema(schema, { dialect: 'openai', mode: 'json-schema' })

  test('the same partials as Zod 4, a character at a time, and the same value', async () => {
    const { jsonSchema: sent, compiled } = await prepared()
    expect(sent).toMatchObject({ type: 'object', additionalProperties: false })
    expect((sent['required'] as string[]).toSorted()).toEqual(['age', 'by', 'kind', 'name', 'tags'])
    const { by, ...rest } = VALID
    const texts = [
      JSON.stringify({ ...rest, by: [{ key: 'k', value: by.k }] }),
      '{"name":"","kind":"a","age":null,"by":[],"tags":[]}',
    ]
    const reference = (await prepareSchema(LIBRARIES['Zod 4'], { dialect: 'openai', mode: 'json-schema' })).compiled
    for (const text of texts) {
      const [got, expected] = [await watch(compiled, text), await watch(reference, text)]
      expect(got).toEqual(expected)
      expect(got.verdict.ok).toBe(true)
    }
  })

  test.each([
    ['a wrong type', '{"name":5', 8, ['name']],
    ['no option', '{"name":"","kind":"ac', 21, ['kind']],
    ['a wrong element', '{"tags":["a",1', 13, ['tags', 1]],
    ['no integer', '{"age":1.5,', 10, ['age']],
    ['a missing key', '{"name":"","tags":[],"by":[]}', 28, ['kind']],
  ])('%s is known as early as with Zod 4', async (_name, text, position, path) => {
    const { compiled } = await prepared()
    const interpreter = compiled.interpreter({ repair: false, maxDepth: 64, maxIssues: 10 })
    interpreter.push(text)
    expect(interpreter.issues.map((issue) => [issue.path, issue.position])).toEqual([[path, position]])
  })
})

describe('libraries that drop further keys, and those that refuse them', () => {
  const text = '{"a":"x","more":1}'
  test.each<[string, unknown, boolean]>([
    ['Zod 3', z3.object({ a: z3.string() }), true],
    ['Zod 3 strict', z3.object({ a: z3.string() }).strict(), false],
    ['Valibot', v.object({ a: v.string() }), true],
    ['Valibot strict', v.strictObject({ a: v.string() }), false],
    ['ArkType', type({ a: 'string' }), true],
    ['ArkType reject', type({ '+': 'reject', a: 'string' }), false],
    ['Effect', Schema.Struct({ a: Schema.String }), true],
    ['JSON Schema', jsonSchema({ type: 'object', properties: { a: {} } }), true],
    ['JSON Schema, closed', jsonSchema({ type: 'object', properties: { a: {} }, additionalProperties: false }), false],
  ])('%s', async (_, schema, takes) => {
    const { compiled } = await prepareSchema(schema, { dialect: 'json-schema', mode: 'prompt' })
    const { wrongAt, verdict } = await watch(compiled, text)
    expect([wrongAt === null, verdict.ok]).toEqual([takes, takes])
  })
})

describe('what another library asks of a text is known while it is open, with the flags that JSON Schema leaves out', () => {
  test.each<[string, unknown]>([
    ['Zod 3', z3.object({ a: z3.string().regex(/^X$/i) })],
    ['Valibot', v.object({ a: v.pipe(v.string(), v.regex(/^x$/)) })],
    ['ArkType', type({ a: '/^x$/' })],
  ])('%s', async (_, schema) => {
    const { compiled } = await prepareSchema(schema, { dialect: 'json-schema', mode: 'prompt' })
    const right = await watch(compiled, '{"a":"x"}')
    expect([right.wrongAt, right.verdict.ok]).toEqual([null, true])
    const wrong = await watch(compiled, '{"a":"y"}')
    expect([wrong.wrongAt, wrong.verdict.ok]).toEqual([7, false])
  })
})

test('Effect is judged by its JSON codec: a null that stands for a missing key is one', async () => {
  const schema = Schema.Struct({ a: Schema.optional(Schema.String), n: Schema.Number })
  const { compiled } = await prepareSchema(schema, { dialect: 'openai', mode: 'json-schema' })
  await expect(compiled.validate({ a: null, n: 1 })).resolves.toEqual({ ok: true, value: { a: undefined, n: 1 } })
  await expect(compiled.validate({ n: 'no' })).resolves.toMatchObject({ ok: false })
})

test('a Standard Schema without a JSON Schema can be lent one', async () => {
  const even = {
    '~standard': {
      version: 1 as const,
      vendor: 'mine',
      validate: (value: unknown) =>
        (value as number) % 2 === 0 ? { value: (value as number) / 2 } : { issues: [{ message: 'odd', path: ['x'] }] },
    },
  }
  await expect(compileSchema(even, { target: 'openai' })).rejects.toThrow(
    /jsonSchema\(definition, \{ validator: schema \}\)/,
  )
  const { compiled } = await prepareSchema(jsonSchema({ type: 'number' }, { validator: even }), {
    dialect: 'openai',
    mode: 'json-schema',
  })
  await expect(compiled.validate(4)).resolves.toEqual({ ok: true, value: 2 })
  await expect(compiled.validate(3)).resolves.toEqual({
    ok: false,
    issues: [{ path: ['x'], code: 'custom', message: 'odd' }],
  })
})

test("a schema that its library cannot convert is refused with the library's reason", async () => {
  await expect(compileSchema(v.object({ a: v.instance(Date) }), { target: 'openai' })).rejects.toMatchObject({
    code: 'unsupported_schema',
    message: expect.stringContaining('valibot cannot convert it'),
  })
})

test('kinds, titles and descriptions', async () => {
  expect(Object.values(LIBRARIES).map((schema) => libraryOf(schema).name)).toEqual([
    'Zod 4',
    'Zod 4',
    'Zod 3',
    'Valibot',
    'ArkType',
    'Effect',
    'JSON Schema',
    'JSON Schema',
  ])
  await expect(toJsonSchema(z.object({}).meta({ title: 'T', description: 'D' }))).resolves.toMatchObject({
    title: 'T',
    description: 'D',
  })
  expect(toJsonSchema(LIBRARIES['Valibot'])).toBe(toJsonSchema(LIBRARIES['Valibot']))
})

test('streaming hints in a JSON Schema', async () => {
  const schema = jsonSchema({
    type: 'object',
    properties: {
      rows: {
        type: 'array',
        items: {
          type: 'object',
          properties: { id: { type: 'string', 'x-structstream': 'required' }, code: { $ref: '#/$defs/code' } },
          required: ['id', 'code'],
        },
      },
    },
    required: ['rows'],
    $defs: { code: { type: 'string', 'x-structstream': ['atomic'] } },
  })
  const { compiled } = await prepareSchema(schema, { dialect: 'json-schema', mode: 'prompt' })
  const { partials } = await watch(compiled, '{"rows":[{"code":"ab","id":"x"}]}')
  expect(partials).toEqual(['{}', '{"rows":[]}', '{"rows":[{"code":"ab","id":"x"}]}'])
})
