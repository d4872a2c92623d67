import { readManyOptions } from './options.ts'
import { systemClock, type Clock } from './pacing.ts'
import { progressOf } from './progress.ts'
import type { AnyOutcome, ManyCall, ManySummary } from './types.ts'
import { Work } from './work.ts'

type Next = IteratorResult<AnyOutcome, undefined>

/** Reads the outcomes of one piece of work for all who read them: the loop, `summary()`, or both. */
export class WorkReader {
  readonly #given: ManyCall
  readonly #clock: Clock
  #work: Promise<Work> | undefined
  #startedAt = 0
  #endedAt: number | undefined
  /** Reads come one after the other. */
  #last: Promise<unknown> = Promise.resolve()
  #onEnd: (() => void)[] = []
  #failure: { error: unknown } | undefined
  #release: (() => void) | undefined

  constructor(given: ManyCall, clock: Clock = systemClock) {
    this.#given = given
    this.#clock = clock
  }

  /** @throws `bad_options`, or what the items or the checkpoint threw */
  next(): Promise<Next> {
    const read = this.#last.then(() => this.#read())
    this.#last = read.catch(() => {})
    return read
  }

  /** Stops what runs, and resolves when it has stopped. */
  async return(): Promise<Next> {
    this.#work ??= this.#start()
    const work = await this.#work.catch(() => undefined)
    work?.stop()
    await this.#last
    await work?.leave()
    this.#end()
    return { value: undefined, done: true }
  }

  /**
   * Resolves when the work is done.
   *
   * @param isRead whether a loop reads the outcomes, so that nothing has to be read here
   */
  async summary(isRead: () => boolean): Promise<ManySummary> {
    while (!isRead() && (await this.next()).done !== true);
    await new Promise<void>((resolve) => {
      if (this.#endedAt !== undefined) resolve()
      else this.#onEnd.push(resolve)
    })
    if (this.#failure !== undefined) throw this.#failure.error
    const { done, failed, attempts, usage, errors } = this.#given.figures
    const duration = this.#endedAt! - this.#startedAt
    return { total: done + failed, done, failed, attempts, usage: { ...usage }, errors: { ...errors }, duration }
  }

  async #read(): Promise<Next> {
    if (this.#endedAt !== undefined) return { value: undefined, done: true }
    try {
      this.#work ??= this.#start()
      const next = await (await this.#work).next()
      if (next.done === true) this.#end()
      return next
    } catch (error) {
      this.#failure = { error }
      this.#end()
      throw error
    }
  }

  async #start(): Promise<Work> {
    this.#startedAt = this.#clock.now()
    const { items, toRun, options, figures } = this.#given
    const { rules, signal } = readManyOptions(items, toRun, options, this.#clock)
    const work = new Work(items, toRun, rules, figures, () => this.#report())
    await work.open()
    if (signal !== undefined) {
      const onAbort = (): void => work.stop(signal.reason)
      if (signal.aborted) onAbort()
      else signal.addEventListener('abort', onAbort, { once: true })
      this.#release = () => signal.removeEventListener('abort', onAbort)
    }
    return work
  }

  #end(): void {
    this.#endedAt ??= this.#clock.now()
    this.#release?.()
    for (const resolve of this.#onEnd) resolve()
    this.#onEnd = []
  }

  #report(): void {
    try {
      this.#given.options.onProgress?.(progressOf(this.#given.figures))
    } catch {
      // What shows the work must not end it.
    }
  }
}
