import { expect, test } from 'vitest'
import { z } from 'zod'
import type { ModelRequest } from '../../src/models/model.ts'
import { simulate } from '../../src/models/simulate.ts'
import { runStream } from '../../src/run-stream.ts'
import type { StreamEvent } from '../../src/stream/types.ts'
import { connect } from '../../src/web/client.ts'
import { toResponse } from '../../src/web/server.ts'
import { rightAnswer } from '../../src/play/right-answer.ts'
import { collect } from './loopback.ts'

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
      responses: [right, (request: ModelRequest) => rightAnswer(request, right)],
      faults: [{ cutAt }, undefined],
    })
    const stream = runStream('Order', Order, { model, recover: true })
    await using there = connect(toResponse(stream), Order)
    const elements = collect(there.streamElements(['lines']))
    const events = collect(there.streamEvents())
    expect(await there.getData()).toEqual(await stream.getData())
    expect(await there.getData()).toEqual(right)
    expect((await elements).items).toEqual(right.lines)
    const recoveries = (items: StreamEvent[]) => items.filter(({ type }) => type === 'recover')
    expect(recoveries((await events).items)).toEqual(recoveries((await collect(stream.streamEvents())).items))
  }
})
