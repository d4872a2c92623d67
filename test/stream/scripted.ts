import type { Model, ModelEvent, ModelRequest } from '../../src/models/model.ts'

export interface ScriptedModel extends Model {
  readonly requests: ModelRequest[]
  readonly signals: AbortSignal[]
  /** How often an iterator was returned before its end. */
  returned: number
  /** How often `next()` was called. */
  asked: number
}

/** A step of a script: an event, something that is thrown, or a wait without end. */
export type Step = ModelEvent | { throws: unknown } | 'hang'

/** A model without timers that yields `script`, one event for each `next()`, whatever the signal says. */
export function scripted(script: readonly Step[], options: Partial<Model> = {}): ScriptedModel {
  const model: ScriptedModel = {
    provider: 'scripted',
    id: 'script-1',
    modes: ['json-schema', 'prompt'],
    dialect: 'json-schema',
    requests: [],
    signals: [],
    returned: 0,
    asked: 0,
    ...options,
    stream(request, signal) {
      model.requests.push(request)
      model.signals.push(signal)
      let at = 0
      const iterator: AsyncIterator<ModelEvent> = {
        next() {
          model.asked++
          const step = script[at++]
          if (step === undefined) return Promise.resolve({ value: undefined, done: true })
          if (step === 'hang') return new Promise(() => {})
          if ('throws' in step) return Promise.reject(step.throws)
          return Promise.resolve({ value: step, done: false })
        },
        return() {
          model.returned++
          return Promise.resolve({ value: undefined, done: true })
        },
      }
      return { [Symbol.asyncIterator]: () => iterator }
    },
  }
  return model
}

/** The events of an answer: its text in pieces of `size`, then `finish`. */
export function says(text: string, size = 4, reason: 'stop' | 'length' = 'stop'): ModelEvent[] {
  const events: ModelEvent[] = []
  for (let at = 0; at < text.length; at += size) events.push({ type: 'text-delta', text: text.slice(at, at + size) })
  return [...events, { type: 'usage', usage: { inputTokens: 3, outputTokens: 5 } }, { type: 'finish', reason }]
}

/** A model whose events the test gives one by one. */
export function pushed(): { model: Model; push(...events: ModelEvent[]): Promise<void>; end(): Promise<void> } {
  const queue: ModelEvent[] = []
  let wake: (() => void) | undefined
  let isOver = false
  const settle = async (): Promise<void> => {
    wake?.()
    // The driver and the consumers take a few microtasks each.
    for (let i = 0; i < 50; i++) await Promise.resolve()
  }
  return {
    model: {
      provider: 'pushed',
      id: 'pushed-1',
      modes: ['json-schema'],
      dialect: 'json-schema',
      async *stream() {
        for (;;) {
          const event = queue.shift()
          if (event !== undefined) yield event
          else if (isOver) return
          else await new Promise<void>((resolve) => (wake = resolve))
        }
      },
    },
    push(...events) {
      queue.push(...events)
      return settle()
    },
    end() {
      isOver = true
      return settle()
    },
  }
}

export const text = (text: string): ModelEvent => ({ type: 'text-delta', text })
export const stop: ModelEvent = { type: 'finish', reason: 'stop' }

/** All items, or those before the error, which is given too. */
export async function drain<T>(items: AsyncIterable<T>): Promise<{ items: T[]; error: unknown }> {
  const found: T[] = []
  try {
    for await (const item of items) found.push(item)
    return { items: found, error: undefined }
  } catch (error) {
    return { items: found, error }
  }
}
