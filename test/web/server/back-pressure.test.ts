import { EventEmitter } from 'node:events'
import { expect, test } from 'vitest'
import { z } from 'zod'
import { simulate } from '../../../src/models/simulate/index.ts'
import { runStream } from '../../../src/run-stream.ts'
import { connect } from '../../../src/web/client/index.ts'
import { pipeToNode, toWebSocket } from '../../../src/web/server/index.ts'
import { until } from '../loopback.ts'

const Note = z.object({ note: z.string() })
const note = { note: 'abc '.repeat(5_000) }
const begin = (delayMs = 0) =>
  runStream('n', Note, { model: simulate({ response: note, chunkSize: 4, delayMs }), linger: Infinity })
const turns = async (): Promise<void> => {
  for (let turn = 0; turn < 20; turn++) await new Promise((resolve) => setImmediate(resolve))
}

/** A response of `node:http` that is full from its first byte on. */
class FullResponse extends EventEmitter {
  destroyed = false
  headersSent = false
  readonly written: string[] = []
  isFull = true
  writeHead(): void {
    this.headersSent = true
  }
  flushHeaders(): void {}
  write(text: string): boolean {
    this.written.push(text)
    return !this.isFull
  }
  end(): void {}
  destroy(): void {}
}

/** A WebSocket that keeps what it is given until it is emptied. */
class FullSocket extends EventTarget {
  readyState = 1
  readonly written: string[] = []
  bufferedAmount = 2_000_000
  send(text: string): void {
    this.written.push(text)
  }
  close(): void {
    this.readyState = 3
  }
}

const deltasOf = (written: readonly string[]) => written.join('').match(/"(?:\{\\"note|[abc ]+)/g)?.length ?? 0

test('a response that is full is given nothing until it has drained, and then all in one piece', async () => {
  const stream = begin()
  const response = new FullResponse()
  const sent = pipeToNode(stream, response, { keepAlive: 1 })
  await stream.getData()
  await turns()
  // Not even a comment: a connection that takes nothing is not silent because of us.
  expect(response.written).toHaveLength(1)
  expect(response.listenerCount('drain')).toBe(1)
  response.isFull = false
  response.emit('drain')
  await sent
  expect(response.written.length).toBeLessThanOrEqual(3)
  expect(deltasOf(response.written)).toBeLessThan(5)
  const body = new Response(response.written.join(''), { headers: { 'content-type': 'text/event-stream' } })
  expect(await connect(body, Note).getData()).toEqual(note)
  expect(['drain', 'close', 'error'].map((event) => response.listenerCount(event))).toEqual([0, 0, 0])
})

test('a response that is closed while it is full stops the model', async () => {
  const stream = begin(2)
  const response = new FullResponse()
  const sent = pipeToNode(stream, response)
  await until(() => response.listenerCount('drain') === 1)
  response.emit('close')
  await sent
  await expect(stream.getData()).rejects.toMatchObject({ code: 'aborted' })
  expect(['drain', 'close', 'error'].map((event) => response.listenerCount(event))).toEqual([0, 0, 0])
})

test('a WebSocket that is full is given nothing until it is emptied', async () => {
  const stream = begin()
  const socket = new FullSocket()
  const sent = toWebSocket(stream, socket as never)
  await stream.getData()
  await turns()
  expect(socket.written).toHaveLength(1)
  socket.bufferedAmount = 0
  await sent
  expect(socket.written.length).toBeLessThanOrEqual(3)
  expect(socket.readyState).toBe(3)
})

test('a WebSocket that is closed while it is full stops the model', async () => {
  const stream = begin(2)
  const socket = new FullSocket()
  const sent = toWebSocket(stream, socket as never)
  await until(() => socket.written.length === 1)
  await turns()
  socket.dispatchEvent(new Event('close'))
  await sent
  await expect(stream.getData()).rejects.toMatchObject({ code: 'aborted' })
})
