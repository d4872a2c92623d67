import { isResponse, isSocket, type StreamSource } from './kinds.ts'
import { SocketInbox } from './socket-inbox.ts'

/**
 * A source that belongs to `connect()` from the call on, before the code that reads it is loaded: whatever ends the
 * stream closes it, and a socket's first message is not missed.
 */
export interface OwnedSource {
  readonly source: StreamSource
  /** Of a source that is a socket. */
  readonly inbox: SocketInbox | undefined
  /** Gives the connection back; the server stops the model then. */
  close(): void
}

/** Takes a source over. */
export function ownSource(source: StreamSource): OwnedSource {
  if (isSocket(source)) {
    const inbox = new SocketInbox(source)
    return { source, inbox, close: () => inbox.close() }
  }
  if (isResponse(source)) return { source, inbox: undefined, close: () => discard(source) }
  return { source, inbox: undefined, close: () => {} }
}

function discard({ body }: Response): void {
  // One that is being read is cancelled by its reader.
  if (body !== null && !body.locked) void body.cancel().catch(() => {})
}
