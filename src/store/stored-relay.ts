import { StructStreamError } from '../errors.ts'
import { decodeEvent, encodeError, VERSION, type WireEvent, type WireItem } from '../web/protocol.ts'
import type { WireItems } from '../web/server/relay.ts'
import type { Source } from '../web/client/sources/source.ts'
import type { WireContext } from '../web/server/wire-consumer.ts'
import { StoredConsumer } from './stored-consumer.ts'
import type { Store } from './store.ts'

/** Where a stored stream is. `patience` in milliseconds: how long the store may fail. */
export interface StoredStreamRef {
  readonly store: Store
  readonly id: string
  readonly patience: number
}

/** A stored stream as a connection sends it on; the ids are the offsets. */
export class StoreRelay implements WireItems {
  readonly #telling: WireContext
  readonly #consumer: StoredConsumer
  #id: number
  #state: 'new' | 'open' | 'over' = 'new'

  constructor({ store, id, patience }: StoredStreamRef, telling: WireContext) {
    this.#telling = telling
    this.#id = telling.from
    this.#consumer = new StoredConsumer(store, id, telling.from, patience)
  }

  async next(): Promise<IteratorResult<WireItem[], undefined>> {
    const { resume } = this.#telling
    if (this.#state === 'over') return { value: undefined, done: true }
    if (this.#state === 'new') {
      this.#state = 'open'
      const hello: WireEvent = { type: 'hello', version: VERSION, ...(resume !== undefined && { resume }) }
      return { value: [{ id: this.#id, event: hello }], done: false }
    }
    try {
      for (;;) {
        const { value, done } = await this.#consumer.next()
        if (done === true) return await this.#over()
        const items: WireItem[] = []
        for (const { offset, data } of value) {
          this.#id = offset
          const event = decodeEvent(data)
          if (event !== undefined && this.#isTold(event)) items.push({ id: offset, event: this.#describe(event) })
        }
        if (items.length > 0) return { value: items, done: false }
      }
    } catch (error) {
      // The connection is cut when the store is away, so that the receiver asks again.
      if (!(error instanceof StructStreamError) || error.code === 'connection_lost') throw error
      this.#state = 'over'
      const last = this.#describe({ type: 'error', error: encodeError(error) })
      return { value: [{ id: this.#id, event: last }], done: false }
    }
  }

  return(): Promise<unknown> {
    this.#state = 'over'
    return this.#consumer.return()
  }

  async #over(): Promise<IteratorResult<WireItem[], undefined>> {
    await this.return()
    return { value: undefined, done: true }
  }

  #isTold({ type }: WireEvent): boolean {
    if (type === 'reasoning-delta') return this.#telling.reasoning
    return this.#telling.tools || !type.startsWith('tool-')
  }

  #describe(event: WireEvent): WireEvent {
    const { describeError } = this.#telling
    if (event.type !== 'error' || describeError === undefined) return event
    return { ...event, error: { ...event.error, message: describeError(event.error) } }
  }
}

/** A stored stream as `structstream/client` reads one from a server. */
export function storeSource({ store, id, patience }: StoredStreamRef): Source {
  return async function* ({ signal, onActivity }) {
    const consumer = new StoredConsumer(store, id, 0, patience)
    const leave = (): void => void consumer.return()
    signal.addEventListener('abort', leave, { once: true })
    try {
      for await (const events of consumer) {
        onActivity()
        for (const { data } of events) {
          const event = decodeEvent(data)
          if (event !== undefined) yield event
        }
      }
    } finally {
      signal.removeEventListener('abort', leave)
      leave()
    }
  }
}
