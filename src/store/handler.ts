import type { PlatformRequest } from '../platform.ts'
import { StructStreamError } from '../errors.ts'
import type { StructuredStream } from '../stream/structured-stream.ts'
import { bad } from '../stream/options/checks.ts'
import { toResponse, type ServerOptions } from '../web/server/index.ts'
import { checkServerOptions, positionOf } from '../web/server/server-options.ts'
import { isId } from './id.ts'

/** Options of `handler()`: `owner`, `authorize`, or both. */
export interface HandlerOptions extends Omit<ServerOptions, 'format' | 'lastEventId' | 'resume' | 'status'> {
  /**
   * Returns whose streams this request may have: the `owner` that was given to `start`. `undefined`: none. Called
   * before the store is asked.
   */
  owner?: ((request: PlatformRequest) => string | undefined | Promise<string | undefined>) | undefined
  /**
   * Returns whether this request may read and cancel this stream. Without `owner`, the streams that were started
   * without one. Called before the store is asked, for each id that can be one.
   */
  authorize?: ((id: string, request: PlatformRequest) => boolean | Promise<boolean>) | undefined
  /** Returns the id that a request is about. @defaultValue the last part of the URL's path */
  idOf?: ((request: PlatformRequest) => string | undefined) | undefined
  /** @defaultValue 'sse' */
  format?: 'sse' | 'ndjson' | undefined
}

/** What the route needs of the streams. */
export interface Stored {
  /** False: there is none with this id, owner and birth mark. */
  cancel(id: string, owner: string | undefined, birth: string | undefined): Promise<boolean>
  /** Undefined: there is none. */
  open(id: string, owner: string | undefined): Promise<StructuredStream<unknown> | undefined>
}

/** See `Resumable.handler`. @throws `bad_options` */
export function serveStored(options: HandlerOptions, streams: Stored): (request: PlatformRequest) => Promise<Response> {
  const { authorize, owner: ownerOf, idOf = lastPart, ...sending } = options
  for (const [name, given] of Object.entries({ authorize, owner: ownerOf, idOf })) {
    if (given !== undefined && typeof given !== 'function')
      throw bad(`Expected \`${name}\` of handler() to be a function.`)
  }
  if (authorize === undefined && ownerOf === undefined) {
    throw bad(
      'handler() needs `owner` (request => the id of its user) or `authorize` (id, request): otherwise everyone who knows the id of a stream could read it.',
    )
  }
  checkServerOptions(sending, 'handler()', ['lastEventId', 'resume', 'status'])
  return async (request) => {
    const { method } = request
    if (method !== 'GET' && method !== 'DELETE')
      return new Response(null, { status: 405, headers: { allow: 'GET, DELETE' } })
    const id = idOf(request)
    if (!isId(id)) return notFound()
    const owner = await ownerOf?.(request)
    if (ownerOf !== undefined && (typeof owner !== 'string' || owner === '')) return notFound()
    if (authorize !== undefined && (await authorize(id, request)) !== true) return notFound()
    try {
      const lastEventId = request.headers.get('last-event-id')
      if (method === 'DELETE') {
        const { birth } = positionOf(lastEventId)
        return (await streams.cancel(id, owner, birth)) ? new Response(null, { status: 204 }) : notFound()
      }
      const stream = await streams.open(id, owner)
      if (stream === undefined) return notFound()
      const { pathname, search } = new URL(request.url)
      return toResponse(stream, { ...sending, lastEventId, resume: pathname + search })
    } catch (error) {
      if (!(error instanceof StructStreamError)) throw error
      if (error.code === 'bad_options') return text(400, error.message)
      // The store is away: worth another try.
      return text(503, 'The stream cannot be read now.')
    }
  }
}

/** The same for foreign, unknown and expired ids, so that an answer doesn't say which ids exist. */
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

function lastPart(request: PlatformRequest): string | undefined {
  return new URL(request.url).pathname.split('/').at(-1)
}
