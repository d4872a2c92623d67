import { bad, show } from '../../../stream/options/checks.ts'
import type { WireEvent } from '../../protocol.ts'
import { fetchEvents, responseEvents } from './http.ts'
import { isResponse } from './kinds.ts'
import type { OwnedSource } from './owned-source.ts'
import type { RequestOptions } from './request.ts'
import { SocketInbox } from './socket-inbox.ts'
import { socketEvents } from './websocket.ts'

/** What a source needs of its reader. */
export interface SourceContext {
  /** Aborted when the reader wants no more. */
  readonly signal: AbortSignal
  /** Called for a keep-alive that is not an event. */
  readonly onActivity: () => void
  /** Resolves after that many milliseconds, or when the reader wants no more. */
  readonly rest: (ms: number) => Promise<void>
}

/** Events in the order they came, without `hello`; ends after `end` or `error`, and throws when there was neither. */
export type Source = (context: SourceContext) => AsyncGenerator<WireEvent, void>

/** @throws `bad_options` */
export function sourceOf({ source, inbox }: OwnedSource, options: RequestOptions): Source {
  if (inbox !== undefined) return (context) => socketEvents(inbox, context, options.body)
  if (typeof source === 'string' || source instanceof URL) {
    const url = String(source)
    if (!/^wss?:/.test(url)) return (context) => fetchEvents(url, context, options)
    return (context) => socketEvents(new SocketInbox(new WebSocket(url)), context, options.body)
  }
  if (typeof Request !== 'undefined' && source instanceof Request)
    return (context) => fetchEvents(source, context, options)
  if (isResponse(source)) return (context) => responseEvents(source, context, options)
  throw bad(`Expected a URL, a Request, a Response or a WebSocket to read the stream from, got ${show(source)}.`)
}
