import { expect, test } from 'vitest'
import { z } from 'zod'
import { parseStream } from '../../src/index.ts'

function counted(returns: boolean | Promise<boolean> = true) {
  const calls = { count: 0 }
  const refined = z.string().refine(() => {
    calls.count++
    return returns
  })
  return { calls, refined }
}

test.each<[string, (refined: z.ZodString) => z.ZodType, string, number]>([
  ['a string', (s) => z.object({ a: s }), '{"a":"x"}', 1],
  ['each of two strings', (s) => z.array(s), '["x","x"]', 2],
  ['a string of one option', (s) => z.union([z.object({ a: s }), z.object({ a: z.number() })]), '{"a":"x"}', 1],
  [
    'a string that three options of a union have in common',
    (s) =>
      z.union([z.object({ a: s, n: z.number() }), z.object({ a: s, n: z.string() }), z.object({ a: s, n: z.null() })]),
    '{"a":"x","n":null}',
    1,
  ],
  ['a string in nested unions', (s) => z.union([z.union([s, s.optional()]), z.union([s, s.nullable()])]), '"x"', 1],
  [
    'a string of a discriminated union, held until its discriminator comes',
    (s) => z.discriminatedUnion('k', [z.object({ k: z.literal(1), a: s }), z.object({ k: z.literal(2), a: s })]),
    '{"a":"x","k":1}',
    1,
  ],
  ['both sides of an intersection', (s) => z.intersection(z.object({ a: s }), z.object({ a: s })), '{"a":"x"}', 1],
])(
  'A refinement of %s runs once for each completed value, however the text is cut.',
  async (_what, wrap, json, times) => {
    const atTheEnd = counted()
    await wrap(atTheEnd.refined).safeParseAsync(JSON.parse(json))
    for (const pieces of [[json], json.split('')]) {
      const { calls, refined } = counted()
      await parseStream(pieces, wrap(refined)).getData()
      // Zod's own validation at the end is one parse.
      expect(calls.count).toBe(times + atTheEnd.calls.count)
    }
  },
)

test('An asynchronous refinement runs once for each completed value, and once more in the final validation.', async () => {
  let calls = 0
  const declared = z.string().refine(async () => ++calls > 0)
  await parseStream('["x","y"]', z.array(declared)).getData()
  expect(calls).toBe(4)

  // The promise that shows that it is one counts.
  const { calls: plain, refined } = counted(Promise.resolve(true))
  await parseStream('["x","y"]', z.array(refined)).getData()
  expect(plain.count).toBe(4)
  await parseStream('["x","y"]', z.array(refined)).getData()
  expect(plain.count).toBe(8)
})
