import { StructStreamError } from '../../../errors.ts'
import type { CheckedPath, FieldAt, Path } from '../../../path.ts'
import type { AnySchema, OutputOf, PartialOf, SchemaLike } from '../../../schema/types.ts'
import { runOf, type StructuredStream } from '../../../stream/structured-stream.ts'
import type { StreamStatus } from '../../../stream/types.ts'
import type { Usage } from '../../../types.ts'
import { connect } from '../connect.ts'
import type { ConnectOptions } from '../receive.ts'
import type { StreamSource } from '../sources/kinds.ts'
import { onNextFrame } from './animation-frame.ts'
import { EMPTY, checkField, fieldOf, type Field } from './field.ts'
import { RunView, type RunContent } from './run-view.ts'

/** `idle`: nothing was asked for yet, or all was cleared. `stopped`: by `stop()`. The others are those of the stream. */
export type StoreStatus = 'idle' | 'stopped' | StreamStatus

/** What a page shows of a stream. It never changes; a new one takes its place. */
export interface StoreState<S = undefined> extends RunContent<S> {
  readonly status: StoreStatus
  /** The validated value, at the end. */
  readonly data: OutputOf<S> | undefined
  /** Absent after `stop()`: that someone stopped it isn't an error. */
  readonly error: StructStreamError | undefined
  /** At the end. */
  readonly usage: Usage | undefined
}

/** Where a store asks, what for, and who hears of the end. */
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

/** The stream that a store follows. */
interface Followed<S> {
  readonly stream: StructuredStream<S>
  readonly view: RunView<S>
  /** It was there before this page, and may have other readers. */
  readonly isAttached: boolean
}

const never = (): boolean => false

/**
 * The state of one stream at a time, for any framework: something to subscribe to and a state that stays the same
 * object until something has changed. It changes at most once a frame, however fast the deltas come, and what was not
 * looked at in between is not even parsed.
 *
 * 1. Parts of the state that haven't changed keep their identity (`===`).
 * 2. After the end, `field(path).state` agrees with the handle, for every path.
 *
 * @example
 * const store = new StreamStore({ api: '/api/recipe', schema: Recipe })
 * store.subscribe(() => draw(store.getState().partial))
 * store.submit({ prompt: 'Bread' })
 */
export class StreamStore<S extends SchemaLike | undefined = undefined> {
  #options: () => StoreOptions<S>
  #schema: StoreOptions<S>['schema']
  #state: StoreState<S>
  #next: StoreState<S> | undefined
  #listeners: readonly (() => void)[] = []
  #followed: Followed<S> | undefined
  #input: { value: unknown } | undefined
  #frame: { promise: Promise<void>; stop: () => void } | undefined

  /** @param options a function is called whenever they are needed, so that they may change */
  constructor(options: StoreOptions<S> | (() => StoreOptions<S>)) {
    this.#options = typeof options === 'function' ? options : () => options
    this.#state = blank(this.#options())
  }

  /** The options that count from the next `submit` or `attach` on. */
  configure(options: StoreOptions<S>): void {
    this.#options = () => options
  }

  /** Calls `listener` after each change of the state. Returns what ends that. */
  readonly subscribe = (listener: () => void): (() => void) => {
    // The same function may be given twice.
    const own = (): void => listener()
    this.#listeners = [...this.#listeners, own]
    return () => {
      this.#listeners = this.#listeners.filter((one) => one !== own)
    }
  }

  /** Returns the present state. */
  readonly getState = (): StoreState<S> => this.#state

  /** The place `path` of the growing value. Give the field you had to get the same object when nothing has changed. */
  field<const P extends Path>(path: CheckedPath<OutputOf<S>, P>, before?: Field): Field<FieldAt<PartialOf<S>, P>> {
    if (this.isOf(this.#options().schema)) checkField(this.#state, path)
    return fieldOf(this.#state, path, before) as Field<FieldAt<PartialOf<S>, P>>
  }

  /** Whether what is shown was asked for with this schema: a page may have chosen another one since, with other paths. */
  isOf(schema: StoreOptions<S>['schema']): boolean {
    return this.#schema === schema
  }

  /**
   * Returns what reads the place `path`: the same object as long as nothing in it has changed. A path that the schema
   * can't have is absent.
   */
  reader<const P extends Path>(path: CheckedPath<OutputOf<S>, P>): () => Field<FieldAt<PartialOf<S>, P>> {
    let field: Field | undefined
    return () => (field = fieldOf(this.#state, path, field)) as Field<FieldAt<PartialOf<S>, P>>
  }

  /** Asks the server; what was running is stopped, and its values are forgotten. */
  readonly submit = (input?: unknown): StructuredStream<S> => {
    const { api } = this.#options()
    const isPlace = typeof api === 'string' || api instanceof URL
    return this.#begin(isPlace ? api : api(input), isPlace ? { body: input ?? {} } : {}, input, false)
  }

  /**
   * Joins a stream that is running or was stored: after a reload, or in a second tab. What was running here is stopped.
   * Leaving the page leaves the stream alone; `stop()` ends it for everyone.
   *
   * @param source where the server gives the stream, for instance the route of `resumable(…).handler()`
   * @param input what `retry()` submits, should the stream have failed: attaching again would give the same failure
   */
  readonly attach = (source: StreamSource, input?: unknown): StructuredStream<S> =>
    this.#begin(source, { method: undefined }, input, true)

  /** Stops the request; what has come stays. */
  readonly stop = (): void => {
    const followed = this.#drop()
    if (followed !== undefined) this.#show({ ...this.#ended(followed), status: 'stopped' })
  }

  /** Asks `api` again with the last input. Without effect before the first `submit` or `attach`. */
  readonly retry = (): void => {
    if (this.#input !== undefined) this.submit(this.#input.value)
  }

  /** Stops the request, and forgets everything. */
  readonly clear = (): void => {
    this.#drop()
    this.#input = undefined
    this.#show(blank(this.#options()))
  }

  /** Stops the request, and what would be shown later; for when no one is there any more. */
  readonly leave = (): void => {
    const { stream, isAttached } = this.#followed ?? {}
    // The server takes this for a reader that may come back, and so isn't asked to stop the stream.
    if (stream !== undefined && isAttached === true)
      runOf(stream).fail(new StructStreamError('aborted', 'The page was left.', { retryable: true }))
    this.stop()
    this.#frame?.stop()
    this.#frame = undefined
  }

  #begin(source: StreamSource, request: ConnectOptions, input: unknown, isAttached: boolean): StructuredStream<S> {
    this.#drop()
    const { api: _, schema, initialValue: __, onData, onError, ...options } = this.#options()
    const all = { ...options, ...request }
    const stream = connect(source, schema as AnySchema | undefined, all) as unknown as StructuredStream<S>
    const followed: Followed<S> = { stream, view: new RunView(stream), isAttached }
    this.#followed = followed
    this.#input = { value: input }
    this.#schema = schema
    this.#show({ ...blank(this.#options()), status: 'starting', checkPath: pathCheck(stream) })
    void this.#follow(followed)
    void this.#finish(followed, onData, onError)
    return stream
  }

  /** Shows what comes, frame by frame. */
  async #follow(followed: Followed<S>): Promise<void> {
    const { stream, view } = followed
    try {
      for await (const _ of view.arrivals()) {
        if (this.#followed !== followed) return
        const { status } = stream
        // That it is done is reported together with the data.
        this.#change({ ...view.read(), ...(status !== 'done' && status !== 'failed' && { status }) })
        await this.#nextFrame()
      }
    } catch {
      // `#finish` reports it.
    }
  }

  async #finish(
    followed: Followed<S>,
    onData: StoreOptions<S>['onData'],
    onError: StoreOptions<S>['onError'],
  ): Promise<void> {
    const ended = await followed.stream.getResult().then(
      ({ data, usage }) => ({ status: 'done' as const, data, usage }),
      (error: StructStreamError) => ({ status: 'failed' as const, error, usage: error.usage }),
    )
    if (this.#followed !== followed) return
    this.#followed = undefined
    this.#change({ ...this.#ended(followed), ...ended })
    if (ended.status === 'done') onData?.(ended.data)
    else onError?.(ended.error)
  }

  /** What there is at the end: of the answer, exactly what the handle has. */
  #ended({ stream, view }: Followed<S>): StoreState<S> {
    const empty = blank(this.#options())
    return {
      ...empty,
      ...view.aside(),
      partial: stream.partial ?? empty.partial,
      issues: view.known(stream.issues),
      isComplete: (path) => stream.isComplete(path),
      checkPath: pathCheck(stream),
    }
  }

  /** Stops the stream that is being followed, and returns it. */
  #drop(): Followed<S> | undefined {
    const followed = this.#followed
    this.#followed = undefined
    followed?.stream.abort()
    return followed
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

function pathCheck(stream: StructuredStream<unknown>): (path: Path) => void {
  const run = runOf(stream)
  return (path) => void run.answer?.compiled.resolvePath(path, 'value')
}

function blank<S>({ initialValue }: StoreOptions<S>): StoreState<S> {
  return {
    status: 'idle',
    partial: initialValue,
    data: undefined,
    issues: EMPTY,
    error: undefined,
    text: '',
    reasoning: '',
    toolCalls: EMPTY,
    files: EMPTY,
    usage: undefined,
    isComplete: never,
  }
}
