import { type as ark } from 'arktype'
import { Schema } from 'effect'
import * as v from 'valibot'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { z } from 'zod'
import { z as z3 } from 'zod/v3'

import { libraryOf } from '../../../src/schema/libraries/library-of.ts'

let calls = 0
const spy = (): boolean => {
  calls++
  return true
}
const rejecting = (): Promise<boolean> => {
  calls++
  return Promise.reject(new Error('mine'))
}
const filled = (): string => {
  calls++
  return 'x'
}

/** Each with a refinement on what may be missing, one that rejects, a preprocessing, and a default that is computed. */
const SCHEMAS: Record<string, object> = {
  'Zod 4': z.object({
    a: z.string().optional().refine(spy),
    b: z.string().refine(rejecting),
    c: z.preprocess(spy, z.boolean()),
    d: z.any().refine(spy),
  }),
  'Zod 3': z3.object({
    a: z3.string().optional().refine(spy),
    b: z3.any().refine(rejecting),
    c: z3.preprocess(spy, z3.boolean()),
    d: z3.string().default(filled),
    e: z3.lazy(() => z3.any().superRefine(spy)),
    f: z3.string().catch(filled),
    g: z3.union([z3.any().refine(spy), z3.string()]),
  }),
  Valibot: v.object({
    a: v.pipe(v.optional(v.string()), v.check(spy)),
    b: v.pipe(v.any(), v.check(spy)),
    c: v.optional(v.string(), filled),
    d: v.fallback(v.string(), filled),
    e: v.nullable(v.string(), filled),
    f: v.pipe(v.string(), v.transform(spy)),
  }),
  ArkType: ark({ a: ark('string').narrow(spy), b: ark('string').pipe(spy), 'c?': ark('unknown').narrow(spy) }),
  Effect: Schema.Struct({ a: Schema.String.check(Schema.makeFilter(spy)) }),
}

test.each(Object.entries(SCHEMAS))('%s: converting a schema runs no code of the user', async (_, schema) => {
  calls = 0
  const library = libraryOf(schema)
  await library.toJsonSchema(schema)
  await library.node(schema)
  expect(calls).toBe(0)
})

describe('Zod 3: what code of a schema throws while it validates', () => {
  const rejections: unknown[] = []
  const note = (reason: unknown): void => {
    rejections.push(reason)
  }
  beforeEach(() => void process.on('unhandledRejection', note))
  afterEach(() => void process.off('unhandledRejection', note))

  const text = z3.string()
  const fail = (): never => {
    throw new Error('mine')
  }
  const failLater = async (): Promise<never> => {
    await new Promise((resolve) => setTimeout(resolve, 5))
    return fail()
  }
  const wait = text.refine(() => new Promise<boolean>((resolve) => setTimeout(() => resolve(true), 10)))
  const nested = z3.lazy(() => z3.object({ a: wait, b: text.refine(failLater) }))

  test.each<[string, z3.ZodTypeAny, unknown]>([
    ['two refinements', z3.object({ a: text.refine(failLater), b: text.refine(failLater) }), { a: '', b: '' }],
    ['the second of two keys first', z3.object({ a: wait, b: text.refine(fail) }), { a: '', b: '' }],
    ['elements', z3.array(text.refine(failLater)), ['', '', '']],
    ['a transform', z3.record(text.transform(failLater)), { a: '', b: '' }],
    ['a preprocessing', z3.tuple([z3.preprocess(failLater, text), z3.preprocess(fail, text)]), ['', '']],
    ['a caught value and a default', z3.object({ a: z3.number().catch(fail), b: text.default(fail) }), { a: '' }],
    ['a union of objects', z3.union([nested, z3.object({ c: text })]), { a: '', b: '' }],
    [
      'a discriminated union',
      z3.discriminatedUnion('k', [z3.object({ k: z3.literal(1), a: text.refine(failLater), b: text.refine(fail) })]),
      { k: 1, a: '', b: '' },
    ],
  ])('%s: rejects once, and nothing rejects unhandled', async (_, schema, value) => {
    rejections.length = 0
    await expect(libraryOf(schema).validate(schema, value)).rejects.toThrow('mine')
    await new Promise((resolve) => setTimeout(resolve, 20))
    expect(rejections).toEqual([])
  })
})
