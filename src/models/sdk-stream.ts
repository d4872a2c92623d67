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
 * event is demanded here.
 */
export async function* sdkStream(call: SdkCall): AsyncGenerator<ModelEvent, void> {
  const { reader, context } = call
  try {
    const { stream, requestId } = await open(call)
    context.responding = true
    context.requestId = requestId
    if (requestId !== undefined) yield { type: 'metadata', requestId }
    for await (const chunk of stream) {
      for (const event of reader.read(chunk)) yield event
      if (reader.failure !== undefined) throw errorFromEvent(reader.failure, context)
    }
  } catch (error) {
    const { watch } = call
    const strange = strangeBody(call)
    if (strange !== undefined) throw strange
    context.requestId ??= requestIdOf(call, watch?.response?.headers)
    const failure = toProviderError(error, { ...context, bodyEnded: watch?.ended, response: watch?.response })
    // A connection that is lost after the terminal event has lost nothing.
    if (reader.finished && (failure.code === 'connection_lost' || failure.code === 'timeout')) return
    const usage = usageBesideError(call)
    if (usage !== undefined) yield { type: 'usage', usage }
    throw failure
  }
  if (reader.finished) return
  if (reader.done === undefined || !DONE_LINE.test(call.watch?.tail() ?? '')) {
    throw strangeBody(call) ?? cutStream(context, call.terminal)
  }
  for (const event of reader.done()) yield event
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
