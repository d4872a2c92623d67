import { StructStreamError } from '../errors.ts'
import { Timer } from '../async/timer.ts'
import type { Run } from '../stream/run.ts'
import { encodeEvent, type WireItem } from '../web/protocol.ts'
import type { Disclosure } from '../web/server/disclosure.ts'
import { WireConsumer } from '../web/server/wire-consumer.ts'
import { lost, type Place } from './stored-consumer.ts'
import type { Appended, Claim, StoredEvent } from './store.ts'
import { Replayed, type Told } from './takeover.ts'

/** One append carries at most this many events and characters, so that no append holds up the store's other users. */
const MOST = { events: 64, chars: 65_536 }
/** Milliseconds until a failed append is tried again, at first and at most. */
const RETRY = { first: 25, most: 1_000 }

/** What a producer may take. */
export interface ProducerLimits {
  /** Milliseconds. */
  lease: number
  /** UTF-8 bytes of all events. */
  maxBytes: number
  /** What the store may hold of errors. */
  disclosure: Disclosure
}

/**
 * Writes a run into the store. One append is on its way at a time; what comes meanwhile waits in the run's own log and
 * goes into the next as larger pieces, so nothing is kept here, however slow or far away the store is.
 *
 * It ends when the run has ended and its last event is stored, or when it may not write any more: its lease was lost,
 * or the store was away for longer than that. The run is stopped then.
 */
export class Producer {
  readonly #place: Place
  readonly #claim: Claim
  readonly #run: Run
  readonly #limits: ProducerLimits
  readonly #heartbeat = new Timer()
  readonly #replayed: Replayed
  #offset: number
  #bytes = 0
  #isAppending = false
  /** The time for a beat came while an append was on its way. */
  #isBeatDue = false
  #isOver = false
  /** When the lease was renewed for certain, by `performance.now()`. */
  #renewed = performance.now()

  constructor(place: Place, claim: Claim, run: Run, limits: ProducerLimits, told: Told) {
    this.#place = place
    this.#claim = claim
    this.#run = run
    this.#limits = limits
    this.#offset = claim.last
    this.#replayed = new Replayed(told)
  }

  /** Never rejects. */
  async run(): Promise<void> {
    // A waiter for the end: readers that leave don't stop the run.
    void this.#run.result()
    const { store, name } = this.#place
    const unwatch = store.watch(name, 'cancel', () => void this.#look())
    const { disclosure } = this.#limits
    const context = { from: 0, birth: undefined, reasoning: true, tools: true, resume: undefined, disclosure }
    const consumer = new WireConsumer(this.#run, context)
    this.#waitForBeat()
    try {
      for (let step = await consumer.next(); step.done !== true; step = await consumer.next()) {
        for (const [events, isLast] of this.#batches(step.value)) {
          await this.#append(events, isLast)
          if (isLast) return
        }
      }
    } catch (error) {
      this.#fail(error)
    } finally {
      this.#isOver = true
      unwatch()
      this.#heartbeat.stop()
      void consumer.return()
    }
  }

  *#batches(items: readonly WireItem[]): Generator<[events: StoredEvent[], isLast: boolean]> {
    let events: StoredEvent[] = []
    let chars = 0
    for (const { event } of items) {
      // The first event of a connection, not of the stream.
      if (event.type === 'hello' || this.#replayed.has(event)) continue
      let data = encodeEvent(event)
      let isLast = event.type === 'end' || event.type === 'error'
      this.#bytes += bytesOf(data)
      if (this.#bytes > this.#limits.maxBytes && event.type !== 'error') {
        const error = this.#tooLarge()
        this.#run.fail(error)
        data = encodeEvent({ type: 'error', error: this.#limits.disclosure.error(error) })
        isLast = true
      }
      events.push({ offset: ++this.#offset, data })
      chars += data.length
      if (isLast || events.length === MOST.events || chars >= MOST.chars) {
        yield [events, isLast]
        if (isLast) return
        events = []
        chars = 0
      }
    }
    if (events.length > 0) yield [events, false]
  }

  /** Tries until it is accepted. @throws when this producer may not write any more */
  async #append(events: readonly StoredEvent[], isLast: boolean): Promise<void> {
    const { store, id, name } = this.#place
    this.#isAppending = true
    try {
      for (let wait = RETRY.first; ; wait = Math.min(RETRY.most, wait * 2)) {
        const began = performance.now()
        let appended: Appended
        try {
          appended = await store.append(name, this.#claim.epoch, events, isLast)
        } catch (cause) {
          if (performance.now() + wait - this.#renewed > this.#limits.lease) throw this.#away(cause)
          await new Promise((resolve) => setTimeout(resolve, wait))
          continue
        }
        if (!appended.isAccepted) throw lost(id, new Error(`The store refused an append: ${appended.refusal}.`))
        this.#renewed = began
        if (appended.isCancelled) this.#stop()
        return
      }
    } finally {
      this.#isAppending = false
      if (this.#isBeatDue) void this.#beat()
    }
  }

  /** Learns whether the stream was cancelled. A read works where nothing can be written. */
  async #look(): Promise<void> {
    const { store, name, birth } = this.#place
    try {
      const page = await store.read(name, this.#offset, 0)
      if (page?.birth === birth && page.isCancelled && !this.#isOver) this.#stop()
    } catch {
      // The next append says it, too.
    }
  }

  /** Renews the lease, and learns whether the stream was cancelled. */
  async #beat(): Promise<void> {
    if (this.#isOver) return
    this.#isBeatDue = this.#isAppending
    if (this.#isBeatDue) return
    try {
      await this.#append([], false)
    } catch (error) {
      this.#fail(error)
    }
  }

  #waitForBeat(): void {
    this.#heartbeat.start(this.#limits.lease / 3, () => {
      void this.#beat().then(() => {
        if (!this.#isOver) this.#waitForBeat()
      })
    })
  }

  #stop(): void {
    this.#run.fail(new StructStreamError('aborted', 'The stream was cancelled.'))
  }

  #fail(error: unknown): void {
    if (error instanceof StructStreamError) this.#run.fail(error)
    else this.#run.abort(error)
  }

  #tooLarge(): StructStreamError {
    return new StructStreamError(
      'limit_exceeded',
      `The stream was stopped: it has more than ${this.#limits.maxBytes} bytes (maxBytes of resumable()).`,
    )
  }

  #away(cause: unknown): StructStreamError {
    return new StructStreamError(
      'connection_lost',
      `The run was stopped: the store has not taken anything for ${this.#limits.lease} ms (lease of resumable()).`,
      { cause },
    )
  }
}

/** UTF-8 bytes; lone surrogates are escaped in JSON, and do not occur. */
function bytesOf(text: string): number {
  let bytes = text.length
  for (let at = 0; at < text.length; at++) {
    const unit = text.charCodeAt(at)
    // The two halves of a pair have two bytes each.
    if (unit > 0x7f) bytes += unit > 0x7ff && (unit < 0xd800 || unit > 0xdfff) ? 2 : 1
  }
  return bytes
}
