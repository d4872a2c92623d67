import type { PlatformRequest } from '../../../platform.ts'
import { StructStreamError } from '../../../errors.ts'
import { redactor } from '../../../models/transport/redact.ts'
import { SSE, type WireEvent } from '../../protocol.ts'
import { Endpoint } from './endpoint.ts'
import { readResponse } from './read-response.ts'
import { Reconnecting } from './reconnecting.ts'
import { ask, headersAgain, requestInit, type RequestOptions } from './request.ts'
import type { SourceContext } from './source.ts'

/** Asks for the stream, and for the rest of it after a cut. */
export function fetchEvents(
  target: string | PlatformRequest,
  context: SourceContext,
  options: RequestOptions,
): AsyncGenerator<WireEvent, void> {
  const endpoint = new Endpoint(typeof target === 'string' ? target : target.url)
  const first = (): Promise<Response> => ask(target, requestInit(target, options), context.signal, options)
  return events(first, endpoint, context, options, headersAgain(target, options))
}

/** Reads a response that is there, and asks for the rest after a cut. */
export function responseEvents(
  response: Response,
  context: SourceContext,
  options: RequestOptions,
): AsyncGenerator<WireEvent, void> {
  // After a redirect, the URL that the caller asked isn't known.
  const endpoint = new Endpoint(response.redirected || response.url === '' ? undefined : response.url)
  return events(() => Promise.resolve(response), endpoint, context, options, headersAgain(undefined, options))
}

async function* events(
  first: () => Promise<Response>,
  endpoint: Endpoint,
  context: SourceContext,
  options: RequestOptions,
  headers: Record<string, string>,
): AsyncGenerator<WireEvent, void> {
  const { signal } = context
  const { reconnects = Infinity, patience = 30_000, credentials } = options
  // A server may show in its error what it was sent.
  const redact = redactor({ headers })
  const reconnecting = new Reconnecting({ reconnects, patience }, signal, context.rest)
  // The model continues without this connection, so the server has to be asked to stop it.
  const stop = (): void => {
    const { resume, isOver, position } = endpoint
    if (resume?.isTrusted !== true || isOver || isWorthReturning(signal.reason)) return
    const init = { method: 'DELETE', headers: { ...headers, 'last-event-id': position }, keepalive: true }
    void (options.fetch ?? fetch)(resume.url, { ...init, ...(credentials && { credentials }) }).catch(() => {})
  }
  signal.addEventListener('abort', stop, { once: true })
  try {
    for (let open = first; ;) {
      const before = endpoint.progress
      const began = performance.now()
      try {
        yield* readResponse(await open(), endpoint, context, redact)
        if (endpoint.isOver) return
        throw new StructStreamError('connection_lost', 'The connection was cut before the stream had ended.')
      } catch (error) {
        const { resume } = endpoint
        const hasProgress = endpoint.progress > before
        if (hasProgress) reconnecting.succeeded()
        if (
          signal.aborted ||
          endpoint.isOver ||
          resume === undefined ||
          !isWorthReturning(error) ||
          !reconnecting.isDue
        )
          throw gone(error, before)
        await reconnecting.wait(hasProgress ? 0 : performance.now() - began)
        if (signal.aborted) throw error
        open = () => askAgain(resume, endpoint, headers, signal, options)
      }
    }
  } finally {
    signal.removeEventListener('abort', stop)
  }
}

/** A server may move a stream to another origin, but not the caller's headers and cookies. */
function askAgain(
  { url, isTrusted }: NonNullable<Endpoint['resume']>,
  endpoint: Endpoint,
  headers: Record<string, string>,
  signal: AbortSignal,
  options: RequestOptions,
): Promise<Response> {
  const { credentials } = options
  const own = isTrusted ? headers : {}
  const init = {
    headers: { accept: SSE, ...own, 'last-event-id': endpoint.position },
    ...(isTrusted ? credentials !== undefined && { credentials } : { credentials: 'omit' as const }),
  }
  return ask(url, init, signal, options)
}

/** Whether the stream may still be there, and may be read later. */
function isWorthReturning(error: unknown): boolean {
  return error instanceof StructStreamError && error.retryable
}

/** A stream that was there and isn't any more has expired. */
function gone(error: unknown, position: number): unknown {
  if (position === 0 || !(error instanceof StructStreamError) || error.status !== 404) return error
  return new StructStreamError('expired', 'The rest of the stream is gone. Ask again.', { status: 404, cause: error })
}
