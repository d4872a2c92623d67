import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { ValueBuilder } from '../../../src/json/sinks/value-builder.ts'
import { Tokenizer } from '../../../src/json/tokenizer.ts'
import { toJsonSchema } from '../../../src/schema/libraries/to-json-schema.ts'
import { compileDialect } from '../../../src/schema/dialects/compile/compile.ts'
import { decode } from '../../../src/schema/dialects/decode/decode.ts'
import { DecodingSink } from '../../../src/schema/dialects/decode/decoding-sink.ts'
import type { DecodePlan } from '../../../src/schema/dialects/decode/plan.ts'
import type { Dialect } from '../../../src/types.ts'

async function planOf(schema: unknown, dialect: Dialect = 'openai'): Promise<DecodePlan | null> {
  return compileDialect((await toJsonSchema(schema)).schema, dialect).plan
}

/** Every different partial, a character at a time. */
function partials(text: string, plan: DecodePlan | null): string[] {
  const builder = new ValueBuilder()
  const tokenizer = new Tokenizer(new DecodingSink(builder, plan))
  const seen: string[] = []
  for (let index = 0; index < text.length; index++) {
    tokenizer.push(text.charAt(index))
    const shown = JSON.stringify(builder.snapshot(true))
    if (shown !== undefined && shown !== seen.at(-1)) seen.push(shown)
  }
  tokenizer.end()
  return seen
}

test('an identity plan is none at all', async () => {
  const schema = z.object({ a: z.string(), b: z.array(z.object({ c: z.number().nullable() })) })
  expect(await planOf(schema)).toBe(null)
  const Tree: z.ZodType = z.object({
    get children() {
      return z.array(Tree)
    },
  })
  expect(await planOf(Tree)).toBe(null)
})

describe('while streaming', () => {
  test('a record sent as entries is a growing record', async () => {
    const plan = await planOf(z.record(z.string(), z.string()))
    expect(partials('{"value":[{"key":"ab","value":"cd"},{"key":"e","value":"f"}]}', plan)).toEqual([
      '{}',
      '{"ab":""}',
      '{"ab":"c"}',
      '{"ab":"cd"}',
      '{"ab":"cd","e":""}',
      '{"ab":"cd","e":"f"}',
    ])
  })

  test('positions are a growing tuple, and the wrapper is never seen', async () => {
    const plan = await planOf(z.tuple([z.string(), z.boolean()], z.number()))
    expect(partials('{"0":"a","1":true,"rest":[1,2]}', plan)).toEqual([
      '[]',
      '[""]',
      '["a"]',
      '["a",true]',
      '["a",true,1]',
      '["a",true,1,2]',
    ])
  })

  test('a key whose value may still turn out to be null is not shown', async () => {
    const plan = await planOf(z.object({ a: z.string().optional(), b: z.string().optional() }))
    expect(partials('{"a":null,"b":"x"}', plan)).toEqual(['{}', '{"b":""}', '{"b":"x"}'])
  })

  test('undeclared keys join the declared ones', async () => {
    const plan = await planOf(z.object({ a: z.string() }).catchall(z.number()))
    expect(partials('{"a":"","additionalProperties":[{"key":"b","value":1}]}', plan).at(-1)).toBe('{"a":"","b":1}')
  })
})

describe('in another order', () => {
  test('a value before its key is kept until the key is there', async () => {
    const plan = await planOf(z.record(z.string(), z.array(z.string())))
    expect(partials('{"value":[{"value":["x"],"key":"a"},{"key":"b","value":[]}]}', plan)).toEqual([
      '{}',
      '{"a":["x"]}',
      '{"a":["x"],"b":[]}',
    ])
  })

  test('positions are put in order', async () => {
    const plan = await planOf(z.tuple([z.string(), z.array(z.number()), z.boolean()]))
    expect(partials('{"2":true,"1":[1],"0":"a"}', plan)).toEqual(['[]', '[""]', '["a"]', '["a",[1],true]'])
  })

  test('an object is kept until its discriminator is there', async () => {
    const plan = await planOf(
      z.discriminatedUnion('t', [
        z.object({ t: z.literal(1), x: z.record(z.string(), z.number()) }),
        z.object({ t: z.literal(2), x: z.string() }),
      ]),
    )
    expect(partials('{"value":{"x":[{"key":"a","value":1}],"t":1}}', plan).at(-1)).toBe('{"x":{"a":1},"t":1}')
    expect(partials('{"value":{"t":2,"x":"y"}}', plan).at(-1)).toBe('{"t":2,"x":"y"}')
  })
})

describe('an answer that does not keep to the schema', () => {
  test.each([
    [
      'a record as itself',
      z.object({ r: z.record(z.string(), z.object({ a: z.string().optional() })) }),
      '{"r":{"k":{"a":null}}}',
      '{"r":{"k":{}}}',
    ],
    [
      'a tuple as itself',
      z.object({ t: z.tuple([z.record(z.string(), z.number())]) }),
      '{"t":[[{"key":"a","value":1}]]}',
      '{"t":[{"a":1}]}',
    ],
    ['the root without its wrapper', z.array(z.string()), '["a"]', '["a"]'],
    ['a root object without its wrapper', z.record(z.string(), z.number()), '{"a":1}', '{"a":1}'],
    ['an empty root object', z.record(z.string(), z.number()), '{}', '{}'],
    ['more next to the wrapped root', z.array(z.string()), '{"value":["a"],"note":{"x":[1]}}', '["a"]'],
    ['an entry that is none', z.record(z.string(), z.number()), '{"value":[7,{"key":"a","value":1}]}', '{"0":7,"a":1}'],
    ['an entry without a key', z.record(z.string(), z.number()), '{"value":[{"value":1}]}', '{"0":1}'],
    ['an entry with a number as key', z.record(z.string(), z.number()), '{"value":[{"key":5,"value":1}]}', '{"5":1}'],
    [
      'an entry with an object as key',
      z.record(z.string(), z.number()),
      '{"value":[{"key":{"a":[]},"value":1}]}',
      '{"0":1}',
    ],
    [
      'an entry with more than it should have',
      z.record(z.string(), z.number()),
      '{"value":[{"key":"a","why":[1],"value":1}]}',
      '{"a":1}',
    ],
    ['an unknown position', z.object({ t: z.tuple([z.string()]) }), '{"t":{"0":"a","x":1,"01":"b"}}', '{"t":["a"]}'],
    [
      'text where entries should be',
      z.object({ a: z.string() }).catchall(z.number()),
      '{"a":"","additionalProperties":"no"}',
      '{"a":"","additionalProperties":"no"}',
    ],
    [
      'a union without its label',
      z.union([z.array(z.string()), z.record(z.string(), z.string())]),
      '{"value":{"a":"b"}}',
      '{"a":"b"}',
    ],
  ])('%s', async (_, schema, text, expected) => {
    const plan = await planOf(schema)
    expect(partials(text, plan).at(-1)).toBe(expected)
    expect(JSON.stringify(decode(JSON.parse(text), plan))).toBe(expected)
  })
})

test('decoding copes with any depth', async () => {
  const plan = await planOf(z.object({ v: z.json() }))
  let value: unknown = null
  for (let depth = 0; depth < 100_000; depth++) value = [value]
  let decoded = (decode({ v: value }, plan) as { v: unknown }).v
  let depth = 0
  for (; Array.isArray(decoded); depth++) decoded = decoded[0]
  expect(depth).toBe(100_000)
})

test('keys that mean something to JavaScript are keys like any other', async () => {
  const plan = await planOf(z.record(z.string(), z.number()))
  const decoded = decode(
    JSON.parse('{"value":[{"key":"__proto__","value":1},{"key":"constructor","value":2}]}'),
    plan,
  ) as object
  expect(Object.keys(decoded)).toEqual(['__proto__', 'constructor'])
  expect(Object.getPrototypeOf(decoded)).toBe(Object.prototype)
})
