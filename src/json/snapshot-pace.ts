/** What measures copies of wide containers; both can be replaced in tests. */
export interface PaceOptions {
  /** Milliseconds from any start. @defaultValue `performance.now()` */
  now?: () => number
  /** Milliseconds that a copy of this many elements or keys counts for. @defaultValue what it took, by `now` */
  cost?: (size: number, isArray: boolean) => number
}

/** Copies take at most one part in this many of the time that passes. */
const SHARE = 10
/** Milliseconds for each element and each key at least: clocks may be coarse, or stand still. */
const LEAST_PER_ELEMENT = 1e-6
const LEAST_PER_KEY = 4e-5

/**
 * Decides when a snapshot of wide open containers is worth its copies: when ten times as long as the last copies took has
 * passed since the last snapshot. So copying takes at most a tenth of the time, however wide the containers grow, and a
 * snapshot lags by ten copies at most.
 */
export class SnapshotPace {
  readonly #now: () => number
  readonly #cost: ((size: number, isArray: boolean) => number) | undefined
  #shownAt = 0
  /** What the copies since the last snapshot took. */
  #spent = 0

  constructor({ now = () => performance.now(), cost }: PaceOptions = {}) {
    this.#now = now
    this.#cost = cost
  }

  /** A snapshot now would take more than its share of the time. */
  get isTooSoon(): boolean {
    return this.#spent > 0 && this.#now() - this.#shownAt < SHARE * this.#spent
  }

  /** A snapshot is shown now: the copies from here on are because of it. */
  show(): void {
    this.#shownAt = this.#now()
    this.#spent = 0
  }

  /** The next snapshot is shown whatever has been spent. */
  reset(): void {
    this.#spent = 0
  }

  /** Runs something that is part of a snapshot's price. `size`: elements or keys of the widest container in it. */
  spend<T>(size: number, isArray: boolean, work: () => T): T {
    if (this.#cost !== undefined) {
      this.#spent += this.#cost(size, isArray)
      return work()
    }
    const start = this.#now()
    const result = work()
    this.#spent += Math.max(this.#now() - start, size * (isArray ? LEAST_PER_ELEMENT : LEAST_PER_KEY))
    return result
  }
}
