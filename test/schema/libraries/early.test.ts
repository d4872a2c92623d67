import { type as ark } from 'arktype'
import { Schema } from 'effect'
import * as v from 'valibot'
import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { z as z3 } from 'zod/v3'

import { DocumentInterpreter } from '../../../src/partial/document/document-interpreter.ts'
import { jsonSchema } from '../../../src/schema/json-schema/definition.ts'
import { libraryOf } from '../../../src/schema/libraries/library-of.ts'

/** Characters after which a violation is known; null: the text is over, and none is. */
async function stopsAfter(schema: object, text: string): Promise<number | null> {
  const node = await libraryOf(schema).node(schema)
  const interpreter = new DocumentInterpreter(node, null, { repair: false, maxDepth: 64, maxIssues: 10 })
  for (let length = 1; length <= text.length; length++) {
    interpreter.push(text[length - 1]!)
    if (interpreter.issues.length > 0) return length
  }
  interpreter.end()
  return interpreter.issues.length > 0 ? text.length : null
}

/** The same schema in each library that can say it. */
type Row = [what: string, text: string, read: string, schemas: Record<string, object>]

const LOWER = /^[a-z]+$/
const WORD = /^abc$/i
const ENDING = /b$/
const { String: Text, Finite, Int, Number: AnyNumber } = Schema

const ROWS: readonly Row[] = [
  [
    'a pattern',
    '"ab1c"',
    '"ab1',
    {
      zod: z.string().regex(LOWER),
      zod3: z3.string().regex(LOWER),
      json: jsonSchema({ type: 'string', pattern: LOWER.source }),
      valibot: v.pipe(v.string(), v.regex(LOWER)),
      arktype: ark(LOWER),
      effect: Text.check(Schema.isPattern(LOWER)),
    },
  ],
  [
    'a pattern with a flag',
    '"aBd"',
    '"aBd',
    {
      zod: z.string().regex(WORD),
      zod3: z3.string().regex(WORD),
      valibot: v.pipe(v.string(), v.regex(WORD)),
      arktype: ark(WORD),
      effect: Text.check(Schema.isPattern(WORD)),
    },
  ],
  [
    'a pattern with the flag g',
    '"ab1c"',
    '"ab1',
    {
      zod: z.string().regex(/^[a-z]+$/g),
      zod3: z3.string().regex(/^[a-z]+$/g),
      valibot: v.pipe(v.string(), v.regex(/^[a-z]+$/g)),
      arktype: ark(/^[a-z]+$/g),
      effect: Text.check(Schema.isPattern(/^[a-z]+$/g)),
    },
  ],
  [
    'a pattern with the flag y, which begins where the text does',
    '"b"',
    '"b',
    { zod: z.string().regex(/a+/y), zod3: z3.string().regex(/a+/y) },
  ],
  [
    'a pattern that begins where the last text has stopped',
    '["b",""]',
    '["b"',
    {
      valibot: v.array(v.pipe(v.string(), v.regex(/a+/y))),
      arktype: ark(/a+/y).array(),
      effect: Schema.Array(Text.check(Schema.isPattern(/a+/y))),
    },
  ],
  [
    'a pattern that only the whole can miss',
    '["aaa",1]',
    '["aaa"',
    {
      zod: z.array(z.string().regex(ENDING)),
      zod3: z3.array(z3.string().regex(ENDING)),
      json: jsonSchema({ items: { type: 'string', pattern: ENDING.source } }),
      valibot: v.array(v.pipe(v.string(), v.regex(ENDING))),
      arktype: ark(ENDING).array(),
      effect: Schema.Array(Text.check(Schema.isPattern(ENDING))),
    },
  ],
  [
    'two patterns',
    '"xb"',
    '"x',
    {
      zod: z.string().regex(/^a/).regex(ENDING),
      zod3: z3.string().regex(/^a/).regex(ENDING),
      json: jsonSchema({ type: 'string', allOf: [{ pattern: '^a' }, { pattern: 'b$' }] }),
      valibot: v.pipe(v.string(), v.regex(/^a/), v.regex(ENDING)),
      arktype: ark(/^a/).and(ENDING),
      effect: Text.check(Schema.isPattern(/^a/), Schema.isPattern(ENDING)),
    },
  ],
  [
    'a beginning',
    '"ax"',
    '"ax',
    {
      zod: z.string().startsWith('ab'),
      zod3: z3.string().startsWith('ab'),
      valibot: v.pipe(v.string(), v.startsWith('ab')),
      effect: Text.check(Schema.isStartingWith('ab')),
    },
  ],
  [
    'an address',
    '"some one@example.org"',
    '"some ',
    {
      zod: z.email(),
      json: jsonSchema({ type: 'string', format: 'email' }),
      valibot: v.pipe(v.string(), v.email()),
      arktype: ark('string.email'),
    },
  ],
  ['an address that is complete', '["some one",""]', '["some one"', { zod3: z3.array(z3.string().email()) }],
  [
    'a uuid',
    '"0123456g"',
    '"0123456g',
    {
      zod: z.uuid(),
      json: jsonSchema({ type: 'string', format: 'uuid' }),
      valibot: v.pipe(v.string(), v.uuid()),
      arktype: ark('string.uuid'),
      effect: Text.check(Schema.isUUID()),
    },
  ],
  [
    'a date',
    '"2024-13-01"',
    '"2024-13',
    {
      zod: z.iso.date(),
      json: jsonSchema({ type: 'string', format: 'date' }),
      valibot: v.pipe(v.string(), v.isoDate()),
    },
  ],
  ['a date, of which an ordinal date is one', '"2024-13-01"', '"2024-13-', { arktype: ark('string.date.iso') }],
  [
    'a url, which its code judges',
    '["nonsense",""]',
    '["nonsense"',
    {
      zod: z.array(z.url()),
      zod3: z3.array(z3.string().url()),
      valibot: v.array(v.pipe(v.string(), v.url())),
      arktype: ark('string.url').array(),
    },
  ],
  [
    'a length',
    '"abcd"',
    '"abcd',
    {
      zod: z.string().max(3),
      zod3: z3.string().max(3),
      json: jsonSchema({ type: 'string', maxLength: 3 }),
      valibot: v.pipe(v.string(), v.maxLength(3)),
      arktype: ark('string <= 3'),
      effect: Text.check(Schema.isMaxLength(3)),
    },
  ],
  [
    'whole numbers in a range',
    '13',
    '13',
    {
      zod: z.int().min(10).max(12),
      zod3: z3.number().int().min(10).max(12),
      json: jsonSchema({ type: 'integer', minimum: 10, maximum: 12 }),
      valibot: v.pipe(v.number(), v.integer(), v.minValue(10), v.maxValue(12)),
      arktype: ark('10 <= number.integer <= 12'),
      effect: Int.check(Schema.isBetween({ minimum: 10, maximum: 12 })),
    },
  ],
  [
    'a number above a bound',
    '[-1]',
    '[-',
    {
      zod: z.array(z.number().min(0.5)),
      zod3: z3.array(z3.number().min(0.5)),
      json: jsonSchema({ items: { type: 'number', minimum: 0.5 } }),
      valibot: v.array(v.pipe(v.number(), v.minValue(0.5))),
      arktype: ark('number >= 0.5').array(),
      effect: Schema.Array(AnyNumber.check(Schema.isGreaterThanOrEqualTo(0.5))),
    },
  ],
  [
    'a number that is too large at its end',
    '[11,1]',
    '[11,',
    {
      zod: z.array(z.number().max(10)),
      zod3: z3.array(z3.number().max(10)),
      json: jsonSchema({ items: { type: 'number', maximum: 10 } }),
      valibot: v.array(v.pipe(v.number(), v.maxValue(10))),
      arktype: ark('number <= 10').array(),
      effect: Schema.Array(AnyNumber.check(Schema.isLessThanOrEqualTo(10))),
    },
  ],
  [
    'a multiple',
    '6',
    '6',
    {
      zod: z.number().min(50).max(80).multipleOf(25),
      zod3: z3.number().min(50).max(80).multipleOf(25),
      json: jsonSchema({ type: 'number', minimum: 50, maximum: 80, multipleOf: 25 }),
      valibot: v.pipe(v.number(), v.minValue(50), v.maxValue(80), v.multipleOf(25)),
      arktype: ark('50 <= (number % 25) <= 80'),
      effect: Finite.check(Schema.isBetween({ minimum: 50, maximum: 80 }), Schema.isMultipleOf(25)),
    },
  ],
  [
    'a multiple of a fraction',
    '[0.3,1]',
    '[0.3,',
    {
      zod: z.array(z.number().multipleOf(0.25)),
      zod3: z3.array(z3.number().multipleOf(0.25)),
      json: jsonSchema({ items: { type: 'number', multipleOf: 0.25 } }),
      valibot: v.array(v.pipe(v.number(), v.multipleOf(0.25))),
      effect: Schema.Array(Finite.check(Schema.isMultipleOf(0.25))),
    },
  ],
  [
    'too many elements',
    '["a","b","c"]',
    '["a","b",',
    {
      zod: z.array(z.string()).max(2),
      zod3: z3.array(z3.string()).max(2),
      json: jsonSchema({ items: { type: 'string' }, type: 'array', maxItems: 2 }),
      valibot: v.pipe(v.array(v.string()), v.maxLength(2)),
      arktype: ark('string[] <= 2'),
      effect: Schema.Array(Text).check(Schema.isMaxLength(2)),
    },
  ],
  [
    'too few elements',
    '[["a"],1]',
    '[["a"]',
    {
      zod: z.array(z.array(z.string()).min(2)),
      zod3: z3.array(z3.array(z3.string()).min(2)),
      json: jsonSchema({ items: { items: { type: 'string' }, type: 'array', minItems: 2 } }),
      valibot: v.array(v.pipe(v.array(v.string()), v.minLength(2))),
      arktype: ark('string[] >= 2').array(),
      effect: Schema.Array(Schema.Array(Text).check(Schema.isMinLength(2))),
    },
  ],
  [
    'a key that none begins with',
    '{"ax":1}',
    '{"ax',
    {
      zod: z.strictObject({ ab: z.string() }),
      zod3: z3.object({ ab: z3.string() }).strict(),
      json: jsonSchema({ properties: { ab: {} }, additionalProperties: false }),
      valibot: v.strictObject({ ab: v.string() }),
      arktype: ark({ '+': 'reject', ab: 'string' }),
    },
  ],
  [
    'a pattern, before the text is trimmed',
    '"A "',
    '"A',
    {
      zod: z.string().regex(LOWER).trim(),
      zod3: z3.string().regex(LOWER).trim(),
      valibot: v.pipe(v.string(), v.regex(LOWER), v.trim()),
    },
  ],
  [
    'a pattern, before another value is made',
    '"A"',
    '"A',
    {
      zod: z.string().regex(LOWER).transform(Number),
      zod3: z3.string().regex(LOWER).transform(Number),
      valibot: v.pipe(v.string(), v.regex(LOWER), v.transform(Number)),
      arktype: ark(LOWER).pipe(Number),
    },
  ],
]

const cases = ROWS.flatMap(([what, text, read, schemas]) =>
  Object.entries(schemas).map(([library, schema]): [string, string, string, number, object] => [
    library,
    what,
    text,
    read.length,
    schema,
  ]),
)

describe('a violation is known at the same character in every schema library', () => {
  test.each(cases)('%s: %s', async (_library, _what, text, stop, schema) => {
    expect(await stopsAfter(schema, text)).toBe(stop)
  })
})

const SHORT = v.pipe(v.string(), v.trim())
/** Texts that fit, though their beginning doesn't look like it. */
const FITTING: readonly [what: string, text: string, schema: object][] = [
  ['text is trimmed first (Zod)', '" ab "', z.string().trim().regex(LOWER)],
  ['text is trimmed first (Zod 3)', '" ab "', z3.string().trim().regex(LOWER)],
  ['text is trimmed first (Valibot)', '" ab "', v.pipe(v.string(), v.trim(), v.regex(LOWER))],
  ['text is trimmed in a pipe inside (Valibot)', '" ab "', v.pipe(SHORT, v.regex(LOWER))],
  ['text is trimmed first (ArkType)', '" ab "', ark('string.trim').to(ark(LOWER) as never)],
  ['text is trimmed first (Effect)', '" ab "', Schema.Trim.check(Schema.isPattern(LOWER))],
  [
    'another text is made first (Valibot)',
    '"ABCDEF"',
    v.pipe(
      v.pipe(
        v.string(),
        v.transform((text) => text.slice(0, 2).toLowerCase()),
      ),
      v.maxLength(3),
      v.regex(LOWER),
    ),
  ],
  [
    'another number is made first (Valibot)',
    '99',
    v.pipe(
      v.pipe(
        v.number(),
        v.transform((value) => value - 90),
      ),
      v.maxValue(10),
    ),
  ],
  ['a key is inherited (Valibot)', '{"constructor":1}', v.strictObject({ constructor: v.optional(v.any()) })],
  ['a fallback takes its place (Valibot)', '"A1"', v.fallback(v.pipe(v.string(), v.regex(LOWER)), 'a')],
  ['catch takes its place (Zod 3)', '"A1"', z3.string().regex(LOWER).catch('a')],
  ['the expression remembers where it stopped (Valibot)', '"A1"', v.pipe(v.string(), v.regex(/[a-z]?/g))],
  ['the expression begins anew (Zod 3)', '["ab","ab"]', z3.array(z3.string().regex(/b/g))],
  ['the expression stopped at the end of a shorter text (Valibot)', '"xab"', v.pipe(v.string(), v.regex(/b/g))],
  ['the expression stopped at the end of a shorter text (ArkType)', '"xab"', ark(/b/g)],
  ['multiples are rounded (Zod)', '0.3', z.number().multipleOf(0.1)],
  ['a tiny number is taken for 0 (Zod 3)', '1e-7', z3.number().multipleOf(1)],
  ['a tiny number is taken for 0, and bounded (Zod 3)', '1e-7', z3.number().min(1e-9).max(2).multipleOf(0.5)],
  ['multiples are rounded (Effect)', '0.3', Finite.check(Schema.isMultipleOf(0.1))],
  ['a multiple has more digits than it shows (Valibot)', '1152921504606847000', v.pipe(v.number(), v.multipleOf(32))],
  ['numbers have names (Effect)', '"Infinity"', AnyNumber.check(Schema.isGreaterThan(0.5))],
  ['the union has another option (ArkType)', '"A1"', ark(LOWER).or(ark(/^[A-Z]\d$/))],
  ['the union has another option (Valibot)', '"A1"', v.union([v.pipe(v.string(), v.regex(LOWER)), v.literal('A1')])],
]

describe('nothing that the library takes is reported', () => {
  test.each(FITTING)('where %s', async (_, text, schema) => {
    expect(await libraryOf(schema).validate(schema, JSON.parse(text))).toHaveProperty('ok', true)
    expect(await stopsAfter(schema, text)).toBe(null)
  })
})
