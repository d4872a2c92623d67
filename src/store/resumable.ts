import type { PlatformRequest } from '../platform.ts'
import { Timer } from '../async/timer.ts'
import { StructStreamError } from '../errors.ts'
import type { Model } from '../models/model.ts'
import type { SchemaLike } from '../schema/types.ts'
import { Run } from '../stream/run.ts'
import { bad, boolean, check, checkNames, isObject, show, type Check } from '../stream/options/checks.ts'
import { observeRun } from '../stream/observe-run.ts'
import { observersOf } from '../stream/observers.ts'
import { currentDefaults } from '../stream/options/configured.ts'
import { runOf, StructuredStream } from '../stream/structured-stream.ts'
import { decodeEvent, encodeEvent } from '../web/protocol.ts'
import { newBirth, parsePosition, formatPosition } from '../web/position.ts'
import { Disclosure, type DescribeError } from '../web/server/disclosure.ts'
import { receive } from '../web/client/receive.ts'
import { relays } from '../web/server/relay.ts'
import { serveStored, type HandlerOptions } from './handler.ts'
import { checkId, nameOf, randomId } from './id.ts'
import { retryUntil } from './retry-until.ts'
import { Producer } from './producer.ts'
import { StoreRelay, storeSource } from './stored-relay.ts'
import { expired, lost, replaced, type Place } from './stored-consumer.ts'
import type { Claim, Store, StoredEvent, StoredPage, StoredState } from './store.ts'
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
   * Whether another machine may continue a stream whose producer is gone: the next one that calls `start` with its id,
   * or one that has called it before and waits. Readers end as `lost` only if none has done so within one more lease. A run
   * with tools is never continued: what they have done can't be repeated.
   * @defaultValue false
   */
  takeover?: boolean
  /**
   * Says what readers get of an error, in place of its message; `undefined` for the general sentence of its code. It is
   * asked before the error is stored, so that the store holds only what a reader may see.
   */
  describeError?: DescribeError | undefined
}

/** Makes a stream. With `takeover` its model has to go through `resume`, and `recover: true` has to be set. */
export type MakeStream<S> = (resume: (model: Model) => Model) => StructuredStream<S>

/** Whose stream it is. */
export interface OwnerOptions {
  /**
   * Whose stream it is, for instance a user's id. Streams of different owners never meet, even if their ids are the
   * same: for everyone except its owner a stream doesn't exist. Give it wherever ids come from a client. @defaultValue
   * the streams without an owner, which are open to every caller
   */
  owner?: string | undefined
}

/** Options of `start`. */
export interface StartOptions<S> extends OwnerOptions {
  /** The schema of the stream, for the case that it is being made elsewhere already. */
  schema?: S | undefined
}

/** Options of `attach`. */
export interface AttachOptions<S> extends OwnerOptions {
  /** For reading the stream here; sending it on needs none. */
  schema?: S | undefined
  /**
   * Position after which `toResponse` continues, if the request doesn't name one; reading here begins at the start. A
   * text is an event id or `status().position`, which names the stream too; a number is taken on trust. @defaultValue 0
   */
  after?: number | string | undefined
  signal?: AbortSignal | undefined
}

/** A stream that was started, here or elsewhere. */
export interface Started<S> {
  readonly id: string
  /** To be read here, or sent on with `toResponse`, whose ids are offsets that mean the same on every machine. */
  readonly stream: StructuredStream<S>
  /** False: there was a stream with this id already that is running or has succeeded, and this is it. */
  readonly isNew: boolean
}

/** The state of a stored stream. */
export interface StoredStatus {
  /** `ended`: with an answer or with an error, which is its last event. `lost`: its producer is gone. */
  readonly state: StoredState
  /** Of the last event; 0: there is none. */
  readonly offset: number
  /** The id of the last event, which names the stream too; for `attach({ after })`. */
  readonly position: string
  /** `cancel` was called. */
  readonly isCancelled: boolean
}

/** Streams that outlive a connection, a process and a machine. */
export interface Resumable {
  /**
   * Makes a stream and keeps it in the store. When one with this id is running or has succeeded, on whatever machine,
   * `make` is not called, and that stream is given. One that has failed, was cancelled or is lost gives way to a new one.
   *
   * @param id e.g. of the message that is answered @defaultValue a random one
   * @param make called at most once
   * @throws `bad_options`; `connection_lost` when the store cannot be reached within the lease
   */
  start<S extends SchemaLike | undefined = undefined>(
    id: string | undefined,
    make: MakeStream<S>,
    options?: StartOptions<S>,
  ): Promise<Started<S>>

  /**
   * A handle of a stream that was started anywhere. Leaving or aborting it ends only the reading; see `cancel`.
   *
   * @throws `expired` when there is none with this id; `gap` when `after` is beyond its end; `connection_lost`
   */
  attach<S extends SchemaLike | undefined = undefined>(
    id: string,
    options?: AttachOptions<S>,
  ): Promise<StructuredStream<S>>

  /** Stops a stream wherever it is made: all its readers end as `aborted`. `false`: there is none with this id. */
  cancel(id: string, options?: OwnerOptions): Promise<boolean>

  /** Undefined: there is none with this id. */
  status(id: string, options?: OwnerOptions): Promise<StoredStatus | undefined>

  /**
   * Returns a route that sends and cancels streams, for `connect()`: GET continues after `Last-Event-ID`, DELETE
   * cancels. `owner` says whose streams a request may have, or `authorize` which; foreign, unknown and expired ids get
   * the same 404.
   *
   * @throws `bad_options` without `owner` or `authorize`
   */
  handler(options: HandlerOptions): (request: PlatformRequest) => Promise<Response>

  /** Resolves when no stream is being made in this process: what to wait for before a deploy ends it. */
  idle(): Promise<void>
}

/**
 * Keeps streams in a store, with one guarantee: in order; every event after your offset exactly once, of the same stream, or a typed error
 * (`gap`, `lost`, `expired`); never a silent hole, never a mixture of two streams.
 *
 * @throws `bad_options`
 * @example
 * const streams = resumable(redisStore(client))
 * const { id, stream } = await streams.start(undefined, () => runStream(prompt, Recipe, { model }))
 * return toResponse(stream, { resume: `/streams/${id}` })
 */
export function resumable(store: Store, options: ResumableOptions = {}): Resumable {
  checkOptions(options, OPTIONS, 'resumable()')
  const { lease = 15_000, ttl = 3_600_000, maxBytes = 16_777_216, takeover = false, describeError } = options
  if (ttl < 2 * lease)
    throw bad(`Expected \`ttl\` of resumable() to be at least twice the lease (${lease} ms), got ${ttl}.`)
  return new StoredStreams(store, { lease, ttl, maxBytes, takeover, disclosure: new Disclosure(describeError) })
}

const finite = check('a number from 1', (v) => typeof v === 'number' && v >= 1 && Number.isFinite(v))
const OPTIONS = {
  lease: finite,
  ttl: finite,
  maxBytes: finite,
  takeover: boolean,
  describeError: check('a function', (v) => typeof v === 'function'),
}
/** Checked where they are used. */
const any = (): undefined => undefined
const START_OPTIONS = { schema: any, owner: any }
const ATTACH_OPTIONS = { schema: any, owner: any, after: any, signal: any }
const OWNER_OPTIONS = { owner: any }

type Settings = Required<Omit<ResumableOptions, 'describeError'>> & { disclosure: Disclosure }

class StoredStreams implements Resumable {
  readonly #store: Store
  readonly #options: Settings
  readonly #producing = new Set<Promise<void>>()

  constructor(store: Store, options: Settings) {
    this.#store = store
    this.#options = options
  }

  async start<S>(given: string | undefined, make: MakeStream<S>, options: StartOptions<S> = {}): Promise<Started<S>> {
    if (typeof make !== 'function') {
      throw bad('Expected a function that makes the stream: start(id, () => runStream(...)).')
    }
    checkOptions(options, START_OPTIONS, 'start()')
    const { schema, owner } = options
    const id = given === undefined ? randomId() : checkId(given)
    const name = nameOf(id, owner)
    const birth = newBirth()
    const claim = (await this.#claim(name, birth)) ?? (await this.#claimAgain(name, birth))
    const isNew = claim?.birth === birth
    const stream = claim && (await this.#produce(this.#place(id, name, claim.birth), claim, isNew, make))
    if (stream !== undefined) return { id, stream, isNew }
    const attached = await this.attach(id, { schema, owner })
    if (this.#options.takeover) void this.#standBy(id, name, make).catch(() => {})
    return { id, stream: attached, isNew: false }
  }

  async attach<S>(id: string, options: AttachOptions<S> = {}): Promise<StructuredStream<S>> {
    checkOptions(options, ATTACH_OPTIONS, 'attach()')
    const { schema, after = 0, signal, owner } = options
    const name = nameOf(id, owner)
    const from = typeof after === 'string' ? parsePosition(after) : { id: after, birth: undefined }
    if (from === undefined || !Number.isSafeInteger(from.id) || from.id < 0) {
      throw bad(
        `Expected \`after\` to be the id of an event or an offset (an integer from 0), got ${JSON.stringify(after)}.`,
      )
    }
    const page = await this.#look(name)
    if (page === undefined) throw expired(id)
    if (from.birth !== undefined && from.birth !== page.birth) throw replaced(id)
    if (from.id > page.last) {
      throw new StructStreamError('gap', `The stream ${id} has no event ${from.id} yet; its last is ${page.last}.`)
    }
    const run = new Run()
    const place = this.#place(id, name, page.birth)
    this.#relay(run, place, from.id)
    observeRun(run, observersOf(currentDefaults()), undefined)
    // That the producer lives is seen by its lease.
    const timeout = { idle: Infinity }
    void receive(run, storeSource(place), schema, { timeout, signal })
    return new StructuredStream<S>(run)
  }

  async cancel(id: string, options: OwnerOptions = {}): Promise<boolean> {
    checkOptions(options, OWNER_OPTIONS, 'cancel()')
    return await this.#cancel(nameOf(id, options.owner))
  }

  async status(id: string, options: OwnerOptions = {}): Promise<StoredStatus | undefined> {
    checkOptions(options, OWNER_OPTIONS, 'status()')
    const page = await this.#look(nameOf(id, options.owner))
    if (page === undefined) return undefined
    const { state, last, birth, isCancelled } = page
    return { state, offset: last, position: formatPosition({ id: last, birth }), isCancelled }
  }

  handler(options: HandlerOptions): (request: PlatformRequest) => Promise<Response> {
    return serveStored(options, {
      cancel: (id, owner, birth) => this.#cancel(nameOf(id, owner), birth),
      open: async (id, owner) => {
        const name = nameOf(id, owner)
        const page = await this.#look(name)
        if (page === undefined) return undefined
        // Only sent on, never read here.
        const run = new Run()
        this.#relay(run, this.#place(id, name, page.birth), 0)
        return new StructuredStream<unknown>(run)
      },
    })
  }

  async idle(): Promise<void> {
    while (this.#producing.size > 0) await Promise.all(this.#producing)
  }

  #claim(name: string, birth: string, replaces?: string): Promise<Claim | undefined> {
    const { lease, ttl, takeover } = this.#options
    const terms = { lease, ttl, grace: takeover ? lease : 0, takeover, token: randomId(), birth, replaces }
    return retryUntil(lease, () => this.#store.claim(name, terms))
  }

  /** Claims the id of a stream that is gone, is lost or has failed: asking again must be able to succeed. */
  async #claimAgain(name: string, birth: string): Promise<Claim | undefined> {
    const page = await this.#look(name)
    if (page === undefined) return await this.#claim(name, birth)
    if (page.state === 'open' || (page.state === 'ended' && !(await this.#hasFailed(name, page)))) return undefined
    return await this.#claim(name, birth, page.birth)
  }

  /** Whether the last event of an ended stream is an error. */
  async #hasFailed(name: string, { last, birth }: StoredPage): Promise<boolean> {
    const page = await retryUntil(this.#options.lease, () => this.#store.read(name, last - 1, 1))
    const event = page?.birth === birth ? page.events[0] : undefined
    return event !== undefined && decodeEvent(event.data)?.type === 'error'
  }

  #look(name: string): Promise<StoredPage | undefined> {
    return retryUntil(this.#options.lease, () => this.#store.read(name, 0, 0))
  }

  #cancel(name: string, birth?: string): Promise<boolean> {
    return retryUntil(this.#options.lease, () => this.#store.cancel(name, birth))
  }

  /** Makes the stream, or what is missing of it; undefined when that can't be made, and the stream has ended as lost. */
  async #produce<S>(
    place: Place,
    claim: Claim,
    isNew: boolean,
    make: MakeStream<S>,
  ): Promise<StructuredStream<S> | undefined> {
    const told = isNew ? NOTHING : toldBy(await this.#events(place))
    if (told === undefined) {
      await this.#end(place, claim, lost(place.id))
      return undefined
    }
    const stream = await this.#make(place, claim, make, told)
    const run = runOf(stream)
    this.#relay(run, place, 0)
    const producing = new Producer(place, claim, run, this.#options, told).run()
    this.#producing.add(producing)
    void producing.then(() => this.#producing.delete(producing))
    return stream
  }

  /** Waits for the producer to be gone, and then continues in its place. */
  async #standBy<S>(id: string, name: string, make: MakeStream<S>): Promise<void> {
    const { lease } = this.#options
    const timer = new Timer()
    const first = await this.#look(name)
    for (;;) {
      const page = await this.#look(name)
      if (page?.state !== 'open' || page.birth !== first?.birth) return
      // The grace is one lease.
      const left = page.left - lease
      if (left > 0) {
        await new Promise<void>((resolve) => timer.start(left + 10, resolve))
        continue
      }
      const birth = newBirth()
      const claim = await this.#claim(name, birth)
      if (claim !== undefined) {
        return void (await this.#produce(this.#place(id, name, claim.birth), claim, claim.birth === birth, make))
      }
      await new Promise<void>((resolve) => timer.start(100, resolve))
    }
  }

  async #events({ name, birth }: Place): Promise<StoredEvent[]> {
    const events: StoredEvent[] = []
    for (;;) {
      const page = await retryUntil(this.#options.lease, () => this.#store.read(name, events.length))
      if (page?.birth !== birth || page.events.length === 0) return events
      events.push(...page.events)
    }
  }

  #place(id: string, name: string, birth: string): Place {
    return { store: this.#store, id, name, birth, patience: this.#options.lease }
  }

  #relay(run: Run, place: Place, after: number): void {
    relays.set(run, (context) => new StoreRelay(place, { ...context, from: context.from || after }))
  }

  /** @throws what `make` throws; the stream ends with that then, and does not wait for its lease */
  async #make<S>(place: Place, claim: Claim, make: MakeStream<S>, told: Told): Promise<StructuredStream<S>> {
    let isResumed = false
    try {
      const stream = make((model) => {
        isResumed = true
        return resumedModel(model, told)
      })
      if (!(stream instanceof StructuredStream)) {
        throw bad('Expected the function given to start() to return the stream of runStream().')
      }
      if (isResumed || !this.#options.takeover) return stream
      stream.abort()
      throw bad(
        'With takeover, the function given to start() must pass its model on: (resume) => runStream(prompt, schema, { model: resume(model), recover: true }).',
      )
    } catch (thrown) {
      await this.#end(place, claim, new StructStreamError('bad_options', 'The stream could not be started.'))
      throw thrown
    }
  }

  /** Ends a stream that has no run. */
  async #end({ name }: Place, { epoch, last }: Claim, error: StructStreamError): Promise<void> {
    const { lease, disclosure } = this.#options
    const event = { offset: last + 1, data: encodeEvent({ type: 'error', error: disclosure.error(error) }) }
    await retryUntil(lease, () => this.#store.append(name, epoch, [event], true)).catch(() => {})
  }
}

function checkOptions(options: unknown, known: Record<string, Check>, what: string): void {
  if (!isObject(options)) throw bad(`Expected the options of ${what} to be an object, got ${show(options)}.`)
  checkNames(options, known, `option of ${what}`)
}
