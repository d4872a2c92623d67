import { encodeItem, NDJSON, VERSION, VERSION_HEADER } from '../protocol.ts'
import type { Format } from './format.ts'

/** The structstream protocol as lines of JSON. Empty lines mean nothing. */
export const ndjson: Format = {
  headers: { 'content-type': NDJSON, [VERSION_HEADER]: String(VERSION) },
  keepAlive: '\n',
  open: () => ({ encode: (items) => items.map((item) => `${encodeItem(item)}\n`).join('') }),
}
