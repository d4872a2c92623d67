import { encodeEvent, SSE, VERSION, VERSION_HEADER } from '../protocol.ts'
import { SSE_KEEP_ALIVE, sseEvent } from '../sse.ts'
import type { Format } from './format.ts'

/** The structstream protocol as server-sent events. */
export const sse: Format = {
  headers: { 'content-type': SSE, [VERSION_HEADER]: String(VERSION) },
  keepAlive: SSE_KEEP_ALIVE,
  open: () => ({ encode: (items) => items.map(({ id, event }) => sseEvent(encodeEvent(event), id)).join('') }),
}
