import { quiet } from '../../async/deferred.ts'
import { Timer } from '../../async/timer.ts'
import type { StructuredStream } from '../../stream/structured-stream.ts'
import { Connection } from './connection.ts'
import type { SocketOptions } from './server-options.ts'
import { print } from './report-failure.ts'

interface Listen {
  (type: 'message', listener: (event: { data: unknown }) => void): void
  (type: 'open' | 'close' | 'error', listener: (event: unknown) => void): void
}

/**
 * What is used of a WebSocket: that of browsers, Deno, Bun and workers, and of `ws`. Bun's server sockets have no
 * listeners: their state is looked at four times a second, and messages go to the handlers of `Bun.serve`.
 */
export interface ServerSocket {
  readonly readyState: number
  readonly bufferedAmount?: number
  getBufferedAmount?(): number
  send(text: string): unknown
  close(code?: number, reason?: string): void
  addEventListener?: Listen
  removeEventListener?: Listen
}

const CONNECTING = 0
const OPEN = 1
/** Bytes that may wait in the socket before it gets more, and milliseconds between two looks: it reports no drain. */
const MOST_BUFFERED = 1_048_576
const LOOK = 10
/** Milliseconds between two looks at a socket that reports nothing. */
const SLOW_LOOK = 250

/**
 * Sends a stream over a WebSocket (`ws`, Deno, Bun, workers), one message for everything that is there, and closes it at
 * the end. A client that aborts or leaves stops the model.
 *
 * @returns when the stream has been sent or the client has left
 * @throws `bad_options`: the socket is closed, the stream is stopped, and a call that isn't awaited causes no unhandled
 *   rejection
 */
export function toWebSocket<S>(
  stream: StructuredStream<S>,
  socket: ServerSocket,
  options: SocketOptions = {},
): Promise<void> {
  let connection: Connection
  try {
    connection = Connection.openSocket(stream, options)
  } catch (error) {
    if (socket.readyState <= OPEN) socket.close(1011)
    print(String(error))
    return quiet(Promise.reject(error))
  }
  return send(connection, socket)
}

async function send(connection: Connection, socket: ServerSocket): Promise<void> {
  const silence = new Timer()
  const looking = new Timer()
  let isGone = socket.readyState > OPEN
  /** Ends the present waiting for the socket. */
  let stopWaiting: (() => void) | undefined

  const onClose = (): void => {
    if (isGone) return
    isGone = true
    stopWaiting?.()
    connection.leave()
  }
  const onMessage = ({ data }: { data: unknown }): void => {
    if (data === ABORT) connection.abort()
  }
  const look = (): void => {
    looking.start(SLOW_LOOK, () => (socket.readyState > OPEN ? onClose() : look()))
  }
  const keepAlive = (): void => {
    silence.start(connection.keepAlive, () => {
      if (!isGone && stopWaiting === undefined) socket.send('\n')
      keepAlive()
    })
  }
  const until = (test: () => boolean): Promise<void> =>
    new Promise((resolve) => {
      const timer = setInterval(() => {
        if (test()) stopWaiting?.()
      }, LOOK)
      stopWaiting = () => {
        stopWaiting = undefined
        clearInterval(timer)
        resolve()
      }
    })

  if (isGone) return connection.leave()
  if (socket.addEventListener === undefined) look()
  socket.addEventListener?.('close', onClose)
  socket.addEventListener?.('error', onClose)
  socket.addEventListener?.('message', onMessage)
  try {
    if (socket.readyState === CONNECTING) await until(() => socket.readyState !== CONNECTING)
    if (socket.readyState > OPEN) onClose()
    while (!isGone) {
      keepAlive()
      const text = await connection.next()
      silence.stop()
      if (isGone) return
      if (text === undefined) return socket.close(1000)
      socket.send(text)
      if (buffered(socket) > MOST_BUFFERED) await until(() => buffered(socket) <= MOST_BUFFERED)
    }
  } catch {
    if (!isGone) socket.close(1011)
    connection.leave()
  } finally {
    silence.stop()
    looking.stop()
    socket.removeEventListener?.('close', onClose)
    socket.removeEventListener?.('error', onClose)
    socket.removeEventListener?.('message', onMessage)
  }
}

function buffered(socket: ServerSocket): number {
  return socket.bufferedAmount ?? socket.getBufferedAmount?.() ?? 0
}

const ABORT = JSON.stringify({ type: 'abort' })
