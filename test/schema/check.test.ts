import { type } from 'arktype'
import { Schema } from 'effect'
import * as v from 'valibot'
import { describe, expect, expectTypeOf, test } from 'vitest'
import * as mini from 'zod/mini'
import { z as z3 } from 'zod/v3'
import { z } from 'zod'
import { check, jsonSchema, parseStream, type AnySchema } from '../../src/index.ts'

/** Every value that a rule was given, with its place. */
function noting() {
  const seen: [path: string, value: unknown][] = []
  const note = (value: unknown, { path }: { path: readonly (string | number)[] }): void => {
    seen.push([path.join('.'), value])
  }
  return { seen, note }
}

const text = JSON.stringify({ title: 'Alien', tags: ['a', 'b'], by: { name: 'Ridley' }, seen: null })

/** Rules on a string, on elements, on an object, and on what may be missing or null. */
const libraries: [
  string,
  (note: (value: unknown, context: { path: readonly (string | number)[] }) => void) => unknown,
][] = [
  [
    'Zod 4',
    (note) =>
      z.object({
        title: check(z.string().min(2), note).describe('of the film'),
        tags: z.array(check(z.string(), note)),
        by: check(z.object({ name: z.string() }), note).optional(),
        seen: check(z.string(), note).nullable().default(null),
      }),
  ],
  [
    'Zod Mini',
    (note) =>
      mini.object({
        title: check(mini.string().check(mini.minLength(2)), note),
        tags: mini.array(check(mini.string(), note)),
        by: mini.optional(check(mini.object({ name: mini.string() }), note)),
        seen: mini.nullable(check(mini.string(), note)),
      }),
  ],
  [
    'Zod 3',
    (note) =>
      z3.object({
        title: check(z3.string().min(2), note).describe('of the film'),
        tags: z3.array(check(z3.string(), note)),
        by: check(z3.object({ name: z3.string() }), note).optional(),
        seen: check(z3.string(), note).nullable(),
      }),
  ],
  [
    'Valibot',
    (note) =>
      v.object({
        title: check(v.pipe(v.string(), v.minLength(2)), note),
        tags: v.array(check(v.string(), note)),
        by: v.optional(check(v.object({ name: v.string() }), note)),
        seen: v.nullable(check(v.string(), note)),
      }),
  ],
  [
    'ArkType',
    (note) =>
      type({
        title: check(type('string >= 2'), note),
        tags: check(type('string'), note).array(),
        by: check(type({ name: 'string' }), note),
        seen: check(type('string'), note).or('null'),
      }),
  ],
  [
    'Effect',
    (note) =>
      Schema.Struct({
        title: check(Schema.String.check(Schema.isMinLength(2)), note as never),
        tags: Schema.Array(check(Schema.String, note as never)),
        by: check(Schema.Struct({ name: Schema.String }), note as never),
        seen: Schema.NullOr(check(Schema.String, note as never)),
      }),
  ],
  [
    'JSON Schema',
    (note) =>
      jsonSchema({
        type: 'object',
        properties: {
          title: check({ type: 'string', minLength: 2 }, note),
          tags: { type: 'array', items: check({ type: 'string' }, note) },
          by: check({ type: 'object', properties: { name: { type: 'string' } } }, note),
          seen: { anyOf: [check({ type: 'string' }, note), { type: 'null' }] },
        },
      }),
  ],
]

describe('check() is called for each complete value of its schema, once, in every library', () => {
  test.each(libraries)('%s.', async (_name, build) => {
    const { seen, note } = noting()
    const schema = build(note) as AnySchema
    expect(await parseStream(text, schema).getData()).toMatchObject({ title: 'Alien', seen: null })
    expect(seen).toEqual([
      ['title', 'Alien'],
      ['tags.0', 'a'],
      ['tags.1', 'b'],
      ['by', { name: 'Ridley' }],
    ])
  })

  test.each(libraries)('%s, with the verdict as an issue of the run.', async (_name, build) => {
    const schema = build((_value, { path }) => (path.length === 2 ? { message: 'not this' } : undefined) as never)
    await expect(parseStream(text, schema as AnySchema).getData()).rejects.toMatchObject({
      code: 'invalid_data',
      issues: [
        { path: ['tags', 0], code: 'custom', message: 'not this', value: 'a' },
        { path: ['tags', 1], code: 'custom', message: 'not this', value: 'b' },
      ],
    })
  })

  test.each(libraries)('%s, for a whole answer.', async (_name, build) => {
    const { seen, note } = noting()
    const schema = check(build(() => {}) as z.ZodType, note)
    await parseStream(text, schema).getData()
    expect(seen).toEqual([['', expect.objectContaining({ title: 'Alien' }) as unknown]])
  })
})

describe('A schema of Zod keeps its check()', () => {
  const { note } = noting()
  test.each<[string, (schema: z.ZodString) => z.ZodType, string, unknown[]]>([
    ['with more checks', (s) => s.min(2).max(9), '"abc"', ['abc']],
    ['with a refinement', (s) => s.refine(() => true), '"abc"', ['abc']],
    ['with an asynchronous refinement', (s) => s.refine(async () => true), '"abc"', ['abc']],
    ['that is described', (s) => s.describe('a word'), '"abc"', ['abc']],
    ['that is optional, null or has a default', (s) => s.nullable().optional().default('x'), '"abc"', ['abc']],
    ['that is read only and branded', (s) => s.brand('Word').readonly(), '"abc"', ['abc']],
    ['before a transformation', (s) => s.transform((word) => word.length), '"abc"', ['abc']],
    ['before a pipe', (s) => s.pipe(z.string().min(1)), '"abc"', ['abc']],
    [
      'as the end of a pipe',
      (s) =>
        z
          .string()
          .transform((word) => word + '!')
          .pipe(s),
      '"abc"',
      ['abc!'],
    ],
    ['after preprocessing', (s) => z.preprocess((word) => `${String(word)}!`, s), '"abc"', ['abc!']],
    ['that is coerced', (s) => s.or(z.number()), '7', []],
    ['in a union', (s) => z.union([z.number(), s]), '"abc"', ['abc']],
    [
      'in an intersection',
      (s) => z.intersection(z.object({ a: s }), z.object({ b: s })),
      '{"a":"x","b":"y"}',
      ['x', 'y'],
    ],
    ['in a tuple', (s) => z.tuple([s, z.number()]).rest(s), '["a",1,"b"]', ['a', 'b']],
    ['in a record', (s) => z.record(z.string(), s), '{"a":"x","b":"y"}', ['x', 'y']],
    ['in a catch', (s) => z.object({ a: s.catch('z') }), '{"a":"x"}', ['x']],
    ['in a catch that falls back', (s) => z.object({ a: s.catch('z') }), '{"a":1}', []],
    ['in a lazy schema', (s) => z.lazy(() => z.object({ a: s })), '{"a":"x"}', ['x']],
    [
      'in the option of a union that counts',
      (s) => z.union([z.object({ a: s, n: z.number() }), z.object({ a: z.string(), n: z.string() })]),
      '{"a":"x","n":"y"}',
      [],
    ],
    [
      'in two options of which one counts',
      (s) => z.union([z.object({ a: s, n: z.number() }), z.object({ a: s, n: z.string() })]),
      '{"a":"x","n":"y"}',
      ['x'],
    ],
    [
      'in a discriminated union',
      (s) =>
        z.discriminatedUnion('k', [z.object({ k: z.literal(1), a: s }), z.object({ k: z.literal(2), a: z.string() })]),
      '{"a":"x","k":1}',
      ['x'],
    ],
  ])('%s.', async (_what, wrap, json, expected) => {
    const { seen, note: seeing } = noting()
    await parseStream(json.split(''), wrap(check(z.string(), seeing))).getData()
    expect(seen.map(([, value]) => value)).toEqual(expected)
  })

  test('inside of what only Zod can read is refused, not skipped.', async () => {
    const inside = z.object({ a: check(z.string(), note) })
    for (const schema of [
      z.preprocess((value) => value, inside),
      z
        .string()
        .transform(() => ({ a: 'x' }))
        .pipe(inside),
    ]) {
      await expect(parseStream('{"a":"x"}', schema).getData()).rejects.toMatchObject({ code: 'unsupported_schema' })
    }
  })

  test('and its description.', () => {
    expect(z.toJSONSchema(check(z.string().describe('a word'), note))).toMatchObject({ description: 'a word' })
  })

  test('and its type.', () => {
    const word = check(z.string(), (value, { path, signal }) => {
      expectTypeOf(value).toEqualTypeOf<string>()
      expectTypeOf(signal).toEqualTypeOf<AbortSignal>()
      return path.length > 9 ? { message: value } : undefined
    })
    expectTypeOf(word).toEqualTypeOf<z.ZodString>()
  })
})

test('Two checks of one value are both called, in the order in which they were added.', async () => {
  const called: string[] = []
  const first = check(z.string(), () => void called.push('first'))
  await parseStream(
    '"x"',
    check(first, () => void called.push('second')),
  ).getData()
  expect(called).toEqual(['first', 'second'])
})

test('A value that does not fit its schema is not checked.', async () => {
  const { seen, note } = noting()
  const stream = parseStream(
    '{"a":1,"b":"long"}',
    z.object({ a: check(z.string(), note), b: check(z.string().max(2), note) }),
  )
  await expect(stream.getData()).rejects.toMatchObject({ code: 'invalid_data' })
  expect(seen).toEqual([])
})

test.each([
  ['no schema', 7, () => {}],
  ['no function', z.string(), undefined],
  [
    'a schema that can not keep it',
    { '~standard': { version: 1, vendor: 'other', validate: () => ({ value: 1 }) } },
    () => {},
  ],
])('%s is bad_options.', (_what, schema, fn) => {
  expect(() => check(schema as never, fn as never)).toThrow(expect.objectContaining({ code: 'bad_options' }))
})
