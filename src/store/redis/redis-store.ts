import { asyncDispose } from '../../async/consumer.ts'
import { quiet } from '../../async/deferred.ts'
import { Timer } from '../../async/timer.ts'
import { StructStreamError } from '../../errors.ts'
import { bad, check, checkNames, isObject, show } from '../../stream/options/checks.ts'
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
import { newBirth } from '../../web/position.ts'
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
/** Milliseconds for which the difference to Redis's clock is used before it is measured again. */
const CLOCK_AGE = 60_000

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
  const given: unknown = options
  if (!isObject(given)) throw bad(`Expected the options of redisStore() to be an object, got ${show(given)}.`)
  checkNames(given, OPTIONS, 'option of redisStore()')
  const { prefix = 'structstream:', timeout = 3_000 } = options
  return new RedisStore(connectionOf(client), prefix, timeout)
}

const OPTIONS = {
  prefix: check('a text without braces', (v) => typeof v === 'string' && !/[{}]/.test(v)),
  timeout: check('milliseconds above 0', (v) => typeof v === 'number' && v > 0),
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
  #clock: Promise<number> | undefined
  #clockRead = 0
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

  async claim(id: string, terms: ClaimTerms): Promise<Claim | undefined> {
    const { lease, grace, ttl, takeover, token, birth = newBirth(), replaces = '' } = terms
    const times = [lease, grace, ttl].map((ms) => String(Math.ceil(ms)))
    const answer = await this.#write('claim', id, [...times, takeover ? '1' : '0', token, birth, replaces])
    const [verdict, epoch, last, mark] = answer as unknown[]
    return verdict === 'ok' ? { epoch: Number(epoch), last: Number(last), birth: String(mark) } : undefined
  }

  async append(id: string, epoch: number, events: readonly StoredEvent[], end = false): Promise<Appended> {
    const first = events[0]?.offset ?? 0
    const args = [String(epoch), end ? '1' : '0', this.#channel(id, 'events'), String(first)]
    for (const { data } of events) args.push(data)
    const [verdict, flag] = (await this.#write('append', id, args)) as unknown[]
    if (verdict === 'ok') return { isAccepted: true, isCancelled: Number(flag) === 1 }
    return { isAccepted: false, refusal: verdict as AppendRefusal }
  }

  read(id: string, after: number, limit = 256): Promise<StoredPage | undefined> {
    const key = `${after} ${limit} ${id}`
    const known = this.#reads.get(key)
    if (known !== undefined) return known
    const page = quiet(this.#read(id, after, limit))
    this.#reads.set(key, page)
    // A later turn may have had a notice of something that this read doesn't see yet.
    queueMicrotask(() => this.#reads.delete(key))
    return page
  }

  async cancel(id: string, birth = ''): Promise<boolean> {
    return Number(await this.#write('cancel', id, [this.#channel(id, 'cancel'), birth])) === 1
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
    const page = await this.#run('read', id, [String(after), String(limit)])
    if (!Array.isArray(page)) return undefined
    const [state, last, cancelled, left, birth, ...entries] = page as unknown[]
    const events: StoredEvent[] = []
    for (let at = 0; at < entries.length; at += 2) {
      events.push({ offset: Number.parseInt(String(entries[at]), 10), data: String(entries[at + 1]) })
    }
    return {
      birth: String(birth),
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

  /** Runs a script that writes, and that does nothing after the moment at which this call gives up. */
  async #write(script: 'claim' | 'append' | 'cancel', id: string, args: string[]): Promise<unknown> {
    const deadline = Math.floor((await this.#difference()) + performance.now() + this.#timeout)
    const answer = await this.#run(script, id, [String(deadline), ...args])
    if (!Array.isArray(answer) || answer[0] !== 'late') return answer
    // It was on its way for too long, or Redis's clock was set.
    this.#clock = undefined
    const message = `Redis took a command only after the ${this.#timeout} ms that it may take (timeout of redisStore()).`
    throw new StructStreamError('timeout', message, { retryable: true })
  }

  /** Milliseconds from this process's clock to Redis's. Two clocks drift apart, so it is not kept for long. */
  #difference(): Promise<number> {
    if (this.#clock !== undefined && performance.now() - this.#clockRead < CLOCK_AGE) return this.#clock
    const clock = this.#command(['TIME']).then((time) => {
      const [seconds, micros] = time as [unknown, unknown]
      return Number(seconds) * 1000 + Math.floor(Number(micros) / 1000) - performance.now()
    })
    clock.catch(() => {
      if (this.#clock === clock) this.#clock = undefined
    })
    this.#clock = clock
    this.#clockRead = performance.now()
    return clock
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

  /** Clients wait forever for a server that is away, and some for an answer that is lost. */
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
      // There was no notice of what came before the subscription.
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
