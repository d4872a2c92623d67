import type { Run } from '../../stream/run.ts'
import type { WireItem } from '../protocol.ts'

/** Turns what of a run is there into text of one format; one for each connection. */
export interface Encoder {
  /** @throws when the format cannot say it: the connection is cut then */
  encode(items: readonly WireItem[]): string
}

/** A format of `structstream/server`. */
export interface Format {
  readonly headers: Readonly<Record<string, string>>
  /** Sent when nothing else was for a while; undefined where nothing can be sent that means nothing. */
  readonly keepAlive: string | undefined
  open(run: Run): Encoder
}
