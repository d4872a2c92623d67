import { describe, expect, test } from 'vitest'
import { z } from 'zod'

import { jsonSchema, parseStream } from '../../src/index.ts'
import { oneByOne } from '../support/chunkings.ts'

/* Another library's JSON Schema is a hint: only the library rejects. */

const says = {
  type: 'object',
  properties: { n: { type: 'number' }, rows: { type: 'array', items: { type: 'string' } } },
  required: ['n', 'rows'],
  additionalProperties: false,
}

function stranger(means: z.ZodType): z.ZodType {
  const { validate } = means['~standard']
  return { '~standard': { version: 1, vendor: 'stranger', validate, jsonSchema: { input: () => says } } } as never
}
const lent = (means: z.ZodType) => jsonSchema(says, { validator: means })

const means = z.object({ n: z.unknown(), rows: z.array(z.any()) })
const TEXT = '{"n":["x"],"rows":["a",2,"c"]}'

describe.each<[string, (means: z.ZodType) => z.ZodType | ReturnType<typeof lent>]>([
  ['an unknown library', stranger],
  ['a JSON Schema lent to a validator', lent],
])('%s', (_, schemaOf) => {
  test('what it accepts is the value, whatever its JSON Schema says', async () => {
    const stream = parseStream(oneByOne(TEXT), schemaOf(means), { onInvalid: 'abort', repair: false })
    const partials: unknown[] = []
    for await (const partial of stream.streamPartial()) partials.push(partial)
    await expect(stream.getData()).resolves.toEqual({ n: ['x'], rows: ['a', 2, 'c'] })
    expect(stream.issues).toEqual([])
    expect(partials.at(-1)).toEqual({ n: ['x'], rows: ['a', 2, 'c'] })
    expect(partials.every((partial) => partial === partials.at(-1) || !Object.hasOwn(partial as object, 'n'))).toBe(
      true,
    )
  })

  test('elements come when it has judged them, as it made them', async () => {
    const changed = z.object({ n: z.unknown(), rows: z.array(z.string().toUpperCase()) })
    const stream = parseStream(['{"n":1,"rows":["a","b"', ']}'], schemaOf(changed), { repair: false })
    const elements: unknown[] = []
    for await (const element of stream.streamElements(['rows'] as never)) elements.push(element)
    expect(elements).toEqual(['A', 'B'])
  })

  test('nothing is complete before it has said so, and what it refuses is reported in its words', async () => {
    const stream = parseStream(['{"n":1,"rows":["a"],', '"x":1}'], schemaOf(z.object({ n: z.string() })))
    const complete: boolean[] = []
    const read = async (): Promise<void> => {
      for await (const { isComplete } of stream.streamSnapshots()) complete.push(isComplete(['n']))
    }
    await expect(read()).rejects.toMatchObject({ code: 'invalid_data', issues: [{ path: ['n'] }] })
    expect(complete.length).toBeGreaterThan(0)
    expect(complete).not.toContain(true)
  })

  test('a document that fits its JSON Schema is preferred to one that does not', async () => {
    const text = 'See [1]. The answer:\n\n{"n":1,"rows":[]}'
    await expect(parseStream(text, schemaOf(z.any())).getData()).resolves.toEqual({ n: 1, rows: [] })
  })
})

test('elements with an asynchronous refinement come at the end, each once', async () => {
  const rows = z.array(z.union([z.number(), z.string().refine(async () => true)]))
  const stream = parseStream('[1,"a",2,"b"]', rows)
  const elements: unknown[] = []
  for await (const element of stream.streamElements()) elements.push(element)
  expect(elements.map(String).toSorted()).toEqual(['1', '2', 'a', 'b'])
})
