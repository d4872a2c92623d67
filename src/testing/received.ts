import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http'
import type { WireName } from './reply.ts'
import type { JsonObject, Wire } from './wires/wire.ts'

/** A request as it came. */
export interface ReceivedRequest {
  /** From 0, over all requests for an answer. */
  index: number
  method: string
  /** With its query. */
  path: string
  headers: IncomingHttpHeaders
  body: Record<string, unknown>
  wire: WireName
  /** Whether a stream was asked for. */
  stream: boolean
  /** Bytes of the response's body that were written so far. */
  readonly bytesSent: number
  /** Resolves when the response is over. `at` is on the clock of `performance.now()`. */
  closed: Promise<{ at: number; byClient: boolean }>
}

/** The server's own view of a request: what it adds while it answers. */
export interface Received {
  request: ReceivedRequest
  /** Called for everything written to the body. */
  countSent: (bytes: number) => void
  /** The server is about to close the socket itself. */
  markStoppedByServer: () => void
}

/** Notes a request, and how its response ends. */
export function receive(
  request: IncomingMessage,
  response: ServerResponse,
  facts: { index: number; body: JsonObject; wire: Wire; stream: boolean; isClosing: () => boolean },
): Received {
  let bytesSent = 0
  let isStopped = false
  const closed = new Promise<{ at: number; byClient: boolean }>((resolve) => {
    response.once('close', () => {
      const byServer = response.writableFinished || isStopped || facts.isClosing()
      resolve({ at: performance.now(), byClient: !byServer })
    })
  })
  return {
    request: {
      index: facts.index,
      method: request.method ?? 'POST',
      path: request.url ?? '/',
      headers: request.headers,
      body: facts.body,
      wire: facts.wire.name,
      stream: facts.stream,
      get bytesSent() {
        return bytesSent
      },
      closed,
    },
    countSent: (bytes) => {
      bytesSent += bytes
    },
    markStoppedByServer: () => {
      isStopped = true
    },
  }
}
