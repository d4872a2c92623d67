import { afterEach, beforeEach, expect, test, vi, type MockInstance } from 'vitest'
import { z } from 'zod'

import { runStream, type StructuredStream } from '../../src/index.ts'
import { DocumentInterpreter } from '../../src/partial/document/document-interpreter.ts'
import { drain, pushed, says, scripted, stop, text } from './scripted.ts'

const List = z.array(z.object({ id: z.int() }))
const answer = JSON.stringify(Array.from({ length: 200 }, (_, id) => ({ id })))

let push: MockInstance
let snapshot: MockInstance
beforeEach(() => {
  push = vi.spyOn(DocumentInterpreter.prototype, 'push')
  snapshot = vi.spyOn(DocumentInterpreter.prototype, 'snapshot')
})
afterEach(() => void vi.restoreAllMocks())

const run = (): StructuredStream<typeof List> => runStream('q', List, { model: scripted(says(answer, 4)) })

test('getData() alone: the text is read once, and no snapshot is built', async () => {
  expect(await run().getData()).toHaveLength(200)
  expect(push).toHaveBeenCalledTimes(1)
  expect(snapshot).not.toHaveBeenCalled()
})

test('streamText() alone parses nothing until the end', async () => {
  const { model, push: give, end } = pushed()
  const stream = runStream('q', List, { model })
  const read = drain(stream.streamText())
  await give(text('[{"id":'), text('1}'))
  expect(push).not.toHaveBeenCalled()
  await give(text(']'), stop)
  await end()
  expect((await read).items).toHaveLength(3)
  expect(push).toHaveBeenCalledTimes(1)
})

test('who looks late or rarely costs per look, not per delta', async () => {
  const { model, push: give, end } = pushed()
  const stream = runStream('q', List, { model })
  for (let id = 0; id < 100; id++) await give(text(`${id === 0 ? '[' : ','}{"id":`), text(`${id}}`))
  expect(push).not.toHaveBeenCalled()
  expect(stream.partial).toHaveLength(100)
  expect(push).toHaveBeenCalledTimes(1)
  await give(text(']'), stop)
  await end()
  await stream.getData()
  expect(push).toHaveBeenCalledTimes(2)
})

test('a refinement runs once while streaming and once at the end, however many consumers there are', async () => {
  const calls: number[] = []
  const schema = z.array(z.object({ id: z.int().refine((id) => calls.push(id) > 0) }))
  const stream = runStream('q', schema, { model: scripted(says('[{"id":1},{"id":2}]', 3)) })
  await Promise.all([
    drain(stream.streamPartial()),
    drain(stream.streamSnapshots()),
    drain(stream.streamElements()),
    drain(stream.streamEvents()),
  ])
  expect(calls.filter((id) => id === 1)).toHaveLength(2)
  expect(calls.filter((id) => id === 2)).toHaveLength(2)
})
