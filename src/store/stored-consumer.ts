import { END, Consumer, NONE } from '../async/consumer.ts'
import { Timer } from '../async/timer.ts'
import { StructStreamError } from '../errors.ts'
import type { Store, StoredEvent, StoredPage } from './store.ts'

/** Milliseconds until a failed read is tried again, at first and at most. */
const RETRY = { first: 50, most: 1_000 }
/** Milliseconds after the end of a lease at which a look must find the stream lost. */
const LATE = 20

/** Where a stored stream is. */
export interface Place {
  readonly store: Store
  /** What its owner calls it. */
  readonly id: string
  /** What the store calls it. */
  readonly name: string
  readonly birth: string
  /** Milliseconds that the store may fail. */
  readonly patience: number
}

/**
 * Reads a stored stream from an offset on, page by page, each only when the one before was taken: a slow reader costs
 * nothing but its place. In order; every event after the offset exactly once, of the stream with the given birth mark,
 * or a typed error (`gap`, `lost`, `expired`); never a silent hole, never a mixture. A store that can't be read for
 * `patience` ms ends it as `connection_lost`.
 */
export class StoredConsumer extends Consumer<readonly StoredEvent[]> {
  readonly #store: Store
  readonly #id: string
  readonly #name: string
  readonly #birth: string
  readonly #patience: number
  /** Offset of the last event that was handed out or waits in `#page`. */
  #after: number
  #page: readonly StoredEvent[] = []
  #end: 'none' | 'ended' | StructStreamError = 'none'
  #isReading = false
  /** A notice came since the last read began, or there is more for certain. */
  #isDue = true
  #isLeft = false
  /** By `performance.now()`. */
  #failingSince: number | undefined
  #retry = RETRY.first
  readonly #timer = new Timer()
  #unwatch: (() => void) | undefined

  constructor({ store, id, name, birth, patience }: Place, after: number) {
    super({
      join: () => {
        this.#unwatch = store.watch(name, 'events', () => this.#look())
      },
      leave: () => {},
    })
    this.#store = store
    this.#id = id
    this.#name = name
    this.#birth = birth
    this.#after = after
    this.#patience = patience
  }

  protected override pull(): readonly StoredEvent[] | typeof NONE | typeof END {
    if (this.#page.length > 0) {
      const page = this.#page
      this.#page = []
      return page
    }
    if (this.#end === 'ended') return END
    if (this.#end !== 'none') throw this.#end
    if (this.#isDue) void this.#read()
    return NONE
  }

  protected override close(): void {
    this.#isLeft = true
    this.#timer.stop()
    this.#unwatch?.()
  }

  #look(): void {
    this.#isDue = true
    // This leads to a read only if a `next()` is waiting.
    this.notify()
  }

  async #read(): Promise<void> {
    if (this.#isReading) return
    this.#isReading = true
    this.#isDue = false
    this.#timer.stop()
    try {
      const page = await this.#store.read(this.#name, this.#after)
      this.#failingSince = undefined
      this.#retry = RETRY.first
      if (!this.#isLeft) this.#take(page)
    } catch (error) {
      if (!this.#isLeft) this.#fail(error)
    } finally {
      this.#isReading = false
    }
    if (!this.#isLeft) this.notify()
  }

  #take(page: StoredPage | undefined): void {
    if (page === undefined) {
      this.#end = expired(this.#id)
      return
    }
    if (page.birth !== this.#birth) {
      this.#end = replaced(this.#id)
      return
    }
    const { events, last, state, left } = page
    const isWhole = events.every(({ offset }, index) => offset === this.#after + 1 + index)
    if (!isWhole || last < this.#after || (last > this.#after && events.length === 0)) {
      this.#end = new StructStreamError(
        'gap',
        `The stream ${this.#id} can't be read after offset ${this.#after}: its last event is ${last}, and the next one in the store is ${events[0]?.offset ?? 'none'}. Read it from the start.`,
      )
      return
    }
    this.#page = events
    this.#after += events.length
    if (this.#after < last) this.#isDue = true
    else if (state === 'ended') this.#end = 'ended'
    else if (state === 'lost') this.#end = lost(this.#id)
    else this.#timer.start(left + LATE, () => this.#look())
  }

  #fail(cause: unknown): void {
    const now = performance.now()
    this.#failingSince ??= now
    if (now - this.#failingSince >= this.#patience) {
      this.#end = new StructStreamError(
        'connection_lost',
        `The store could not be read for ${Math.round(now - this.#failingSince)} ms. Is it running, and is its client connected?`,
        { cause },
      )
      return
    }
    this.#timer.start(this.#retry, () => this.#look())
    this.#retry = Math.min(RETRY.most, this.#retry * 2)
  }
}

/** An error for a stream that isn't there. */
export function expired(id: string): StructStreamError {
  return new StructStreamError(
    'expired',
    `There is no stream ${id}: it never existed, or its time to live is over. Start a new one.`,
  )
}

/** An error for a reader whose stream is gone, and whose id is that of a later one. */
export function replaced(id: string): StructStreamError {
  return new StructStreamError(
    'expired',
    `The stream ${id} that was being read is gone, and another one has its id now. Read that one from the start.`,
  )
}

/** An error for a stream whose producer is gone. */
export function lost(id: string, cause?: unknown): StructStreamError {
  return new StructStreamError(
    'lost',
    `The stream ${id} has lost its producer: its process has stopped or was cut off from the store. Ask again.`,
    { retryable: true, ...(cause !== undefined && { cause }) },
  )
}
