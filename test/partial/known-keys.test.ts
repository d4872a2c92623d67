import { expect, test } from 'vitest'
import { z } from 'zod'

import { withoutUnknownKeys } from '../../src/partial/known-keys.ts'
import { zodNode } from '../../src/schema/zod/nodes.ts'
import '../support/load-zod.ts'
import { property, runSize } from '../support/property.ts'
import { docOf, mutated, print } from './documents.ts'
import { verdictOf } from './reference.ts'
import { anySchema } from './schemas.ts'

const known = (schema: z.ZodType, raw: unknown): unknown => withoutUnknownKeys(zodNode(schema), raw)

const A = z.object({ kind: z.literal('a'), x: z.number() })
const B = z.object({ kind: z.literal('b'), y: z.number(), z: z.number().optional() })

test.each<[string, z.ZodType, unknown, unknown]>([
  ['a declared key stays', A, { kind: 'a', x: 1 }, { kind: 'a', x: 1 }],
  ['an undeclared key goes', A, { kind: 'a', x: 1, y: 2 }, { kind: 'a', x: 1 }],
  [
    'at every depth',
    z.array(z.object({ a: A })),
    [{ a: { kind: 'a', x: 1, y: 2 }, b: 1 }],
    [{ a: { kind: 'a', x: 1 } }],
  ],
  ['a loose object keeps all', z.looseObject({ a: z.number() }), { a: 1, b: [2] }, { a: 1, b: [2] }],
  [
    'a catchall is looked into',
    z.object({}).catchall(z.object({ a: z.number() })),
    { b: { a: 1, c: 2 } },
    { b: { a: 1 } },
  ],
  [
    'the values of a record are looked into',
    z.record(z.string(), A),
    { k: { kind: 'a', x: 1, q: 1 } },
    { k: { kind: 'a', x: 1 } },
  ],
  ['a default stays absent', z.object({ a: z.number().default(5), b: z.string() }), { b: 'x' }, { b: 'x' }],
  ['a transform is not applied', z.object({ a: z.string().transform(Number) }), { a: '5', b: 1 }, { a: '5' }],
  [
    'of a discriminated union the branch counts',
    z.discriminatedUnion('kind', [A, B]),
    { kind: 'b', x: 1, y: 2 },
    { kind: 'b', y: 2 },
  ],
  [
    'of a union the first option that fits counts',
    z.union([z.object({ a: z.string() }), z.object({ b: z.number() }), z.object({ a: z.number() })]),
    { a: 1, b: 2 },
    { b: 2 },
  ],
  [
    'what either side of an intersection knows stays',
    z.intersection(
      z.object({ a: z.object({ x: z.number() }) }),
      z.object({ a: z.object({ y: z.number() }), b: z.string() }),
    ),
    { a: { x: 1, y: 2, z: 3 }, b: 'b', c: 'c' },
    { a: { x: 1, y: 2 }, b: 'b' },
  ],
  ['a caught value stays as it came', z.object({ a: A.catch({ kind: 'a', x: 0 }) }), { a: { y: 1 } }, { a: { y: 1 } }],
  [
    'a value that catch did not need',
    z.object({ a: A.catch({ kind: 'a', x: 0 }) }),
    { a: { kind: 'a', x: 1, y: 1 } },
    { a: { kind: 'a', x: 1 } },
  ],
  ['null where it may be', z.object({ a: A.nullable() }), { a: null }, { a: null }],
  ['the slots of a tuple', z.tuple([A, z.number()]), [{ kind: 'a', x: 1, y: 1 }, 2], [{ kind: 'a', x: 1 }, 2]],
])('%s', (_, schema, raw, expected) => {
  expect(known(schema, raw)).toEqual(expected)
})

test('An own key named __proto__ stays an own key', () => {
  const raw: unknown = JSON.parse('{"__proto__":{"a":1},"b":2}')
  expect(JSON.stringify(known(z.object({ b: z.number() }), raw))).toBe('{"b":2}')
  const kept = known(z.looseObject({ c: z.object({}).optional() }), raw)
  expect(JSON.stringify(kept)).toBe('{"__proto__":{"a":1},"b":2}')
})

test('What has no unknown keys is the same object, and the raw value is never written', () =>
  property(runSize('LAWS', 150), (choices) => {
    const { schema, fit } = anySchema(choices, 3)
    let doc = docOf(fit(choices))
    for (let left = choices.below(3); left > 0; left--) doc = mutated(choices, doc)
    const text = print(choices, doc)
    const raw: unknown = JSON.parse(text)
    const json = known(schema, raw)
    expect(raw).toEqual(JSON.parse(text))
    expect(known(schema, json)).toBe(json)
  }))

test('The schema makes the same of the JSON as of the answer', () =>
  property(runSize('LAWS', 150), (choices) => {
    const { schema, fit } = anySchema(choices, 3)
    let doc = docOf(fit(choices))
    for (let left = choices.below(3); left > 0; left--) doc = mutated(choices, doc)
    const raw: unknown = JSON.parse(print(choices, doc))
    const verdict = verdictOf(schema, raw)
    const again = verdict.success ? verdictOf(schema, known(schema, raw)) : verdict
    expect(again).toEqual(verdict)
  }))
