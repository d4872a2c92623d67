import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'

/** A real server on loopback. */
export interface Loopback extends AsyncDisposable {
  readonly url: string
  readonly port: number
  /** Open sockets that have carried a request: after an abort `fetch` opens a further one, and keeps it for seconds. */
  readonly sockets: () => number
}

type Handler = (request: IncomingMessage, response: ServerResponse) => unknown

export async function listen(handler: Handler): Promise<Loopback> {
  const sockets = new Set<Socket>()
  const server = createServer((request, response) => {
    const { socket } = request
    if (!sockets.has(socket)) socket.once('close', () => sockets.delete(socket))
    sockets.add(socket)
    handler(request, response)
  })
  // A socket that has served its request is closed, not kept for seconds.
  server.keepAliveTimeout = 1
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready))
  const { port } = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${port}/`,
    port,
    sockets: () => sockets.size,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      await new Promise((closed) => server.close(closed))
    },
  }
}

/** Answers every request with the same bytes. */
export function answering(
  body: string,
  headers: Record<string, string> = { 'content-type': 'text/event-stream' },
  status = 200,
) {
  return listen((_, response) => {
    response.writeHead(status, headers)
    response.end(body)
  })
}

/** Collects everything; with the error that ended it, if one did. */
export async function collect<T>(items: AsyncIterable<T>): Promise<{ items: T[]; error: unknown }> {
  const all: T[] = []
  try {
    for await (const item of items) all.push(item)
  } catch (error) {
    return { items: all, error }
  }
  return { items: all, error: undefined }
}

/** Resolves when `test` holds; the test's own time limit is the limit. */
export async function until(test: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await test())) await new Promise((resolve) => setTimeout(resolve, 2))
}
