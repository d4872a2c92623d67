import { expect, test } from 'vitest'
import { z } from 'zod'

import { runStream, tool } from '../../src/index.ts'
import type { ModelEvent } from '../../src/models/model.ts'
import { drain, says, scripted } from './scripted.ts'

const SCHEMA = z.object({
  title: z.string(),
  count: z.number(),
  note: z.string().optional(),
  tags: z.array(z.string()),
})
const CLEAN = '{"title":"a","count":1,"tags":["b"]}'

/** A model that calls a tool with `text`, and then answers with `answer`. */
function model(text: string, answer: string): ReturnType<typeof scripted> {
  const call: ModelEvent[] = [
    { type: 'tool-call-start', id: 'c1', name: 'save' },
    ...text.split('').map((piece): ModelEvent => ({ type: 'tool-call-delta', id: 'c1', text: piece })),
    { type: 'tool-call-end', id: 'c1' },
    { type: 'finish', reason: 'tool-calls' },
  ]
  const scripts = [call, says(answer)]
  return { ...scripted([]), stream: (...request) => scripted(scripts.shift()!).stream(...request) }
}

async function run(text: string, answer: string) {
  const save = tool({ name: 'save', description: 'Saves', input: SCHEMA, execute: () => 'saved' })
  const stream = runStream('q', SCHEMA, { tools: [save], model: model(text, answer) })
  const { items } = await drain(stream.streamEvents())
  const { repairs } = await stream.getResult()
  return { repairs, told: items.flatMap((event) => (event.type === 'repair' ? [event.repair] : [])) }
}

test.each([
  `{'title': 'a', 'count': '1', 'tags': ['b'],}`,
  '{"title": "say "hi"", "count": 1, "note": null, "tags": "b"}',
  '{"title": "a", "Count": 1_000, "tags": ("b", "c")}',
  'Sure: {"title": "a", "count": 1 "tags": {"items": ["b"]}} Done.',
])('the arguments of a tool call are repaired with the events and the list that an answer has: %s', async (text) => {
  const inArguments = await run(text, CLEAN)
  const { repairs: ofAnswer } = await run(CLEAN, text)
  expect(ofAnswer.length).toBeGreaterThan(0)
  expect(inArguments.repairs).toEqual(ofAnswer.map((repair) => ({ ...repair, call: 'c1' })))
  expect(inArguments.told).toEqual(inArguments.repairs)
})

test('arguments and an answer that need no repair report none', async () => {
  expect(await run(CLEAN, CLEAN)).toEqual({ repairs: [], told: [] })
})
