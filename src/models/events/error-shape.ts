import { asCount, asName, asObject, type WireObject } from './wire-value.ts'

/** Keys that only answers have: next to one of them `message`, `detail` or `code` have another meaning. */
const ANSWER_KEYS = ['choices', 'candidates', 'output', 'delta', 'content', 'content_block', 'response', 'item', 'done']

const MAX_TEXT = 2_000

/**
 * The error that an event of a stream reports, in any of the shapes that providers, routers and proxies use:
 * `{ error: {…} }`, `{ error: '…' }`, `{ object: 'error', … }`, `{ type: 'error', … }`, `{ detail: … }`,
 * `{ code, message, status }` and `{ choices: [{ error }] }`.
 *
 * @returns an object with at least a `message`, or `undefined` when the event reports no error
 */
export function errorIn(wire: WireObject): WireObject | undefined {
  const nested = wire['error']
  const inner = asObject(nested)
  // Some nest it once more.
  if (inner !== undefined) return withMessage(asObject(inner['error']) ?? inner, wire)
  if (asName(nested) !== undefined) return { ...flat(wire), message: messageOf(wire) ?? nested }
  if (nested === true) return withMessage(flat(wire), wire)
  if (wire['object'] === 'error' || wire['type'] === 'error' || wire['type'] === 'exception') {
    return withMessage(flat(wire), wire)
  }
  if (ANSWER_KEYS.some((key) => wire[key] !== undefined && wire[key] !== null)) return undefined
  // FastAPI, and so vLLM and many proxies.
  if (wire['detail'] !== undefined && wire['detail'] !== null) return { ...flat(wire), message: text(wire['detail']) }
  // Google's without its envelope.
  const code = asCount(wire['code'] ?? wire['status_code'])
  const isBare =
    messageOf(wire) !== undefined &&
    ((code !== undefined && code >= 400) || isStatusWord(wire['status']) || /error|exception/i.test(text(wire['type'])))
  return isBare ? flat(wire) : undefined
}

/** The error inside one choice of an answer (OpenRouter). */
export function errorInChoice(choice: WireObject): WireObject | undefined {
  const { error } = choice
  return asObject(error) ?? (asName(error) === undefined ? undefined : { message: error })
}

/**
 * The error at the end of a body whose events ended without one: an `event: error`, a line `error: …`, or a line of
 * JSON that the SDK did not pass on.
 */
export function errorInText(tail: string): WireObject | undefined {
  const lines = tail.split(/\r\n|\n|\r/).map((line) => line.trim())
  const last = lines.findLastIndex((line) => /^event:\s*error$/i.test(line))
  const data = last < 0 ? undefined : lines.slice(last + 1).find((line) => line.startsWith('data:'))
  if (data !== undefined) return errorOfText(data.slice(5).trim())
  for (const line of lines.toReversed()) {
    const bare = /^error:\s*(.+)$/i.exec(line)
    if (bare !== null) return errorOfText(bare[1]!)
    const wire = objectOf(line.replace(/^data:\s*/, ''))
    const error = wire && errorIn(wire)
    if (error !== undefined) return error
  }
  return undefined
}

function errorOfText(said: string): WireObject {
  const wire = objectOf(said)
  if (wire === undefined) return { message: said.slice(0, MAX_TEXT) }
  return errorIn(wire) ?? withMessage(wire, wire)
}

function flat(wire: WireObject): WireObject {
  const { error: _error, object: _object, type, ...rest } = wire
  return type === 'error' || type === undefined ? rest : { ...rest, type }
}

function withMessage(error: WireObject, wire: WireObject): WireObject {
  if (messageOf(error) !== undefined) return error
  const message = messageOf(wire) ?? (error['detail'] === undefined ? undefined : text(error['detail']))
  return { ...error, message: message ?? asName(error['msg']) ?? text(error) }
}

function messageOf(error: WireObject): string | undefined {
  const { message } = error
  return asName(message) ?? (asObject(message) === undefined ? undefined : text(message))
}

function isStatusWord(status: unknown): boolean {
  return typeof status === 'string' && /^[A-Z][A-Z_]+$/.test(status) && status !== 'OK'
}

function text(value: unknown): string {
  return (typeof value === 'string' ? value : (JSON.stringify(value) ?? '')).slice(0, MAX_TEXT)
}

function objectOf(line: string): WireObject | undefined {
  try {
    return asObject(JSON.parse(line))
  } catch {
    return undefined
  }
}
