import type { ResponseHead } from '../../platform.ts'
import type { ErrorCode } from '../../errors.ts'
import { StructStreamError } from '../../errors.ts'
import type { Redactor } from './redact.ts'
import { errorIn } from '../events/error-shape.ts'
import { asCount, asName, asObject, asText, type WireObject } from '../events/wire-value.ts'
import { causeChain, codeOf, isLostConnection, isTimeout } from './lost-connection.ts'

/** What the mapping has to know of the request that failed. */
export interface ErrorContext {
  provider: string
  redact: Redactor
  /** Where the key comes from, for the hint at 401: `{ apiKey } or OPENAI_API_KEY`. */
  keySource: string
  requestId?: string | undefined
  /** Whether the response had begun: what fails before it without a status is mostly an option. */
  responding: boolean
  /** The response, for SDKs whose errors do not hold its status and headers. */
  response?: Pick<ResponseHead, 'status' | 'headers'> | undefined
  /** Whether the body was read to its end, where that can be seen: a half event is a cut only there. */
  bodyEnded?: boolean | undefined
}

/** Providers' types of an error event inside a 200 that mean what 429 and 529 mean as a status. */
const RATE_TYPES = new Set(['rate_limit_error', 'rate_limit_exceeded', 'overloaded_error', 'RESOURCE_EXHAUSTED'])

/** Types that mean "try again later" although they come without a status. */
const SERVER_TYPES = new Set(['api_error', 'server_error', 'internal_server_error', 'timeout_error', 'UNAVAILABLE'])

const MAX_MESSAGE = 1_000

/**
 * Maps whatever an SDK, `fetch` or the runtime threw to the one error of this library. It looks at the shape and not at
 * classes: the SDK may be another copy or version than ours, and bundlers rename classes. Nothing of the original object
 * is kept, since it may hold request headers; the `cause` is a clean copy with name, message, status and body.
 */
export function toProviderError(error: unknown, context: ErrorContext): StructStreamError {
  if (error instanceof StructStreamError) return error
  const thrown = error instanceof Error ? error : new Error(String(error))
  const fields = thrown as Error & WireObject
  const body = errorBody(fields)
  const { response } = context
  const status =
    statusOf(fields, body) ?? (response !== undefined && response.status >= 400 ? response.status : undefined)
  if (status !== undefined || body !== undefined) return fromAnswer(fields, body, status, context)
  if (isTimeout(thrown)) return transportError('timeout', 'did not answer in time', thrown, context)
  // Half an event and a close: the SDK parses what is there.
  const isHalf = thrown instanceof SyntaxError && context.bodyEnded !== false
  if (isHalf || (!(thrown instanceof SyntaxError) && isLostConnection(thrown))) {
    return transportError('connection_lost', 'closed the connection or could not be reached', thrown, context)
  }
  const code = context.responding ? 'provider_error' : 'bad_options'
  const what = context.responding ? 'sent what cannot be read' : 'could not be asked with these options'
  return transportError(code, what, thrown, context)
}

/** The error for an error object that the provider sent inside a regular stream, nested in `error` or flat. */
export function errorFromEvent(body: unknown, context: ErrorContext): StructStreamError {
  const given = asObject(body) ?? { message: asText(body) }
  const details = errorIn(given) ?? given
  const event = Object.assign(new Error(asText(details['message'])), { error: details })
  event.name = 'ErrorEvent'
  return toProviderError(event, context)
}

/** Whether what an SDK threw holds the provider's own answer, and so its words. */
export function holdsAnswer(error: unknown): boolean {
  if (error instanceof StructStreamError) return true
  const fields = asObject(error) ?? {}
  return error instanceof Error && errorBody(error as Error & WireObject) !== undefined && fields['error'] !== undefined
}

/**
 * The error for a stream that contradicts itself.
 *
 * @param fault what the provider did, as a predicate
 */
export function selfContradiction(context: ErrorContext, fault: string): StructStreamError {
  const { provider } = context
  const message = `${provider} ${context.redact(fault).slice(0, MAX_MESSAGE)}.`
  return new StructStreamError('provider_error', message, { provider, requestId: redacted(context.requestId, context) })
}

/** The error for a body of which nothing was understood: trying again would bring the same. */
export function notUnderstood(context: ErrorContext, amount: string, sample: unknown): StructStreamError {
  const { provider } = context
  const text = typeof sample === 'string' ? sample : (JSON.stringify(sample) ?? String(sample))
  const shown = context.redact(text).slice(0, 500)
  const message = `${provider} sent ${amount}, and none of it was understood. Check the base URL and which API the server speaks. It began: ${shown}`
  const facts = { provider, status: context.response?.status, requestId: redacted(context.requestId, context) }
  return new StructStreamError('provider_error', message, { ...facts, retryable: false })
}

/** The error for a stream that ended before the provider's terminal event. */
export function cutStream(context: ErrorContext, terminal: string): StructStreamError {
  return new StructStreamError(
    'connection_lost',
    `The stream of ${context.provider} ended before ${terminal}: the answer is not complete. Ask again, or set { recover: true }.`,
    { provider: context.provider, requestId: redacted(context.requestId, context) },
  )
}

function fromAnswer(
  error: Error & WireObject,
  body: WireObject | undefined,
  status: number | undefined,
  context: ErrorContext,
): StructStreamError {
  const { provider, redact } = context
  const kinds = new Set([body?.['type'], body?.['code'], body?.['status'], error['type']].map(asKind))
  kinds.delete(undefined)
  const type = [...kinds].join(', ')
  const limited = status === 429 || status === 529 || anyOf(kinds, RATE_TYPES)
  const code: ErrorCode = limited ? 'rate_limited' : 'provider_error'
  const what = status === undefined ? 'reported an error in the stream' : `answered with status ${status}`
  const said = redact(messageOf(error, body)).slice(0, MAX_MESSAGE)
  const generation = redact(asText(body?.['failed_generation'])).slice(0, MAX_MESSAGE)
  const parts = [
    `${provider} ${what}${type === '' ? '' : ` (${redact(type)})`}: ${said || 'no message'}`,
    ...(generation === '' ? [] : [`The model had written: ${generation}`]),
    hint(status, limited, context),
  ]
  const serverSide = anyOf(kinds, SERVER_TYPES)
  return new StructStreamError(code, parts.filter(Boolean).join('\n'), {
    provider,
    status,
    requestId: redacted(requestIdOf(error) ?? context.requestId, context),
    retryAfter: retryAfterOf(error['headers'] ?? context.response?.headers),
    ...(status === undefined && serverSide ? { retryable: true } : {}),
    cause: cleanCause(error, context, { status, type: type || undefined, body }),
  })
}

/** A provider's type or code of an error. It comes from outside: one line, and not long. */
function asKind(value: unknown): string | undefined {
  return asName(value)?.replaceAll(/\s+/g, ' ').slice(0, 100)
}

function anyOf(kinds: ReadonlySet<string | undefined>, wanted: ReadonlySet<string>): boolean {
  return [...kinds].some((kind) => kind !== undefined && wanted.has(kind))
}

function transportError(code: ErrorCode, what: string, thrown: Error, context: ErrorContext): StructStreamError {
  const reasons = causeChain(thrown).map((error) => context.redact(error.message))
  const reason = [...new Set(reasons)].filter(Boolean).join(': ').slice(0, MAX_MESSAGE)
  return new StructStreamError(code, `${context.provider} ${what}: ${reason || thrown.name}`, {
    provider: context.provider,
    requestId: redacted(context.requestId, context),
    cause: cleanCause(thrown, context, {}),
  })
}

/** A new error with redacted texts, and only those facts that are known; its causes likewise. */
function cleanCause(error: Error, context: ErrorContext, facts: WireObject): Error {
  const { redact } = context
  let clean: Error | undefined
  for (const one of causeChain(error).toReversed()) {
    const outer = new Error(
      redact(one.message).slice(0, MAX_MESSAGE),
      clean === undefined ? undefined : { cause: clean },
    )
    outer.name = redact(one.name === 'Error' ? one.constructor.name : one.name)
    const known = Object.entries(one === error ? { code: codeOf(one), ...facts } : { code: codeOf(one) })
    Object.assign(outer, redact.value(Object.fromEntries(known.filter(([, value]) => value !== undefined))))
    clean = outer
  }
  return clean ?? new Error('unknown')
}

/** The error object of the provider: SDKs put it in `error`, some nest it once more, Google's has it in the message. */
function errorBody(error: Error & WireObject): WireObject | undefined {
  const body = error['error'] ?? (error.name === 'ApiError' ? jsonInside(error.message) : undefined)
  const inner = asObject(body)?.['error'] ?? body
  if (typeof inner === 'string') return inner === '' ? undefined : { message: inner }
  const object = asObject(inner)
  return object === undefined ? undefined : (errorIn(object) ?? object)
}

function jsonInside(text: string): unknown {
  try {
    return JSON.parse(text.slice(text.indexOf('{')))
  } catch {
    return undefined
  }
}

function statusOf(error: WireObject, body: WireObject | undefined): number | undefined {
  const candidates = [error['status'], error['status_code'], body?.['status_code'], body?.['code']]
  const statuses = candidates.map((given) => (typeof given === 'string' ? Number(given) : asCount(given)))
  return statuses.find((status) => status !== undefined && status >= 400 && status < 600 && Number.isInteger(status))
}

function messageOf(error: Error, body: WireObject | undefined): string {
  const message = body?.['message']
  if (typeof message === 'string') return message
  return message === undefined ? error.message : JSON.stringify(message)
}

function requestIdOf(error: WireObject): string | undefined {
  return asName(error['requestID']) ?? asName(error['request_id'])
}

/** Milliseconds; the header is in seconds or a date (RFC 9110, 10.2.3), `retry-after-ms` is OpenAI's. */
function retryAfterOf(headers: unknown): number | undefined {
  const milliseconds = Number.parseFloat(headerOf(headers, 'retry-after-ms') ?? '')
  if (milliseconds >= 0 && milliseconds < Infinity) return milliseconds
  const value = headerOf(headers, 'retry-after')
  if (value === undefined) return undefined
  const seconds = Number.parseFloat(value)
  if (seconds >= 0 && seconds < Infinity) return seconds * 1_000
  const date = Date.parse(value)
  return Number.isNaN(date) ? undefined : Math.max(0, date - Date.now())
}

/** One header of `Headers` or of a plain object. */
export function headerOf(headers: unknown, name: string): string | undefined {
  if (headers instanceof Headers) return headers.get(name) ?? undefined
  return asName(asObject(headers)?.[name])
}

function hint(status: number | undefined, limited: boolean, context: ErrorContext): string {
  if (limited) return 'Wait and try again, or check the quota of the account.'
  if (status === 401 || status === 403) return `Check the key (${context.keySource}) and what it is allowed to use.`
  if (status === 404) return 'Check the model id and the base URL.'
  if (status !== undefined && status >= 500) return 'The fault is at the provider: try again later.'
  return ''
}

function redacted(text: string | undefined, context: ErrorContext): string | undefined {
  return text === undefined ? undefined : context.redact(text)
}
