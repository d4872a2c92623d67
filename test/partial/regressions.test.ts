import { describe, expect, test } from 'vitest'
import { z } from 'zod'

import { atomic, required } from '../../src/schema/hints.ts'
import { DocumentInterpreter } from '../../src/partial/document/document-interpreter.ts'
import { zodNode } from '../../src/schema/zod/nodes.ts'
import '../support/load-zod.ts'
import { hasZod4 } from '../support/zod-version.ts'
import { everySplit } from '../support/chunkings.ts'
import { timeline } from './timeline.ts'

/* Inputs that broke a law once, as the property tests found them. */

describe('null', () => {
  test.each<[string, z.ZodType]>([
    [
      'a nullable intersection among the options',
      z.union([z.string(), z.intersection(z.object({}), z.object({})).nullable()]),
    ],
    ['a nullable union among the options', z.union([z.union([z.string(), z.number()]).nullable(), z.string()])],
  ])('%s', (_, schema) => {
    expect(timeline(schema, 'null')).toMatchObject({ final: null, issues: [] })
  })
})

describe('tuples whose last slots may be missing', () => {
  test('a default after an optional slot is filled in, with nothing between', () => {
    const schema = z.tuple([z.string(), z.string().optional(), z.string().default('x')])
    const raw = ['a']
    expect(timeline(schema, JSON.stringify(raw)).final).toEqual(schema.parse(raw))
  })
  test('with a rest, a slot that takes no absence is missed under its own index', () => {
    const schema = z.tuple([z.string(), z.number()], z.boolean())
    expect(timeline(schema, '["a"]').issues).toEqual([{ path: [1], code: 'invalid_type' }])
  })
})

describe('unions', () => {
  test('readings that die in one string die in the order of the text, however it is cut', () => {
    const schema = z.union([
      z.object({
        c: z
          .string()
          .transform((text) => ({ text }))
          .pipe(z.object({ text: z.string().max(3) })),
      }),
      z.object({ c: required(z.string().max(3)) }),
    ])
    const text = '{"c":"abcx"}'
    const slow = timeline(schema, text)
    for (const pieces of everySplit(text)) {
      const interpreter = new DocumentInterpreter(zodNode(schema), null, { repair: false, maxDepth: 8, maxIssues: 9 })
      for (const piece of pieces) interpreter.push(piece)
      expect(interpreter.snapshot(true)).toEqual(slow.final)
      expect(interpreter.issues.map(({ path }) => path)).toEqual(slow.issues.map(({ path }) => path))
    }
  })

  test('the reading that is left shows everything at once', () => {
    const schema = z.union([
      z.object({ a: z.object({ x: z.string() }), c: z.string() }),
      z.object({ a: z.object({ x: z.string(), y: z.string() }), c: z.number() }),
    ])
    const { shown } = timeline(schema, '{"a":{"x":"1","y":"2"},"c":3}')
    expect(shown['{"a":{"x":"1","y":"2"},"c":3']).toEqual({ a: { x: '1', y: '2' } })
  })

  const judgedLater = z.object({ a: z.string().refine(async () => true), b: z.string() })
  const other = z.strictObject({ a: z.string(), c: z.string() })
  test.each<[string, z.ZodType, string, string[]]>([
    ['an option', z.union([judgedLater, other]), '{"a":"x","b":"y', ['a']],
    [
      'an option of an option',
      z.union([z.object({ in: z.union([judgedLater, other]) }), other]),
      '{"in":{"a":"x","b":"y',
      ['in', 'a'],
    ],
  ])(
    'a place that only the final validation can judge, in %s, is known when the option is',
    (_, schema, text, path) => {
      const interpreter = new DocumentInterpreter(zodNode(schema), null, { repair: false, maxDepth: 8, maxIssues: 9 })
      interpreter.push(text)
      expect(interpreter.unsure).toEqual([path])
    },
  )

  test('a view keeps its identity while nothing visible changes', () => {
    const schema = z.union([
      z.object({ a: z.string(), b: z.string() }),
      z.object({ a: z.string(), c: z.string().optional() }),
    ])
    expect(Object.values(timeline(schema, '{"a":"","b":"x","d":1,"e":{}}').shown)).toEqual([
      {},
      { a: '' },
      { a: '', b: 'x' },
    ])
  })
})

describe('intersections', () => {
  test.runIf(hasZod4(5))('a key that one strict side refuses leaves the value valid', () => {
    const interpreter = new DocumentInterpreter(
      zodNode(z.intersection(z.strictObject({}), z.object({ a: z.string() }))),
      null,
      { repair: false, maxDepth: 8, maxIssues: 9 },
    )
    const complete: unknown[] = []
    interpreter.hub.completion = (path) => complete.push(path)
    interpreter.push('{"a":"x"}')
    expect(complete).toContainEqual([])
  })
})

describe('what is announced as complete', () => {
  const announced = (schema: z.ZodType, text: string) => {
    const interpreter = new DocumentInterpreter(zodNode(schema), null, { repair: false, maxDepth: 8, maxIssues: 9 })
    const complete: [string, unknown][] = []
    interpreter.hub.completion = (path, value) => complete.push([path.join('.'), value])
    const log: [string, string[]][] = []
    for (const character of text) {
      const before = complete.length
      interpreter.push(character)
      if (complete.length > before) log.push([character, complete.slice(before).map(([path]) => path)])
    }
    return log
  }
  test('nothing inside an atomic value before it is complete', () => {
    expect(announced(z.object({ v: atomic(z.array(z.string())) }), '{"v":["a","b"]}')).toEqual([
      [']', ['v.0', 'v.1', 'v']],
      ['}', ['']],
    ])
  })
  test('nothing inside what a transformation has made', () => {
    const schema = z.object({ v: z.object({ a: z.string() }).transform(({ a }) => ({ b: [a] })) })
    expect(announced(schema, '{"v":{"a":"x"}}')).toEqual([
      ['}', ['v']],
      ['}', ['']],
    ])
  })
})

describe('a value that Zod itself cannot merge', () => {
  test('is an issue, not an exception, inside a transform', () => {
    const schema = z
      .intersection(z.object({ a: z.string() }), z.object({ a: z.coerce.number() }))
      .transform((value) => value)
    expect(timeline(z.object({ v: schema }), '{"v":{"a":"1"}}').issues).toEqual([
      { path: ['v', 'a'], code: 'invalid_intersection' },
    ])
  })
})

describe('a union with a strict option, inside an intersection', () => {
  test('is left to Zod: the other side may make good what the option refuses', () => {
    const side = z.union([z.strictObject({ a: z.string() }), z.object({ a: z.object({}) })])
    const schema = z.intersection(z.object({ type: z.string() }), side)
    const raw = { type: 'x', a: 'y' }
    const verdict = schema.safeParse(raw)
    const { final, issues } = timeline(schema, JSON.stringify(raw))
    expect([final, issues.length === 0]).toEqual([verdict.data, verdict.success])
  })
})

describe('many unions', () => {
  test('the thousandth is followed like the first, also when readings die inside others', () => {
    // The left side dies at the bracket that starts a union on the right side.
    const inner = z.union([z.object({ x: z.string() }), z.object({ x: z.string(), y: z.number() })])
    const dying = z.intersection(z.object({ a: z.number() }), z.object({ a: inner }))
    const schema = z.array(z.union([dying, z.object({ a: inner }), z.object({ a: z.object({ x: z.string() }) })]))
    const row = '{"a":{"x":"text"}}'
    const before = `${row},`.repeat(100)
    const { shown } = timeline(schema, `[${before}{"a":{"x":"te`)
    expect((shown[`[${before}{"a":{"x":"te`] as unknown[] | undefined)?.at(-1)).toEqual({ a: { x: 'te' } })
  })
})
