import type { StructStreamError } from '../../../errors.ts'

/** Milliseconds: the most that is waited before the second, third … call; never more than `LONGEST`. */
const FIRST = 500
const LONGEST = 20_000

/** Milliseconds: what a provider may ask for. It may ask for an hour, or for a hostile number. */
const LONGEST_ASKED = 60_000

/**
 * Milliseconds to wait before the next call. What the provider asked for (`Retry-After`) is waited for,
 * up to a minute; the error has the whole figure. Otherwise, after
 * trouble on its side, a random part of a limit that doubles ("full jitter"), so that many clients do not come back
 * at once. A wrong answer isn't the provider's trouble: the next call is made at once.
 *
 * @param failures calls that have failed so far, from 1
 * @param random a number from 0 to below 1
 */
export function backoff(error: StructStreamError, failures: number, random: () => number): number {
  const asked = Math.min(error.retryAfter ?? 0, LONGEST_ASKED)
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
