import { asyncDispose } from '../../async/consumer.ts'
import { quiet } from '../../async/deferred.ts'
import { Timer } from '../../async/timer.ts'
import { StructStreamError } from '../../errors.ts'
import { connectionOf, type RedisConnection, type RedisClient, type Subscriber } from './client.ts'
import { scripts } from './scripts.ts'
import type {
  Appended,
  Claim,
  ClaimTerms,
  Notice,
  AppendRefusal,
  Store,
  StoredEvent,
  StoredPage,
  StoredState,
} from '../store.ts'
import { Watchers } from '../watchers.ts'

/** Options of `redisStore`. */
export interface RedisStoreOptions {
  /** Put before each key and channel. @defaultValue 'structstream:' */
  prefix?: string
  /** Milliseconds after which a command without an answer counts as failed. @defaultValue 3,000 */
  timeout?: number
}

/** Milliseconds between two looks at what is watched, for notices that got lost. */
const POLL = 1_500

/**
 * Streams in Redis (6.2 and above) or Valkey, for any number of machines. The client stays the caller's: it is used for
 * commands, and one more connection, made by its `duplicate()`, for notices. Disposing of the store closes that one.
 *
 * @throws `bad_options` when `client` is none of node-redis 5 or 6 or ioredis 5 or 6, or is not connected
 * @example
 * const client = createClient().on('error', console.error)
 * await client.connect()
 * const store = redisStore(client)
 */
export function redisStore(client: RedisClient, options: RedisStoreOptions = {}): Store {
  const { prefix = 'structstream:', timeout = 3_000 } = options
  if (typeof prefix !== 'string' || /[{}]/.test(prefix)) {
    throw new StructStreamError('bad_options', 'The option "prefix" of redisStore() must be a string without braces.')
  }
  if (typeof timeout !== 'number' || !(timeout > 0)) {
    throw new StructStreamError('bad_options', 'The option "timeout" of redisStore() must be milliseconds above 0.')
  }
  return new RedisStore(connectionOf(client), prefix, timeout)
}

class RedisStore implements Store {
  readonly #connection: RedisConnection
  readonly #prefix: string
  readonly #timeout: number
  readonly #hashes = new Map<keyof typeof scripts, Promise<string>>()
  /** Reads that were asked for in this turn: readers of one stream, all woken by one notice, share a command. */
  readonly #reads = new Map<string, Promise<StoredPage | undefined>>()
  readonly #watchers: Watchers
  readonly #poll = new Timer()
  #subscriber: Subscriber | undefined
  /** Channels whose subscription has failed; each poll tries again. */
  readonly #unheard = new Set<string>()

  constructor(connection: RedisConnection, prefix: string, timeout: number) {
    this.#connection = connection
    this.#prefix = prefix
    this.#timeout = timeout
    this.#watchers = new Watchers(
      (id, what) => this.#subscribe(id, what),
      (id, what) => this.#unsubscribe(id, what),
    )
  }

  async claim(id: string, { lease, grace, ttl, takeover, token }: ClaimTerms): Promise<Claim | undefined> {
    const args = [lease, grace, ttl].map((ms) => String(Math.ceil(ms)))
    const claim = await this.#run('claim', id, [...args, takeover ? '1' : '0', token])
    return Array.isArray(claim) ? { epoch: Number(claim[0]), last: Number(claim[1]) } : undefined
  }

  async append(id: string, epoch: number, events: readonly StoredEvent[], end = false): Promise<Appended> {
    const first = events[0]?.offset ?? 0
    const args = [String(epoch), end ? '1' : '0', this.#channel(id, 'events'), String(first)]
    for (const { data } of events) args.push(data)
    const [verdict, flag] = (await this.#run('append', id, args)) as unknown[]
    if (verdict === 'ok') return { isAccepted: true, isCancelled: Number(flag) === 1 }
    return { isAccepted: false, refusal: verdict as AppendRefusal }
  }

  read(id: string, after: number, limit = 256): Promise<StoredPage | undefined> {
    const key = `${after} ${limit} ${id}`
    const known = this.#reads.get(key)
    if (known !== undefined) return known
    const page = quiet(this.#read(id, after, limit))
    this.#reads.set(key, page)
    // A later turn may have been told of something that this read does not see yet.
    queueMicrotask(() => this.#reads.delete(key))
    return page
  }

  async cancel(id: string): Promise<boolean> {
    return Number(await this.#run('cancel', id, [this.#channel(id, 'cancel')])) === 1
  }

  watch(id: string, what: Notice, listener: () => void): () => void {
    return this.#watchers.add(id, what, listener)
  }

  async [asyncDispose](): Promise<void> {
    this.#watchers.clear()
    this.#unheard.clear()
    this.#poll.stop()
    this.#subscriber?.close()
    this.#subscriber = undefined
  }

  async #read(id: string, after: number, limit: number): Promise<StoredPage | undefined> {
    const page = await this.#run('read', id, [String(after), String(limit), this.#channel(id, 'events')])
    if (!Array.isArray(page)) return undefined
    const [state, last, cancelled, left, ...entries] = page as unknown[]
    const events: StoredEvent[] = []
    for (let at = 0; at < entries.length; at += 2) {
      events.push({ offset: Number.parseInt(String(entries[at]), 10), data: String(entries[at + 1]) })
    }
    return {
      state: String(state) as StoredState,
      last: Number(last),
      isCancelled: Number(cancelled) === 1,
      left: Number(left),
      events,
    }
  }

  // Commands.

  /** Keys of one stream are on one slot of a cluster. */
  #keys(id: string): [string, string] {
    return [`${this.#prefix}{${id}}:meta`, `${this.#prefix}{${id}}:log`]
  }

  async #run(script: keyof typeof scripts, id: string, args: string[]): Promise<unknown> {
    const rest = ['2', ...this.#keys(id), ...args]
    try {
      return await this.#command(['EVALSHA', await this.#hash(script), ...rest])
    } catch (error) {
      if (!(error instanceof Error) || !error.message.startsWith('NOSCRIPT')) throw error
      // Redis was restarted, or this is another node of a cluster.
      return await this.#command(['EVAL', scripts[script], ...rest])
    }
  }

  #hash(script: keyof typeof scripts): Promise<string> {
    let hash = this.#hashes.get(script)
    if (hash === undefined) {
      hash = this.#command(['SCRIPT', 'LOAD', scripts[script]]).then(String)
      hash.catch(() => this.#hashes.delete(script))
      this.#hashes.set(script, hash)
    }
    return hash
  }

  /** Clients wait for ever for a server that is away, and some for an answer that is lost. */
  #command(args: string[]): Promise<unknown> {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        const message = `Redis has not answered ${args[0]} within ${this.#timeout} ms.`
        reject(new StructStreamError('timeout', message, { retryable: true }))
      }, this.#timeout)
      this.#connection.command(args).then(
        (answer) => {
          clearTimeout(timer)
          resolve(answer)
        },
        (error: unknown) => {
          clearTimeout(timer)
          reject(error instanceof Error ? error : new Error(String(error)))
        },
      )
    })
  }

  // Notices.

  #channel(id: string, what: Notice): string {
    return `${this.#prefix}{${id}}:${what}`
  }

  #subscribe(id: string, what: Notice): void {
    this.#listen(this.#channel(id, what))
    if (!this.#poll.isRunning) this.#look()
  }

  #listen(channel: string): void {
    this.#subscriber ??= this.#connection.listen((channel) => this.#onNotice(channel))
    this.#unheard.delete(channel)
    this.#subscriber.subscribe(channel).then(
      // What came before the subscription was not told.
      () => this.#onNotice(channel),
      () => this.#unheard.add(channel),
    )
  }

  #unsubscribe(id: string, what: Notice): void {
    const channel = this.#channel(id, what)
    this.#unheard.delete(channel)
    this.#subscriber?.unsubscribe(channel).catch(() => {})
    if (this.#watchers.isEmpty) this.#poll.stop()
  }

  #look(): void {
    this.#poll.start(POLL, () => {
      for (const channel of this.#unheard) this.#listen(channel)
      this.#watchers.notifyAll()
      if (!this.#watchers.isEmpty) this.#look()
    })
  }

  #onNotice(channel: string | undefined): void {
    if (channel === undefined) return this.#watchers.notifyAll()
    const [, id, what] = /\{(.*)\}:(events|cancel)$/.exec(channel) ?? []
    if (id !== undefined) this.#watchers.notify(id, what as Notice)
  }
}
