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
  open: (signal: AbortSignal) => AsyncIterator<ModelEvent> | PromiseLike<AsyncIterator<ModelEvent>>,
): AsyncIterableIterator<ModelEvent> {
  const controller = new AbortController()
  let source: AsyncIterator<ModelEvent> | undefined
  let isStarted = false
  let ended = false
  let last: Promise<IteratorResult<ModelEvent>> | undefined
  let settle: ((result: IteratorResult<ModelEvent>) => void) | undefined
  let refuse: ((error: unknown) => void) | undefined

  function end(): void {
    ended = true
    signal.removeEventListener('abort', stop)
    controller.abort()
    answer(DONE)
  }

  function answer(result: IteratorResult<ModelEvent>): void {
    const resolve = settle
    settle = refuse = undefined
    resolve?.(result)
  }

  function stop(): void {
    if (ended) return
    end()
    source?.return?.().catch(() => {})
  }

  async function start(): Promise<void> {
    isStarted = true
    signal.addEventListener('abort', stop, { once: true })
    source = await open(controller.signal)
    if (ended) await source.return?.()
    else pull()
  }

  function pull(): void {
    source!.next().then(onResult, onError)
  }

  function onResult(result: IteratorResult<ModelEvent>): void {
    if (ended) return
    if (result.done === true) end()
    else answer(result)
  }

  function onError(error: unknown): void {
    if (ended) return
    const reject = refuse
    settle = refuse = undefined
    end()
    reject?.(error)
  }

  function execute(resolve: (result: IteratorResult<ModelEvent>) => void, reject: (error: unknown) => void): void {
    settle = resolve
    refuse = reject
    if (source !== undefined) pull()
    else if (!isStarted) start().catch(onError)
  }

  return {
    next() {
      if (!ended && signal.aborted) stop()
      if (ended) return Promise.resolve(DONE)
      if (settle !== undefined) return (last = last!.then(() => this.next()))
      return (last = new Promise(execute))
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
