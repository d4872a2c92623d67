import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import type { Model } from '../../src/models/model.ts'
import { simulate } from '../../src/models/simulate/index.ts'
import { run, runStream } from '../../src/run-stream.ts'
import { createSession } from '../../src/session.ts'
import { memoryStore } from '../../src/store/memory.ts'
import { resumable } from '../../src/store/resumable.ts'
import type { StructuredStream } from '../../src/stream/structured-stream.ts'
import { pipeToNode, toResponse, toWebSocket } from '../../src/web/server/index.ts'

const Note = z.object({ note: z.string() })
const ticks = async (): Promise<void> => await new Promise((resolve) => setTimeout(resolve, 20))

/** A model that counts its calls, and those that were closed. */
function counted() {
  const counts = { begun: 0, closed: 0 }
  const model: Model = {
    ...simulate({ response: {} }),
    async *stream(_, signal) {
      counts.begun++
      signal.addEventListener('abort', () => void counts.closed++)
      yield { type: 'text-delta', text: '{' }
      await new Promise((resolve) => signal.addEventListener('abort', resolve))
    },
  }
  return { counts, model }
}
const endsAborted = async (stream: StructuredStream<any>): Promise<void> =>
  await expect(stream.getData()).rejects.toMatchObject({ code: 'aborted' })

describe('what is ended in the turn in which it began asks no model', () => {
  const begin: Record<string, (model: Model, signal?: AbortSignal) => StructuredStream<any>> = {
    runStream: (model, signal) => runStream('p', Note, { model, signal }),
    'session.runStream': (model, signal) => createSession({ model }).runStream('p', Note, { signal }),
  }
  test.each(Object.entries(begin))('%s and abort()', async (_, start) => {
    const { counts, model } = counted()
    const stream = start(model)
    stream.abort()
    await endsAborted(stream)
    await ticks()
    expect(counts.begun - counts.closed).toBe(0)
  })

  test.each(Object.entries(begin))('%s with a signal that was aborted before', async (_, start) => {
    const { counts, model } = counted()
    const stream = start(model, AbortSignal.abort('why'))
    await endsAborted(stream)
    await ticks()
    expect(counts.begun).toBe(0)
  })

  test('run() with a signal that was aborted before', async () => {
    const { counts, model } = counted()
    await expect(run('p', Note, { model, signal: AbortSignal.abort() })).rejects.toMatchObject({ code: 'aborted' })
    await ticks()
    expect(counts.begun).toBe(0)
  })
})

describe('what sends a stream owns it from the call on', () => {
  test('a response whose body is cancelled before it was read stops the model', async () => {
    const { counts, model } = counted()
    const stream = runStream('p', Note, { model, linger: Infinity })
    await toResponse(stream).body!.cancel()
    await endsAborted(stream)
    await ticks()
    expect(counts.begun - counts.closed).toBe(0)
  })

  test('a response of node:http that was closed before stops the model', async () => {
    const { counts, model } = counted()
    const stream = runStream('p', Note, { model, linger: Infinity })
    const response = { destroyed: true, headersSent: false, on: () => {}, off: () => {} }
    await pipeToNode(stream, response as never)
    await endsAborted(stream)
    await ticks()
    expect(counts.begun - counts.closed).toBe(0)
  })

  test('a socket that closes in the first turn stops the model', async () => {
    const { counts, model } = counted()
    const stream = runStream('p', Note, { model, linger: Infinity })
    const socket = Object.assign(new EventTarget(), { readyState: 1, send: () => {}, close: () => {} })
    const sent = toWebSocket(stream, socket as never)
    socket.readyState = 3
    socket.dispatchEvent(new Event('close'))
    await sent
    await endsAborted(stream)
    await ticks()
    expect(counts.begun - counts.closed).toBe(0)
  })

  test('a stored stream that is cancelled in the turn in which it began is stopped', async () => {
    const { counts, model } = counted()
    const streams = resumable(memoryStore())
    const { id, stream } = await streams.start('a', () => runStream('p', Note, { model }))
    expect(await streams.cancel(id)).toBe(true)
    await endsAborted(stream)
    await streams.idle()
    expect(counts.begun - counts.closed).toBe(0)
  })

  test('attach() with a signal that was aborted before reads nothing', async () => {
    const streams = resumable(memoryStore())
    await streams.start('a', () => runStream('p', Note, { model: simulate({ response: { note: 'n' } }) }))
    const attached = await streams.attach('a', { schema: Note, signal: AbortSignal.abort() })
    await endsAborted(attached)
    await streams.idle()
  })
})
