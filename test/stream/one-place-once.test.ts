import { type as ark } from 'arktype'
import * as v from 'valibot'
import { expect, test } from 'vitest'
import { z } from 'zod'
import { z as z3 } from 'zod/v3'

import { jsonSchema, runStream, type StructStreamError } from '../../src/index.ts'
import type { Model } from '../../src/models/model.ts'

const definition = {
  type: 'object',
  properties: {
    a: { type: 'number' },
    b: { type: 'string', maxLength: 2 },
    c: { type: 'array', items: { type: 'number' }, maxItems: 1 },
    d: { type: 'string' },
    e: { enum: ['x'] },
  },
  required: ['a', 'd'],
  additionalProperties: false,
}
const strictV = v.strictObject({
  a: v.number(),
  b: v.pipe(v.string(), v.maxLength(2)),
  c: v.pipe(v.array(v.number()), v.maxLength(1)),
  d: v.string(),
  e: v.literal('x'),
})
const strict3 = z3.object({
  a: z3.number(),
  b: z3.string().max(2),
  c: z3.array(z3.number()).max(1),
  d: z3.string(),
  e: z3.literal('x'),
})

/** Everything in it is wrong: a type, a length, a key too many, an element too many, an option, a key too few. */
const text = '{"a":"x","b":"long","more":1,"c":[1,2],"e":"y"}'

const model: Model = {
  provider: 'test',
  id: 'test',
  modes: ['prompt'],
  dialect: 'json-schema',
  async *stream() {
    yield { type: 'text-delta', text }
    yield { type: 'finish', reason: 'stop' }
  },
}

test.each<[string, Parameters<typeof runStream>[1]]>([
  ['JSON Schema', jsonSchema(definition)],
  ['JSON Schema, lent to a validator', jsonSchema(definition, { validator: strictV })],
  ['Valibot', strictV],
  ['Zod 3', strict3.strict()],
  [
    'Zod 4',
    z.strictObject({
      a: z.number(),
      b: z.string().max(2),
      c: z.array(z.number()).max(1),
      d: z.string(),
      e: z.literal('x'),
    }),
  ],
  ['ArkType', ark({ '+': 'reject', a: 'number', b: 'string <= 2', c: 'number[] <= 1', d: 'string', e: "'x'" })],
])('%s: each wrong place is reported once', async (_, schema) => {
  const error: StructStreamError = await runStream('?', schema, { model, onInvalid: 'collect' })
    .getData()
    .then(() => expect.fail('expected an error'))
    .catch((reason: StructStreamError) => reason)
  expect(error.code).toBe('invalid_data')
  const places = error.issues!.map(({ path, code, received }) =>
    [...path, ...(code === 'unrecognized_keys' && received !== undefined ? [received] : [])].join('.'),
  )
  expect(places.filter((place) => place !== 'c.1').toSorted()).toEqual(['a', 'b', 'c', 'd', 'e', 'more'])
})
