import { formatPosition } from '../position.ts'
import { encodeEvent, SSE, VERSION, VERSION_HEADER, type WireItem } from '../protocol.ts'
import { SSE_KEEP_ALIVE, SSE_NEVER_AGAIN, sseEvent } from '../sse.ts'
import type { Format } from './format.ts'

/** The structstream protocol as server-sent events. */
export const sse: Format = {
  headers: { 'content-type': SSE, [VERSION_HEADER]: String(VERSION) },
  keepAlive: SSE_KEEP_ALIVE,
  open: () => ({ encode: (items) => items.map(encodeItem).join('') }),
}

function encodeItem(item: WireItem): string {
  const text = sseEvent(encodeEvent(item.event), formatPosition(item))
  const isLast = item.event.type === 'end' || item.event.type === 'error'
  return isLast ? SSE_NEVER_AGAIN + text : text
}
