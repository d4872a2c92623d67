import { describe, expect, test } from 'vitest'
import { z } from 'zod'

import '../../support/load-zod.ts'
import { timeline } from '../../partial/timeline.ts'

const untagged = z.object({ kind: z.literal('a').optional(), x: z.string() })
const union = z.discriminatedUnion('kind', [untagged, z.object({ kind: z.literal('b'), y: z.number() })])

describe('a discriminated union whose discriminator may be missing', () => {
  test.each([
    '{"x":"text"}',
    '{"x":"text","kind":"a"}',
    '{"y":1,"kind":"b"}',
    '{"y":1}',
    '{"x":"text","kind":"c"}',
    '{}',
    '{"x":1,"more":2}',
  ])('%s is judged as Zod judges it', (text) => {
    for (const [schema, wrapped] of [
      [union, text],
      [z.array(union), `[${text},${text}]`],
      [z.union([z.number(), union]), text],
    ] as const) {
      const verdict = schema.safeParse(JSON.parse(wrapped))
      const { final, issues } = timeline(schema, wrapped)
      expect(issues.length === 0).toBe(verdict.success)
      if (verdict.success) expect(final).toEqual(verdict.data)
    }
  })
})
