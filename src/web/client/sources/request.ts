import type { PlatformFetch, PlatformHeaders, PlatformRequest, PlatformRequestInit } from '../../../platform.ts'
import { StructStreamError } from '../../../errors.ts'
import { bad } from '../../../stream/options/checks.ts'
import { SSE } from '../../protocol.ts'

/** The request that is made for a URL. */
export interface RequestOptions {
  /** @defaultValue POST with a body, otherwise GET */
  method?: string | undefined
  headers?: PlatformHeaders | undefined
  /**
   * Sent as JSON, unless it is a string, bytes, a stream, `FormData`, `URLSearchParams` or a `Blob`; on a WebSocket, as
   * its first message.
   */
  body?: unknown
  credentials?: 'omit' | 'same-origin' | 'include' | undefined
  /** @defaultValue the global one */
  fetch?: PlatformFetch | undefined
  /** How often in a row the rest is asked for after a cut, where the server can resume; 0: not at all. @defaultValue Infinity */
  reconnects?: number | undefined
  /**
   * Milliseconds from a cut for which the rest is asked for, where the server can resume. Time without a network isn't
   * counted. @defaultValue 30,000
   */
  patience?: number | undefined
}

/** Returns what `fetch` gets for the first request. @throws `bad_options` */
export function requestInit(target: string | PlatformRequest, options: RequestOptions): PlatformRequestInit {
  const { method, headers, body, credentials } = options
  const hasBody = body !== undefined
  const isReady = isBody(body)
  const verb = method ?? (hasBody ? 'POST' : undefined)
  const own = { accept: SSE, ...(hasBody && !isReady && { 'content-type': 'application/json' }) }
  return {
    ...(verb !== undefined && { method: verb }),
    // A Request keeps its own where none are given.
    ...((typeof target === 'string' || hasBody || headers !== undefined) && {
      headers: { ...own, ...plainHeaders(target, headers) },
    }),
    ...(hasBody && { body: isReady ? body : toJson(body) }),
    ...(isReady && body instanceof ReadableStream && { duplex: 'half' }),
    ...(credentials !== undefined && { credentials }),
  }
}

/** Returns the caller's headers for a further request, without those that describe a body. */
export function headersAgain(
  target: string | PlatformRequest | undefined,
  { headers }: RequestOptions,
): Record<string, string> {
  const own = typeof target === 'object' ? plainHeaders(target.url, target.headers) : {}
  const all = { ...own, ...plainHeaders('', headers) }
  for (const name of Object.keys(all)) if (name.startsWith('content-')) delete all[name]
  return all
}

/** Names in lower case, so that the same header is never there twice. @throws `bad_options` */
function plainHeaders(target: string | PlatformRequest, headers: PlatformHeaders | undefined): Record<string, string> {
  try {
    return headers === undefined ? {} : Object.fromEntries(new Headers(headers))
  } catch (cause) {
    throw unaskable(target, cause)
  }
}

/** Sends a request. @throws `bad_options`, `connection_lost` */
export async function ask(
  target: string | PlatformRequest,
  init: PlatformRequestInit,
  signal: AbortSignal,
  { fetch: given }: RequestOptions,
): Promise<Response> {
  if (given === undefined) checkRequest(target, init)
  try {
    return await (given ?? fetch)(target, { ...init, signal })
  } catch (error) {
    throw lostConnection(error)
  }
}

/** Returns an error for a request or a response that broke. */
export function lostConnection(cause: unknown): StructStreamError {
  const reason = cause instanceof Error ? cause.message : String(cause)
  return new StructStreamError('connection_lost', `The connection to the server was lost: ${reason}`, { cause })
}

/** Returns the address of the page, which relative URLs are relative to; undefined where there is no page. */
export function pageUrl(): string | undefined {
  const { document, location } = globalThis as { document?: { baseURI?: string }; location?: { href?: string } }
  const url = document?.baseURI ?? location?.href
  return url !== undefined && /^https?:/.test(url) ? url : undefined
}

/** `fetch` rejects what can never be asked for as it does a lost connection. @throws `bad_options` */
function checkRequest(target: string | PlatformRequest, init: PlatformRequestInit): void {
  if (typeof target !== 'string') return
  const base = pageUrl()
  try {
    // In tests of components the page is simulated, but `Request` is not: it knows no page.
    void new Request(base === undefined ? target : new URL(target, base), init)
  } catch (cause) {
    throw unaskable(target, cause)
  }
}

function unaskable(target: string | PlatformRequest, cause: unknown): StructStreamError {
  const reason = cause instanceof Error ? cause.message : String(cause)
  const url = JSON.stringify(typeof target === 'string' ? target : target.url)
  return new StructStreamError('bad_options', `${url} cannot be asked for: ${reason}`, { cause })
}

function isBody(body: unknown): body is BodyInit {
  if (typeof body === 'string' || ArrayBuffer.isView(body) || body instanceof ArrayBuffer) return true
  return [FormData, URLSearchParams, Blob, ReadableStream].some((kind) => body instanceof kind)
}

function toJson(body: unknown): string {
  try {
    return JSON.stringify(body)
  } catch (cause) {
    throw bad(`The body can't be sent as JSON: ${String(cause)}`)
  }
}
