import { StructStreamError } from '../../../errors.ts'
import { checkHello, decodeItem, foreign, LONGEST_LINE, type WireEvent, type WireRequest } from '../../protocol.ts'
import type { SourceContext } from './source.ts'

/** What is used of a WebSocket: that of browsers and of every runtime, and of `ws`. */
export interface ClientSocket {
  readonly readyState: number
  send(text: string): void
  close(code?: number, reason?: string): void
  addEventListener(type: 'open' | 'close' | 'error', listener: (event: unknown) => void): void
  addEventListener(type: 'message', listener: (event: { data: unknown }) => void): void
  removeEventListener(type: 'open' | 'close' | 'error', listener: (event: unknown) => void): void
  removeEventListener(type: 'message', listener: (event: { data: unknown }) => void): void
}

const CONNECTING = 0
const OPEN = 1

/** Reads a stream from a socket; `body` is sent when it is open. The socket is closed at the end. */
export async function* socketEvents(
  socket: ClientSocket,
  { signal, onActivity }: SourceContext,
  body: unknown,
): AsyncGenerator<WireEvent, void> {
  let queue: string[] = []
  let isClosed = socket.readyState > OPEN
  let wake: (() => void) | undefined
  const onMessage = ({ data }: { data: unknown }): void => {
    onActivity()
    queue.push(typeof data === 'string' ? data : '!')
    wake?.()
  }
  const onClose = (): void => {
    isClosed = true
    wake?.()
  }
  const sendBody = (): void => {
    if (body !== undefined) socket.send(typeof body === 'string' ? body : JSON.stringify(body))
  }
  const onAbort = (): void => {
    const request: WireRequest = { type: 'abort' }
    if (socket.readyState === OPEN) socket.send(JSON.stringify(request))
    socket.close()
    wake?.()
  }
  socket.addEventListener('message', onMessage)
  socket.addEventListener('close', onClose)
  socket.addEventListener('error', onClose)
  socket.addEventListener('open', sendBody)
  signal.addEventListener('abort', onAbort, { once: true })
  let isGreeted = false
  try {
    if (signal.aborted) return onAbort()
    if (socket.readyState === OPEN) sendBody()
    for (;;) {
      const messages = queue
      queue = []
      for (const line of messages.flatMap(linesOf)) {
        const { event } = decodeItem(line)
        if (event === undefined) continue
        if (!isGreeted) {
          isGreeted = true
          checkHello(event)
          continue
        }
        const isLast = event.type === 'end' || event.type === 'error'
        if (isLast) signal.removeEventListener('abort', onAbort)
        yield event
        if (isLast) return
      }
      if (signal.aborted) return
      if (queue.length > 0) continue
      if (isClosed) {
        throw new StructStreamError('connection_lost', 'The WebSocket was closed before the stream had ended.')
      }
      await new Promise<void>((resolve) => {
        wake = resolve
      })
      wake = undefined
    }
  } finally {
    socket.removeEventListener('message', onMessage)
    socket.removeEventListener('close', onClose)
    socket.removeEventListener('open', sendBody)
    signal.removeEventListener('abort', onAbort)
    if (socket.readyState === CONNECTING || socket.readyState === OPEN) socket.close()
  }
}

function linesOf(message: string): string[] {
  if (message === '!') throw foreign('Expected text messages on the WebSocket, got binary data.')
  if (message.length > LONGEST_LINE) {
    throw new StructStreamError('limit_exceeded', `The server sent a message of more than ${LONGEST_LINE} characters.`)
  }
  return message.split('\n').filter((line) => line !== '')
}
