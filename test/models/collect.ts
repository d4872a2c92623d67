import { inspect } from 'node:util'
import type { Model, ModelEvent, ModelRequest, ResponseFormat } from '../../src/models/model.ts'
import { StructStreamError } from '../../src/errors.ts'
import type { FinishReason, Usage } from '../../src/types.ts'

export interface CollectedCall {
  id: string
  name: string
  arguments: string
  ended: boolean
}

/** Everything that one request yielded, joined. */
export interface Collected {
  events: ModelEvent[]
  text: string
  reasoning: string
  refusal: string
  calls: CollectedCall[]
  finish: FinishReason[]
  usage: Usage | undefined
  model: string | undefined
  requestId: string | undefined
  providerData: unknown
  extras: string[]
  error: StructStreamError | undefined
}

/** Reads a stream to its end; an error that is not a `StructStreamError` is thrown on. */
export async function collect(events: AsyncIterable<ModelEvent>): Promise<Collected> {
  const got: Collected = {
    events: [],
    text: '',
    reasoning: '',
    refusal: '',
    calls: [],
    finish: [],
    usage: undefined,
    model: undefined,
    requestId: undefined,
    providerData: undefined,
    extras: [],
    error: undefined,
  }
  const callOf = (id: string): CollectedCall => {
    const call = got.calls.find((one) => one.id === id)
    if (call === undefined || call.ended) throw new Error(`no open call ${id}`)
    return call
  }
  try {
    for await (const event of events) {
      got.events.push(event)
      switch (event.type) {
        case 'text-delta':
          got.text += event.text
          break
        case 'reasoning-delta':
          got.reasoning += event.text
          break
        case 'refusal-delta':
          got.refusal += event.text
          break
        case 'tool-call-start':
          got.calls.push({ id: event.id, name: event.name, arguments: '', ended: false })
          break
        case 'tool-call-delta':
          callOf(event.id).arguments += event.text
          break
        case 'tool-call-end':
          callOf(event.id).ended = true
          break
        case 'usage':
          got.usage = event.usage
          break
        case 'metadata':
          got.model = event.model ?? got.model
          got.requestId = event.requestId ?? got.requestId
          got.providerData = event.providerData ?? got.providerData
          break
        case 'finish':
          got.finish.push(event.reason)
          break
        case 'file':
          break
        case 'extra-answer':
          got.extras.push(event.text)
          break
        default: {
          const never: never = event
          throw new Error(`unknown event ${inspect(never)}`)
        }
      }
    }
  } catch (error) {
    if (!(error instanceof StructStreamError)) throw error
    got.error = error
  }
  return got
}

/** Runs one request with a signal that no one aborts. */
export function ask(model: Model, request: Partial<ModelRequest> = {}, signal = new AbortController().signal) {
  return collect(model.stream(requestOf(request), signal))
}

export function requestOf(request: Partial<ModelRequest> = {}): ModelRequest {
  return { messages: [{ role: 'user', content: 'Say something' }], settings: {}, ...request }
}

/** A wanted object with one property whose name is easily found in a request's body. */
export function formatOf(mode: ResponseFormat['mode']): ResponseFormat {
  const schema = {
    type: 'object',
    properties: { marked_property: { type: 'string' } },
    required: ['marked_property'],
    additionalProperties: false,
  }
  return { mode, name: 'give_answer', schema, strict: true }
}

/** All that can be read from an error in any way, hidden and inherited fields included. */
export function everythingOf(error: unknown): string {
  const seen = new Set<unknown>()
  const parts: string[] = []
  const walk = (value: unknown): void => {
    if (typeof value === 'string') parts.push(value)
    if ((typeof value !== 'object' && typeof value !== 'function') || value === null || seen.has(value)) return
    seen.add(value)
    if (value instanceof Headers) parts.push(JSON.stringify([...value]))
    if (value instanceof Map) for (const entry of value) walk(entry)
    for (const key of Reflect.ownKeys(value)) {
      parts.push(String(key))
      try {
        walk((value as Record<PropertyKey, unknown>)[key])
      } catch {
        // A getter that throws shows nothing.
      }
    }
  }
  walk(error)
  return `${parts.join('\n')}\n${inspect(error, { depth: 20, showHidden: true })}`
}
