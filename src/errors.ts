import type { AttemptResult, FinishReason, Issue, Usage } from './types.ts'

/** What happened, as one literal; see docs/errors.md for what to do about each. */
export type ErrorCode =
  | 'no_model'
  | 'bad_options'
  | 'unsupported_schema'
  | 'provider_error'
  | 'rate_limited'
  | 'connection_lost'
  | 'timeout'
  | 'aborted'
  | 'truncated'
  | 'refused'
  | 'content_filtered'
  | 'no_json'
  | 'malformed_json'
  | 'invalid_data'
  | 'limit_exceeded'
  | 'tool_failed'
  | 'gap'
  | 'lost'
  | 'expired'

/** The facts an error may carry; each is absent when it is not known. */
export interface ErrorDetails {
  /** The answer's text so far. */
  text?: string | undefined
  /** The last partial value that was shown. */
  partial?: unknown
  issues?: readonly Issue[] | undefined
  usage?: Usage | undefined
  attempts?: readonly AttemptResult[] | undefined
  finishReason?: FinishReason | undefined
  provider?: string | undefined
  /** HTTP status. */
  status?: number | undefined
  requestId?: string | undefined
  retryable?: boolean | undefined
  /** Milliseconds the provider asked to wait (`Retry-After`). */
  retryAfter?: number | undefined
  /** Place in the value or in the schema. */
  path?: readonly (string | number)[] | undefined
  /** UTF-16 offset in `text`. */
  position?: number | undefined
  cause?: unknown
}

const BRAND = Symbol.for('structstream.error')

/** Recognizes errors of other copies of this module too: a program's bundle and the package in `node_modules` are two. */
function isInstance(this: unknown, value: unknown): boolean {
  if (this === StructStreamError) return typeof value === 'object' && value !== null && BRAND in value
  return Function.prototype[Symbol.hasInstance].call(this as () => void, value)
}

/**
 * The one error of this library. `code` tells what happened, the message says what was expected,
 * what came and what to do, and the fields keep everything that had arrived.
 */
export class StructStreamError extends Error {
  override readonly name: string = 'StructStreamError'
  readonly code: ErrorCode
  readonly retryable: boolean
  declare readonly text: string | undefined
  declare readonly partial: unknown
  declare readonly issues: readonly Issue[] | undefined
  declare readonly usage: Usage | undefined
  declare readonly attempts: readonly AttemptResult[] | undefined
  declare readonly finishReason: FinishReason | undefined
  declare readonly provider: string | undefined
  declare readonly status: number | undefined
  declare readonly requestId: string | undefined
  declare readonly retryAfter: number | undefined
  declare readonly path: readonly (string | number)[] | undefined
  declare readonly position: number | undefined

  static {
    // Not a declared member: `instanceof` narrows as it does for any class.
    Object.defineProperty(this, Symbol.hasInstance, { value: isInstance })
    Object.defineProperty(this.prototype, BRAND, { value: true })
  }

  readonly #cause: unknown

  constructor(code: ErrorCode, message: string, details: ErrorDetails = {}) {
    super(message)
    this.#cause = details.cause
    this.code = code
    this.retryable = details.retryable ?? isRetryable(code, details.status)
    // Only what is known, so that a printed error is not full of `undefined`.
    for (const fact of FACTS) if (details[fact] !== undefined) Object.assign(this, { [fact]: details[fact] })
    // The answer itself is there to be read, but isn't printed with every log of an error.
    for (const fact of ANSWERS) if (fact in this) Object.defineProperty(this, fact, { enumerable: false })
    // What `structuredClone` keeps of an error: message and stack.
    const { stack = '' } = this
    const trace = stack.indexOf('\n    at ', stack.indexOf(message) + message.length)
    if (trace >= 0) this.stack = `${this.name} [${code}]: ${message}${stack.slice(trace)}`
  }

  /** What was thrown elsewhere; may be anything. Not an own property: a clone of the error must not fail because of it. */
  override get cause(): unknown {
    return this.#cause
  }

  /** Returns everything but the answer, as plain data: what a log needs, and what `structuredClone` can take. */
  toJSON(): Record<string, unknown> {
    const json: Record<string, unknown> = { name: this.name, code: this.code, message: this.message }
    for (const [fact, value] of Object.entries(this)) json[fact] = value
    const cause: unknown = this.#cause
    if (cause !== undefined) json['cause'] = cause instanceof Error ? `${cause.name}: ${cause.message}` : shown(cause)
    return json
  }
}

/** A cause that is not an error: text, or the kind of thing it is. */
function shown(cause: unknown): string {
  return typeof cause === 'string' ? cause : Object.prototype.toString.call(cause)
}

/** Facts that hold the whole answer. */
const ANSWERS = ['text', 'partial'] as const

const FACTS = [
  'text',
  'partial',
  'issues',
  'usage',
  'attempts',
  'finishReason',
  'provider',
  'status',
  'requestId',
  'retryAfter',
  'path',
  'position',
] as const satisfies (keyof ErrorDetails)[]

/** The same error with facts added; facts that it already has are kept. */
export function withDetails(error: StructStreamError, details: ErrorDetails): StructStreamError {
  const { code, message, retryable, cause } = error
  const merged: ErrorDetails = { ...details, retryable, ...(cause !== undefined && { cause }) }
  for (const fact of FACTS) if (error[fact] !== undefined) Object.assign(merged, { [fact]: error[fact] })
  const next = new StructStreamError(code, message, merged)
  if (error.stack !== undefined) next.stack = error.stack
  return next
}

/** Lost connections, timeouts, 408, 409, 429 and 500 and above may succeed when tried again. */
function isRetryable(code: ErrorCode, status: number | undefined): boolean {
  if (code === 'connection_lost' || code === 'timeout' || code === 'rate_limited') return true
  return status !== undefined && (status === 408 || status === 409 || status === 429 || status >= 500)
}
