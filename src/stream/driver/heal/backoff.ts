import type { StructStreamError } from '../../../errors.ts'

/** Milliseconds: the most that is waited before the second, third … call; never more than `LONGEST`. */
const FIRST = 500
const LONGEST = 20_000

/**
 * Milliseconds to wait before the next call. What the provider asked for (`Retry-After`) is kept to; else, after
 * trouble on its side, a random part of a limit that doubles ("full jitter"), so that many clients do not come back
 * at once. A wrong answer is no trouble of the provider's: the next call is made at once.
 *
 * @param failures calls that have failed so far, from 1
 * @param random a number from 0 to below 1
 */
export function backoff(error: StructStreamError, failures: number, random: () => number): number {
  const asked = error.retryAfter ?? 0
  switch (error.code) {
    case 'rate_limited':
    case 'provider_error':
    case 'connection_lost':
    case 'timeout':
      return Math.max(asked, Math.round(random() * Math.min(LONGEST, FIRST * 2 ** (failures - 1))))
    default:
      return asked
  }
}
