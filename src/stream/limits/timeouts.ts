import { Timer } from '../../async/timer.ts'
import { StructStreamError } from '../../errors.ts'

/** Milliseconds that usage and metadata may come after the terminal event; some servers never close. */
const GRACE = 2_000

/** Milliseconds; `Infinity` is off. */
export interface TimeoutLimits {
  total: number
  firstDelta: number
  idle: number
}

/**
 * The clocks of a run, on one timer. Activity only notes the time: a timer that fires early is set again,
 * instead of one being set for every delta.
 */
export class Timeouts implements Disposable {
  readonly #limits: TimeoutLimits
  readonly #onTimeout: (which: keyof TimeoutLimits, error: StructStreamError) => void
  readonly #timer = new Timer()
  readonly #start = performance.now()
  #attemptStart = this.#start
  #lastSign = this.#start
  #isDelivering = false
  #idle: number
  #isStopped = false

  constructor(limits: TimeoutLimits, onTimeout: (which: keyof TimeoutLimits, error: StructStreamError) => void) {
    this.#limits = limits
    this.#onTimeout = onTimeout
    this.#idle = limits.idle
    this.#arm(this.#start)
  }

  /** When something last arrived, by `performance.now()`. */
  get lastSign(): number {
    return this.#lastSign
  }

  /** Milliseconds since the call. */
  elapsed(): number {
    return performance.now() - this.#start
  }

  /** Milliseconds until `total`. */
  left(): number {
    return this.#limits.total - this.elapsed()
  }

  /** `firstDelta` and `idle` start anew. */
  nextAttempt(): void {
    this.#attemptStart = this.#lastSign = performance.now()
    this.#isDelivering = false
    this.#idle = this.#limits.idle
    this.#arm(this.#lastSign)
  }

  /** Something arrived. Also sees to it that a model which never lets timers run is stopped in time. */
  sign(): void {
    const now = performance.now()
    this.#lastSign = now
    if (now >= this.#due()) this.#check(now)
  }

  /** The first delta arrived. */
  delivered(): void {
    this.#isDelivering = true
  }

  /** The answer is finished; what may follow it is waited for `GRACE` at most. */
  finished(): void {
    this.#isDelivering = true
    this.#idle = Math.min(this.#limits.idle, GRACE)
    this.#arm(performance.now())
  }

  /** The attempt is over: until the next one only `total` counts. */
  pause(): void {
    this.#isDelivering = true
    this.#idle = Infinity
    this.#arm(performance.now())
  }

  [Symbol.dispose](): void {
    this.#isStopped = true
    this.#timer.stop()
  }

  #due(): number {
    const total = this.#start + this.#limits.total
    return this.#isDelivering ? total : Math.min(total, this.#attemptStart + this.#limits.firstDelta)
  }

  #arm(now: number): void {
    if (this.#isStopped) return
    const due = Math.min(this.#due(), this.#lastSign + this.#idle)
    this.#timer.start(Math.max(1, Math.ceil(due - now)), () => this.#check(performance.now()))
  }

  #check(now: number): void {
    if (this.#isStopped) return
    const { total, firstDelta } = this.#limits
    if (now >= this.#start + total) return this.#end('total', total)
    const isLate = !this.#isDelivering && now >= this.#attemptStart + firstDelta
    const isIdle = now >= this.#lastSign + this.#idle
    if (!isLate && !isIdle) return this.#arm(now)
    const idle = this.#idle
    this.pause()
    if (isLate) this.#end('firstDelta', firstDelta)
    else this.#end('idle', idle)
  }

  #end(which: keyof TimeoutLimits, ms: number): void {
    const what =
      which === 'total' ? 'the run took longer than' : which === 'idle' ? 'nothing came for' : 'no delta came within'
    this.#onTimeout(which, new StructStreamError('timeout', `Timed out: ${what} ${ms} ms (timeout.${which}).`))
  }
}
