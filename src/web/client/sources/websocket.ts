import { StructStreamError } from '../../../errors.ts'
import { checkHello, decodeItem, foreign, LONGEST_LINE, type WireEvent } from '../../protocol.ts'
import type { SocketInbox } from './socket-inbox.ts'
import type { SourceContext } from './source.ts'

/** Reads a stream from a socket; `body` is sent when it is open. The socket is closed at the end. */
export async function* socketEvents(
  inbox: SocketInbox,
  { signal, onActivity }: SourceContext,
  body: unknown,
): AsyncGenerator<WireEvent, void> {
  let wake: (() => void) | undefined
  let isSent = body === undefined
  let isGreeted = false
  const wakeUp = (): void => wake?.()
  inbox.onNews = wakeUp
  signal.addEventListener('abort', wakeUp, { once: true })
  try {
    for (;;) {
      if (signal.aborted) return
      if (!isSent && inbox.isOpen) {
        isSent = true
        inbox.socket.send(typeof body === 'string' ? body : JSON.stringify(body))
      }
      const messages = inbox.take()
      if (messages.length > 0) onActivity()
      for (const line of messages.flatMap(linesOf)) {
        const { event } = decodeItem(line)
        if (event === undefined) continue
        if (!isGreeted) {
          isGreeted = true
          checkHello(event)
          continue
        }
        inbox.isOver = event.type === 'end' || event.type === 'error'
        yield event
        if (inbox.isOver) return
      }
      if (signal.aborted) return
      if (inbox.hasMessages || (!isSent && inbox.isOpen)) continue
      if (inbox.isClosed) {
        throw new StructStreamError('connection_lost', 'The WebSocket was closed before the stream had ended.')
      }
      await new Promise<void>((resolve) => {
        wake = resolve
      })
      wake = undefined
    }
  } finally {
    inbox.onNews = undefined
    signal.removeEventListener('abort', wakeUp)
    inbox.close()
  }
}

function linesOf(message: unknown): string[] {
  if (typeof message !== 'string') throw foreign('Expected text messages on the WebSocket, got binary data.')
  if (message.length > LONGEST_LINE) {
    throw new StructStreamError('limit_exceeded', `The server sent a message of more than ${LONGEST_LINE} characters.`)
  }
  return message.split('\n').filter((line) => line !== '')
}
