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

/**
 * The one error of this library. `code` tells what happened, the message says what was expected,
 * what came and what to do, and the fields keep everything that had arrived.
 */
export class StructStreamError extends Error {
  override readonly name: string = 'StructStreamError'
  readonly code: ErrorCode
  readonly text: string | undefined
  readonly partial: unknown
  readonly issues: readonly Issue[] | undefined
  readonly usage: Usage | undefined
  readonly attempts: readonly AttemptResult[] | undefined
  readonly finishReason: FinishReason | undefined
  readonly provider: string | undefined
  readonly status: number | undefined
  readonly requestId: string | undefined
  readonly retryable: boolean
  readonly retryAfter: number | undefined
  readonly path: readonly (string | number)[] | undefined
  readonly position: number | undefined

  constructor(code: ErrorCode, message: string, details: ErrorDetails = {}) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause })
    this.code = code
    this.text = details.text
    this.partial = details.partial
    this.issues = details.issues
    this.usage = details.usage
    this.attempts = details.attempts
    this.finishReason = details.finishReason
    this.provider = details.provider
    this.status = details.status
    this.requestId = details.requestId
    this.retryable = details.retryable ?? isRetryable(code, details.status)
    this.retryAfter = details.retryAfter
    this.path = details.path
    this.position = details.position
  }
}

/** The same error with facts added; facts that it already has are kept. */
export function withDetails(error: StructStreamError, details: ErrorDetails): StructStreamError {
  const merged: Record<string, unknown> = { ...details }
  for (const key of DETAILS) if (error[key] !== undefined) merged[key] = error[key]
  const next = new StructStreamError(error.code, error.message, merged)
  if (error.stack !== undefined) next.stack = error.stack
  return next
}

const DETAILS = [
  'text',
  'partial',
  'issues',
  'usage',
  'attempts',
  'finishReason',
  'provider',
  'status',
  'requestId',
  'retryable',
  'retryAfter',
  'path',
  'position',
  'cause',
] as const satisfies (keyof ErrorDetails)[]

/** Lost connections, timeouts, 408, 409, 429 and 500 and above may succeed when tried again. */
function isRetryable(code: ErrorCode, status: number | undefined): boolean {
  if (code === 'connection_lost' || code === 'timeout' || code === 'rate_limited') return true
  return status !== undefined && (status === 408 || status === 409 || status === 429 || status >= 500)
}
