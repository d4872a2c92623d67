import { quiet } from './deferred.ts'

/** `pull` has nothing to give now. */
export const NONE: unique symbol = Symbol('none')
/** `pull` has nothing to give any more. */
export const END: unique symbol = Symbol('end')

/** Not every runtime has the symbol; code compiled for older ones looks for this name then. */
export const asyncDispose: typeof Symbol.asyncDispose = Symbol.asyncDispose ?? Symbol.for('Symbol.asyncDispose')

/**
 * An iterator that may be left early (`break`, `return()`) and is a resource. Spelled out, since the library's iterator
 * types differ between versions of TypeScript.
 */
export interface StreamIterator<T> {
  next(): Promise<IteratorResult<T, undefined>>
  return(): Promise<IteratorResult<T, undefined>>
  [Symbol.asyncIterator](): StreamIterator<T>
  [Symbol.asyncDispose](): Promise<void>
}

/** What consumers follow: it calls `notify()` on each that has joined whenever there may be something new. */
export interface Consumed {
  /** Called at the first `next()`. */
  join(consumer: Consumer<unknown>): void
  /** Called once, when the consumer has ended or has been left. */
  leave(consumer: Consumer<unknown>): void
}

interface Waiter<T> {
  readonly promise: Promise<IteratorResult<T, undefined>>
  resolve(result: IteratorResult<T, undefined>): void
  reject(error: unknown): void
}

/**
 * One consumer of a shared source, as a hand-written async iterator: an async generator would cost 140 ns a
 * delta and could be neither left nor woken while it waits. `next()` may be called many times without awaiting;
 * `return()` answers at once, also while a `next()` is waiting.
 */
export abstract class Consumer<T> implements StreamIterator<T> {
  readonly #source: Consumed
  #waiting: Waiter<T>[] = []
  #state: 'new' | 'open' | 'over' = 'new'
  #isBusy = false

  constructor(source: Consumed) {
    this.#source = source
  }

  /** The next item, `NONE` or `END`, decided now; throws the error that ends this consumer. */
  protected abstract pull(): T | typeof NONE | typeof END

  /** Frees what it holds (timers, watchers). */
  protected close(): void {}

  /** There may be something new. Costs nothing when no one waits. */
  notify(): void {
    // A pull may run user code, and that code may end the run, which notifies again.
    if (this.#isBusy) return
    while (this.#waiting.length > 0) {
      let item: T | typeof NONE | typeof END
      try {
        item = this.#pull()
      } catch (error) {
        const waiter = this.#waiting.shift()
        this.#finish()
        void quiet(waiter!.promise)
        waiter!.reject(error)
        return
      }
      if (item === NONE) return
      if (item === END) return this.#finish()
      this.#waiting.shift()!.resolve({ value: item, done: false })
    }
  }

  next(): Promise<IteratorResult<T, undefined>> {
    if (this.#state === 'over') return Promise.resolve({ value: undefined, done: true })
    if (this.#state === 'new') {
      this.#state = 'open'
      this.#source.join(this)
    }
    if (this.#waiting.length === 0 && !this.#isBusy) {
      try {
        const item = this.#pull()
        if (item === END) this.#finish()
        else if (item !== NONE) return Promise.resolve({ value: item, done: false })
      } catch (error) {
        this.#finish()
        return quiet(Promise.reject(error))
      }
      // The pull may have ended it, by its own or through user code.
      if ((this.#state as string) === 'over') return Promise.resolve({ value: undefined, done: true })
    }
    let resolve!: Waiter<T>['resolve']
    let reject!: Waiter<T>['reject']
    const promise = new Promise<IteratorResult<T, undefined>>((onResult, onError) => {
      resolve = onResult
      reject = onError
    })
    this.#waiting.push({ promise, resolve, reject })
    return promise
  }

  return(): Promise<IteratorResult<T, undefined>> {
    this.#finish()
    return Promise.resolve({ value: undefined, done: true })
  }

  [Symbol.asyncIterator](): this {
    return this
  }

  async [asyncDispose](): Promise<void> {
    await this.return()
  }

  #pull(): T | typeof NONE | typeof END {
    this.#isBusy = true
    try {
      return this.pull()
    } finally {
      this.#isBusy = false
    }
  }

  #finish(): void {
    if (this.#state === 'over') return
    const joined = this.#state === 'open'
    this.#state = 'over'
    const waiting = this.#waiting
    this.#waiting = []
    for (const waiter of waiting) waiter.resolve({ value: undefined, done: true })
    this.close()
    if (joined) this.#source.leave(this)
  }
}
