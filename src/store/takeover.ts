import { StructStreamError } from '../errors.ts'
import type { Model, ModelEvent } from '../models/model.ts'
import { decodeEvent } from '../web/protocol.ts'
import type { StoredEvent } from './store.ts'

/** What is stored of a stream that is taken over. */
export interface Told {
  /** Its first attempt has begun. */
  readonly hasBegun: boolean
  readonly text: string
}

/** Of a stream that has just begun. */
export const NOTHING: Told = { hasBegun: false, text: '' }

/**
 * What a first attempt had said when its process went away. Undefined for anything beyond that (further attempts, calls
 * of tools, files): what those have done cannot be done again.
 */
export function toldBy(events: readonly StoredEvent[]): Told | undefined {
  let hasBegun = false
  let text = ''
  for (const { data } of events) {
    const event = decodeEvent(data)
    switch (event?.type) {
      case 'attempt-start':
        if (hasBegun) return undefined
        hasBegun = true
        break
      case 'text-delta':
        text += event.text
        break
      case 'reasoning-delta':
      case 'usage':
        break
      default:
        return undefined
    }
  }
  return { hasBegun, text }
}

/**
 * A model whose first answer is `text` and then a lost connection, which is what has happened elsewhere: a run with
 * `recover: true` continues from there.
 */
export function resumedModel(model: Model, text: string): Model {
  const { provider, id, modes, dialect } = model
  let isFirst = text !== ''
  return {
    provider,
    id,
    modes,
    dialect,
    stream(request, signal) {
      if (!isFirst) return model.stream(request, signal)
      isFirst = false
      return replay(text)
    },
  }
}

async function* replay(text: string): AsyncGenerator<ModelEvent> {
  yield { type: 'text-delta', text }
  throw new StructStreamError('connection_lost', 'The process that read this answer is gone; another one continues it.')
}

/** Tells what of a resumed run's events is stored already. */
export class Replayed {
  #hasBegun: boolean
  #chars: number

  constructor({ hasBegun, text }: Told) {
    this.#hasBegun = hasBegun
    this.#chars = text.length
  }

  /** Whether this event is stored; asked once for each, in order. */
  has(event: { type: string; text?: string }): boolean {
    if (this.#hasBegun && event.type === 'attempt-start') {
      this.#hasBegun = false
      return true
    }
    if (this.#chars <= 0 || event.type !== 'text-delta') return false
    this.#chars -= event.text!.length
    return true
  }
}
