import { type as ark } from 'arktype'
import { Schema } from 'effect'
import * as v from 'valibot'
import { expect, test } from 'vitest'
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
