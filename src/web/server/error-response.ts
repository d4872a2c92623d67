import { StructStreamError, type ErrorCode } from '../../errors.ts'
import { SENTENCES } from './disclosure.ts'

/** The name of the error's code, next to a status that says less. */
const CODE_HEADER = 'x-structstream-error'

/** Statuses of errors; the others are the upstream's fault, 502. */
const STATUSES: Partial<Record<ErrorCode, number>> = {
  no_model: 500,
  bad_options: 500,
  unsupported_schema: 500,
  tool_failed: 500,
  rate_limited: 429,
  timeout: 504,
  aborted: 503,
  lost: 503,
  expired: 410,
}

/** What is sent of an error that came before the first character. */
export interface ErrorReply {
  readonly status: number
  readonly headers: Record<string, string>
  readonly body: string
}

/** Returns the response to an error of an encoder, whose message is one for the client. */
export function errorReply(error: unknown): ErrorReply {
  const known = error instanceof StructStreamError
  const code = known ? error.code : 'provider_error'
  const wait = known ? error.retryAfter : undefined
  return {
    status: STATUSES[code] ?? 502,
    headers: {
      'content-type': 'text/plain; charset=utf-8',
      'cache-control': 'no-store',
      'x-content-type-options': 'nosniff',
      [CODE_HEADER]: code,
      ...(wait !== undefined && { 'retry-after': String(Math.ceil(wait / 1_000)) }),
    },
    body: known ? error.message : SENTENCES[code],
  }
}
