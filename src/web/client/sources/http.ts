import { StructStreamError } from '../../../errors.ts'
import {
  checkHello,
  checkVersion,
  decodeEvent,
  decodeItem,
  foreign,
  NDJSON,
  SSE,
  VERSION_HEADER,
  type WireEvent,
} from '../../protocol.ts'
import { Lines, SseReader } from '../../sse.ts'
import type { SourceContext } from './source.ts'

/** The request that is made for a URL. */
export interface RequestOptions {
  /** @defaultValue POST with a body, else GET */
  method?: string | undefined
  headers?: Record<string, string> | undefined
  /** Sent as JSON, unless it is a string, `FormData`, `URLSearchParams` or a `Blob`; on a WebSocket, as its first message. */
  body?: unknown
  credentials?: RequestCredentials | undefined
  /** @defaultValue the global one */
  fetch?: typeof fetch | undefined
  /** How often in a row the rest is asked for after a cut, where the server can resume. @defaultValue 5 */
  reconnects?: number | undefined
}

/** Milliseconds: the most that is waited before the first further try, which doubles, and before any. */
const FIRST_WAIT = 300
const LONGEST_WAIT = 5_000

/** Where the reader stands. */
interface Endpoint {
  id: number
  /** Of the last response; what `resume` is relative to. */
  base: string
  resume: string | undefined
  isOver: boolean
}

/** Asks for the stream, and for the rest of it after a cut. */
export function fetchEvents(
  target: string | Request,
  reading: SourceContext,
  options: RequestOptions,
): AsyncGenerator<WireEvent, void> {
  return events(() => ask(target, requestInit(options), reading.signal, options), reading, options)
}

/** Reads a response that is there, and asks for the rest after a cut. */
export function responseEvents(
  response: Response,
  reading: SourceContext,
  options: RequestOptions,
): AsyncGenerator<WireEvent, void> {
  return events(() => Promise.resolve(response), reading, options)
}

async function* events(
  first: () => Promise<Response>,
  reading: SourceContext,
  options: RequestOptions,
): AsyncGenerator<WireEvent, void> {
  const { signal } = reading
  const { reconnects = 5 } = options
  const place: Endpoint = { id: 0, base: '', resume: undefined, isOver: false }
  // The model goes on without this connection, so the server has to be told.
  const stop = (): void => {
    if (place.resume === undefined || place.isOver) return
    const init = { method: 'DELETE', headers: options.headers ?? {}, keepalive: true }
    void (options.fetch ?? fetch)(place.resume, {
      ...init,
      ...(options.credentials && { credentials: options.credentials }),
    }).catch(() => {})
  }
  signal.addEventListener('abort', stop, { once: true })
  try {
    let open = first
    for (let tries = 0; ;) {
      const before = place.id
      try {
        const response = await open()
        if (response.url !== '') place.base = response.url
        yield* read(response, place, reading)
        if (place.isOver) return
        throw new StructStreamError(
          'connection_lost',
          'The connection to the server was cut before the stream had ended.',
        )
      } catch (error) {
        const { resume } = place
        if (place.id > before) tries = 0
        const isLost = error instanceof StructStreamError && error.retryable
        if (signal.aborted || place.isOver || !isLost || resume === undefined || tries >= reconnects) throw error
        await reading.rest(Math.random() * Math.min(LONGEST_WAIT, FIRST_WAIT * 2 ** tries++))
        if (signal.aborted) throw error
        const headers = { accept: SSE, ...options.headers, 'last-event-id': String(place.id) }
        open = () => ask(resume, { headers }, signal, options)
      }
    }
  } finally {
    signal.removeEventListener('abort', stop)
  }
}

async function* read(
  response: Response,
  place: Endpoint,
  { signal, onActivity }: SourceContext,
): AsyncGenerator<WireEvent, void> {
  const isSse = await checkResponse(response)
  const reader = response.body!.getReader()
  const cancel = (): void => void reader.cancel().catch(() => {})
  signal.addEventListener('abort', cancel, { once: true })
  if (signal.aborted) cancel()
  const decoder = new TextDecoder()
  let isGreeted = false
  let batch: WireEvent[] = []
  const take = (id: number, event: WireEvent | undefined): void => {
    if (!isGreeted && event !== undefined) {
      isGreeted = true
      place.resume = resolve(checkHello(event).resume, place.base) ?? place.resume
    } else if (event !== undefined && !place.isOver) {
      batch.push(event)
      place.isOver = event.type === 'end' || event.type === 'error'
    }
    if (Number.isSafeInteger(id)) place.id = id
  }
  const sse = new SseReader()
  const lines = new Lines()
  try {
    for (;;) {
      const { done, value } = await reader.read()
      const text = done ? decoder.decode() : decoder.decode(value, { stream: true })
      onActivity()
      // What came before a bad event is still good.
      let failure: Error | undefined
      try {
        if (isSse) sse.push(text, (data, id) => take(id === '' ? NaN : Number(id), decodeEvent(data)))
        else {
          lines.push(text, (line) => {
            if (line.trim() === '') return
            const { id, event } = decodeItem(line)
            take(id, event)
          })
        }
      } catch (error) {
        failure = error as Error
      }
      const ready = batch
      batch = []
      yield* ready
      if (failure !== undefined) throw failure
      if (done || place.isOver) return
    }
  } catch (error) {
    throw signal.aborted || error instanceof StructStreamError ? error : lost(error)
  } finally {
    signal.removeEventListener('abort', cancel)
    cancel()
  }
}

async function ask(
  target: string | Request,
  init: RequestInit,
  signal: AbortSignal,
  { fetch: given, credentials }: RequestOptions,
): Promise<Response> {
  const options = { ...init, signal, ...(credentials !== undefined && { credentials }) }
  if (given === undefined) checkRequest(target, options)
  try {
    return await (given ?? fetch)(target, options)
  } catch (error) {
    throw lost(error)
  }
}

/** `fetch` rejects what can never be asked for as it does a lost connection. @throws `bad_options` */
function checkRequest(target: string | Request, init: RequestInit): void {
  if (typeof target !== 'string') return
  try {
    void new Request(target, init)
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause)
    throw new StructStreamError('bad_options', `${JSON.stringify(target)} cannot be asked for: ${reason}`, { cause })
  }
}

function requestInit({ method, headers, body }: RequestOptions): RequestInit {
  const isGiven = body !== undefined
  const isReady = typeof body === 'string' || [FormData, URLSearchParams, Blob].some((kind) => body instanceof kind)
  const json = isGiven && !isReady ? { 'content-type': 'application/json' } : {}
  const verb = method ?? (isGiven ? 'POST' : undefined)
  return {
    ...(verb !== undefined && { method: verb }),
    // A Request keeps its own where none are given.
    ...((isGiven || headers !== undefined) && { headers: { accept: SSE, ...json, ...headers } }),
    ...(isGiven && { body: isReady ? (body as BodyInit) : JSON.stringify(body) }),
  }
}

/** @returns whether it is SSE, else it is NDJSON @throws when it is no stream of this protocol */
async function checkResponse(response: Response): Promise<boolean> {
  const { status, headers, url, body } = response
  const from = url === '' ? '' : ` from ${url}`
  const type = (headers.get('content-type') ?? '').split(';')[0]!.trim().toLowerCase()
  if (!response.ok) {
    const words = type === 'text/plain' || type === 'application/json' ? `: ${(await start(response)).trim()}` : '.'
    await discard(response)
    const wait = Number(headers.get('retry-after') ?? NaN) * 1_000
    throw new StructStreamError(
      status === 429 ? 'rate_limited' : 'provider_error',
      `Expected a stream${from}, got status ${status}${words}`,
      { status, ...(Number.isFinite(wait) && { retryAfter: wait }) },
    )
  }
  const version = headers.get(VERSION_HEADER)
  if (version !== null) {
    try {
      checkVersion(version)
    } catch (error) {
      await discard(response)
      throw error
    }
  }
  if ((type === SSE || type === NDJSON) && body !== null) return type === SSE
  await discard(response)
  throw foreign(
    `Expected ${SSE} or ${NDJSON}${from}, got ${type === '' ? 'no content type' : type}. Does the route answer with toResponse(stream) of structstream/server?`,
  )
}

/** At most 500 characters of what a server says of an error. */
async function start(response: Response): Promise<string> {
  if (response.body === null) return ''
  const reader = response.body.getReader()
  const decoder = new TextDecoder()
  let text = ''
  try {
    while (text.length < 500) {
      const { done, value } = await reader.read()
      if (done) break
      text += decoder.decode(value, { stream: true })
    }
  } catch {
    // What came is enough.
  }
  await reader.cancel().catch(() => {})
  reader.releaseLock()
  return text.slice(0, 500)
}

async function discard(response: Response): Promise<void> {
  await response.body?.cancel().catch(() => {})
}

function lost(cause: unknown): StructStreamError {
  const reason = cause instanceof Error ? cause.message : String(cause)
  return new StructStreamError('connection_lost', `The connection to the server was lost: ${reason}`, { cause })
}

/** Undefined for what is no URL. Without a base (a `fetch` of the caller's) it stays as it is. */
function resolve(url: unknown, base: string): string | undefined {
  if (typeof url !== 'string') return undefined
  if (base === '') return url
  return URL.canParse(url, base) ? new URL(url, base).href : undefined
}
