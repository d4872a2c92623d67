import { asyncDispose } from '../async/consumer.ts'
import { newBirth } from '../web/position.ts'
import { Timer } from '../async/timer.ts'
import type { Appended, Claim, ClaimTerms, Notice, Store, StoredEvent, StoredPage, StoredState } from './store.ts'
import { Watchers } from './watchers.ts'

interface Kept extends Disposable {
  readonly birth: string
  epoch: number
  state: StoredState
  isCancelled: boolean
  readonly events: StoredEvent[]
  terms: ClaimTerms
  /** By `performance.now()`. */
  leaseEnd: number
  expires: number
  readonly expiry: Timer
}

/**
 * Streams in the memory of this process: for one server, for development and for tests. They outlive connections, not
 * the process. Its timers do not keep the process alive.
 */
export function memoryStore(): Store {
  return new MemoryStore()
}

class MemoryStore implements Store {
  readonly #streams = new Map<string, Kept>()
  readonly #watchers = new Watchers()
  #epoch = 0

  async claim(id: string, terms: ClaimTerms): Promise<Claim | undefined> {
    const now = performance.now()
    let known = this.#streams.get(id)
    if (known !== undefined) {
      if (known.state === 'open' && known.terms.token === terms.token) {
        return { epoch: known.epoch, birth: known.birth, last: known.events.length }
      }
      const isOver = stateOf(known, now) !== 'open'
      if (isOver ? terms.replaces !== known.birth : !terms.takeover || known.leaseEnd > now) return undefined
      known[Symbol.dispose]()
      if (isOver) known = undefined
    }
    const expiry = new Timer()
    const stream: Kept = {
      birth: known?.birth ?? terms.birth ?? newBirth(),
      epoch: ++this.#epoch,
      state: 'open',
      isCancelled: known?.isCancelled ?? false,
      events: known?.events ?? [],
      terms,
      leaseEnd: 0,
      expires: 0,
      expiry,
      [Symbol.dispose]: () => expiry.stop(),
    }
    this.#streams.set(id, stream)
    this.#renew(stream)
    this.#expire(id, stream)
    return { epoch: stream.epoch, birth: stream.birth, last: stream.events.length }
  }

  async append(id: string, epoch: number, events: readonly StoredEvent[], end = false): Promise<Appended> {
    const stream = this.#streams.get(id)
    if (stream === undefined) return { isAccepted: false, refusal: 'expired' }
    if (stream.epoch !== epoch) return { isAccepted: false, refusal: 'taken' }
    const { isCancelled, events: kept, state } = stream
    const newest = events.at(-1)?.offset ?? 0
    if (state !== 'open') {
      const isAgain = state === 'ended' && events.length > 0 && newest <= kept.length
      return isAgain ? { isAccepted: true, isCancelled } : { isAccepted: false, refusal: state }
    }
    if (events.length > 0 && events[0]!.offset > kept.length + 1) return { isAccepted: false, refusal: 'gap' }
    for (const { offset, data } of events) if (offset > kept.length) kept.push({ offset, data })
    if (end) stream.state = 'ended'
    this.#renew(stream)
    if (events.length > 0 || end) this.#watchers.notify(id, 'events')
    return { isAccepted: true, isCancelled }
  }

  async read(id: string, after: number, limit = 256): Promise<StoredPage | undefined> {
    const stream = this.#streams.get(id)
    if (stream === undefined) return undefined
    const now = performance.now()
    const state = stateOf(stream, now)
    if (state !== stream.state) {
      // A reader that is given `lost` makes it so for the producer too. Without a reader it continues: a process
      // that stood still, at a breakpoint for instance, keeps its own stream.
      stream.state = state
      this.#watchers.notify(id, 'events')
    }
    const { birth, isCancelled, events } = stream
    const left = stream.leaseEnd + stream.terms.grace - now
    return {
      birth,
      state,
      isCancelled,
      last: events.length,
      left: state === 'open' ? left : 0,
      events: events.slice(after, after + limit),
    }
  }

  async cancel(id: string, birth?: string): Promise<boolean> {
    const stream = this.#streams.get(id)
    if (stream === undefined || (birth !== undefined && birth !== stream.birth)) return false
    if (stream.state === 'open') {
      stream.isCancelled = true
      this.#watchers.notify(id, 'cancel')
    }
    return true
  }

  watch(id: string, what: Notice, listener: () => void): () => void {
    return this.#watchers.add(id, what, listener)
  }

  async [asyncDispose](): Promise<void> {
    for (const stream of this.#streams.values()) stream[Symbol.dispose]()
    this.#streams.clear()
    this.#watchers.clear()
  }

  #renew(stream: Kept): void {
    const now = performance.now()
    stream.leaseEnd = now + stream.terms.lease
    stream.expires = now + stream.terms.ttl
  }

  /** One timer for the life of a stream; a timer that each append sets anew would cost more than the append. */
  #expire(id: string, stream: Kept): void {
    stream.expiry.start(Math.max(1, stream.expires - performance.now()), () => {
      if (stream.expires > performance.now()) return this.#expire(id, stream)
      this.#streams.delete(id)
      this.#watchers.notify(id, 'events')
    })
  }
}

/** An open stream is lost when its producer has been silent for the lease and the grace. */
function stateOf({ state, leaseEnd, terms }: Kept, now: number): StoredState {
  return state === 'open' && leaseEnd + terms.grace <= now ? 'lost' : state
}
