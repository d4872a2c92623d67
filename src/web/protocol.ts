import { StructStreamError, type ErrorCode, type ErrorDetails } from '../errors.ts'
import type { RepairedParts } from '../stream/answer.ts'
import type { AttemptResult, Dialect, FinishReason, Issue, Mode, Usage } from '../types.ts'
import * as rules from './wire-values.ts'

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
 *    A reader that has seen id n continues after n without a gap. Text may come without an id, which costs more than
 *    a delta: a reader that comes back gets the text after n again, and leaves out what it has of it. It names the
 *    stream with the id by the birth mark of `hello` (`14.k3Xb_9aQ`); a stream with another mark is not continued.
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

/** What is sent of an error: no stack, no cause, no text (that came before). */
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
   * goes with the id; a later stream with the same name has another one. `sparse`: text may come without an id, and
   * what came after the last id is sent again then.
   */
  | { type: 'hello'; version: number; resume?: string; birth?: string; sparse?: boolean }
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
  /** The attempt has ended on its own. */
  | { type: 'finish'; reason: FinishReason; model?: string; requestId?: string; raw?: string }
  | { type: 'restart'; reason: string; issues: Issue[]; code?: ErrorCode; wait?: number }
  | { type: 'patch'; paths: Path[]; code?: ErrorCode; wait?: number }
  | { type: 'recover'; reason: string; paths: Path[]; code?: ErrorCode; wait?: number }
  /** `raw`: the whole answer as plain data, where it was repaired: it has the last word. */
  | { type: 'end'; raw?: unknown; warnings?: { path: Path; message: string }[] }
  | { type: 'error'; error: WireError }

/** An event, and the id of what it ends at; with the stream's birth mark where ids carry it. */
export interface WireItem {
  id: number
  birth?: string
  event: WireEvent
}

/** One line of JSON, never with a line break in it. */
export function encodeEvent(event: WireEvent): string {
  if (event.type === 'text-delta') return JSON.stringify(event.text)
  // Lone surrogates are escaped, and so survive UTF-8.
  return JSON.stringify(event)
}

/**
 * Text without an id, as one line of JSON. JSON in JSON has an escape for each quote, so quotes and apostrophes change
 * places: `"{'a':'b'}"`.
 */
export function encodeText(text: string): string {
  return JSON.stringify(swapped(text))
}

/** The same for transports whose events may be text that is written plainly: `["{'a':'b'}"]`, where that is shorter. */
export function encodeMarkedText(text: string): string {
  const plain = JSON.stringify(text)
  const marked = `[${encodeText(text)}]`
  return marked.length < plain.length ? marked : plain
}

function swapped(text: string): string {
  return text.replaceAll(/["']/g, (mark) => (mark === '"' ? "'" : '"'))
}

/** An event with its id, for transports that have no place for ids: `[id, event]`. */
export function encodeItem({ id, event }: WireItem): string {
  return `[${id},${encodeEvent(event)}]`
}

/**
 * @returns `event` is undefined when its type is unknown, `id` where text came without one
 * @throws `provider_error` when the line isn't such an item
 */
export function decodeItem(line: string): { id: number | undefined; event: WireEvent | undefined } {
  const value = parse(line)
  if (typeof value === 'string') return { id: undefined, event: { type: 'text-delta', text: swapped(value) } }
  if (!Array.isArray(value) || value.length !== 2 || !Number.isSafeInteger(value[0])) {
    throw foreign(`Expected [id, event] of the structstream protocol, got ${clip(line)}`)
  }
  return { id: value[0] as number, event: checkEvent(value[1], line) }
}

/** @throws `provider_error` when the line isn't an event; undefined for an unknown type */
export function decodeEvent(line: string): WireEvent | undefined {
  return checkEvent(parse(line), line)
}

function parse(line: string): unknown {
  try {
    return JSON.parse(line)
  } catch (cause) {
    throw foreign(`Expected an event of the structstream protocol, got a line that isn't JSON: ${clip(line)}`, cause)
  }
}

/** Text that `encodeMarkedText` has written. */
function textOf(value: unknown): string | undefined {
  if (typeof value === 'string') return value
  return Array.isArray(value) && value.length === 1 && typeof value[0] === 'string' ? swapped(value[0]) : undefined
}

function checkEvent(value: unknown, line: string): WireEvent | undefined {
  const text = textOf(value)
  if (text !== undefined) return { type: 'text-delta', text }
  const type: unknown = rules.isRecord(value) ? value['type'] : undefined
  if (typeof type !== 'string') {
    throw foreign(`Expected an event of the structstream protocol, got JSON of another kind: ${clip(line)}`)
  }
  const fields = Object.hasOwn(FIELDS, type) ? FIELDS[type as WireEvent['type']] : undefined
  if (fields === undefined) return undefined
  for (const [name, { expected, test }] of Object.entries(fields)) {
    const field = (value as Record<string, unknown>)[name]
    if (!test(field)) {
      throw foreign(
        `The event "${type}" of the server has no valid "${name}": expected ${expected}, got ${show(field)}.`,
      )
    }
  }
  return value as WireEvent
}

const { optional } = rules
const why = { code: optional(rules.errorCode), wait: optional(rules.duration) }

/** Fields without which an event can't be used, and those that must be right if they are there. */
const FIELDS: Record<WireEvent['type'], Record<string, rules.Rule>> = {
  hello: { version: rules.number },
  'attempt-start': {
    kind: rules.attemptKind,
    writes: rules.text,
    provider: rules.text,
    model: rules.text,
    mode: optional(rules.mode),
    repair: optional(rules.boolean),
  },
  'text-delta': { text: rules.text },
  'reasoning-delta': { text: rules.text },
  'tool-call-start': { id: rules.text, name: rules.text },
  'tool-call-delta': { id: rules.text, text: rules.text },
  'tool-call-end': { id: rules.text },
  'tool-result': { id: rules.text, name: rules.text, error: optional(rules.text) },
  file: { mediaType: rules.text, data: rules.text, filename: optional(rules.text) },
  'extra-answer': { text: rules.text },
  usage: { usage: rules.usage },
  finish: { reason: rules.finishReason, model: optional(rules.text), requestId: optional(rules.text) },
  restart: { reason: rules.text, issues: rules.list, ...why },
  patch: { paths: rules.paths, ...why },
  recover: { reason: rules.text, paths: rules.paths, ...why },
  end: {},
  error: { error: rules.object },
}

/** Returns what the receiver gets of an error; only `Disclosure` decides on the texts in it. */
export function encodeError(error: StructStreamError, message: string, issues: Issue[] | undefined): WireError {
  const wire: WireError = { code: error.code, message, retryable: error.retryable }
  for (const fact of Object.keys(FACTS) as (keyof typeof FACTS)[])
    if (error[fact] !== undefined) Object.assign(wire, { [fact]: error[fact] })
  if (issues !== undefined) wire.issues = issues
  return wire
}

/** Facts of an error that are sent, and what each must be; one that isn't that is left out. */
const FACTS = {
  status: rules.number,
  retryAfter: rules.duration,
  path: rules.path,
  position: rules.number,
  issues: rules.list,
  finishReason: rules.finishReason,
  provider: rules.text,
  requestId: rules.text,
  usage: rules.usage,
} as const satisfies Partial<Record<keyof WireError & keyof ErrorDetails, rules.Rule>>

/** Returns the error as the server had it. What is not an error, or has an unknown code, becomes `provider_error`. */
export function decodeError(wire: WireError): StructStreamError {
  const { code, message, usage, issues } = wire
  if (typeof code !== 'string' || typeof message !== 'string')
    return foreign('The server reported an error without a code.')
  if (!rules.errorCode.test(code))
    return foreign(`The server reported an error with an unknown code, ${show(code)}: ${clip(message)}`)
  const details: ErrorDetails = {}
  if (typeof wire.retryable === 'boolean') details.retryable = wire.retryable
  for (const [fact, { test }] of Object.entries(FACTS)) {
    const value = wire[fact as keyof WireError]
    if (test(value)) Object.assign(details, { [fact]: value })
  }
  if (details.usage !== undefined) details.usage = rules.usageOf(usage)
  if (details.issues !== undefined) details.issues = decodeIssues(issues)
  return new StructStreamError(code, message, details)
}

/** Returns the issues in a list, without whatever else is in it. */
export function decodeIssues(issues: unknown): Issue[] {
  return Array.isArray(issues) ? issues.filter(rules.isIssue) : []
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

function show(value: unknown): string {
  if (value === undefined || value === null) return 'nothing'
  if (typeof value === 'object') return Array.isArray(value) ? 'a list' : 'an object'
  return clip(JSON.stringify(value) ?? 'nothing')
}

function clip(text: string): string {
  return JSON.stringify(text.length > 80 ? `${text.slice(0, 80)}…` : text)
}
