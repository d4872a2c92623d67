import { StructStreamError, type ErrorCode, type ErrorDetails } from '../errors.ts'
import type { RepairedParts } from '../stream/answer.ts'
import type { AttemptResult, Dialect, FinishReason, Issue, Mode, Usage } from '../types.ts'

/**
 * The wire between `structstream/server` and `structstream/client`, both ends in this file.
 *
 * A connection carries events, each one line of JSON with the id of what it ends at. Its first is `hello`, its last
 * `end` or `error`; one that ends with neither was cut.
 *
 * 1. The text is sent once, as the model wrote it: a text delta is a bare JSON string, of as many of the model's deltas
 *    as there were at that moment. Partials, issues, repairs and completed values follow from it and from the schema,
 *    and are never sent.
 * 2. An id counts the entries of the run's log, each delta one, so it means the same in every connection to the run.
 *    A reader that has seen id n continues after n without a gap and without a repetition. It names the stream with the
 *    id by the birth mark of `hello` (`14.k3Xb_9aQ`); a stream with another mark is not continued.
 * 3. Unknown events of the same version are ignored; another version is an error.
 */
export const VERSION = 1

/** Tells a response of this protocol; its value is the version. */
export const VERSION_HEADER = 'x-structstream'

export const SSE = 'text/event-stream'
export const NDJSON = 'application/x-ndjson'

/** Characters from which on no more deltas are put into one, so that no line is long because the reader was slow. */
export const LONGEST_TEXT = 65_536

/** Characters of one line that the receiver takes; files of the model come in one. */
export const LONGEST_LINE = 16_777_216

type Path = (string | number)[]

/** What an attempt writes: a new answer, more of the same text, or parts of an answer that is there. */
export type Writes = 'answer' | 'more' | 'parts'

/** What may be told of an error: no stack, no cause, no text (that came before). */
export interface WireError {
  code: ErrorCode
  message: string
  retryable?: boolean
  status?: number
  retryAfter?: number
  path?: Path
  position?: number
  issues?: readonly Issue[]
  finishReason?: FinishReason
  provider?: string
  requestId?: string
  usage?: Usage
}

/** One event. `wait` and durations in milliseconds. */
export type WireEvent =
  /**
   * `resume`: where the rest can be asked for after a cut, with the last id. `birth`: the stream's birth mark, which
   * goes with the id; a later stream with the same name has another one.
   */
  | { type: 'hello'; version: number; resume?: string; birth?: string }
  /**
   * `dialect`, `mode` and `repair` say how the text is to be read; without a mode it is text. `parts`: the keys of its
   * document where it writes parts.
   */
  | {
      type: 'attempt-start'
      kind: AttemptResult['kind']
      writes: Writes
      provider: string
      model: string
      dialect?: Dialect
      mode?: Mode
      repair?: boolean
      parts?: RepairedParts
    }
  | { type: 'text-delta'; text: string }
  | { type: 'reasoning-delta'; text: string }
  | { type: 'tool-call-start'; id: string; name: string }
  | { type: 'tool-call-delta'; id: string; text: string }
  | { type: 'tool-call-end'; id: string }
  | { type: 'tool-result'; id: string; name: string; output?: unknown; error?: string }
  /** `data` in Base64. */
  | { type: 'file'; mediaType: string; data: string; filename?: string }
  | { type: 'extra-answer'; text: string }
  | { type: 'usage'; usage: Usage }
  /** The attempt has ended by itself. */
  | { type: 'finish'; reason: FinishReason; model?: string; requestId?: string; raw?: string }
  | { type: 'restart'; reason: string; issues: Issue[]; code?: ErrorCode; wait?: number }
  | { type: 'patch'; paths: Path[]; code?: ErrorCode; wait?: number }
  | { type: 'recover'; reason: string; paths: Path[]; code?: ErrorCode; wait?: number }
  /** `raw`: the whole answer as plain data, where it was mended: it has the last word. */
  | { type: 'end'; raw?: unknown; warnings?: { path: Path; message: string }[] }
  | { type: 'error'; error: WireError }

/** An event, and the id of what it ends at; with the stream's birth mark where ids carry it. */
export interface WireItem {
  id: number
  birth?: string
  event: WireEvent
}

/** What the receiver may say; on a WebSocket only, elsewhere it leaves. */
export type WireRequest = { type: 'abort' }

/** One line of JSON, never with a line break in it. */
export function encodeEvent(event: WireEvent): string {
  if (event.type === 'text-delta') return JSON.stringify(event.text)
  // Lone surrogates are escaped, and so survive UTF-8.
  return JSON.stringify(event)
}

/** An event with its id, for transports that have no place for ids: `[id, event]`. */
export function encodeItem({ id, event }: WireItem): string {
  return `[${id},${encodeEvent(event)}]`
}

/** @throws `provider_error` when the line is no such item; `event` is undefined when it is not known */
export function decodeItem(line: string): { id: number; event: WireEvent | undefined } {
  const value = parse(line)
  if (!Array.isArray(value) || value.length !== 2 || !Number.isSafeInteger(value[0])) {
    throw foreign(`Expected [id, event] of the structstream protocol, got ${clip(line)}`)
  }
  return { id: value[0] as number, event: checkEvent(value[1], line) }
}

/** @throws `provider_error` when the line is no event; undefined for an event that is not known */
export function decodeEvent(line: string): WireEvent | undefined {
  return checkEvent(parse(line), line)
}

function parse(line: string): unknown {
  try {
    return JSON.parse(line)
  } catch (cause) {
    throw foreign(`Expected an event of the structstream protocol, got a line that is no JSON: ${clip(line)}`, cause)
  }
}

function checkEvent(value: unknown, line: string): WireEvent | undefined {
  if (typeof value === 'string') return { type: 'text-delta', text: value }
  const type: unknown = isRecord(value) ? value['type'] : undefined
  if (typeof type !== 'string') {
    throw foreign(`Expected an event of the structstream protocol, got JSON of another kind: ${clip(line)}`)
  }
  const fields = Object.hasOwn(FIELDS, type) ? FIELDS[type as WireEvent['type']] : undefined
  if (fields === undefined) return undefined
  for (const [name, kind] of Object.entries(fields)) {
    const field = (value as Record<string, unknown>)[name]
    if (kindOf(field) !== kind) {
      throw foreign(`The event "${type}" of the server has no valid "${name}": expected ${kind}, got ${kindOf(field)}.`)
    }
  }
  return value as WireEvent
}

/** Fields without which an event cannot be used. */
const FIELDS: Record<WireEvent['type'], Record<string, Kind>> = {
  hello: { version: 'number' },
  'attempt-start': { kind: 'string', writes: 'string', provider: 'string', model: 'string' },
  'text-delta': { text: 'string' },
  'reasoning-delta': { text: 'string' },
  'tool-call-start': { id: 'string', name: 'string' },
  'tool-call-delta': { id: 'string', text: 'string' },
  'tool-call-end': { id: 'string' },
  'tool-result': { id: 'string', name: 'string' },
  file: { mediaType: 'string', data: 'string' },
  'extra-answer': { text: 'string' },
  usage: { usage: 'object' },
  finish: { reason: 'string' },
  restart: { reason: 'string', issues: 'list' },
  patch: { paths: 'list' },
  recover: { reason: 'string', paths: 'list' },
  end: {},
  error: { error: 'object' },
}

type Kind = 'string' | 'number' | 'object' | 'list' | 'nothing' | 'something else'

function kindOf(value: unknown): Kind {
  if (value === undefined || value === null) return 'nothing'
  if (Array.isArray(value)) return 'list'
  const type = typeof value
  return type === 'string' || type === 'number' || type === 'object' ? type : 'something else'
}

/** Returns what the receiver gets of an error; only `Disclosure` decides on the texts in it. */
export function encodeError(error: StructStreamError, message: string, issues: Issue[] | undefined): WireError {
  const wire: WireError = { code: error.code, message, retryable: error.retryable }
  for (const fact of TOLD) if (error[fact] !== undefined) Object.assign(wire, { [fact]: error[fact] })
  if (issues !== undefined) wire.issues = issues
  return wire
}

const TOLD = [
  'status',
  'retryAfter',
  'path',
  'position',
  'issues',
  'finishReason',
  'provider',
  'requestId',
  'usage',
] as const satisfies (keyof WireError & keyof ErrorDetails)[]

/** The error as the server had it. What is no error becomes `provider_error`. */
export function decodeError(wire: WireError): StructStreamError {
  const { code, message } = wire
  if (typeof code !== 'string' || typeof message !== 'string')
    return foreign('The server told of an error without a code.')
  const details: ErrorDetails = {}
  if (typeof wire.retryable === 'boolean') details.retryable = wire.retryable
  for (const fact of TOLD) if (wire[fact] !== undefined) Object.assign(details, { [fact]: wire[fact] })
  if (wire.issues !== undefined) details.issues = decodeIssues(wire.issues)
  return new StructStreamError(code, message, details)
}

/** Those that are issues: whoever shows them need not look at each. */
export function decodeIssues(issues: unknown): Issue[] {
  return Array.isArray(issues) ? issues.filter(isIssue) : []
}

function isIssue(value: unknown): value is Issue {
  if (!isRecord(value) || !Array.isArray(value['path'])) return false
  const isPath = value['path'].every((key) => typeof key === 'string' || typeof key === 'number')
  return isPath && typeof value['code'] === 'string' && typeof value['message'] === 'string'
}

/** What came is not of this protocol. */
export function foreign(message: string, cause?: unknown): StructStreamError {
  return new StructStreamError('provider_error', message, { ...(cause !== undefined && { cause }), retryable: false })
}

/** @throws `provider_error` when the first event is not the `hello` of this version */
export function checkHello(event: WireEvent): Extract<WireEvent, { type: 'hello' }> {
  if (event.type !== 'hello') throw foreign(`The server's first event must be "hello", not "${event.type}".`)
  checkVersion(event.version)
  return event
}

/** @throws `provider_error` */
export function checkVersion(version: unknown): void {
  if (Number(version) === VERSION) return
  throw foreign(
    `The server speaks version ${String(version)} of the structstream protocol, this client version ${VERSION}. Install the same structstream on both ends.`,
  )
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function clip(text: string): string {
  return JSON.stringify(text.length > 80 ? `${text.slice(0, 80)}…` : text)
}
