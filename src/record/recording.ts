import { StructStreamError, type ErrorCode } from '../errors.ts'
import type { ModelEvent, ModelRequest } from '../models/model.ts'
import type { Dialect, Mode } from '../types.ts'
import { faultOf } from './check-line.ts'

/*
 * The format of a recording, version 1: NDJSON. Each call of a model has a header, a line per event, and a last line
 * that says how the stream ended. Lines of calls that ran at the same time may alternate; `call` tells them apart. A
 * recording without a last line was cut off, and so is the stream that it replays.
 */

export const FORMAT_VERSION = 1

/** The first line of a call. */
export interface RecordedHeader {
  type: 'call'
  version: typeof FORMAT_VERSION
  /** Names the call in its file. */
  call: string
  model: { provider: string; id: string; modes: readonly Mode[]; dialect: Dialect }
  /** What was asked, without secrets. */
  request: RecordedRequest
  /** ISO 8601. */
  startedAt: string
}

/** A request as it is recorded: plain JSON. */
export type RecordedRequest = Pick<ModelRequest, 'messages' | 'format' | 'tools' | 'settings'>

/** A line per event of the model. */
export interface RecordedEvent {
  type: 'event'
  call: string
  /** Milliseconds from the call's start. */
  at: number
  event: ModelEvent
}

/** The last line of a call. */
export interface RecordedEnd {
  type: 'end'
  call: string
  at: number
  /** `stopped`: the run no longer wanted it, because it was aborted, timed out or had seen enough. */
  how: 'finished' | 'threw' | 'stopped'
  error?: RecordedError
}

/** What a stream threw; `code` is absent for what wasn't a `StructStreamError`. */
export interface RecordedError {
  code?: ErrorCode
  message: string
  [fact: string]: unknown
}

export type RecordedLine = RecordedHeader | RecordedEvent | RecordedEnd

/** One call, read back. */
export interface RecordedCall {
  header: RecordedHeader
  events: readonly { at: number; event: ModelEvent }[]
  end: RecordedEnd | undefined
}

const ERROR_FACTS = ['retryable', 'provider', 'status', 'requestId', 'retryAfter', 'finishReason'] as const

/** What is kept of a thrown value. */
export function toRecordedError(thrown: unknown): RecordedError {
  if (!(thrown instanceof StructStreamError)) {
    return { message: thrown instanceof Error ? thrown.message : String(thrown) }
  }
  const recorded: RecordedError = { code: thrown.code, message: thrown.message }
  for (const fact of ERROR_FACTS) if (thrown[fact] !== undefined) recorded[fact] = thrown[fact]
  return recorded
}

/** The error that a replay throws. */
export function fromRecordedError({ code, message, ...facts }: RecordedError): Error {
  return code === undefined ? new Error(message) : new StructStreamError(code, message, facts)
}

/** Writes a line of JSON, without its end; bytes become `{ "$bytes": base64 }`. */
export function encodeLine(line: RecordedLine, redact: (text: string) => string): string {
  return JSON.stringify(line, (_key, value: unknown) => {
    if (typeof value === 'string') return redact(value)
    if (value instanceof Uint8Array) return { $bytes: toBase64(value) }
    if (value instanceof URL) return redact(value.href)
    return typeof value === 'bigint' ? String(value) : value
  })
}

/**
 * Reads the calls of a recording, in the order in which they began. Empty lines are skipped, and so is a line that was
 * being written when its process died.
 *
 * @param name of the recording, for messages
 * @throws `bad_options` that names the line, for what isn't a recording or is of a newer version
 */
export function readCalls(lines: Iterable<string>, name: string): RecordedCall[] {
  const calls = new Map<
    string,
    { header: RecordedHeader; events: RecordedCall['events'][number][]; end?: RecordedEnd }
  >()
  let number = 0
  let broken: number | undefined
  for (const text of lines) {
    number++
    if (text.trim() === '') continue
    const line = parse(text)
    // A line that was being written when its process died is the last one, or a further call was appended after it.
    if (broken !== undefined && line?.type !== 'call') throw unreadable(name, broken, "isn't JSON")
    broken = line === undefined ? number : undefined
    if (line === undefined) continue
    const fault = faultOf(line, FORMAT_VERSION)
    if (fault !== undefined) throw unreadable(name, number, fault)
    const call = calls.get(line.call)
    if (line.type === 'call') {
      if (call !== undefined) throw unreadable(name, number, `begins the call ${line.call} a second time`)
      calls.set(line.call, { header: line, events: [] })
      continue
    }
    if (call === undefined) throw unreadable(name, number, 'belongs to no call')
    if (call.end !== undefined) throw unreadable(name, number, `comes after the end of the call ${line.call}`)
    if (line.type === 'end') call.end = line
    else call.events.push({ at: line.at, event: line.event })
  }
  if (calls.size === 0 && broken !== undefined) throw unreadable(name, broken, "isn't JSON")
  if (calls.size === 0) throw new StructStreamError('bad_options', `${name} holds no recorded call.`)
  return [...calls.values()].map(({ header, events, end }) => ({ header, events, end }))
}

/** A text delta as `encodeLine` writes it: nearly all lines are. Reading one as any JSON takes twice as long. */
const TEXT_DELTA =
  /^\{"type":"event","call":"([\w-]*)","at":((?:0|[1-9]\d*)(?:\.\d+)?),"event":\{"type":"text-delta","text":("[^"\\\p{Cc}]*(?:\\.[^"\\\p{Cc}]*)*")\}\}$/u

function parse(line: string): RecordedLine | undefined {
  try {
    const [, call, at, literal] = TEXT_DELTA.exec(line) ?? []
    if (literal !== undefined) {
      const text = literal.includes('\\') ? (JSON.parse(literal) as string) : literal.slice(1, -1)
      const event = { type: 'text-delta', text } as const
      return { type: 'event', call: call!, at: Number(at), event }
    }
    // Looking at each value takes ten times as long.
    const parsed: unknown = line.includes('"$bytes"') ? JSON.parse(line, withBytes) : JSON.parse(line)
    return typeof parsed === 'object' && parsed !== null ? (parsed as RecordedLine) : undefined
  } catch {
    return undefined
  }
}

function withBytes(_key: string, value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value
  const { $bytes } = value as { $bytes?: unknown }
  return typeof $bytes === 'string' ? fromBase64($bytes) : value
}

function unreadable(name: string, line: number, why: string): StructStreamError {
  return new StructStreamError('bad_options', `Line ${line} of ${name} ${why}. Expected a file that record() wrote.`)
}

function toBase64(bytes: Uint8Array): string {
  let binary = ''
  for (const byte of bytes) binary += String.fromCharCode(byte)
  return btoa(binary)
}

function fromBase64(text: string): Uint8Array {
  return Uint8Array.from(atob(text), (char) => char.charCodeAt(0))
}
