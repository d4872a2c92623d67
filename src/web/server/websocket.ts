import { Timer } from '../../async/timer.ts'
import type { StructuredStream } from '../../stream/structured-stream.ts'
import { Connection, type ServerOptions } from './connection.ts'

/** What is used of a WebSocket: that of browsers, Deno, Bun and workers, and of `ws`. */
export interface ServerSocket {
  readonly readyState: number
  readonly bufferedAmount?: number
  send(text: string): void
  close(code?: number, reason?: string): void
  addEventListener(type: 'message', listener: (event: { data: unknown }) => void): void
  addEventListener(type: 'close' | 'error', listener: (event: unknown) => void): void
  removeEventListener(type: 'message', listener: (event: { data: unknown }) => void): void
  removeEventListener(type: 'close' | 'error', listener: (event: unknown) => void): void
}

const OPEN = 1
/** Bytes that may wait in the socket before it is given more, and milliseconds between two looks: it tells no drain. */
const MOST_BUFFERED = 1_048_576
const LOOK = 10

/** How a stream is sent over a WebSocket. */
export type SocketOptions = Pick<ServerOptions, 'reasoning' | 'tools' | 'describeError' | 'keepAlive'>

/**
 * Sends a stream over an open WebSocket (`ws`, Deno, Bun, workers), one message for all that is there, and closes it at
 * the end. A client that aborts or goes stops the model.
 *
 * @returns when the stream has been sent or the client has gone
 */
export async function toWebSocket<S>(
  stream: StructuredStream<S>,
  socket: ServerSocket,
  options: SocketOptions = {},
): Promise<void> {
  const serving = new Connection(stream, { ...options, format: 'ndjson' })
  const silence = new Timer()
  let isGone = socket.readyState > OPEN
  let stopLooking: (() => void) | undefined

  const onClose = (): void => {
    isGone = true
    stopLooking?.()
    serving.leave()
  }
  const onMessage = ({ data }: { data: unknown }): void => {
    if (data === ABORT) serving.abort()
  }
  const wait = (): void => {
    silence.start(serving.keepAlive, () => {
      if (!isGone && stopLooking === undefined) socket.send('\n')
      wait()
    })
  }
  const emptied = (): Promise<void> =>
    new Promise((resolve) => {
      const timer = setInterval(() => {
        if ((socket.bufferedAmount ?? 0) <= MOST_BUFFERED) stopLooking?.()
      }, LOOK)
      stopLooking = () => {
        stopLooking = undefined
        clearInterval(timer)
        resolve()
      }
    })

  if (isGone) return serving.leave()
  socket.addEventListener('close', onClose)
  socket.addEventListener('error', onClose)
  socket.addEventListener('message', onMessage)
  try {
    for (;;) {
      wait()
      const text = await serving.next()
      silence.stop()
      if (isGone) return
      if (text === undefined) break
      socket.send(text)
      if ((socket.bufferedAmount ?? 0) > MOST_BUFFERED) await emptied()
      if (isGone) return
    }
    socket.close(1000)
  } catch {
    if (!isGone) socket.close(1011)
    serving.leave()
  } finally {
    silence.stop()
    socket.removeEventListener('close', onClose)
    socket.removeEventListener('error', onClose)
    socket.removeEventListener('message', onMessage)
  }
}

const ABORT = JSON.stringify({ type: 'abort' })
