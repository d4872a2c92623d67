import type { Model, ModelEvent } from '../../src/index.ts'

const DONE = { done: true, value: undefined } as const

/** Answers with these deltas and costs next to nothing itself: one promise a delta, as the cheapest real source would. */
export function mockModel(deltas: readonly string[]): Model {
  const events: ModelEvent[] = deltas.map((text) => ({ type: 'text-delta', text }))
  events.push({ type: 'finish', reason: 'stop' })
  return {
    provider: 'mock',
    id: 'mock',
    modes: ['json-schema'],
    dialect: 'json-schema',
    stream: () => ({
      [Symbol.asyncIterator]() {
        let index = 0
        return {
          next() {
            const value = events[index++]
            return Promise.resolve(value === undefined ? DONE : { done: false as const, value })
          },
        }
      },
    }),
  }
}
