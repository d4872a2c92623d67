import { Timer } from '../async/timer.ts'
import { StructStreamError } from '../errors.ts'
import type { Model } from '../models/model.ts'
import { Run } from '../stream/run.ts'
import { runOf, StructuredStream } from '../stream/structured-stream.ts'
import { encodeError, encodeEvent } from '../web/protocol.ts'
import { receive } from '../web/client/receive.ts'
import { relays } from '../web/server/relay.ts'
import { serveStored, type HandlerOptions } from './handler.ts'
import { checkId, randomId } from './id.ts'
import { retryUntil } from './retry-until.ts'
import { Producer } from './producer.ts'
import { StoreRelay, storeSource } from './stored-relay.ts'
import { expired, lost } from './stored-consumer.ts'
import type { Claim, Store, StoredEvent, StoredState } from './store.ts'
import { NOTHING, resumedModel, toldBy, type Told } from './takeover.ts'

/** Options of `resumable`. */
export interface ResumableOptions {
  /**
   * Milliseconds that a producer may be silent before it counts as gone and readers end as `lost`; it says something
   * at least every third of that. A store may be away for two thirds of it without harm. @defaultValue 15,000
   */
  lease?: number
  /** Milliseconds that a stream is kept after its last event. @defaultValue 3,600,000: an hour */
  ttl?: number
  /** UTF-8 bytes of one stream; a longer one is stopped with `limit_exceeded`. @defaultValue 16,777,216 */
  maxBytes?: number
  /**
   * Whether another machine may go on with a stream whose producer is gone: the next one that calls `start` with its id,
   * or one that has called it before and stands by. Readers end as `lost` only when nobody has within one more lease.
   * @defaultValue false
   */
  takeover?: boolean
}

/** Makes a stream. With `takeover` its model has to go through `resume`, and `recover: true` has to be set. */
export type MakeStream<S> = (resume: (model: Model) => Model) => StructuredStream<S>

export interface StartOptions<S> {
  /** The schema of the stream, for the case that it is being made elsewhere already. */
  schema?: S | undefined
}

export interface AttachOptions<S> {
  /** For reading the stream here; sending it on needs none. */
  schema?: S | undefined
  /** Offset after which `toResponse` goes on, if the request does not say; reading here begins at the start. @defaultValue 0 */
  after?: number | undefined
  signal?: AbortSignal | undefined
}

/** A stream that was started, here or elsewhere. */
export interface Started<S> {
  readonly id: string
  /** To be read here, or sent on with `toResponse`, whose ids are offsets that mean the same on every machine. */
  readonly stream: StructuredStream<S>
  /** False: there was a stream with this id already, and this is it. */
  readonly isNew: boolean
}

/** How a stored stream stands. */
export interface StoredStatus {
  /** `ended`: with an answer or with an error, which its last event tells. `lost`: its producer is gone. */
  readonly state: StoredState
  /** Of the last event; 0: there is none. */
  readonly offset: number
  /** Somebody has asked for its end. */
  readonly isCancelled: boolean
}

/** Streams that outlive a connection, a process and a machine. */
export interface Resumable {
  /**
   * Makes a stream and keeps it in the store. When there is one with this id already, on whatever machine, `make` is not
   * called, and that stream is given.
   *
   * @param id e.g. of the message that is answered @defaultValue a random one
   * @param make called at most once
   * @throws `bad_options`; `connection_lost` when the store cannot be reached within the lease
   */
  start<S = undefined>(id: string | undefined, make: MakeStream<S>, options?: StartOptions<S>): Promise<Started<S>>

  /**
   * A handle of a stream that was started anywhere. Leaving or aborting it ends only the reading; see `cancel`.
   *
   * @throws `expired` when there is none with this id; `gap` when `after` is beyond its end; `connection_lost`
   */
  attach<S = undefined>(id: string, options?: AttachOptions<S>): Promise<StructuredStream<S>>

  /** Stops a stream wherever it is made: all its readers end as `aborted`. `false`: there is none with this id. */
  cancel(id: string): Promise<boolean>

  /** Undefined: there is none with this id. */
  status(id: string): Promise<StoredStatus | undefined>

  /**
   * A route that gives and cancels streams, for `connect()`: GET goes on after `Last-Event-ID`, DELETE cancels.
   * `authorize` decides who may; foreign, unknown and expired ids get the same 404.
   *
   * @throws `bad_options` without `authorize`
   */
  handler(options: HandlerOptions): (request: Request) => Promise<Response>

  /** Resolves when no stream is being made in this process: what to wait for before a deploy ends it. */
  idle(): Promise<void>
}

/**
 * Keeps streams in a store, with one guarantee: in order; every event after your offset exactly once, or a typed error
 * (`gap`, `lost`, `expired`); never a silent hole.
 *
 * @throws `bad_options`
 * @example
 * const streams = resumable(redisStore(client))
 * const { id, stream } = await streams.start(undefined, () => runStream(prompt, Recipe, { model }))
 * return toResponse(stream, { resume: `/streams/${id}` })
 */
export function resumable(store: Store, options: ResumableOptions = {}): Resumable {
  const { lease = 15_000, ttl = 3_600_000, maxBytes = 16_777_216, takeover = false } = options
  for (const [name, value] of Object.entries({ lease, ttl, maxBytes })) {
    if (typeof value === 'number' && value >= 1 && Number.isFinite(value)) continue
    throw bad(`The option "${name}" of resumable() must be a number from 1, not ${String(value)}.`)
  }
  if (ttl < 2 * lease)
    throw bad(`The option "ttl" of resumable() must be at least twice the lease, which is ${lease} ms.`)
  return new StoredStreams(store, { lease, ttl, maxBytes, takeover })
}

class StoredStreams implements Resumable {
  readonly #store: Store
  readonly #options: Required<ResumableOptions>
  readonly #producing = new Set<Promise<void>>()

  constructor(store: Store, options: Required<ResumableOptions>) {
    this.#store = store
    this.#options = options
  }

  async start<S>(
    given: string | undefined,
    make: MakeStream<S>,
    { schema }: StartOptions<S> = {},
  ): Promise<Started<S>> {
    if (typeof make !== 'function') {
      throw bad('start() expects a function that makes the stream: start(id, () => runStream(...)).')
    }
    const id = given === undefined ? randomId() : checkId(given)
    const claim = await this.#claim(id)
    const stream = claim && (await this.#produce(id, claim, make))
    if (stream !== undefined) return { id, stream, isNew: claim?.last === 0 }
    const attached = await this.attach(id, { schema })
    if (this.#options.takeover) void this.#standBy(id, make).catch(() => {})
    return { id, stream: attached, isNew: false }
  }

  async attach<S>(id: string, options: AttachOptions<S> = {}): Promise<StructuredStream<S>> {
    const { schema, after = 0, signal } = options
    checkId(id)
    if (!Number.isSafeInteger(after) || after < 0) {
      throw bad(`The option "after" must be the offset of an event, a whole number from 0, not ${String(after)}.`)
    }
    const page = await retryUntil(this.#options.lease, () => this.#store.read(id, after, 0))
    if (page === undefined) throw expired(id)
    if (after > page.last) {
      throw new StructStreamError('gap', `The stream ${id} has no event ${after} yet; its last is ${page.last}.`)
    }
    const run = new Run()
    this.#relay(run, id, after)
    // That the producer lives is seen by its lease.
    const timeout = { idle: Infinity }
    void receive(run, storeSource(this.#place(id)), schema, { timeout, signal })
    return new StructuredStream<S>(run)
  }

  async cancel(id: string): Promise<boolean> {
    checkId(id)
    return await retryUntil(this.#options.lease, () => this.#store.cancel(id))
  }

  async status(id: string): Promise<StoredStatus | undefined> {
    checkId(id)
    const page = await retryUntil(this.#options.lease, () => this.#store.read(id, 0, 0))
    return page && { state: page.state, offset: page.last, isCancelled: page.isCancelled }
  }

  handler(options: HandlerOptions): (request: Request) => Promise<Response> {
    return serveStored(options, {
      has: async (id) => (await this.status(id)) !== undefined,
      cancel: (id) => this.cancel(id),
      open: (id) => {
        // Only sent on, never read here.
        const run = new Run()
        this.#relay(run, id, 0)
        return new StructuredStream<unknown>(run)
      },
    })
  }

  async idle(): Promise<void> {
    while (this.#producing.size > 0) await Promise.all(this.#producing)
  }

  #claim(id: string): Promise<Claim | undefined> {
    const { lease, ttl, takeover } = this.#options
    const terms = { lease, ttl, grace: takeover ? lease : 0, takeover, token: randomId() }
    return retryUntil(lease, () => this.#store.claim(id, terms))
  }

  /** Makes the stream, or what is missing of it; undefined when that cannot be made, and the stream has ended as lost. */
  async #produce<S>(id: string, claim: Claim, make: MakeStream<S>): Promise<StructuredStream<S> | undefined> {
    const told = claim.last === 0 ? NOTHING : toldBy(await this.#events(id))
    if (told === undefined) {
      await this.#end(id, claim, lost(id))
      return undefined
    }
    const stream = await this.#make(id, claim, make, told)
    const run = runOf(stream)
    this.#relay(run, id, 0)
    const producing = new Producer(this.#store, id, claim, run, this.#options, told).run()
    this.#producing.add(producing)
    void producing.then(() => this.#producing.delete(producing))
    return stream
  }

  /** Waits for the producer to be gone, and goes on in its place then. */
  async #standBy<S>(id: string, make: MakeStream<S>): Promise<void> {
    const { lease } = this.#options
    const timer = new Timer()
    for (;;) {
      const page = await retryUntil(lease, () => this.#store.read(id, 0, 0))
      if (page?.state !== 'open') return
      // The grace is one lease.
      const left = page.left - lease
      if (left > 0) {
        await new Promise<void>((resolve) => timer.start(left + 10, resolve))
        continue
      }
      const claim = await this.#claim(id)
      if (claim !== undefined) return void (await this.#produce(id, claim, make))
      await new Promise<void>((resolve) => timer.start(100, resolve))
    }
  }

  async #events(id: string): Promise<StoredEvent[]> {
    const events: StoredEvent[] = []
    for (;;) {
      const page = await retryUntil(this.#options.lease, () => this.#store.read(id, events.length))
      if (page === undefined || page.events.length === 0) return events
      events.push(...page.events)
    }
  }

  #place(id: string): { store: Store; id: string; patience: number } {
    return { store: this.#store, id, patience: this.#options.lease }
  }

  #relay(run: Run, id: string, after: number): void {
    relays.set(run, (telling) => new StoreRelay(this.#place(id), { ...telling, from: telling.from || after }))
  }

  /** @throws what `make` throws; the stream ends with that then, and does not wait for its lease */
  async #make<S>(id: string, claim: Claim, make: MakeStream<S>, { text }: Told): Promise<StructuredStream<S>> {
    let isResumed = false
    try {
      const stream = make((model) => {
        isResumed = true
        return resumedModel(model, text)
      })
      if (!(stream instanceof StructuredStream)) {
        throw bad('The function given to start() must return the stream of runStream().')
      }
      if (isResumed || !this.#options.takeover) return stream
      stream.abort()
      throw bad(
        'With takeover, the function given to start() must pass its model on: (resume) => runStream(prompt, schema, { model: resume(model), recover: true }).',
      )
    } catch (thrown) {
      await this.#end(id, claim, new StructStreamError('bad_options', 'The stream could not be started.'))
      throw thrown
    }
  }

  /** Ends a stream that has no run. */
  async #end(id: string, { epoch, last }: Claim, error: StructStreamError): Promise<void> {
    const event = { offset: last + 1, data: encodeEvent({ type: 'error', error: encodeError(error) }) }
    await retryUntil(this.#options.lease, () => this.#store.append(id, epoch, [event], true)).catch(() => {})
  }
}

function bad(message: string): StructStreamError {
  return new StructStreamError('bad_options', message)
}
