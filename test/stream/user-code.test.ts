import { expect, test } from 'vitest'
import { z } from 'zod'

import { runStream } from '../../src/run-stream.ts'
import { says, scripted } from './scripted.ts'

const bug = new Error('my refinement has a bug')
const throws = (): never => {
  throw bug
}

test.each<[string, z.ZodType, string, 'stop' | 'length', object]>([
  ['a refinement, while reading', z.object({ a: z.array(z.string()).refine(throws) }), '{"a":["b"]}', 'stop', {}],
  ['a refinement, when recover settles a value', wrapping(throws), '{"tags":"hello"', 'length', { recover: true }],
  ['a refinement, in a run that recovers', wrapping(throws), '{"tags":"hello","b":"c"}', 'stop', { recover: true }],
  ['the key of a record', z.record(z.string().refine(throws), z.string()), '{"a":"b"}', 'stop', {}],
  ['a catch', z.object({ a: z.number().catch(throws) }), '{"a":"b"}', 'stop', {}],
])('What %s throws is invalid_data, with its cause', async (_, schema, text, finish, options) => {
  const stream = runStream('Go on.', schema, { model: scripted(says(text, 4, finish)), ...options })
  const error = await stream.getData().then(
    () => null,
    (reason: unknown) => reason,
  )
  expect(error).toMatchObject({ code: 'invalid_data', cause: bug })
  expect((error as Error).message).toContain('Code of the schema (a refinement or a transform) threw: my refinement')
})

function wrapping(check: () => never): z.ZodType {
  return z.object({ tags: z.array(z.string()).refine(check), b: z.string() })
}
