import { expect, test } from 'vitest'
import { z } from 'zod'

import { prepareSchema } from '../../../src/partial/compile-schema.ts'
import type { Dialect } from '../../../src/types.ts'
import { everySplit, oneByOne } from '../../support/chunkings.ts'

const Row = z.object({
  name: z.string(),
  note: z.string().optional(),
  size: z.tuple([z.number(), z.number()]).optional(),
  links: z.record(z.string(), z.string()).optional(),
})
const ROWS = [{ name: 'a', note: 'x', size: [1, 2], links: { home: '/' } }, { name: 'b' }]

/** The rows as a provider has them that was asked in its dialect, and as one writes them that ignores it. */
const WRITTEN: Record<string, string[]> = {
  "the provider's shape": [
    '{"name":"a","note":"x","size":{"0":1,"1":2},"links":[{"key":"home","value":"/"}]}',
    '{"name":"b","note":null,"size":null,"links":null}',
  ],
  "the user's shape": ['{"name":"a","note":"x","size":[1,2],"links":{"home":"/"}}', '{"name":"b"}'],
}

async function read(dialect: Dialect, schema: z.ZodType, chunks: readonly string[]) {
  const { compiled } = await prepareSchema(schema, { dialect, mode: 'json-schema' })
  const interpreter = compiled.interpreter({ repair: true, maxDepth: 64, maxIssues: 10 })
  const complete: string[] = []
  interpreter.hub.completion = (path) => path.length === 1 && complete.push(String(path[0]))
  for (const chunk of chunks) interpreter.push(chunk)
  const before = [...complete]
  interpreter.end()
  const { isDone, failure, issues, repairs } = interpreter
  return {
    isDone,
    failure,
    issues,
    kinds: repairs.map(({ kind }) => kind),
    raw: isDone ? interpreter.raw() : null,
    before,
  }
}

const DIALECTS: Dialect[] = ['openai', 'groq', 'anthropic', 'gemini', 'ollama', 'json-schema']

const cases = DIALECTS.flatMap((dialect) =>
  Object.entries(WRITTEN)
    .filter(([shape]) => shape === "the user's shape" || dialect === 'openai' || dialect === 'groq')
    .map(([shape, lines]): [Dialect, string, string[]] => [dialect, shape, lines]),
)

test.each(cases)('%s: objects in a row, in %s, are the list that is wanted', async (dialect, _, lines) => {
  const text = lines.join('\n')
  for (const chunks of [[text], oneByOne(text), ...everySplit(text)]) {
    const { isDone, failure, issues, kinds, raw, before } = await read(dialect, z.array(Row), chunks)
    expect({ isDone, failure, issues, raw }).toEqual({ isDone: true, failure: null, issues: [], raw: ROWS })
    expect(kinds).toContain('json-lines')
    expect(before).toEqual(['0', '1'])
  }
})

test.each(DIALECTS)('%s: one object alone is the list of it', async (dialect) => {
  const { isDone, raw, kinds } = await read(dialect, z.array(Row), ['{"name":"b"}'])
  expect({ isDone, raw, kinds }).toEqual({ isDone: true, raw: [{ name: 'b' }], kinds: ['wrapped'] })
})

test.each(DIALECTS)('%s: the list in its wrapper is not an element, whatever elements have', async (dialect) => {
  const schema = z.array(z.object({ value: z.array(z.string()).optional() }))
  const text = dialect === 'openai' || dialect === 'groq' ? '{"value":[{"value":["x"]}]}' : '[{"value":["x"]}]'
  const { isDone, raw, issues, kinds } = await read(dialect, schema, oneByOne(text))
  expect({ isDone, raw, issues, kinds }).toEqual({ isDone: true, raw: [{ value: ['x'] }], issues: [], kinds: [] })
})

test.each(DIALECTS)('%s: an element that does not fit is an issue of the list', async (dialect) => {
  const { isDone, issues } = await read(dialect, z.array(Row), ['{"name":"a"}\n{"name":5}'])
  expect({ isDone, paths: issues.map(({ path }) => path) }).toEqual({ isDone: true, paths: [[1, 'name']] })
})

/** Values without brackets as the whole text, where a provider puts them in an object: [schema, text, value]. */
const BARE: [z.ZodType, string, unknown][] = [
  [z.enum(['One', 'Two words']), 'One', 'One'],
  [z.enum(['One', 'Two words']), '**two words**', 'Two words'],
  [z.number(), '**5**', 5],
  [z.boolean(), 'True', true],
  [z.enum(['One', 'Two words']), 'One or Two words', undefined],
  [z.string(), 'I cannot say.', undefined],
]

test.each(DIALECTS.flatMap((dialect) => BARE.map((row) => [dialect, ...row] as const)))(
  '%s: a value without brackets is read without its wrapper, however the text is cut (%#)',
  async (dialect, schema, text, value) => {
    for (const chunks of [[text], oneByOne(text)]) {
      const { isDone, raw } = await read(dialect, schema, chunks)
      expect([isDone, raw]).toEqual(value === undefined ? [false, null] : [true, value])
    }
    const { isDone, raw } = await read(dialect, z.number(), oneByOne('So, the answer:\n{"value": 5}'))
    const isWrapping = dialect === 'openai' || dialect === 'groq'
    expect([isDone, raw]).toEqual(isWrapping ? [true, 5] : [false, null])
  },
)
