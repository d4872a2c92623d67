import type { ErrorCode } from '../errors.ts'

/** Everything went well. */
export const success = 0
/** A mistake of this program, or one no one thought of. */
export const unexpected = 1
/** The command line, a file it names, or an option is wrong. */
export const usage = 2

/** A batch has ended, and some of its items have failed. */
export const someFailed = 13

/** What a failed run ends the process with; part of the documented interface. */
export const exitCodes: Record<ErrorCode, number> = {
  bad_options: usage,
  no_model: usage,
  unsupported_schema: usage,
  provider_error: 3,
  rate_limited: 4,
  connection_lost: 5,
  timeout: 5,
  refused: 6,
  content_filtered: 6,
  truncated: 7,
  invalid_data: 8,
  no_json: 9,
  malformed_json: 9,
  limit_exceeded: 10,
  tool_failed: 11,
  // Of stored streams, which this program does not read.
  expired: 12,
  gap: 12,
  lost: 12,
  // What shells say of a program that Ctrl-C stopped.
  aborted: 130,
}
