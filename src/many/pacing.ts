import type { StructStreamError } from '../errors.ts'

/** What waits and measures; tests pass their own. */
export interface Clock {
  now(): number
  /** Resolves after `ms`, or as soon as `signal` is aborted. */
  sleep(ms: number, signal: AbortSignal): Promise<void>
  /** A number from 0 to below 1. */
  random(): number
}

/** The runtime's clock. It keeps the process alive while it sleeps: the work is still to come. */
export const systemClock: Clock = {
  now: () => performance.now(),
  random: () => Math.random(),
  sleep: (ms, signal) =>
    new Promise((resolve) => {
      if (signal.aborted) return resolve()
      const timer = setTimeout(done, Math.min(ms, 2 ** 31 - 1))
      signal.addEventListener('abort', done)
      function done(): void {
        clearTimeout(timer as Parameters<typeof clearTimeout>[0])
        signal.removeEventListener('abort', done)
        resolve()
      }
    }),
}

/** Retry rules, complete. Delays in milliseconds. */
export interface RetryRules {
  attempts: number
  minDelay: number
  maxDelay: number
}

/** Says when the next run may start: each item waits for its own retry, and all wait after a 429. */
export class Pacing {
  readonly #rules: RetryRules
  readonly #clock: Clock
  readonly #signal: AbortSignal
  #pausedUntil = 0

  constructor(rules: RetryRules, clock: Clock, signal: AbortSignal) {
    this.#rules = rules
    this.#clock = clock
    this.#signal = signal
  }

  /** Resolves when no pause is on. */
  async ready(): Promise<void> {
    // A further 429 meanwhile makes the pause longer.
    while (!this.#signal.aborted) {
      const left = this.#pausedUntil - this.#clock.now()
      if (left <= 0) return
      await this.#clock.sleep(left, this.#signal)
    }
  }

  /** Whether another run of the item may help. */
  mayRetry(error: StructStreamError, runs: number): boolean {
    return error.retryable && runs < this.#rules.attempts
  }

  /**
   * Notes a failed run. After a 429 nothing starts for as long as the server asked for, or for a random part of a
   * limit that doubles with each failure ("full jitter").
   *
   * @param runs of this item so far, from 1
   * @returns milliseconds until the item itself may run again
   */
  failed(error: StructStreamError, runs: number): number {
    const { minDelay, maxDelay } = this.#rules
    const jitter = Math.round(this.#clock.random() * Math.min(maxDelay, minDelay * 2 ** (runs - 1)))
    const delay = Math.min(maxDelay, Math.max(error.retryAfter ?? 0, jitter))
    if (error.code === 'rate_limited') this.#pausedUntil = Math.max(this.#pausedUntil, this.#clock.now() + delay)
    return delay
  }

  /** Waits for an item's own retry. */
  rest(ms: number): Promise<void> {
    return ms > 0 ? this.#clock.sleep(ms, this.#signal) : Promise.resolve()
  }
}
