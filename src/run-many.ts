import { asyncDispose } from './async/consumer.ts'
import type { Figures, Work, WorkRules } from './many/work.ts'
import { systemClock, type Clock } from './many/pace.ts'
import type { ItemRun, ManyOptions, ManyOutcome, ManyProgress, ManySummary } from './many/types.ts'
import { bad, check, checkNames, isObject, isString, show } from './stream/options/checks.ts'
import type { StreamIterator } from './stream/structured-stream.ts'

/**
 * Runs a prompt for each of many items, a few at a time, and yields the results in order of completion.
 *
 * @param items read only as fast as the work is done, so they may be a stream without end
 * @param toRun what to ask for one item; what it throws is that item's failure
 * @returns an iterable of the outcomes; errors of a run are outcomes, wrong options reject the first `next()`
 * @example
 * const many = runMany(reviews, (review) => ({ prompt: `Judge: ${review}`, schema: Verdict }), { checkpoint: 'out.jsonl' })
 * for await (const { item, ok, ...end } of many) console.log(item, ok)
 * console.log(await many.summary())
 */
export function runMany<Item, S = undefined, C = unknown>(
  items: Iterable<Item> | AsyncIterable<Item>,
  toRun: (item: Item, index: number) => ItemRun<S, C> | Promise<ItemRun<S, C>>,
  options: ManyOptions = {},
): ManyRuns<Item, S> {
  return new ManyRuns(items, toRun as never, options)
}

/** Many runs on their way. The work starts with the first `next()` or `summary()`. */
export class ManyRuns<Item, S = undefined> implements StreamIterator<ManyOutcome<Item, S>> {
  readonly #items: Iterable<Item> | AsyncIterable<Item>
  readonly #toRun: (item: unknown, index: number) => unknown
  readonly #options: ManyOptions
  readonly #clock: Clock
  readonly #figures: Figures
  #work: Promise<Work> | undefined
  #startedAt = 0
  #endedAt: number | undefined
  /** Reads come one after the other, whoever reads. */
  #last: Promise<unknown> = Promise.resolve()
  #isIterated = false
  #summary: Promise<ManySummary> | undefined
  #onEnd: (() => void) | undefined
  #failure: unknown
  #release: (() => void) | undefined

  /** @internal Use `runMany()`. */
  constructor(
    items: Iterable<Item> | AsyncIterable<Item>,
    toRun: (item: unknown, index: number) => unknown,
    options: ManyOptions,
    clock: Clock = systemClock,
  ) {
    this.#items = items
    this.#toRun = toRun
    this.#options = options
    this.#clock = clock
    const total = Array.isArray(items) ? items.length : undefined
    this.#figures = { done: 0, failed: 0, running: 0, total, attempts: 0, usage: {}, errors: {} }
  }

  /** The figures at this moment. */
  get progress(): ManyProgress {
    const { done, failed, running, total, usage } = this.#figures
    return { done, failed, running, total, usage: { ...usage } }
  }

  [Symbol.asyncIterator](): this {
    return this
  }

  /** @throws `bad_options` for wrong options or a checkpoint that can't be used, and whatever `items` throws */
  next(): Promise<IteratorResult<ManyOutcome<Item, S>, undefined>> {
    this.#isIterated = true
    return this.#next()
  }

  /** Stops what runs, and resolves when it has stopped. */
  async return(): Promise<IteratorResult<ManyOutcome<Item, S>, undefined>> {
    this.#isIterated = true
    this.#work ??= this.#start()
    const work = await this.#work.catch(() => undefined)
    work?.stop()
    await this.#last
    await work?.leave()
    this.#end()
    return { value: undefined, done: true }
  }

  [asyncDispose](): Promise<void> {
    return this.return().then(() => {})
  }

  /**
   * Resolves when all of the work is done. It does the work itself when no one iterates; the outcomes are then dropped.
   *
   * @throws what `next()` throws
   */
  summary(): Promise<ManySummary> {
    this.#summary ??= this.#summarize()
    return this.#summary
  }

  async #summarize(): Promise<ManySummary> {
    // A loop that is about to begin in this very turn has the outcomes.
    await Promise.resolve()
    if (this.#isIterated) await this.#ended()
    else while (!this.#isIterated && !(await this.#next()).done);
    if (this.#endedAt === undefined) await this.#ended()
    if (this.#failure !== undefined) throw this.#failure
    const { done, failed, attempts, usage, errors } = this.#figures
    const duration = this.#endedAt! - this.#startedAt
    return { total: done + failed, done, failed, attempts, usage: { ...usage }, errors: { ...errors }, duration }
  }

  #ended(): Promise<void> {
    return new Promise((resolve) => {
      if (this.#endedAt !== undefined) resolve()
      else this.#onEnd = resolve
    })
  }

  #next(): Promise<IteratorResult<ManyOutcome<Item, S>, undefined>> {
    const read = this.#last.then(() => this.#read())
    this.#last = read.catch(() => {})
    return read
  }

  async #read(): Promise<IteratorResult<ManyOutcome<Item, S>, undefined>> {
    if (this.#endedAt !== undefined) return { value: undefined, done: true }
    try {
      this.#work ??= this.#start()
      const next = await (await this.#work).next()
      if (next.done === true) this.#end()
      return next as IteratorResult<ManyOutcome<Item, S>, undefined>
    } catch (error) {
      this.#failure = error
      this.#end()
      throw error
    }
  }

  async #start(): Promise<Work> {
    this.#startedAt = this.#clock.now()
    const { rules, signal } = readOptions(this.#items, this.#toRun, this.#options, this.#clock)
    const { Work } = await import('./many/work.ts')
    const work = new Work(this.#items, this.#toRun, rules, this.#figures, () => this.#report())
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
    this.#onEnd?.()
  }

  #report(): void {
    try {
      this.#options.onProgress?.(this.progress)
    } catch {
      // What shows the work must not end it.
    }
  }
}

const wholeNumber = (least: number) =>
  check(`an integer ≥ ${least}`, (v) => Number.isInteger(v) && (v as number) >= least)
const delay = check('milliseconds (a number ≥ 0)', (v) => typeof v === 'number' && v >= 0 && v < Infinity)
const retryChecks = { attempts: wholeNumber(1), minDelay: delay, maxDelay: delay }
const checks = {
  concurrency: wholeNumber(1),
  signal: check('an AbortSignal', (v) => isObject(v) && 'aborted' in v),
  retry: check('an integer ≥ 1 or { attempts, minDelay, maxDelay }', (v) =>
    isObject(v) ? true : Number.isInteger(v) && (v as number) >= 1,
  ),
  checkpoint: check('a path or { load, save }', (v) =>
    isObject(v) ? typeof v['load'] === 'function' && typeof v['save'] === 'function' : isString(v) && v !== '',
  ),
  onProgress: check('a function', (v) => typeof v === 'function'),
}

/** Checks everything and completes it with defaults. @throws `bad_options` */
function readOptions(
  items: unknown,
  toRun: unknown,
  options: unknown,
  clock: Clock,
): { rules: WorkRules; signal: AbortSignal | undefined } {
  const isIterable = isObject(items) && (Symbol.iterator in items || Symbol.asyncIterator in items)
  if (!isIterable) throw bad(`The items must be iterable, such as a list, got ${show(items)}.`)
  if (typeof toRun !== 'function') throw bad(`\`toRun\` must be a function, got ${show(toRun)}.`)
  if (!isObject(options)) throw bad(`The options of runMany() must be an object, got ${show(options)}.`)
  checkNames(options, checks, 'option')
  const { concurrency = 8, retry = 3, checkpoint, signal } = options as ManyOptions
  const given = typeof retry === 'number' ? { attempts: retry } : retry
  checkNames(given, retryChecks, 'option')
  const { attempts = 3, minDelay = 500, maxDelay = 60_000 } = given
  return { rules: { concurrency, retry: { attempts, minDelay, maxDelay }, checkpoint, clock }, signal }
}
