import { expect, test } from 'vitest'
import { z } from 'zod'

import { prepareSchema } from '../../../src/partial/compile-schema.ts'
import { oneByOne } from '../../support/chunkings.ts'

const SCHEMA = z.object({
  scores: z.record(z.string(), z.string()),
  pair: z.tuple([z.string(), z.number()]),
  date: z.string(),
})

/** Sloppy answers in the shape that OpenAI asks for, where records are lists of entries and tuples objects. */
const ANSWERS: [text: string, value: unknown][] = [
  [
    '{"scores":[{"key":"say "hi" now","value":"x "y" z"}],"pair":{"item_0":"a "b"","item_1":2},"date":2024-10-18}',
    { scores: { 'say "hi" now': 'x "y" z' }, pair: ['a "b"', 2], date: '2024-10-18' },
  ],
  [
    `{'scores':[{'key':'it's','value':'k'}],'pair':{'item_0':'a','item_1':1_000},'date':next day}`,
    { scores: { "it's": 'k' }, pair: ['a', 1000], date: 'next day' },
  ],
]

test.each(ANSWERS)(
  'what is shown and announced of a sloppy answer in a provider shape is what it is read as: %s',
  async (text, value) => {
    const { compiled, jsonSchema } = await prepareSchema(SCHEMA, { dialect: 'openai', mode: 'json-schema' })
    const [first, second] = Object.keys((jsonSchema.properties as { pair: { properties: object } }).pair.properties)
    const answer = text.replaceAll('item_0', first!).replaceAll('item_1', second!)
    for (const chunks of [[answer], oneByOne(answer)]) {
      const interpreter = compiled.interpreter({ repair: true, maxDepth: 64, maxIssues: 100 })
      const announced: unknown[] = []
      interpreter.hub.completion = (path, complete) => {
        if (path.length === 0) announced.push(complete)
      }
      for (const chunk of chunks) interpreter.push(chunk)
      interpreter.end()
      expect({ issues: interpreter.issues, shown: interpreter.snapshot(true) }).toEqual({ issues: [], shown: value })
      expect(interpreter.raw()).toEqual(value)
      expect(announced).toEqual([value])
    }
  },
)
