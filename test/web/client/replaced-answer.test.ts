import { expect, test } from 'vitest'
import { z } from 'zod'
import type { ModelRequest } from '../../../src/models/model.ts'
import { simulate } from '../../../src/models/simulate/index.ts'
import { runStream } from '../../../src/run-stream.ts'
import type { StreamEvent } from '../../../src/stream/types.ts'
import { connect } from '../../../src/web/client/index.ts'
import { toResponse } from '../../../src/web/server/index.ts'
import { askedFor, trueAnswer } from '../../../src/models/simulate/true-answer.ts'
import { inStep } from '../in-step.ts'
import { collect } from '../loopback.ts'

const Order = z.object({
  id: z.int(),
  lines: z.array(z.object({ name: z.string(), count: z.int().max(10) })),
  note: z.string(),
})
const wrong = {
  id: 1,
  lines: [
    { name: 'a', count: 1 },
    { name: 'b', count: 99 },
  ],
  note: 'N',
}
const right = { ...wrong, lines: [wrong.lines[0], { name: 'b', count: 9 }] }

test('an answer that is patched on the server is whole in the browser, and nothing is taken back', async () => {
  const model = simulate({ responses: [wrong, { lines_1_count: 9 }] })
  const stream = runStream('Order', Order, { model, onInvalid: 'patch' })
  await using there = connect(toResponse(stream), Order)
  const elements = collect(there.streamElements(['lines']))
  const partials = collect(there.streamPartial())
  const events = collect(there.streamEvents())
  expect(await there.getData()).toEqual(right)
  expect((await elements).items).toEqual(right.lines)
  expect((await partials).items.at(-1)).toEqual(right)
  const { attempts } = await there.getResult()
  expect(attempts.map(({ kind, error }) => [kind, error])).toEqual([
    ['first', 'invalid_data'],
    ['patch', undefined],
  ])
  const all = (await events).items
  expect(all.find(({ type }) => type === 'patch')).toMatchObject({ attempt: 2, paths: [['lines', 1, 'count']] })
  expect(all.filter((event) => event.type === 'value-complete').at(-1)).toMatchObject({ path: [], value: right })
})

test('an answer that was cut and recovered is whole in the browser', async () => {
  const text = JSON.stringify(right)
  for (const cutAt of [text.indexOf('"b"'), text.indexOf('"N"') + 1, text.length - 1]) {
    const model = simulate({
      responses: [right, (request: ModelRequest) => trueAnswer(right, askedFor(request))],
      faults: [{ cutAt }, undefined],
    })
    const stream = runStream('Order', Order, { model, recover: true })
    await using there = connect(toResponse(stream, { describeError: ({ message }) => message }), Order)
    const elements = collect(there.streamElements(['lines']))
    const events = collect(there.streamEvents())
    expect(await there.getData()).toEqual(await stream.getData())
    expect(await there.getData()).toEqual(right)
    expect((await elements).items).toEqual(right.lines)
    const recoveries = (items: StreamEvent[]) => items.filter(({ type }) => type === 'recover')
    expect(recoveries((await events).items)).toEqual(recoveries((await collect(stream.streamEvents())).items))
  }
})

test('parts in a provider’s shape grow in the browser as on the server', async () => {
  const Note = z.object({
    tags: z.record(z.string(), z.string().optional()),
    lines: z.array(z.string()),
    by: z.string().optional(),
  })
  // OpenAI's dialect: records are lists of entries, what is absent is null.
  const answer = '{"tags":[{"key":"a","value":"Alpha"},{"key":"b","value":"Be'
  const rest = { rest_b: 'ta', more_tags: [{ key: 'c', value: 'Gamma' }], more: { lines: ['one', 'two'], by: null } }
  const seen: unknown[] = []
  let asked: string[] = []
  const model = simulate({
    responses: [
      answer,
      ({ format }: ModelRequest) => {
        asked = Object.keys((format!.schema as { properties: object }).properties)
        return Object.fromEntries(asked.map((name, index) => [name, Object.values(rest)[index]]))
      },
    ],
    faults: [{ cutAt: answer.length }, undefined],
    chunkSize: 3,
  })
  const step = inStep<typeof Note>({ ...model, dialect: 'openai' }, ({ here, there }) => {
    expect(there.partial).toEqual(here.partial)
    if (asked.length > 0) seen.push(there.partial)
  })
  const here = runStream('Note', Note, { model: step.model, recover: true })
  const there = connect(toResponse(here), Note)
  step.watch({ here, there })
  expect(await there.getData()).toEqual(await here.getData())
  expect(step.failure).toBeUndefined()
  expect(new Set(seen.map((value) => JSON.stringify(value))).size).toBeGreaterThan(8)
})

test('who has another schema gets the whole at the end, by that schema', async () => {
  const text = JSON.stringify(right)
  const model = simulate({
    responses: [right, (request: ModelRequest) => trueAnswer(right, askedFor(request))],
    faults: [{ cutAt: text.indexOf('"b"') + 2 }, undefined],
  })
  const stream = runStream('Order', Order, { model, recover: true })
  const there = connect(toResponse(stream), z.object({ id: z.int(), note: z.string() }))
  const { items, error } = await collect(there.streamPartial())
  expect(error).toBeUndefined()
  expect(items.at(-1)).toEqual({ id: 1, note: 'N' })
})

test.each([
  ['no keys', {}],
  ['keys that are none', { keys: [null, 7, 'x'], dropped: [] }],
  ['a key that leads nowhere', { keys: [{ name: 'a', path: ['__proto__', 'x'] }], dropped: [['constructor']] }],
  ['the root', { keys: [{ name: 'a', path: [] }], dropped: [] }],
])('parts that a server tells with %s are shown at the end', async (_, parts) => {
  const start = { type: 'attempt-start', provider: 'p', model: 'm', dialect: 'json-schema', mode: 'json-schema' }
  const events: unknown[] = [
    { type: 'hello', version: 1 },
    { ...start, kind: 'first', writes: 'answer' },
    JSON.stringify(wrong),
    { type: 'finish', reason: 'stop' },
    { type: 'patch', paths: [], code: 'invalid_data' },
    { ...start, kind: 'patch', writes: 'parts', parts },
    '{"a":9}',
    { type: 'finish', reason: 'stop' },
    { type: 'end', raw: right },
  ]
  const body = events.map((event, id) => `id: ${id}\ndata: ${JSON.stringify(event)}\n\n`).join('')
  const response = new Response(body, { headers: { 'content-type': 'text/event-stream' } })
  const { items, error } = await collect(connect(response, Order).streamPartial())
  expect(error).toBeUndefined()
  expect(items.at(-1)).toEqual(right)
  expect(Object.getPrototypeOf({})).not.toHaveProperty('x')
})
