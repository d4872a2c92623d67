import { quiet } from '../../async/deferred.ts'
import { StructStreamError } from '../../errors.ts'
import type { Run } from '../../stream/run.ts'
import { runOf, StructuredStream } from '../../stream/structured-stream.ts'
import { bad, show } from '../../stream/options/checks.ts'
import { agUi } from '../formats/ag-ui.ts'
import type { Encoder, Format } from '../formats/format.ts'
import { ndjson } from '../formats/ndjson.ts'
import { sse } from '../formats/sse.ts'
import { text } from '../formats/text.ts'
import { uiMessage } from '../formats/ui-message.ts'
import { Disclosure } from './disclosure.ts'
import {
  checkServerOptions,
  entriesOf,
  positionOf,
  type FormatName,
  type ServerOptions,
  type SocketOptions,
} from './server-options.ts'
import { reportFailure } from './report-failure.ts'
import { relays, type WireItems } from './relay.ts'
import { WireConsumer, type WireContext } from './wire-consumer.ts'

const formats: Record<FormatName, Format> = { sse, ndjson, text, 'ui-message': uiMessage, 'ag-ui': agUi }

/** One connection of one reader. */
export class Connection {
  readonly format: Format
  readonly keepAlive: number
  readonly #stream: StructuredStream<unknown>
  readonly #run: Run
  readonly #consumer: WireItems
  readonly #encoder: Encoder
  readonly #isResumable: boolean
  #peeked: Promise<string | undefined> | undefined

  private constructor(stream: StructuredStream<unknown>, run: Run, options: ServerOptions) {
    const { format: name = 'sse', keepAlive = 8_000, resume } = options
    this.#stream = stream
    this.#run = run
    this.format = formats[name]
    this.keepAlive = keepAlive
    this.#isResumable = resume !== undefined
    const { answerText = 'end', agUi = {}, gather = 100 } = options
    const encoder = this.format.open(this.#run, { answerText, agUi })
    this.#encoder = encoder
    const { id, birth } = positionOf(options.lastEventId)
    const context: WireContext = {
      from: id,
      birth,
      reasoning: options.reasoning ?? true,
      tools: options.tools ?? true,
      resume,
      disclosure: new Disclosure(options.describeError),
      gather: { patience: gather, missing: () => encoder.missing },
    }
    reportFailure(this.#run, options.onError)
    // Other formats have no ids, and read the run.
    const relay = name === 'sse' || name === 'ndjson' ? relays.get(this.#run) : undefined
    this.#consumer = relay?.(context) ?? new WireConsumer(this.#run, context)
  }

  /**
   * Opens a connection to a run.
   *
   * @param what the function that was called, for messages
   * @throws `bad_options`; a run that no one else reads is stopped then, since it gets no reader
   */
  static open<S>(
    stream: StructuredStream<S>,
    options: ServerOptions,
    what: string,
    without: readonly (keyof ServerOptions)[] = [],
  ): Connection {
    if (!(stream instanceof StructuredStream)) {
      throw bad(`Expected ${what} to get the stream of runStream() or connect(), got ${show(stream)}.`)
    }
    const handle = stream as StructuredStream<unknown>
    const run = runOf(handle)
    try {
      checkServerOptions(options, what, without)
      return new Connection(handle, run, options)
    } catch (error) {
      if (!run.isWanted) handle.abort(error)
      throw error
    }
  }

  /** Opens a connection that is a WebSocket. @throws `bad_options` */
  static openSocket<S>(stream: StructuredStream<S>, options: SocketOptions): Connection {
    const without = ['headers', 'status', 'resume', 'lastEventId'] as const
    return Connection.open(stream, { ...options, format: 'ndjson' }, 'toWebSocket()', without)
  }

  /** What may be sent now without meaning anything; undefined: nothing. */
  get silence(): string | undefined {
    return this.format.keepAlive ?? this.#encoder.keepAlive
  }

  /** Waits for what `next()` will give. @throws what that will throw */
  async peek(): Promise<void> {
    this.#peeked ??= quiet(this.#take())
    await this.#peeked
  }

  /** What is there to send now, in one piece; undefined at the end. @throws when the connection has to be cut */
  next(): Promise<string | undefined> {
    const peeked = this.#peeked
    this.#peeked = undefined
    return peeked ?? this.#take()
  }

  async #take(): Promise<string | undefined> {
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

  /** The reader has left: the model is stopped at once, unless the run has another reader or this one may come back. */
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

/** Returns the headers of a response: nothing on the way may keep, change or delay any of it. */
export function headersOf(format: Format, headers: object = {}): Record<string, string> {
  const own = {
    ...format.headers,
    'cache-control': 'no-cache, no-transform',
    'x-accel-buffering': 'no',
    'x-content-type-options': 'nosniff',
  }
  const given = entriesOf(headers).map(([name, value]) => [name.toLowerCase(), String(value)] as const)
  return { ...own, ...Object.fromEntries(given) }
}
