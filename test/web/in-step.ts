import type { Model } from '../../src/models/model.ts'
import type { StructuredStream } from '../../src/stream/structured-stream.ts'

/** The two ends of one stream. */
export interface Ends<S> {
  here: StructuredStream<S>
  there: StructuredStream<S>
}

/**
 * A model that waits after each delta until the other end has read it, and then has both ends compared. `watch` has to
 * be called before it is asked.
 */
export function inStep<S>(model: Model, compare: (ends: Ends<S>) => void) {
  let ends: Ends<S> | undefined
  let sent = 0
  let read = 0
  let failure: Error | undefined
  const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))
  return {
    /** What the first comparison that failed threw. */
    get failure() {
      return failure
    },
    watch(both: Ends<S>): void {
      ends = both
      void (async () => {
        for await (const event of both.there.streamEvents()) if (event.type === 'text-delta') read += event.text.length
      })().catch(() => {})
    },
    model: {
      ...model,
      async *stream(...args: Parameters<Model['stream']>) {
        for await (const event of model.stream(...args)) {
          yield event
          if (event.type !== 'text-delta') continue
          sent += event.text.length
          while (read < sent && ends!.there.status !== 'failed' && ends!.here.status !== 'failed') await turn()
          try {
            if (read === sent) compare(ends!)
          } catch (error) {
            failure ??= error as Error
          }
        }
      },
    } satisfies Model,
  }
}
