import type { ModelEvent } from '../model.ts'
import { type EventSink, PUSH, type PushingStream } from './push.ts'

const DONE: IteratorReturnResult<undefined> = { done: true, value: undefined }

/** Where the events of a stream come from, one request of them after the other. */
export interface EventSource {
  /** Tells `sink` the next events (never none), the end or the failure. */
  pull(sink: EventSink): void
  close(): PromiseLike<unknown>
}

/** What a request may be opened as. */
export type Opened = EventSource | AsyncIterator<ModelEvent>

/**
 * Turns the source of one request into the stream that an adapter hands out. It keeps rules 1 and 5 of the
 * `Model` contract in one place: nothing starts before the first `next()`, and an abort or a `return()` takes effect at
 * once, also while the provider is silent (a bare async generator would queue the `return()` after the stalled read).
 *
 * @param signal the caller's; no listener of ours is left on it when the stream has ended
 * @param open called once, with its own signal: some SDKs never remove the listeners they add
 */
export function eventStream(
  signal: AbortSignal,
  open: (signal: AbortSignal) => Opened | PromiseLike<Opened>,
): PushingStream {
  return new EventStream(signal, open)
}

type EventResult = IteratorResult<ModelEvent, undefined>

class EventStream implements PushingStream, EventSink {
  readonly #signal: AbortSignal
  readonly #open: (signal: AbortSignal) => Opened | PromiseLike<Opened>
  readonly #controller = new AbortController()
  #source: EventSource | undefined
  #isStarted = false
  #isOver = false
  /** Gets the events, if the stream is not iterated. */
  #sink: EventSink | undefined
  /** Events that were not asked for yet. */
  #events: readonly ModelEvent[] = []
  #taken = 0
  #last: Promise<EventResult> | undefined
  #settle: ((result: EventResult) => void) | undefined
  #refuse: ((error: unknown) => void) | undefined

  constructor(signal: AbortSignal, open: (signal: AbortSignal) => Opened | PromiseLike<Opened>) {
    this.#signal = signal
    this.#open = open
  }

  next(): Promise<EventResult> {
    if (!this.#isOver && this.#signal.aborted) this.#stop()
    if (this.#isOver) return Promise.resolve(DONE)
    if (this.#settle !== undefined) return (this.#last = this.#last!.then(() => this.next()))
    const event = this.#events[this.#taken]
    if (event !== undefined) {
      this.#taken++
      return Promise.resolve({ done: false, value: event })
    }
    this.#last = new Promise((resolve, reject) => {
      this.#settle = resolve
      this.#refuse = reject
    })
    this.#pull()
    return this.#last
  }

  return(): Promise<EventResult> {
    this.#stop()
    return Promise.resolve(DONE)
  }

  [Symbol.asyncIterator](): this {
    return this
  }

  [PUSH](sink: EventSink): void {
    this.#sink = sink
    if (this.#signal.aborted) this.#stop()
    else this.#pull()
  }

  // What the source tells.

  events(events: readonly ModelEvent[], isMore: boolean): void {
    if (this.#isOver) return
    if (this.#sink !== undefined) {
      this.#sink.events(events, isMore)
      // The sink may have had enough.
      if (!(this.#isOver as boolean)) this.#pull()
      return
    }
    this.#events = events
    this.#taken = 1
    this.#answer({ done: false, value: events[0]! })
  }

  pause(): void {
    this.#sink?.pause()
  }

  end(): void {
    if (this.#isOver) return
    this.#finish()
    this.#sink?.end()
  }

  fail(error: unknown): void {
    if (this.#isOver) return
    const refuse = this.#refuse
    this.#settle = this.#refuse = undefined
    this.#finish()
    refuse?.(error)
    this.#sink?.fail(error)
  }

  #pull(): void {
    if (this.#source !== undefined) this.#source.pull(this)
    else if (!this.#isStarted) this.#start().catch((error: unknown) => this.fail(error))
  }

  async #start(): Promise<void> {
    this.#isStarted = true
    this.#signal.addEventListener('abort', this.#stop, { once: true })
    const opened = await this.#open(this.#controller.signal)
    this.#source = 'pull' in opened ? opened : new Iterated(opened)
    if (this.#isOver) await this.#source.close()
    else this.#source.pull(this)
  }

  readonly #stop = (): void => {
    if (this.#isOver) return
    this.#finish()
    this.#sink?.end()
    this.#source?.close().then(undefined, () => {})
  }

  #finish(): void {
    this.#isOver = true
    this.#signal.removeEventListener('abort', this.#stop)
    this.#controller.abort()
    this.#answer(DONE)
  }

  #answer(result: EventResult): void {
    const settle = this.#settle
    this.#settle = this.#refuse = undefined
    settle?.(result)
  }
}

/** The events of a generator. */
class Iterated implements EventSource {
  readonly #iterator: AsyncIterator<ModelEvent>

  constructor(iterator: AsyncIterator<ModelEvent>) {
    this.#iterator = iterator
  }

  pull(sink: EventSink): void {
    this.#iterator.next().then(
      (result) => (result.done === true ? sink.end() : sink.events([result.value], false)),
      (error: unknown) => sink.fail(error),
    )
  }

  async close(): Promise<void> {
    await this.#iterator.return?.()
  }
}
