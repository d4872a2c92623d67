import { encodeItem, encodeText, NDJSON, VERSION, VERSION_HEADER } from '../protocol.ts'
import type { Format } from './format.ts'
import { WireFrames, type FrameWriter } from './wire-frames.ts'

/** The structstream protocol as lines of JSON. Empty lines mean nothing. */
export const ndjson: Format = {
  headers: { 'content-type': NDJSON, [VERSION_HEADER]: String(VERSION) },
  keepAlive: '\n',
  open: () => new WireFrames(writer),
}

const writer: FrameWriter = {
  costs: { share: 0.1, slack: 512, frame: 3 },
  idCost: 6,
  numbered: (item) => `${encodeItem(item)}\n`,
  text: (text) => `${encodeText(text)}\n`,
}
