import { StructStreamError } from '../errors.ts'
import type { Model, ModelEvent } from '../models/model.ts'
import { decodeEvent } from '../web/protocol.ts'
import type { StoredEvent } from './store.ts'

/** What is stored of a stream that a producer begins with. */
export interface Told {
  /** Another producer was before it, and may have done more than is stored. */
  readonly isTakenOver: boolean
  /** Its first attempt has begun. */
  readonly hasBegun: boolean
  readonly text: string
}

/** Of a stream that has just begun. */
export const NOTHING: Told = { isTakenOver: false, hasBegun: false, text: '' }

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
  return { isTakenOver: true, hasBegun, text }
}

/**
 * A model whose first answer is the text told and then a lost connection, which is what has happened elsewhere: a run with
 * `recover: true` continues from there. A run with tools is not taken over: one may have been run without its call being
 * stored, and it would be run again.
 */
export function resumedModel(model: Model, { isTakenOver, text }: Told): Model {
  const { provider, id, modes, dialect } = model
  let isFirst = text !== ''
  return {
    provider,
    id,
    modes,
    dialect,
    stream(request, signal) {
      if (isTakenOver && request.tools !== undefined && request.tools.length > 0) throw unrepeatable()
      if (!isFirst) return model.stream(request, signal)
      isFirst = false
      return replay(text)
    },
  }
}

function unrepeatable(): StructStreamError {
  const message =
    'The process that made this stream is gone, and a run with tools is not taken over: what its tools have done is not known. Start it again: it begins anew, and so do its tools.'
  return new StructStreamError('lost', message, { retryable: false })
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
