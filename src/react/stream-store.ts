import type { StructStreamError } from '../errors.ts'
import type { OutputOf, PartialOf } from '../schema/types.ts'
import type { StructuredStream } from '../stream/structured-stream.ts'
import type { RunResult, StreamStatus } from '../stream/types.ts'
import type { Path, Usage } from '../types.ts'
import { connect, type ConnectOptions, type StreamSource } from '../web/client/index.ts'
import { fieldOf, type Circumstance, type Field, type FieldAt } from './field.ts'
import { onNextFrame } from './animation-frame.ts'

/** `idle`: nothing was asked for yet, or all was cleared. `stopped`: by `stop()`. The others are those of the stream. */
export type StoreStatus = 'idle' | 'stopped' | StreamStatus

/** What a page shows of a stream. It never changes; a new one takes its place. */
export interface StoreState<S = undefined> extends Circumstance<S> {
  readonly status: StoreStatus
  /** The validated value, at the end. */
  readonly data: OutputOf<S> | undefined
  /** Absent after `stop()`: that someone stopped it isn't an error. */
  readonly error: StructStreamError | undefined
  /** As the model wrote it. */
  readonly text: string
  readonly usage: Usage | undefined
}

export interface StoreOptions<S = undefined> extends Omit<ConnectOptions, 'body' | 'signal'> {
  /** Where `submit(input)` asks, with the input as the body, or what makes the source for an input. */
  api: string | URL | ((input: unknown) => StreamSource)
  /** The same as on the server; without one the answer is text. */
  schema?: S | undefined
  /** Shown until the first partial comes. */
  initialValue?: PartialOf<S> | undefined
  onData?: ((data: OutputOf<S>) => void) | undefined
  onError?: ((error: StructStreamError) => void) | undefined
}

const never = (): boolean => false

/**
 * The state of one stream at a time, for any framework: something to subscribe to and a state that stays the same
 * object until something has changed. It changes at most once a frame, however fast the deltas come, and what was not
 * looked at in between is not even parsed.
 */
export class StreamStore<S = undefined> {
  #options: StoreOptions<S>
  #state: StoreState<S>
  #next: StoreState<S> | undefined
  #listeners: readonly (() => void)[] = []
  #stream: StructuredStream<S> | undefined
  #input: { value: unknown } | undefined
  #frame: { promise: Promise<void>; stop: () => void } | undefined

  constructor(options: StoreOptions<S>) {
    this.#options = options
    this.#state = blank(options)
  }

  /** The options that count from the next `submit` on. */
  configure(options: StoreOptions<S>): void {
    this.#options = options
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners = [...this.#listeners, listener]
    return () => {
      this.#listeners = this.#listeners.filter((one) => one !== listener)
    }
  }

  readonly getState = (): StoreState<S> => this.#state

  /** The place `path` of the growing value. Give the field you had to get the same object when nothing has changed. */
  field<const P extends Path>(path: P, before?: Field): Field<FieldAt<PartialOf<S>, P>> {
    return fieldOf(this.#state, path, before) as Field<FieldAt<PartialOf<S>, P>>
  }

  /** Asks the server; what was running is stopped, and its values are forgotten. */
  readonly submit = (input?: unknown): StructuredStream<S> => {
    this.#drop()
    const { api, schema, initialValue: _, onData, onError, ...options } = this.#options
    const isPlace = typeof api === 'string' || api instanceof URL
    const stream = connect<S>(isPlace ? api : api(input), schema, { ...options, ...(isPlace && { body: input ?? {} }) })
    this.#stream = stream
    this.#input = { value: input }
    this.#show({ ...blank(this.#options), status: 'starting' })
    void this.#follow(stream, stream.streamSnapshots(), ({ value, issues, isComplete }) => ({
      partial: value,
      issues,
      isComplete,
    }))
    void this.#follow(stream, stream.streamText({ cumulative: true }), (text) => ({ text }))
    void this.#finish(stream, onData, onError)
    return stream
  }

  /** Stops the request; what has come stays. */
  readonly stop = (): void => {
    if (this.#stream === undefined) return
    const { partial, issues, isComplete, text } = this.#next ?? this.#state
    this.#drop()
    this.#show({ ...blank(this.#options), status: 'stopped', partial, issues, isComplete, text })
  }

  /** Asks for the same again. Without effect before the first `submit`. */
  readonly retry = (): void => {
    if (this.#input !== undefined) this.submit(this.#input.value)
  }

  /** Stops the request, and forgets everything. */
  readonly clear = (): void => {
    this.#drop()
    this.#input = undefined
    this.#show(blank(this.#options))
  }

  /** Stops the request, and what would be shown later; for when no one is there any more. */
  readonly leave = (): void => {
    if (this.#stream !== undefined) this.stop()
    this.#frame?.stop()
    this.#frame = undefined
  }

  async #follow<T>(
    stream: StructuredStream<S>,
    items: AsyncIterable<T>,
    change: (item: T) => Partial<StoreState<S>>,
  ): Promise<void> {
    try {
      for await (const item of items) {
        if (this.#stream !== stream) return
        const { status } = stream
        // That it is done is reported together with the data.
        this.#change({ ...change(item), ...(status !== 'done' && status !== 'failed' && { status }) })
        await this.#nextFrame()
      }
    } catch {
      // `#finish` reports it.
    }
  }

  async #finish(
    stream: StructuredStream<S>,
    onData: StoreOptions<S>['onData'],
    onError: StoreOptions<S>['onError'],
  ): Promise<void> {
    let result: RunResult<S>
    try {
      result = await stream.getResult()
    } catch (thrown) {
      const error = thrown as StructStreamError
      if (this.#stream !== stream) return
      this.#stream = undefined
      const partial = error.partial === undefined ? {} : { partial: error.partial as PartialOf<S> }
      const { issues = this.#state.issues, text = this.#state.text, usage } = error
      this.#change({ ...partial, status: 'failed', error, issues, text, usage })
      onError?.(error)
      return
    }
    if (this.#stream !== stream) return
    this.#stream = undefined
    const { data, text, usage } = result
    const value = data as PartialOf<S>
    this.#change({ status: 'done', data, partial: value, text, usage, isComplete: (path) => stream.isComplete(path) })
    onData?.(data)
  }

  #drop(): void {
    const stream = this.#stream
    this.#stream = undefined
    stream?.abort()
  }

  #change(change: Partial<StoreState<S>>): void {
    this.#next = { ...(this.#next ?? this.#state), ...change }
    void this.#nextFrame()
  }

  /** Resolves when what is to be shown has been shown. */
  #nextFrame(): Promise<void> {
    if (this.#frame !== undefined) return this.#frame.promise
    let stop!: () => void
    const promise = new Promise<void>((resolve) => {
      const cancel = onNextFrame(() => {
        this.#frame = undefined
        if (this.#next !== undefined) this.#show(this.#next)
        resolve()
      })
      stop = () => {
        cancel()
        resolve()
      }
    })
    this.#frame = { promise, stop }
    return promise
  }

  #show(state: StoreState<S>): void {
    this.#next = undefined
    this.#state = state
    for (const listener of this.#listeners) listener()
  }
}

function blank<S>({ initialValue }: StoreOptions<S>): StoreState<S> {
  return {
    status: 'idle',
    partial: initialValue,
    data: undefined,
    issues: [],
    error: undefined,
    text: '',
    usage: undefined,
    isComplete: never,
  }
}
