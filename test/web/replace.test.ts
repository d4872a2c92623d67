import { expect, test, vi } from 'vitest'
import { z } from 'zod'

import { runStream } from '../../src/index.ts'
import { connect } from '../../src/web/client/index.ts'
import { toResponse } from '../../src/web/server/index.ts'
import { drain, pushed, says, scripted, stop, text } from '../stream/scripted.ts'

const Film = z.object({ title: z.string(), cast: z.array(z.string()) })
const draft = { title: 'Alien', cast: ['Sigourney Weaver'] }
const final = { title: 'Blade', cast: ['Wesley Snipes', 'Kris Kristofferson'] }
const answer = `Draft: ${JSON.stringify(draft)}\nFinal: ${JSON.stringify(final)}`
const reason = 'The earlier document was introduced as a draft or an example.'

const run = () => runStream('q', Film, { model: scripted(says(answer, 5)) })

test('a replace event comes between the values of the draft and those of the answer', async () => {
  for (const stream of [run(), connect(toResponse(run()), Film)]) {
    const { items } = await drain(stream.streamEvents())
    const seen = items.flatMap((event) =>
      event.type === 'replace'
        ? [event.reason]
        : event.type === 'value-complete' && event.path.length === 0
          ? [event.value]
          : [],
    )
    expect(seen).toEqual([draft, reason, final])
  }
})

test('streamElements and streamField begin again with the answer', async () => {
  const stream = run()
  const [elements, field] = await Promise.all([
    drain(stream.streamElements(['cast'])),
    drain(stream.streamField(['title'])),
  ])
  expect(elements.items).toEqual([...draft.cast, ...final.cast])
  expect(field.items.join('')).toBe('AlienBlade')
})

test('a consumer that comes after the change sees only the answer', async () => {
  const stream = run()
  await stream.getData()
  const [elements, field] = await Promise.all([
    drain(stream.streamElements(['cast'])),
    drain(stream.streamField(['title'])),
  ])
  expect(elements.items).toEqual(final.cast)
  expect(field.items.join('')).toBe('Blade')
})

test('the draft stays in sight until the answer takes its place', async () => {
  const { model, push, end } = pushed()
  const stream = runStream('q', Film, { model })
  const at = answer.indexOf('\n') + 1
  await push(text(answer.slice(0, at)))
  await vi.waitFor(() => expect(stream.partial).toEqual(draft))
  await push(text(answer.slice(at)), stop)
  await end()
  expect(await stream.getData()).toEqual(final)
  expect(stream.partial).toEqual(final)
})

test('elements of JSON lines stream, each once', async () => {
  const { model, push, end } = pushed()
  const stream = runStream('q', z.array(z.object({ n: z.number() })), { model })
  const read = drain(stream.streamElements())
  await push(text('{"n":1}\n{"n":2}\n{"n"'))
  await vi.waitFor(() => expect(stream.partial).toEqual([{ n: 1 }, { n: 2 }, {}]))
  await push(text(':3}'), stop)
  await end()
  expect((await read).items).toEqual([{ n: 1 }, { n: 2 }, { n: 3 }])
  const { repairs } = await stream.getResult()
  expect(repairs.map(({ kind }) => kind)).toEqual(['json-lines'])
})

test('the format "text" can’t take words back: the connection is cut', async () => {
  const { model, push, end } = pushed()
  const reader = toResponse(runStream('q', Film, { model }), { format: 'text' }).body!.getReader()
  const at = answer.indexOf('\n') + 1
  await push(text(answer.slice(0, at)))
  const { value } = await reader.read()
  expect(new TextDecoder().decode(value as Uint8Array)).toBe(JSON.stringify(draft))
  await push(text(answer.slice(at)), stop)
  await end()
  await expect(reader.read()).rejects.toThrow(
    /"text" cannot tell that another document is the answer, so the connection was cut/,
  )
})

test('the format "text" writes JSON lines as the list that they are', async () => {
  const lines = runStream('q', z.array(z.object({ n: z.number() })), { model: scripted(says('{"n":1}\n{"n":2}', 3)) })
  expect(await toResponse(lines, { format: 'text' }).text()).toBe('[{"n":1},{"n":2}]')
})

test('an example in front doesn’t stop a run that stops at the first issue', async () => {
  const wrong = 'Example: {"title":5}\nAnswer: {"title":"Blade","cast":[]}'
  const stream = runStream('q', Film, { model: scripted(says(wrong, 4)), onInvalid: 'abort' })
  expect(await stream.getData()).toEqual({ title: 'Blade', cast: [] })
})
