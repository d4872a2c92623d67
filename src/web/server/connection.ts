import { StructStreamError } from '../../errors.ts'
import type { Run } from '../../stream/run.ts'
import { runOf, type StructuredStream } from '../../stream/structured-stream.ts'
import { nearest } from '../../stream/options/checks.ts'
import { agUi } from '../formats/ag-ui.ts'
import type { Encoder, Format } from '../formats/format.ts'
import { ndjson } from '../formats/ndjson.ts'
import { sse } from '../formats/sse.ts'
import { text } from '../formats/text.ts'
import { uiMessage } from '../formats/ui-message.ts'
import type { WireError } from '../protocol.ts'
import { relays, type WireItems } from './relay.ts'
import { WireConsumer, type WireContext } from './wire-consumer.ts'

const formats = { sse, ndjson, text, 'ui-message': uiMessage, 'ag-ui': agUi }

/**
 * `sse`, `ndjson`: the structstream protocol, for `structstream/client`. `text`: the JSON text, or plain text, for
 * `useObject` of the AI SDK. `ui-message`: the AI SDK's UI message stream v1, for `useChat`. `ag-ui`: AG-UI 1.0.
 */
export type FormatName = keyof typeof formats

/** How a stream is sent on. */
export interface ServerOptions {
  /** @defaultValue 'sse' */
  format?: FormatName | undefined
  /** Added to the response's headers; they win over ours. */
  headers?: Record<string, string> | undefined
  /** HTTP status. @defaultValue 200 */
  status?: number | undefined
  /** Milliseconds of silence after which a comment is sent, so that proxies keep the connection. @defaultValue 15,000 */
  keepAlive?: number | undefined
  /** Send the model's reasoning. @defaultValue true */
  reasoning?: boolean | undefined
  /** Send calls of tools with their input and output. @defaultValue true */
  tools?: boolean | undefined
  /**
   * URL where this stream can be asked for again after a cut: `toResponse(stream, { lastEventId })` there goes on where
   * the connection broke, and a DELETE asks for an abort. The run is not stopped when a client goes, but when `linger`
   * says so. Formats `sse` and `ndjson`.
   */
  resume?: string | undefined
  /** The `last-event-id` header of a request that asks for the rest. Formats `sse` and `ndjson`. */
  lastEventId?: string | null | undefined
  /** What people are told of an error, in place of its message. */
  describeError?: ((error: WireError) => string) | undefined
}

/** One connection of one reader. */
export class Connection {
  readonly format: Format
  readonly keepAlive: number
  readonly #stream: StructuredStream<unknown>
  readonly #run: Run
  readonly #consumer: WireItems
  readonly #encoder: Encoder
  readonly #isResumable: boolean

  /** @throws `bad_options` */
  constructor(stream: StructuredStream<unknown>, options: ServerOptions) {
    const name = options.format ?? 'sse'
    if (!Object.hasOwn(formats, name)) {
      const close = nearest(String(name), Object.keys(formats))
      const hint = close === undefined ? `There are: ${Object.keys(formats).join(', ')}.` : `Did you mean "${close}"?`
      throw new StructStreamError('bad_options', `Unknown format "${String(name)}". ${hint}`)
    }
    const from = options.lastEventId == null || options.lastEventId === '' ? 0 : Number(options.lastEventId)
    if (!Number.isSafeInteger(from) || from < 0) {
      throw new StructStreamError(
        'bad_options',
        `Expected the id of an event (a whole number) in last-event-id, got ${JSON.stringify(options.lastEventId)}.`,
      )
    }
    if ((from > 0 || options.resume !== undefined) && name !== 'sse' && name !== 'ndjson') {
      throw new StructStreamError('bad_options', `The format "${name}" cannot be resumed; "sse" and "ndjson" can.`)
    }
    this.format = formats[name]
    this.keepAlive = options.keepAlive ?? 15_000
    this.#stream = stream
    this.#run = runOf(stream)
    this.#isResumable = options.resume !== undefined
    this.#encoder = this.format.open(this.#run)
    const telling: WireContext = {
      from,
      reasoning: options.reasoning ?? true,
      tools: options.tools ?? true,
      resume: options.resume,
      describeError: options.describeError,
    }
    // Other formats have no ids, and look at the run itself.
    const relay = name === 'sse' || name === 'ndjson' ? relays.get(this.#run) : undefined
    this.#consumer = relay?.(telling) ?? new WireConsumer(this.#run, telling)
  }

  /** What is there to send now, in one piece; undefined at the end. @throws when the connection has to be cut */
  async next(): Promise<string | undefined> {
    for (;;) {
      const { done, value } = await this.#consumer.next()
      if (done === true) return undefined
      let text: string
      try {
        text = this.#encoder.encode(value)
      } catch (error) {
        void this.#consumer.return()
        throw error
      }
      if (text !== '') return text
    }
  }

  /** The reader has gone: the model is stopped at once, unless somebody else reads along or the reader may come back. */
  leave(): void {
    void this.#consumer.return()
    if (!this.#isResumable && !this.#run.isWanted) {
      this.#stream.abort(new StructStreamError('aborted', 'The client closed the connection.'))
    }
  }

  /** The reader wants the run to end. */
  abort(): void {
    this.#stream.abort(new StructStreamError('aborted', 'The client asked to stop.'))
  }
}

/** Headers of a response: nothing on the way may keep, change or hold back any of it. */
export function headersOf(format: Format, headers: Record<string, string> = {}): Record<string, string> {
  const own = {
    ...format.headers,
    'cache-control': 'no-cache, no-transform',
    'x-accel-buffering': 'no',
    'x-content-type-options': 'nosniff',
  }
  const given = Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]))
  return { ...own, ...given }
}
