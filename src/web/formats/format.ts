import type { Run } from '../../stream/run.ts'
import type { WireItem } from '../protocol.ts'
import type { AgUiOptions } from './ag-ui-input.ts'

/** What a format needs to know in addition to the run. */
export interface FormatOptions {
  /** When the JSON text of a structured answer is sent. */
  readonly answerText: 'end' | 'live' | 'none'
  readonly agUi: AgUiOptions
}

/** Turns what of a run is there into text of one format; one for each connection. */
export interface Encoder {
  /** @throws when the format cannot say it: the connection is cut then */
  encode(items: readonly WireItem[]): string
  /** Characters of further text from which on a write is worth its bytes; 0 or less: at once. */
  readonly missing: number
  /** Where what means nothing depends on what was written: that, or undefined where nothing does. */
  readonly keepAlive?: string | undefined
}

/** A format of `structstream/server`. */
export interface Format {
  readonly headers: Readonly<Record<string, string>>
  /** Sent when nothing else was for a while; undefined: the encoder knows. */
  readonly keepAlive: string | undefined
  /** An error before the first character is the status of the response, since the format has no word for it. */
  readonly hasStatus?: true
  open(run: Run, options: FormatOptions): Encoder
}
