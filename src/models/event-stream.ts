import type { ModelEvent } from './model.ts'

const DONE: IteratorReturnResult<undefined> = { done: true, value: undefined }

/**
 * Turns the generator of one request into the iterator that an adapter hands out. It keeps rules 1 and 5 of the
 * `Model` contract in one place: nothing starts before the first `next()`, and an abort or a `return()` takes effect at
 * once, also while the provider is silent (a bare async generator would queue the `return()` behind the stalled read).
 *
 * @param signal the caller's; no listener of ours is left on it when the stream has ended
 * @param open called once, with a signal of its own: some SDKs never remove the listeners they add
 */
export function eventStream(
  signal: AbortSignal,
  open: (signal: AbortSignal) => AsyncGenerator<ModelEvent, void>,
): AsyncIterableIterator<ModelEvent> {
  const controller = new AbortController()
  const waiting = new Set<(result: IteratorResult<ModelEvent>) => void>()
  let source: AsyncGenerator<ModelEvent, void> | undefined
  let ended = false

  function end(): void {
    ended = true
    // After a regular end too: some SDKs leave the rest of a body unread.
    controller.abort()
    signal.removeEventListener('abort', stop)
    for (const resolve of waiting) resolve(DONE)
    waiting.clear()
  }

  function stop(): void {
    if (ended) return
    end()
    // Runs the generator's `finally` blocks; what they throw has nobody left to hear it.
    source?.return().catch(() => {})
  }

  function start(): AsyncGenerator<ModelEvent, void> {
    signal.addEventListener('abort', stop, { once: true })
    return open(controller.signal)
  }

  return {
    next() {
      if (!ended && signal.aborted) stop()
      if (ended) return Promise.resolve(DONE)
      const running = (source ??= start())
      return new Promise((resolve, reject) => {
        waiting.add(resolve)
        running.next().then(
          (result) => {
            waiting.delete(resolve)
            if (ended) return
            if (result.done === true) {
              end()
              resolve(DONE)
            } else {
              resolve(result)
            }
          },
          (error: unknown) => {
            waiting.delete(resolve)
            if (ended) return
            end()
            reject(error)
          },
        )
      })
    },
    return() {
      stop()
      return Promise.resolve(DONE)
    },
    [Symbol.asyncIterator]() {
      return this
    },
  }
}
