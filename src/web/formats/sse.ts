import { formatPosition } from '../position.ts'
import { encodeEvent, encodeMarkedText, SSE, VERSION, VERSION_HEADER } from '../protocol.ts'
import { SSE_KEEP_ALIVE, SSE_NEVER_AGAIN, sseEvent } from '../sse.ts'
import type { Format } from './format.ts'
import { WireFrames, type FrameWriter } from './wire-frames.ts'

/** The structstream protocol as server-sent events. */
export const sse: Format = {
  headers: { 'content-type': SSE, [VERSION_HEADER]: String(VERSION) },
  keepAlive: SSE_KEEP_ALIVE,
  open: () => new WireFrames(writer),
}

const writer: FrameWriter = {
  costs: { share: 0.3, slack: 1_536, frame: 12 },
  idCost: 18,
  numbered(item) {
    const { event } = item
    const text = sseEvent(encodeEvent(event), formatPosition(item))
    return event.type === 'end' || event.type === 'error' ? SSE_NEVER_AGAIN + text : text
  },
  text: (text) => sseEvent(encodeMarkedText(text)),
}
