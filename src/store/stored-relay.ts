import { StructStreamError } from '../errors.ts'
import { decodeEvent, VERSION, type WireEvent, type WireItem } from '../web/protocol.ts'
import type { WireItems } from '../web/server/relay.ts'
import type { Source } from '../web/client/sources/source.ts'
import type { WireContext } from '../web/server/wire-consumer.ts'
import { replaced, StoredConsumer, type Place } from './stored-consumer.ts'

/** A stored stream as a connection sends it on; the ids are the offsets, with the stream's birth mark. */
export class StoreRelay implements WireItems {
  readonly #place: Place
  readonly #context: WireContext
  readonly #consumer: StoredConsumer
  #id: number
  #state: 'new' | 'open' | 'over' = 'new'

  constructor(place: Place, context: WireContext) {
    this.#place = place
    this.#context = context
    this.#id = context.from
    this.#consumer = new StoredConsumer(place, context.from)
  }

  async next(): Promise<IteratorResult<WireItem[], undefined>> {
    const { resume, birth } = this.#context
    if (this.#state === 'over') return { value: undefined, done: true }
    if (this.#state === 'new') {
      this.#state = 'open'
      const hello: WireEvent = {
        type: 'hello',
        version: VERSION,
        birth: this.#place.birth,
        ...(resume !== undefined && { resume }),
      }
      if (birth === undefined || birth === this.#place.birth) return { value: [this.#item(hello)], done: false }
      return this.#fail(replaced(this.#place.id), [this.#item(hello)])
    }
    try {
      for (;;) {
        const { value, done } = await this.#consumer.next()
        if (done === true) return await this.#over()
        const items: WireItem[] = []
        for (const { offset, data } of value) {
          this.#id = offset
          const event = decodeEvent(data)
          if (event !== undefined && this.#isTold(event)) items.push(this.#item(this.#context.disclosure.stored(event)))
        }
        if (items.length > 0) return { value: items, done: false }
      }
    } catch (error) {
      // The connection is cut when the store is away, so that the receiver asks again.
      if (!(error instanceof StructStreamError) || error.code === 'connection_lost') throw error
      return this.#fail(error, [])
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
    if (type === 'reasoning-delta') return this.#context.reasoning
    return this.#context.tools || !type.startsWith('tool-')
  }

  #item(event: WireEvent): WireItem {
    return { id: this.#id, birth: this.#place.birth, event }
  }

  #fail(error: StructStreamError, items: WireItem[]): IteratorResult<WireItem[], undefined> {
    void this.return()
    const event: WireEvent = { type: 'error', error: this.#context.disclosure.error(error) }
    return { value: [...items, this.#item(event)], done: false }
  }
}

/** A stored stream as `structstream/client` reads one from a server. */
export function storeSource(place: Place): Source {
  return async function* ({ signal, onActivity }) {
    const consumer = new StoredConsumer(place, 0)
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
