import { StructStreamError } from '../errors.ts'
import { runStream } from '../run-stream.ts'
import type { StructuredStream } from '../stream/structured-stream.ts'
import type { RunOptions, RunResult } from '../stream/types.ts'
import type { Usage } from '../types.ts'
import { openCheckpointFile, type OpenCheckpoint } from './checkpoint-file.ts'
import { fromEntry, isFinal, toEntry, type Ended } from './checkpoint-entry.ts'
import { Pacing, type Clock, type RetryRules } from './pacing.ts'
import type { AnyOutcome, Checkpoint, Figures, ItemRun, ToRun } from './types.ts'
import type { SchemaLike } from '../schema/types.ts'

/** Checked options of `runMany()`, and the clock. */
export interface WorkRules {
  concurrency: number
  retry: RetryRules
  checkpoint: string | Checkpoint | undefined
  clock: Clock
}

/**
 * The work on many items: pulls them, runs at most `concurrency` at a time, and keeps what has finished until it is
 * taken. An item is pulled only when its result will have a place, so what waits is bounded however slow the consumer is.
 */
export class Work {
  readonly figures: Figures
  readonly #items: AsyncIterator<unknown> | Iterator<unknown>
  readonly #toRun: ToRun
  readonly #rules: WorkRules
  readonly #changed: () => void
  readonly #pace: Pacing
  readonly #stop = new AbortController()
  readonly #handles = new Set<StructuredStream<unknown>>()
  readonly #ready: AnyOutcome[] = []
  #wanted:
    | { resolve: (next: IteratorResult<AnyOutcome, undefined>) => void; reject: (error: unknown) => void }
    | undefined
  #checkpoint: OpenCheckpoint | undefined
  /** What earlier starts finished, by key, until it is reached. */
  #saved = new Map<string, Ended>()
  #keys = new Set<string>()
  #pulled = 0
  #open = 0
  #isPulling = false
  #isExhausted = false
  /** Ends the whole work: the items, or the checkpoint, can't be used any more. */
  #broken: { error: unknown } | undefined
  #isClosed = false

  constructor(
    items: Iterable<unknown> | AsyncIterable<unknown>,
    toRun: ToRun,
    rules: WorkRules,
    figures: Figures,
    changed: () => void,
  ) {
    this.#items = Symbol.asyncIterator in items ? items[Symbol.asyncIterator]() : items[Symbol.iterator]()
    this.#toRun = toRun
    this.#rules = rules
    this.figures = figures
    this.#changed = changed
    this.#pace = new Pacing(rules.retry, rules.clock, this.#stop.signal)
  }

  /** Opens the checkpoint. @throws `bad_options` when it can't be used */
  async open(): Promise<void> {
    const { checkpoint } = this.#rules
    if (checkpoint === undefined) return
    this.#checkpoint = typeof checkpoint === 'string' ? await openCheckpointFile(checkpoint) : await opened(checkpoint)
    for (const entry of this.#checkpoint.entries) {
      const saved = fromEntry(entry)
      if (saved !== undefined) this.#saved.set(saved.key, saved.ended)
    }
  }

  /** The next outcome, in order of completion. One call at a time. */
  next(): Promise<IteratorResult<AnyOutcome, undefined>> {
    return new Promise((resolve, reject) => {
      this.#wanted = { resolve, reject }
      this.#advance()
    })
  }

  /** Stops what runs; running items end as `aborted`, and no further one is pulled. */
  stop(reason?: unknown): void {
    if (this.#stop.signal.aborted) return
    this.#stop.abort(reason)
    for (const handle of this.#handles) handle.abort(reason)
    this.#advance()
  }

  /** Gives what is ready to the consumer, starts what has room, and ends when nothing is left. */
  #advance(): void {
    this.#deliver()
    if (this.#hasRoom && !this.#isPulling) {
      this.#isPulling = true
      void this.#pull()
    }
    if (this.#open === 0 && !this.#isPulling && this.#ready.length === 0 && this.#wanted !== undefined)
      void this.#close()
  }

  get #hasRoom(): boolean {
    if (this.#isExhausted || this.#broken !== undefined || this.#stop.signal.aborted) return false
    return this.#open + this.#ready.length < this.#rules.concurrency
  }

  #deliver(): void {
    const wanted = this.#wanted
    const value = wanted === undefined ? undefined : this.#ready.shift()
    if (wanted === undefined || value === undefined) return
    this.#wanted = undefined
    wanted.resolve({ value, done: false })
  }

  /** Pulls one item and starts on it. Items are pulled one after the other, as iterators want it. */
  async #pull(): Promise<void> {
    await this.#pace.ready()
    if (!this.#stop.signal.aborted) {
      try {
        const pulled = this.#items.next()
        const { value, done } = isPromise(pulled) ? await pulled : pulled
        if (done === true) {
          this.#isExhausted = true
          this.figures.total = this.#pulled
          this.#changed()
        } else void this.#work(value, this.#pulled++)
      } catch (error) {
        this.#broken = { error }
      }
    }
    this.#isPulling = false
    this.#advance()
  }

  async #work(item: unknown, index: number): Promise<void> {
    this.#open++
    this.figures.running++
    this.#changed()
    let key = typeof item === 'string' ? item : undefined
    let ended: Ended
    let isSaved = false
    try {
      const toRun = await this.#itemRun(item, index)
      key = toRun.key ?? key
      const saved = this.#claim(key)
      isSaved = saved !== undefined
      ended = saved ?? (await this.#run(toRun))
      if (!isSaved && key !== undefined && isFinal(ended)) await this.#save(key, ended)
    } catch (error) {
      ended = { ok: false, error: error as StructStreamError }
    }
    this.#open--
    this.figures.running--
    if (ended.ok) this.figures.done++
    else {
      this.figures.failed++
      const { errors } = this.figures
      errors[ended.error.code] = (errors[ended.error.code] ?? 0) + 1
    }
    this.#ready.push({ item, index, key, ...(isSaved && { fromCheckpoint: true }), ...ended })
    this.#changed()
    this.#advance()
  }

  /** Calls the user's `toRun`. @throws `bad_options` with what it threw */
  async #itemRun(item: unknown, index: number): Promise<ItemRun<SchemaLike | undefined>> {
    let toRun: unknown
    try {
      toRun = await this.#toRun(item, index)
    } catch (cause) {
      if (cause instanceof StructStreamError) throw cause
      const why = cause instanceof Error ? cause.message : String(cause)
      throw bad(`\`toRun\` threw for item ${index}: ${why}`, cause)
    }
    if (typeof toRun !== 'object' || toRun === null || !('prompt' in toRun)) {
      throw bad(`\`toRun\` must return { prompt, schema, … } for each item; for item ${index} it didn't.`)
    }
    const { key } = toRun as ItemRun
    if (key !== undefined && typeof key !== 'string') {
      throw bad(`The \`key\` of item ${index} must be a string, got ${typeof key}.`)
    }
    return toRun as ItemRun<SchemaLike | undefined>
  }

  /** Takes the key for this item, and gives what the checkpoint has of it. @throws `bad_options` */
  #claim(key: string | undefined): Ended | undefined {
    if (this.#checkpoint === undefined) return undefined
    if (key === undefined) throw bad('With a checkpoint each item needs a `key`, unless items are strings.')
    if (this.#keys.has(key)) throw bad(`The key ${JSON.stringify(key)} is used by two items. Keys must be unique.`)
    this.#keys.add(key)
    const saved = this.#saved.get(key)
    this.#saved.delete(key)
    return saved
  }

  async #save(key: string, ended: Ended): Promise<void> {
    try {
      await this.#checkpoint?.save(toEntry(key, ended))
    } catch (error) {
      // Going on would ask for items that a later start asks for again.
      this.#broken ??= { error }
    }
  }

  async #run({ key: _, prompt, schema, ...options }: ItemRun<SchemaLike | undefined>): Promise<Ended> {
    for (let runs = 1; ; runs++) {
      await this.#pace.ready()
      const ended = await this.#runOnce(prompt, schema, options)
      if (ended.ok || this.#stop.signal.aborted || !this.#pace.mayRetry(ended.error, runs)) return ended
      await this.#pace.rest(this.#pace.failed(ended.error, runs))
    }
  }

  async #runOnce(prompt: ItemRun['prompt'], schema: SchemaLike | undefined, options: RunOptions): Promise<Ended> {
    if (this.#stop.signal.aborted) return { ok: false, error: stopped(this.#stop.signal.reason) }
    this.figures.attempts++
    const handle = runStream<SchemaLike | undefined>(prompt, schema, options)
    this.#handles.add(handle)
    try {
      const result: RunResult<unknown> = await handle.getResult()
      this.#count(result.usage)
      return { ok: true, result }
    } catch (error) {
      const failure = error as StructStreamError
      this.#count(failure.usage)
      return { ok: false, error: failure }
    } finally {
      this.#handles.delete(handle)
    }
  }

  #count(usage: Usage | undefined): void {
    const sum = this.figures.usage
    for (const [name, tokens] of Object.entries(usage ?? {}) as [keyof Usage, number][]) {
      sum[name] = (sum[name] ?? 0) + tokens
    }
  }

  async #close(): Promise<void> {
    const wanted = this.#wanted
    this.#wanted = undefined
    if (!this.#isClosed) {
      this.#isClosed = true
      if (!this.#isExhausted) await Promise.resolve(this.#items.return?.()).catch(() => {})
      try {
        await this.#checkpoint?.close()
      } catch (error) {
        this.#broken ??= { error }
      }
    }
    if (this.#broken === undefined) wanted?.resolve({ value: undefined, done: true })
    else wanted?.reject(this.#broken.error)
  }

  /** Stops, and resolves when nothing runs any more. */
  async leave(): Promise<void> {
    this.stop()
    try {
      while ((await this.next()).done !== true);
    } catch {
      // The consumer has left: there is no one to throw to.
    }
  }
}

async function opened(checkpoint: Checkpoint): Promise<OpenCheckpoint> {
  const entries: unknown[] = []
  for await (const entry of await checkpoint.load()) entries.push(entry)
  return { entries, save: (entry) => checkpoint.save(entry), close: async () => {} }
}

function isPromise<T>(value: T | PromiseLike<T>): value is PromiseLike<T> {
  return typeof (value as PromiseLike<T>).then === 'function'
}

function bad(message: string, cause?: unknown): StructStreamError {
  return new StructStreamError('bad_options', message, cause === undefined ? {} : { cause })
}

function stopped(cause: unknown): StructStreamError {
  return new StructStreamError('aborted', 'The work was stopped before this item was asked for.', { cause })
}
