import { StructStreamError } from '../../../errors.ts'
import type { WireEvent } from '../../protocol.ts'
import { fetchEvents, responseEvents, type RequestOptions } from './http.ts'
import { socketEvents, type ClientSocket } from './websocket.ts'

/** What a stream can be read from. */
export type StreamSource = string | URL | Request | Response | ClientSocket

/** What a source needs of its reader. */
export interface SourceContext {
  /** Aborted when the reader wants no more. */
  readonly signal: AbortSignal
  /** A sign of life came that is no event. */
  readonly onActivity: () => void
  /** Resolves after so many milliseconds, or when the reader wants no more. */
  readonly rest: (ms: number) => Promise<void>
}

/** Events in the order they came, the `hello` passed over; ends after `end` or `error`, and throws when there was neither. */
export type Source = (reading: SourceContext) => AsyncGenerator<WireEvent, void>

/** @throws `bad_options` */
export function sourceOf(source: StreamSource, options: RequestOptions): Source {
  if (typeof source === 'string' || source instanceof URL) {
    const url = String(source)
    if (/^wss?:/.test(url)) return (reading) => socketEvents(new WebSocket(url), reading, options.body)
    return (reading) => fetchEvents(url, reading, options)
  }
  if (typeof Request !== 'undefined' && source instanceof Request)
    return (reading) => fetchEvents(source, reading, options)
  if (isResponse(source)) return (reading) => responseEvents(source, reading, options)
  if (isSocket(source)) return (reading) => socketEvents(source, reading, options.body)
  throw new StructStreamError(
    'bad_options',
    `Expected a URL, a Request, a Response or a WebSocket to read the stream from, got ${source === null ? 'null' : `a value of type ${typeof source}`}.`,
  )
}

/** By its look: polyfills and other realms have classes of their own. */
function isResponse(source: unknown): source is Response {
  return typeof source === 'object' && source !== null && 'headers' in source && 'status' in source && 'body' in source
}

function isSocket(source: unknown): source is ClientSocket {
  return typeof source === 'object' && source !== null && 'readyState' in source && 'send' in source
}
