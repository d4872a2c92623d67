import type { Model, ModelEvent } from '../../src/index.ts'

const DONE = { done: true, value: undefined } as const

/** A model whose deltas are given by hand, one stream at a time. */
export class LiveModel implements Model {
  readonly provider = 'live'
  readonly id = 'live'
  readonly modes = ['json-schema'] as const
  readonly dialect = 'json-schema'
  readonly #waiting: ModelEvent[] = []
  #wake: ((result: IteratorResult<ModelEvent, undefined>) => void) | undefined
  #isOver = false

  /** The stream yields this text next. */
  give(text: string): void {
    this.#yield({ type: 'text-delta', text })
  }

  /** The stream ends as a complete one. */
  finish(): void {
    this.#yield({ type: 'finish', reason: 'stop' })
    this.#isOver = true
  }

  #yield(value: ModelEvent): void {
    const wake = this.#wake
    this.#wake = undefined
    if (wake === undefined) this.#waiting.push(value)
    else wake({ done: false, value })
  }

  stream(): AsyncIterable<ModelEvent> {
    return {
      [Symbol.asyncIterator]: () => ({
        next: () => {
          const value = this.#waiting.shift()
          if (value !== undefined) return Promise.resolve({ done: false as const, value })
          if (this.#isOver) return Promise.resolve(DONE)
          return new Promise<IteratorResult<ModelEvent, undefined>>((resolve) => (this.#wake = resolve))
        },
        return: () => {
          this.#isOver = true
          this.#wake?.(DONE)
          return Promise.resolve(DONE)
        },
      }),
    }
  }
}
