import { StructStreamError } from '../../errors.ts'
import type { EventSource } from './event-stream.ts'
import type { ModelEvent } from '../model.ts'
import {
  cutStream,
  type ErrorContext,
  errorFromEvent,
  headerOf,
  holdsAnswer,
  notUnderstood,
  selfContradiction,
  toProviderError,
} from './provider-error.ts'
import type { EventSink } from './push.ts'
import type { Usage } from '../../types.ts'
import { errorInText } from '../events/error-shape.ts'
import { type BodyWatch, lastEventData } from './watch-body.ts'
import { asName, asObject, type WireObject } from '../events/wire-value.ts'

/** Turns the wire's chunks into events; one for each wire format. */
export interface WireReader {
  /** The events of a chunk; the list is not used again. */
  read(chunk: unknown): readonly ModelEvent[]
  /** Whether the terminal event has come. */
  readonly finished: boolean
  /** The error object, once the provider has reported one in a regular event. */
  readonly failure?: WireObject | undefined
  /** The provider's contradiction, as a predicate. */
  readonly fault?: string | undefined
  /** Whether any chunk was of a kind that the wire has. */
  readonly isUnderstood: boolean
  /** The events that can be known only at the regular end of the stream. */
  end(): readonly ModelEvent[]
  /** The end by `[DONE]` alone, on the wire that has it. */
  done?(): readonly ModelEvent[]
}

/** One request through an SDK. */
export interface SdkCall {
  /** Sends the request and gives the SDK's promise of a raw stream. */
  create(): PromiseLike<unknown>
  reader: WireReader
  context: ErrorContext
  /** The header with the provider's id of the request. */
  requestIdHeaders: readonly string[]
  /** The terminal event by its name on the wire, for the message of a cut stream. */
  terminal: string
  /** Absent when the client is the caller's own. */
  watch?: BodyWatch | undefined
  /** Finds usage in an event that the SDK threw away with an error. */
  usage?(event: WireObject): Usage | undefined
}

const DONE_LINE = /(?:^|\n)(?:data:\s*)?\[DONE\]/

/**
 * Runs one request of an SDK to its end. The SDKs' loops end silently on a clean close and on an abort, so the terminal
 * event is demanded here. By plain calls: each promise on a delta's path costs 50 ns, each async generator 140.
 */
export function sdkStream(call: SdkCall): EventSource {
  return new SdkStream(call)
}

class SdkStream implements EventSource {
  readonly #call: SdkCall
  #source: AsyncIterator<unknown> | undefined
  #sink: EventSink | undefined
  /** Is passed on after the events that came before it. */
  #error: unknown
  #isOver = false
  #chunks = 0
  #firstChunk: unknown

  constructor(call: SdkCall) {
    this.#call = call
    if (call.watch !== undefined) call.watch.onDrained = () => this.#sink?.pause()
  }

  pull(sink: EventSink): void {
    this.#sink = sink
    if (this.#error !== undefined) this.#fail(this.#error)
    else if (this.#isOver) sink.end()
    else if (this.#source === undefined) void this.#open(sink)
    else this.#source.next().then(this.#onChunk, this.#onError)
  }

  async close(): Promise<void> {
    this.#isOver = true
    await this.#source?.return?.()
  }

  async #open(sink: EventSink): Promise<void> {
    const { context } = this.#call
    try {
      const { stream, requestId } = await open(this.#call)
      context.responding = true
      context.requestId = requestId
      this.#source = stream[Symbol.asyncIterator]()
      if (requestId !== undefined) return sink.events([{ type: 'metadata', requestId }], false)
    } catch (error) {
      return this.#onError(error)
    }
    this.pull(sink)
  }

  readonly #onChunk = (result: IteratorResult<unknown>): void => {
    const { reader, context, watch } = this.#call
    if (result.done === true) return this.#finish()
    if (this.#chunks++ === 0) this.#firstChunk = result.value
    let events: readonly ModelEvent[]
    try {
      events = reader.read(result.value)
      if (reader.failure !== undefined) this.#error = errorFromEvent(reader.failure, context)
      if (reader.fault !== undefined) this.#error = selfContradiction(context, reader.fault)
    } catch (error) {
      return this.#sink!.fail(error)
    }
    if (events.length === 0) this.pull(this.#sink!)
    // Unless the SDK waits for bytes already, it has more events, or will ask for bytes and so show that it has none.
    else this.#sink!.events(events, watch?.isDrained === false)
  }

  #finish(): void {
    const { reader, context, watch } = this.#call
    this.#isOver = true
    let events = reader.end()
    if (!reader.finished && reader.done !== undefined && DONE_LINE.test(watch?.tail() ?? '')) {
      events = [...events, ...reader.done()]
    }
    if (reader.fault !== undefined) this.#error = selfContradiction(context, reader.fault)
    else if (!reader.finished) this.#error = this.#unfinished()
    if (events.length > 0) this.#sink!.events(events, false)
    else this.pull(this.#sink!)
  }

  /** Why a body that was read to its end had no terminal event. */
  #unfinished(): StructStreamError {
    const { reader, context, terminal, watch } = this.#call
    const said = watch && errorInText(watch.tail())
    if (said !== undefined) return errorFromEvent(said, context)
    const strange = strangeBody(this.#call)
    if (strange !== undefined) return strange
    if (this.#chunks > 0 && !reader.isUnderstood) {
      return notUnderstood(
        context,
        `${this.#chunks} ${this.#chunks === 1 ? 'event' : 'events'}`,
        watch?.head() ?? this.#firstChunk,
      )
    }
    return foreignBody(this.#call, this.#chunks) ?? cutStream(context, terminal)
  }

  readonly #onError = (error: unknown): void => {
    const failure = this.#end(error)
    const usage = failure && usageBesideError(this.#call)
    if (usage === undefined) return this.#tell(failure)
    this.#error = failure
    this.#sink!.events([{ type: 'usage', usage }], false)
  }

  #fail(error: unknown): void {
    this.#tell(this.#end(error))
  }

  #tell(failure: StructStreamError | undefined): void {
    if (failure === undefined) this.#sink!.end()
    else this.#sink!.fail(failure)
  }

  #end(error: unknown): StructStreamError | undefined {
    const { reader, context, watch } = this.#call
    this.#isOver = true
    this.#error = undefined
    context.requestId ??= requestIdOf(this.#call, watch?.response?.headers)
    if (!holdsAnswer(error)) {
      const said = watch?.response?.ok === true ? errorInText(watch.tail()) : undefined
      if (said !== undefined && !reader.finished) return errorFromEvent(said, context)
      const strange = strangeBody(this.#call) ?? foreignBody(this.#call, this.#chunks)
      if (strange !== undefined) return strange
    }
    const failure = toProviderError(error, { ...context, bodyEnded: watch?.ended, response: watch?.response })
    // A connection that is lost after the terminal event has lost nothing.
    if (reader.finished && (failure.code === 'connection_lost' || failure.code === 'timeout')) return undefined
    return failure
  }
}

async function open(call: SdkCall): Promise<{ stream: AsyncIterable<unknown>; requestId: string | undefined }> {
  const created = call.create() as PromiseLike<unknown> & { withResponse?(): Promise<WireObject> }
  if (typeof created.withResponse !== 'function') {
    const stream = (await created) as AsyncIterable<unknown>
    return { stream, requestId: requestIdOf(call, call.watch?.response?.headers) }
  }
  const { data, response, request_id: id } = await created.withResponse()
  const requestId = asName(id) ?? requestIdOf(call, asObject(response)?.['headers'])
  return { stream: data as AsyncIterable<unknown>, requestId }
}

function requestIdOf(call: SdkCall, headers: unknown): string | undefined {
  return call.requestIdHeaders.map((name) => headerOf(headers, name)).find(Boolean)
}

/** A page of a proxy, or an answer in one piece, under status 200: the SDKs pass over it. */
function strangeBody({ reader, context, watch }: SdkCall): StructStreamError | undefined {
  const type = watch?.response?.headers.get('content-type') ?? ''
  if (reader.finished || watch?.response?.ok !== true || !/^(?:text\/html|application\/json)/.test(type))
    return undefined
  const body = watch.tail()
  if (/^(?:data|event):/m.test(body)) return undefined
  const shown = context.redact(body).slice(0, 500)
  const message = `${context.provider} answered with ${type} instead of a stream. Check the base URL, and whether the server can stream. It began: ${shown}`
  return new StructStreamError('provider_error', message, { provider: context.provider, status: watch.response.status })
}

/** The SDK throws an event with an error away, with the usage that some routers send with it. */
function usageBesideError(call: SdkCall): Usage | undefined {
  if (call.usage === undefined || call.watch === undefined) return undefined
  for (const event of lastEventData(call.watch.tail())) {
    if (event['error'] !== undefined) return call.usage(event)
  }
  return undefined
}

/** A body that was read to its end, and none of it was an event. */
function foreignBody({ context, watch }: SdkCall, chunks: number): StructStreamError | undefined {
  const isForeign = chunks === 0 && watch?.ended === true && watch.response?.ok === true && holdsNoEvent(watch.head())
  return isForeign ? notUnderstood(context, `${watch.bytes} bytes`, watch.head()) : undefined
}

/** Whether a body has content, and none of it is a line of server-sent events. A body of comments alone was cut. */
function holdsNoEvent(head: string): boolean {
  const lines = head.split(/\r\n|\n|\r/).filter((line) => line.trim() !== '' && !line.startsWith(':'))
  return lines.length > 0 && !lines.some((line) => /^(?:data|event|id|retry)(?::|$)/.test(line))
}
