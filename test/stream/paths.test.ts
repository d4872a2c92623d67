import * as v from 'valibot'
import { describe, expect, test } from 'vitest'
import { z } from 'zod'

import { jsonSchema, parseStream, runStream, type AnySchema, type Path } from '../../src/index.ts'
import { simulate } from '../../src/models/simulate/index.ts'
import { connect } from '../../src/web/client/index.ts'
import { toResponse } from '../../src/web/server/index.ts'

const Report = z.object({
  title: z.string(),
  count: z.number(),
  note: z.string().nullable().optional(),
  sections: z.array(z.object({ heading: z.string(), items: z.array(z.object({ text: z.string() })) })),
  pair: z.tuple([z.string(), z.number()]),
  byName: z.record(z.string(), z.object({ tags: z.array(z.string()) })),
  shape: z.discriminatedUnion('kind', [
    z.object({ kind: z.literal('circle'), radius: z.number() }),
    z.object({ kind: z.literal('square'), side: z.string() }),
  ]),
  either: z.union([z.string(), z.array(z.object({ name: z.string() }))]),
  both: z.intersection(z.object({ left: z.string() }), z.object({ right: z.string() })),
  careful: z.object({ text: z.string() }).catch({ text: '' }),
  loose: z.looseObject({ known: z.string() }),
  any: z.any(),
  renamed: z.object({ before: z.string() }).transform(({ before }) => ({ after: before })),
  starred: z.object({ '*': z.array(z.string()), 1: z.string() }),
})
const report = {
  title: 'Alps',
  count: 2,
  note: 'n',
  sections: [
    { heading: 'A', items: [{ text: 'a1' }, { text: 'a2' }] },
    { heading: 'B', items: [] },
    { heading: 'C', items: [{ text: 'c1' }] },
  ],
  pair: ['p', 1],
  byName: { ann: { tags: ['x', 'y'] }, ben: { tags: ['z'] } },
  shape: { kind: 'square', side: 's' },
  either: [{ name: 'e' }],
  both: { left: 'l', right: 'r' },
  careful: { text: 'c' },
  loose: { known: 'k', further: 'f' },
  any: { deep: [{ list: ['d'] }] },
  renamed: { before: 'b' },
  starred: { '*': ['literal'], 1: 'one' },
}
const Film = jsonSchema({
  type: 'object',
  properties: { title: { type: 'string' }, cast: { type: 'array', items: { $ref: '#/$defs/person' } } },
  $defs: { person: { type: 'object', properties: { name: { type: 'string' } }, additionalProperties: false } },
  additionalProperties: false,
})
const Song = v.strictObject({ title: v.string(), parts: v.array(v.strictObject({ name: v.string() })) })

async function all<T>(items: AsyncIterable<T>): Promise<T[]> {
  const list: T[] = []
  for await (const item of items) list.push(item)
  return list
}
const refused = (message: string) => ({ code: 'bad_options', message: expect.stringContaining(message) })
const run = <S extends AnySchema>(schema: S, response: unknown = report) =>
  runStream('', schema, { model: simulate({ response, chunkSize: 3 }) })

const schemas = {
  Report: [Report, report],
  Film: [Film, { title: 'T', cast: [{ name: 'n' }] }],
  Song: [Song, { title: 'T', parts: [{ name: 'n' }] }],
} as const

const impossible: [keyof typeof schemas, Path, string][] = [
  ['Report', ['titel'], 'no key `titel`; did you mean `title`?'],
  ['Report', ['sections', 0, 'headin'], 'no key `headin` in sections.0; did you mean `heading`?'],
  ['Report', ['sections', 'heading'], 'no index `heading` in sections'],
  ['Report', ['sections', '0', 'heading'], 'no index `0` in sections'],
  ['Report', ['sections', -1, 'heading'], 'no index `-1` in sections'],
  ['Report', ['title', 'length'], 'no key `length` in title: the value there is string'],
  ['Report', ['pair', 2], 'no index `2` in pair'],
  ['Report', ['shape', 'sid'], 'did you mean `side`?'],
  ['Report', ['either', 0, 'nmae'], 'did you mean `name`?'],
  ['Report', ['both', 'rihgt'], 'did you mean `right`?'],
  ['Report', ['careful', 'txet'], 'did you mean `text`?'],
  ['Report', ['byName', 'ann', 'tag'], 'did you mean `tags`?'],
  ['Report', ['constructor'], 'no key `constructor`'],
  ['Report', ['sections', '*', 'heading'], "'*' in sections is for streamElements() only"],
  ['Report', ['count'], 'the value there is never a string, but number'],
  ['Report', ['sections'], 'the value there is never a string, but array'],
  ['Film', ['titel'], 'did you mean `title`?'],
  ['Film', ['cast', 0, 'nmae'], 'did you mean `name`?'],
  ['Song', ['parts', 0, 'nmae'], 'did you mean `name`?'],
]

describe('An impossible path', () => {
  test.each(impossible)(
    'of %s, %j, is refused at the first next(), and the run continues',
    async (name, path, message) => {
      const [schema, response] = schemas[name]
      const stream = run<AnySchema>(schema, response)
      const partials = all(stream.streamPartial())
      await expect(stream.streamField(path).next()).rejects.toMatchObject(refused(message))
      expect((await partials).length).toBeGreaterThan(1)
      await expect(stream.getData()).resolves.toBeDefined()
    },
  )

  test('isComplete() of it is false', async () => {
    const stream = run(Report)
    await stream.getData()
    const paths: Path[] = [['titel'], ['title', 'length'], ['sections', 'length'], ['sections', '*'], ['constructor']]
    expect(paths.map((path) => stream.isComplete(path))).toEqual(paths.map(() => false))
  })

  const lists: [Path, string][] = [
    [['title'], 'the value there is never an array, but string'],
    [[], 'the value there is never an array, but object'],
    [['section'], 'did you mean `sections`?'],
    [['sections', '*', 'itmes'], 'no key `itmes` in sections.*; did you mean `items`?'],
    [['sections', '*'], 'the value there is never an array, but object'],
    [['*'], 'no key `*`'],
    [['shape', '*'], 'no key `*` in shape'],
  ]
  test.each(lists)('streamElements(%j) is refused', async (path, message) => {
    const stream = run(Report)
    await expect(stream.streamElements(path).next()).rejects.toMatchObject(refused(message))
    await expect(stream.getData()).resolves.toBeDefined()
  })

  test('it is reported when the schema is compiled, before the model answers', async () => {
    const stream = runStream('', Report, { model: simulate({ response: report, delayMs: 3_600_000 }) })
    await expect(stream.streamField(['titel'] as Path).next()).rejects.toMatchObject(refused('title'))
    expect(stream.status).toBe('starting')
    stream.abort()
  })

  test('a late reader, a reader of text and a page get the same', async () => {
    const late = parseStream(JSON.stringify(report), Report)
    await late.getData()
    await expect(late.streamField(['titel'] as Path).next()).rejects.toMatchObject(refused('did you mean `title`?'))
    const text = runStream('', undefined, { model: simulate({ response: 'hello' }) })
    await expect(text.streamField(['title'] as Path).next()).rejects.toMatchObject(refused('Without a schema'))
    expect(await all(text.streamField([]))).not.toEqual([])
    const page = connect(toResponse(run(Report)), Report)
    await expect(page.streamField(['titel'] as Path).next()).rejects.toMatchObject(refused('did you mean `title`?'))
    expect(await page.getData()).toBeDefined()
  })
})

describe('A possible path', () => {
  const fields: [Path, string][] = [
    [['title'], 'Alps'],
    [['note'], 'n'],
    [['sections', 2, 'items', 0, 'text'], 'c1'],
    [['pair', 0], 'p'],
    [['shape', 'side'], 's'],
    [['either', 0, 'name'], 'e'],
    [['both', 'right'], 'r'],
    [['loose', 'further'], 'f'],
    [['any', 'deep', 0, 'list', 0], 'd'],
    [['starred', 1], 'one'],
    [['starred', '1'], 'one'],
  ]
  test.each(fields)('streamField(%j)', async (path, text) => {
    expect((await all(run(Report).streamField(path))).join('')).toBe(text)
  })

  test('a path below what a transform returns, or of a value that never comes, is allowed', async () => {
    expect(await all(run(Report).streamField(['renamed', 'after']))).toEqual([])
    expect(await all(run(Report).streamField(['byName', 'nobody', 'tags', 0]))).toEqual([])
  })
})

describe("'*'", () => {
  const patterns: [Path, unknown[]][] = [
    [
      ['sections', '*', 'items'],
      [{ text: 'a1' }, { text: 'a2' }, { text: 'c1' }],
    ],
    [
      ['byName', '*', 'tags'],
      ['x', 'y', 'z'],
    ],
    [['starred', '*'], ['literal']],
    [['any', 'deep', '*', 'list'], ['d']],
    [['any', '*'], [{ list: ['d'] }]],
    [
      ['sections', 0, 'items'],
      [{ text: 'a1' }, { text: 'a2' }],
    ],
  ]
  test.each(patterns)('streamElements(%j) gives each element once, live and late', async (path, elements) => {
    const stream = run(Report)
    expect(await all(stream.streamElements(path))).toEqual(elements)
    expect(await all(stream.streamElements(path))).toEqual(elements)
    const page = connect(toResponse(run(Report)), Report)
    expect(await all(page.streamElements(path))).toEqual(elements)
  })

  test('invalid elements are left out, and a restart begins again', async () => {
    const Lists = z.array(z.array(z.number()))
    const bad = parseStream('[[1,"x",2],[3]]', Lists)
    const seen: number[] = []
    await expect(
      (async () => {
        for await (const element of bad.streamElements(['*'])) seen.push(element)
      })(),
    ).rejects.toMatchObject({ code: 'invalid_data' })
    expect(seen).toEqual([1, 2, 3])
    const replaced = parseStream('Draft: [[1],["x"]]\n\nFinal: [[4],[5,6]]', Lists)
    const last = (await all(replaced.streamElements(['*']))).slice(-3)
    expect(last).toEqual([4, 5, 6])
  })
})
