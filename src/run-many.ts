import { asyncDispose } from './async/consumer.ts'
import type { Clock } from './many/pacing.ts'
import { progressOf } from './many/progress.ts'
import type { WorkReader } from './many/reader.ts'
import type { ItemRun, ManyCall, ManyOptions, ManyOutcome, ManyProgress, ManySummary, ToRun } from './many/types.ts'
import type { SchemaLike } from './schema/types.ts'
import type { StreamIterator } from './async/consumer.ts'

/**
 * Runs a prompt for each of many items, a few at a time, and yields the outcomes in order of completion.
 *
 * @param items read only as fast as the work is done, so they may be a stream without end
 * @param toRun what to ask for one item; what it throws is that item's failure
 * @returns an iterable of the outcomes; errors of a run are outcomes, wrong options reject the first `next()`
 * @example
 * const many = runMany(reviews, (review) => ({ prompt: `Judge: ${review}`, schema: Verdict }), { checkpoint: 'out.jsonl' })
 * for await (const outcome of many) console.log(outcome.item, outcome.ok)
 * console.log(await many.summary())
 */
export function runMany<Item, S extends SchemaLike | undefined = undefined, C = unknown>(
  items: Iterable<Item> | AsyncIterable<Item>,
  toRun: (item: Item, index: number) => ItemRun<S, C> | Promise<ItemRun<S, C>>,
  options: ManyOptions = {},
): ManyRuns<Item, S> {
  return new ManyRuns(items, toRun as ToRun, options)
}

/** Many runs on their way. The work starts with the first `next()` or `summary()`. */
export class ManyRuns<Item, S = undefined> implements StreamIterator<ManyOutcome<Item, S>> {
  readonly #call: ManyCall
  readonly #clock: Clock | undefined
  /** Loaded by the first reader: most programs never have many inputs. */
  #reader: Promise<WorkReader> | undefined
  #isIterated = false
  #summary: Promise<ManySummary> | undefined

  /** @internal Use `runMany()`. */
  constructor(items: ManyCall['items'], toRun: ToRun, options: ManyOptions, clock?: Clock) {
    const total = Array.isArray(items) ? items.length : undefined
    const figures = { done: 0, failed: 0, running: 0, total, attempts: 0, usage: {}, errors: {} }
    this.#call = { items, toRun, options, figures }
    this.#clock = clock
  }

  /** The figures at this moment. */
  get progress(): ManyProgress {
    return progressOf(this.#call.figures)
  }

  [Symbol.asyncIterator](): this {
    return this
  }

  /** @throws `bad_options` for wrong options or a checkpoint that can't be used, and whatever `items` throws */
  async next(): Promise<IteratorResult<ManyOutcome<Item, S>, undefined>> {
    this.#isIterated = true
    return (await (await this.#read()).next()) as IteratorResult<ManyOutcome<Item, S>, undefined>
  }

  /** Stops what runs, and resolves when it has stopped. */
  async return(): Promise<IteratorResult<ManyOutcome<Item, S>, undefined>> {
    this.#isIterated = true
    await (await this.#read()).return()
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
    this.#summary ??= this.#read().then((reader) => reader.summary(() => this.#isIterated))
    return this.#summary
  }

  #read(): Promise<WorkReader> {
    this.#reader ??= import('./many/reader.ts').then(({ WorkReader }) => new WorkReader(this.#call, this.#clock))
    return this.#reader
  }
}
