import { StructStreamError } from '../errors.ts'
import type { StructuredStream } from '../stream/structured-stream.ts'
import { toResponse, type ServerOptions } from '../web/server/index.ts'
import { isId } from './id.ts'

/** Options of `handler()`. */
export interface HandlerOptions extends Omit<ServerOptions, 'format' | 'lastEventId' | 'resume' | 'status'> {
  /**
   * Whether whoever sent this request may read and cancel this stream. Called before the store is asked, for each id
   * that can be one.
   */
  authorize: (id: string, request: Request) => boolean | Promise<boolean>
  /** The id that a request is about. @defaultValue the last part of the URL's path */
  idOf?: (request: Request) => string | undefined
  /** @defaultValue 'sse' */
  format?: 'sse' | 'ndjson'
}

/** What the route needs of the streams. */
export interface Stored {
  has(id: string): Promise<boolean>
  cancel(id: string): Promise<boolean>
  open(id: string): StructuredStream<unknown>
}

/** See `Resumable.handler`. @throws `bad_options` */
export function serveStored(options: HandlerOptions, streams: Stored): (request: Request) => Promise<Response> {
  const { authorize, idOf = lastPart, ...sending } = options
  if (typeof authorize !== 'function') {
    throw new StructStreamError(
      'bad_options',
      'handler() needs authorize(id, request): who knows the id of a stream could read it otherwise.',
    )
  }
  return async (request) => {
    const { method } = request
    if (method !== 'GET' && method !== 'DELETE')
      return new Response(null, { status: 405, headers: { allow: 'GET, DELETE' } })
    const id = idOf(request)
    if (!isId(id) || (await authorize(id, request)) !== true) return notFound()
    try {
      if (method === 'DELETE') return (await streams.cancel(id)) ? new Response(null, { status: 204 }) : notFound()
      if (!(await streams.has(id))) return notFound()
      const { pathname, search } = new URL(request.url)
      const lastEventId = request.headers.get('last-event-id')
      return toResponse(streams.open(id), { ...sending, lastEventId, resume: pathname + search })
    } catch (error) {
      if (!(error instanceof StructStreamError)) throw error
      if (error.code === 'bad_options') return text(400, error.message)
      // The store is away: worth another try.
      return text(503, 'The stream cannot be read now.')
    }
  }
}

/** The same for foreign, unknown and expired ids: that an id is one is nobody's business. */
function notFound(): Response {
  return text(404, 'There is no such stream.')
}

function text(status: number, words: string): Response {
  return new Response(words, {
    status,
    headers: {
      'content-type': 'text/plain; charset=utf-8',
      'cache-control': 'no-store',
      'x-content-type-options': 'nosniff',
    },
  })
}

function lastPart(request: Request): string | undefined {
  return new URL(request.url).pathname.split('/').at(-1)
}
