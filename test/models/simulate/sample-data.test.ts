import { describe, expect, test } from 'vitest'
import { z } from 'zod'

import { compileDialect } from '../../../src/schema/dialects/compile/compile.ts'
import { decode } from '../../../src/schema/dialects/decode/decode.ts'
import { sampleOf } from '../../../src/models/simulate/sample-data.ts'
import type { JsonSchemaObject } from '../../../src/types.ts'

const schemas: Record<string, z.ZodType> = {
  'a pattern': z.string().regex(/^[A-Z]{3}-\d{2,4}(?:\/[a-f]+)?$/),
  'a choice': z.string().regex(/^(?:red|green|light blue)$/),
  'a pattern without anchors': z.string().regex(/\d+\s?kg/),
  'a pattern with a look-ahead': z.string().regex(/^(?=.*\d)[a-z0-9]{8}$/),
  'a pattern and a length': z
    .string()
    .regex(/^[a-z ]+$/)
    .min(30)
    .max(32),
  'a beginning': z.string().startsWith('SKU-'),
  'a beginning and an end': z.string().startsWith('<').endsWith('/>').min(20),
  'a part': z.string().includes('a.b'),
  email: z.email(),
  uuid: z.uuid(),
  date: z.iso.date(),
  time: z.iso.time(),
  'date-time': z.iso.datetime(),
  duration: z.iso.duration(),
  ipv4: z.ipv4(),
  ipv6: z.ipv6(),
  url: z.url(),
  cidr: z.cidrv4(),
  base64: z.base64(),
  ulid: z.ulid(),
  nanoid: z.nanoid(),
  'a phone number': z.e164(),
  lengths: z.string().min(70).max(71),
  'a multiple': z.number().multipleOf(0.25).gt(3.1).lt(3.4),
  'a wide multiple': z.number().multipleOf(500).min(1),
  'a narrow range': z.number().gt(0.01).lt(0.02),
  'an integer range': z.int().gt(5).lt(7),
  'a negative range': z.number().lte(-3),
  'many elements': z.array(z.int().max(9)).min(7).max(7),
  'a record with a pattern for its keys': z.record(z.string().regex(/^[A-Z]{2}$/), z.int()),
}

test.each(Object.entries(schemas))('made-up data fits %s, for every seed', (_, schema) => {
  const json = z.toJSONSchema(schema) as JsonSchemaObject
  for (let seed = 1; seed <= 20; seed++) expect(schema.safeParse(sampleOf(json, seed)).error).toBeUndefined()
})

test.each(['openai', 'groq', 'anthropic', 'gemini', 'ollama'] as const)(
  'made-up data fits what the dialect of %s states only in words',
  (dialect) => {
    const Stock = z.object({
      code: z
        .string()
        .regex(/^[A-Z]{2}-\d+$/)
        .describe('As printed'),
      name: z.string().min(70).max(75),
      address: z.ipv4(),
      since: z.iso.date(),
      price: z.number().gt(150).lt(160).multipleOf(0.5),
      counts: z.array(z.int().min(200)).min(5).max(6),
    })
    const { jsonSchema, plan } = compileDialect(z.toJSONSchema(Stock), dialect)
    for (let seed = 1; seed <= 10; seed++) {
      expect(Stock.safeParse(decode(sampleOf(jsonSchema, seed), plan)).error).toBeUndefined()
    }
  },
)

describe('a schema alone', () => {
  test('elements that have to differ do', () => {
    const schema = { type: 'array', items: { type: 'integer', minimum: 1, maximum: 5 }, minItems: 5, uniqueItems: true }
    expect(new Set(sampleOf(schema, 1) as number[]).size).toBe(5)
  })

  test.each([
    ['a pattern with a back reference', { type: 'string', pattern: '^([a-z]{4})\\1$' }],
    ['a pattern that nothing fits', { type: 'string', pattern: '^a$', minLength: 2 }],
    ['bounds without a number between', { type: 'integer', minimum: 5, exclusiveMaximum: 5 }],
    ['too few different elements', { type: 'array', items: { type: 'boolean' }, minItems: 3, uniqueItems: true }],
  ])('%s is an error that says what to give instead', (_, schema) => {
    const failed = (): unknown => sampleOf({ type: 'object', properties: { code: schema } }, 1)
    expect(failed).toThrow(expect.objectContaining({ code: 'unsupported_schema' }) as Error)
    expect(failed).toThrow('for the key `code` was found that fits')
    expect(failed).toThrow('Give the answer: `response` or `truth`')
  })
})
