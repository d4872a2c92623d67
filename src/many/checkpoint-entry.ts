import { StructStreamError, type ErrorCode } from '../errors.ts'
import type { RunResult } from '../stream/types.ts'
import type { CheckpointEntry } from './types.ts'

/** How an item ended. */
export type Ended = { ok: true; result: RunResult } | { ok: false; error: StructStreamError }

/**
 * Errors that another start would only repeat, at the same price: the model has answered. A wrong option, a missing
 * key or a lost connection isn't among them, since the next start may do better.
 */
const FINAL: ReadonlySet<ErrorCode> = new Set([
  'refused',
  'content_filtered',
  'no_json',
  'malformed_json',
  'invalid_data',
  'truncated',
  'limit_exceeded',
])

/** Whether an item needs no further run, by this start or a later one. */
export function isFinal(ended: Ended): boolean {
  return ended.ok || (!ended.error.retryable && FINAL.has(ended.error.code))
}

const ERROR_FIELDS = ['text', 'issues', 'usage', 'finishReason', 'provider', 'status', 'requestId', 'path', 'position']

/** Turns an item's end into plain JSON. */
export function toEntry(key: string, ended: Ended): CheckpointEntry {
  if (ended.ok) return { version: 1, key, ok: true, result: toJson(ended.result) }
  const { error } = ended
  const facts: Record<string, unknown> = { code: error.code, message: error.message }
  for (const field of ERROR_FIELDS) {
    const value: unknown = error[field as keyof StructStreamError]
    if (value !== undefined) facts[field] = value
  }
  return { version: 1, key, ok: false, error: toJson(facts) }
}

/**
 * Reads an entry.
 *
 * @returns `undefined` for what isn't an entry of this version
 */
export function fromEntry(entry: unknown): { key: string; ended: Ended } | undefined {
  if (typeof entry !== 'object' || entry === null) return undefined
  const { version, key, ok, result, error } = entry as Record<string, unknown>
  if (version !== 1 || typeof key !== 'string') return undefined
  if (ok === true && isRecord(result)) return { key, ended: { ok, result: fromJson(result) as RunResult } }
  if (ok !== false || !isRecord(error)) return undefined
  const { code, message, ...details } = fromJson(error) as Record<string, unknown>
  if (!FINAL.has(code as ErrorCode) || typeof message !== 'string') return undefined
  return { key, ended: { ok, error: new StructStreamError(code as ErrorCode, message, details) } }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/* What JSON can't say is written as an object with one key that begins with "$". */
type Tag = '$date' | '$bigint' | '$bytes' | '$number' | '$map' | '$set' | '$undefined' | '$object'

const TAGS: Record<Tag, (value: never) => unknown> = {
  $date: (text: string) => new Date(text),
  $bigint: (digits: string) => BigInt(digits),
  $bytes: (base64: string) => Uint8Array.from(atob(base64), (char) => char.charCodeAt(0)),
  $number: Number,
  $map: (entries: unknown[]) =>
    new Map((fromJson(entries) as [unknown, unknown][]).map(([key, value]) => [key, value])),
  $set: (values: unknown[]) => new Set(fromJson(values) as unknown[]),
  $undefined: () => undefined,
  $object: (plain: Record<string, unknown>) => fromFields(plain),
}

/** Writes a value as plain JSON that keeps dates, big integers, bytes, maps, sets and non-finite numbers. */
function toJson(value: unknown): unknown {
  if (typeof value === 'bigint') return { $bigint: String(value) }
  if (value === undefined) return { $undefined: true }
  if (typeof value === 'number') return Number.isFinite(value) ? value : { $number: String(value) }
  if (typeof value !== 'object' || value === null) return value
  if (Array.isArray(value)) return value.map(toJson)
  if (value instanceof Date) return { $date: Number.isNaN(value.getTime()) ? '' : value.toISOString() }
  if (value instanceof Uint8Array) return { $bytes: base64Of(value) }
  if (value instanceof Map) return { $map: toJson([...value]) }
  if (value instanceof Set) return { $set: toJson([...value]) }
  const fields: Record<string, unknown> = {}
  for (const [key, field] of Object.entries(value)) if (field !== undefined) define(fields, key, toJson(field))
  const [only, ...others] = Object.keys(fields)
  // A field of the user's that looks like one of ours.
  return only !== undefined && others.length === 0 && Object.hasOwn(TAGS, only) ? { $object: fields } : fields
}

function fromJson(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value
  if (Array.isArray(value)) return value.map(fromJson)
  const [only, ...others] = Object.keys(value)
  if (only !== undefined && others.length === 0 && Object.hasOwn(TAGS, only)) {
    return TAGS[only as Tag]((value as Record<string, never>)[only] as never)
  }
  return fromFields(value as Record<string, unknown>)
}

function fromFields(value: Record<string, unknown>): Record<string, unknown> {
  const fields: Record<string, unknown> = {}
  for (const [key, field] of Object.entries(value)) define(fields, key, fromJson(field))
  return fields
}

/** Sets an own property, `__proto__` included. */
function define(object: object, key: string, value: unknown): void {
  Object.defineProperty(object, key, { value, writable: true, enumerable: true, configurable: true })
}

function base64Of(bytes: Uint8Array): string {
  let binary = ''
  for (const byte of bytes) binary += String.fromCharCode(byte)
  return btoa(binary)
}
