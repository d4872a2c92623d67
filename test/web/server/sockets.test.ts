import { describe, expect, test, vi } from 'vitest'
import { z } from 'zod'
import type { Model } from '../../../src/models/model.ts'
import { simulate } from '../../../src/models/simulate/index.ts'
import { runStream } from '../../../src/run-stream.ts'
import { toWebSocket } from '../../../src/web/server/index.ts'

const Note = z.object({ note: z.string() })
const ask = () => runStream('p', Note, { model: simulate({ response: { note: 'n' } }) })
/** A model that begins and waits to be stopped. */
const waiting: Model = {
  ...simulate({ response: {} }),
  async *stream(_, signal) {
    yield { type: 'text-delta', text: '{' }
    await new Promise((resolve) => signal.addEventListener('abort', resolve))
  },
}

/** A socket of `Bun.serve`: no listeners, and a method for what waits. */
class BunSocket {
  readyState = 1
  readonly sent: string[] = []
  closed: unknown
  send(text: string): number {
    if (this.readyState !== 1) return 0
    this.sent.push(text)
    return text.length
  }
  getBufferedAmount(): number {
    return 0
  }
  close(code?: number): void {
    this.closed = code
    this.readyState = 3
  }
}

describe('a socket of Bun, which has no listeners', () => {
  test('a stream is sent to its end', async () => {
    const socket = new BunSocket()
    await toWebSocket(ask(), socket)
    expect(socket.sent.join('')).toContain('"type":"end"')
    expect(socket.closed).toBe(1000)
  })

  test('a client that leaves stops the model', async () => {
    const socket = new BunSocket()
    const stream = runStream('p', Note, { model: waiting, linger: Infinity })
    const sent = toWebSocket(stream, socket)
    await vi.waitFor(() => expect(socket.sent.length).toBeGreaterThan(0))
    socket.readyState = 3
    await sent
    await expect(stream.getData()).rejects.toMatchObject({ code: 'aborted' })
  })
})

test('a socket that is still opening is waited for', async () => {
  const socket = new BunSocket()
  socket.readyState = 0
  const sent = toWebSocket(ask(), socket)
  await new Promise((resolve) => setTimeout(resolve, 30))
  expect(socket.sent).toEqual([])
  socket.readyState = 1
  await sent
  expect(socket.closed).toBe(1000)
})

test('a socket that was closed before stops the model', async () => {
  const socket = new BunSocket()
  socket.readyState = 3
  const stream = runStream('p', Note, { model: waiting, linger: Infinity })
  await toWebSocket(stream, socket)
  await expect(stream.getData()).rejects.toMatchObject({ code: 'aborted' })
  expect(socket.sent).toEqual([])
})
