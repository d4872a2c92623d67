import { expect, test } from 'vitest'
import { z } from 'zod'

import { runStream, tool } from '../../src/index.ts'
import type { ModelEvent } from '../../src/models/model.ts'
import { drain, says, scripted } from './scripted.ts'

/** Runs a tool with these arguments, in pieces; gives what it was called with and what the model gets back. */
async function call(pieces: readonly string[]): Promise<{ inputs: unknown[]; error: string | undefined }> {
  const inputs: unknown[] = []
  const look = tool({
    name: 'look',
    description: 'Looks',
    input: z.object({ a: z.number().optional() }),
    execute: (input) => {
      inputs.push(input)
      return 'seen'
    },
  })
  let isFirst = true
  const first: ModelEvent[] = [
    { type: 'tool-call-start', id: '1', name: 'look' },
    ...pieces.map((text): ModelEvent => ({ type: 'tool-call-delta', id: '1', text })),
    { type: 'tool-call-end', id: '1' },
    { type: 'finish', reason: 'tool-calls' },
  ]
  const model = scripted([])
  const stream = runStream('q', z.object({ ok: z.boolean() }), {
    tools: [look],
    model: {
      ...model,
      stream: (...request) => {
        const script = isFirst ? first : says('{"ok":true}')
        isFirst = false
        return scripted(script).stream(...request)
      },
    },
  })
  const { items } = await drain(stream.streamEvents())
  await stream.getData()
  const result = items.find((event) => event.type === 'tool-result')
  return { inputs, error: result?.error }
}

test.each([
  '{"a":1}{"a":2}',
  '{"a":1} {}',
  '{}{"a":1}',
  '{"a":1}\n{"a":2',
  '{"a":1}, {"a":1}',
  'Draft: {"a":1}\nFinal: {"a":2}',
  '{"a":1} </think> {"a":2}',
])('arguments that are not exactly one document go back to the model as an error: %s', async (text) => {
  for (const pieces of [[text], text.split('')]) {
    const { inputs, error } = await call(pieces)
    expect(inputs).toEqual([])
    expect(error).toMatch(/The arguments are not the JSON that was expected .*Give exactly one/)
  }
})

test.each(['{"a":1}', '```json\n{"a":1}\n```', 'Sure: {"a":1}', '<think>{"a":2}</think>{"a":1}', '{"a":1} Done.'])(
  'one document is taken, whatever is around it: %s',
  async (text) => {
    for (const pieces of [[text], text.split('')]) {
      expect(await call(pieces)).toEqual({ inputs: [{ a: 1 }], error: undefined })
    }
  },
)
