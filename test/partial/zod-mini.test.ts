import { describe, expect, test } from 'vitest'
import * as m from 'zod/mini'
import type { $ZodType } from 'zod/v4/core'
import { z } from 'zod'

import { atomic, required } from '../../src/schema/hints.ts'
import { timeline } from './timeline.ts'

/* A Zod Mini schema is read like its Zod twin: after each character the same value, at the end the same issues. */

const { catch: fallback } = m

const TWINS: [name: string, classic: $ZodType, mini: $ZodType, texts: string[]][] = [
  [
    'string checks',
    z.string().max(3).startsWith('a'),
    m.string().check(m.maxLength(3), m.startsWith('a')),
    ['"abc"', '"abcd"', '"b"', '1'],
  ],
  [
    'an overwrite before a limit',
    z.string().trim().max(2),
    m.string().check(m.trim(), m.maxLength(2)),
    ['"  a  "', '"abc"'],
  ],
  ['a format', z.email(), m.email(), ['"a@b.co"', '"x"', 'null']],
  [
    'a number with checks',
    z.number().min(1).multipleOf(2),
    m.number().check(m.gte(1), m.multipleOf(2)),
    ['12', '3', '"1"'],
  ],
  ['int', z.int(), m.int(), ['1', '1.5']],
  [
    'enum and literal',
    z.union([z.enum(['ab', 'abc']), z.literal(1)]),
    m.union([m.enum(['ab', 'abc']), m.literal(1)]),
    ['"ab"', '"abx"', '1', '2'],
  ],
  [
    'objects with optional, nullable and default',
    z.object({ a: z.string().optional(), b: z.number().nullable(), c: z.boolean().default(true) }),
    m.object({ a: m.optional(m.string()), b: m.nullable(m.number()), c: m._default(m.boolean(), true) }),
    ['{"a":"x","b":null}', '{"b":1,"c":false,"z":1}', '{"a":1}', '{}'],
  ],
  [
    'strict and loose',
    z.strictObject({ a: z.looseObject({ b: z.int() }) }),
    m.strictObject({ a: m.looseObject({ b: m.int() }) }),
    ['{"a":{"b":1,"x":"y"}}', '{"x":1}'],
  ],
  [
    'arrays and tuples',
    z.array(z.tuple([z.string()], z.number())).max(2),
    m.array(m.tuple([m.string()], m.number())).check(m.maxLength(2)),
    ['[["a",1],["b"]]', '[["a"],["b"],["c"]]', '[[1]]'],
  ],
  [
    'records',
    z.record(z.enum(['a', 'b']), z.string()),
    m.record(m.enum(['a', 'b']), m.string()),
    ['{"a":"x","b":"y"}', '{"a":"x"}', '{"c":1}'],
  ],
  [
    'discriminated union',
    z.discriminatedUnion('k', [
      z.object({ k: z.literal('a'), x: z.string() }),
      z.object({ k: z.literal('b'), x: z.number() }),
    ]),
    m.discriminatedUnion('k', [
      m.object({ k: m.literal('a'), x: m.string() }),
      m.object({ k: m.literal('b'), x: m.number() }),
    ]),
    ['{"x":"late","k":"a"}', '{"k":"b","x":"y"}', '{"k":"c"}', '{"x":1}'],
  ],
  [
    'intersection',
    z.intersection(z.object({ a: z.string() }), z.object({ b: z.string() })),
    m.intersection(m.object({ a: m.string() }), m.object({ b: m.string() })),
    ['{"a":"x","b":"y"}', '{"a":1}'],
  ],
  [
    'catch, readonly and lazy',
    z.array(z.lazy(() => z.number().catch(0))).readonly(),
    m.readonly(m.array(m.lazy(() => fallback(m.number(), 0)))),
    ['[1,"x",2]', '{}'],
  ],
  [
    'transform and pipe',
    z
      .string()
      .transform((text) => text.length)
      .pipe(z.number().max(3)),
    m.pipe(
      m.pipe(
        m.string(),
        m.transform((text: string) => text.length),
      ),
      m.number().check(m.lte(3)),
    ),
    ['"abc"', '"abcd"', '1'],
  ],
  ['preprocess', z.preprocess(Number, z.number()), m.pipe(m.transform(Number), m.number()), ['"12"', '"x"']],
  [
    'refine',
    z.array(z.int()).refine((list) => list.length !== 1),
    m.array(m.int()).check(m.refine((list) => list.length !== 1)),
    ['[1,2]', '[1]'],
  ],
  ['stringbool and codec', z.stringbool(), m.stringbool(), ['"yes"', '"maybe"', 'true']],
  [
    'hints',
    z.object({ a: atomic(z.string()), b: required(z.string()) }),
    m.object({ a: atomic(m.string()), b: required(m.string()) }),
    ['{"a":"xy","b":"z"}', '{"b":"z","a":"xy"}'],
  ],
]

describe('Zod Mini reads like Zod', () => {
  test.each(TWINS)('%s', (_, classic, mini, texts) => {
    for (const text of texts) {
      const wanted = timeline(classic, text)
      expect(Object.keys(wanted.shown).length + wanted.issues.length).toBeGreaterThan(0)
      expect(timeline(mini, text)).toEqual(wanted)
    }
  })
})
