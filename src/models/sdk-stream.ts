import { StructStreamError } from '../errors.ts'
import type { ModelEvent } from './model.ts'
import { cutStream, type ErrorContext, errorFromEvent, headerOf, toProviderError } from './provider-error.ts'
import type { Usage } from '../types.ts'
import { type BodyWatch, lastEventData } from './watch-body.ts'
import { asName, asObject, type WireObject } from './wire-value.ts'

/** Turns the wire's chunks into events; one for each wire format. */
export interface WireReader {
  read(chunk: unknown): readonly ModelEvent[]
  /** Whether the terminal event has come. */
  readonly finished: boolean
  /** The error object, once the provider has reported one in a regular event. */
  readonly failure?: WireObject | undefined
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

const DONE_LINE = /(?:^|\n)data:\s*\[DONE\]/

/**
 * Runs one request of an SDK to its end. The SDKs' loops end silently on a clean close and on an abort, so the terminal
 * event is demanded here. Written by hand: each async generator in the way of a delta costs 300 ns and more.
 */
export function sdkStream(call: SdkCall): AsyncIterator<ModelEvent, undefined> {
  return new SdkStream(call)
}

type Step = IteratorResult<ModelEvent, undefined>

class SdkStream implements AsyncIterator<ModelEvent, undefined> {
  readonly #call: SdkCall
  #source: AsyncIterator<unknown> | undefined
  #events: readonly ModelEvent[] = []
  #next = 0
  #error: unknown
  #isOver = false

  constructor(call: SdkCall) {
    this.#call = call
  }

  next(): Promise<Step> {
    const event = this.#events[this.#next]
    if (event !== undefined) {
      this.#next++
      return Promise.resolve({ done: false, value: event })
    }
    const failure = this.#error === undefined ? undefined : this.#end(this.#error)
    if (failure !== undefined) return Promise.reject(failure)
    if (this.#isOver) return Promise.resolve({ done: true, value: undefined })
    if (this.#source === undefined) return this.#open()
    return this.#source.next().then(this.#onChunk, this.#onError)
  }

  async return(): Promise<Step> {
    this.#isOver = true
    await this.#source?.return?.()
    return { done: true, value: undefined }
  }

  async #open(): Promise<Step> {
    const { context } = this.#call
    try {
      const { stream, requestId } = await open(this.#call)
      context.responding = true
      context.requestId = requestId
      this.#source = stream[Symbol.asyncIterator]()
      if (requestId !== undefined) return { done: false, value: { type: 'metadata', requestId } }
    } catch (error) {
      return this.#onError(error)
    }
    return this.next()
  }

  readonly #onChunk = (result: IteratorResult<unknown>): Step | Promise<Step> => {
    const { reader, context } = this.#call
    if (result.done === true) return this.#finish()
    const events = reader.read(result.value)
    if (reader.failure !== undefined) this.#error = errorFromEvent(reader.failure, context)
    if (events.length === 1 && this.#error === undefined) return { done: false, value: events[0]! }
    // A reader goes on using a list that it has given out empty.
    if (events.length > 0) {
      this.#events = events
      this.#next = 0
    }
    return this.next()
  }

  #finish(): Step | Promise<Step> {
    const { reader, context, terminal, watch } = this.#call
    this.#isOver = true
    if (reader.finished) return { done: true, value: undefined }
    if (reader.done === undefined || !DONE_LINE.test(watch?.tail() ?? '')) {
      throw strangeBody(this.#call) ?? cutStream(context, terminal)
    }
    this.#events = reader.done()
    this.#next = 0
    return this.next()
  }

  readonly #onError = (error: unknown): Step | Promise<Step> => {
    const failure = this.#end(error)
    if (failure === undefined) return { done: true, value: undefined }
    const usage = usageBesideError(this.#call)
    if (usage === undefined) throw failure
    this.#error = failure
    return { done: false, value: { type: 'usage', usage } }
  }

  #end(error: unknown): StructStreamError | undefined {
    const { reader, context, watch } = this.#call
    this.#isOver = true
    this.#error = undefined
    const strange = strangeBody(this.#call)
    if (strange !== undefined) return strange
    context.requestId ??= requestIdOf(this.#call, watch?.response?.headers)
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

/** A page of a proxy, or an answer in one piece, under status 200: the SDKs read over what is no event. */
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

/** The SDK throws an event with an error away, with the usage that some routers put beside it. */
function usageBesideError(call: SdkCall): Usage | undefined {
  if (call.usage === undefined || call.watch === undefined) return undefined
  for (const event of lastEventData(call.watch.tail())) {
    if (event['error'] !== undefined) return call.usage(event)
  }
  return undefined
}
