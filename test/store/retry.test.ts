import { expect, test } from 'vitest'
import { z } from 'zod'
import { simulate } from '../../src/models/simulate/index.ts'
import { StreamStore } from '../../src/web/client/state/stream-store.ts'
import { runStream } from '../../src/run-stream.ts'
import { memoryStore } from '../../src/store/memory.ts'
import { resumable } from '../../src/store/resumable.ts'
import { toResponse } from '../../src/web/server/index.ts'

const Note = z.object({ note: z.string() })

test('retry() over a stored stream asks the model again, and doesn’t replay the stored failure', async () => {
  const streams = resumable(memoryStore())
  let asked = 0
  const make = () =>
    runStream('p', Note, { model: simulate({ response: ++asked < 3 ? '{"note":5}' : { note: 'at last' } }) })
  const fetch = async (): Promise<Response> => {
    const { stream } = await streams.start('message-1', make, { schema: Note })
    return toResponse(stream, { resume: '/streams/message-1', onError: () => {} })
  }
  const ended = () => {
    const states = new Set(['done', 'failed'])
    return expect.poll(() => states.has(store.getState().status), { timeout: 10_000 }).toBe(true)
  }
  const store = new StreamStore({ api: 'http://localhost/notes', schema: Note, fetch })
  store.submit({ id: 'message-1' })
  await ended()
  expect(store.getState()).toMatchObject({ status: 'failed', error: { code: 'invalid_data' } })
  for (let tries = 0; tries < 2; tries++) {
    await streams.idle()
    store.retry()
    await ended()
  }
  expect(store.getState()).toMatchObject({ status: 'done', data: { note: 'at last' } })
  expect(asked).toBe(3)
  store.leave()
})
