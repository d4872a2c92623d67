import { deferred } from '../../async/deferred.ts'
import { Timer } from '../../async/timer.ts'
import { StructStreamError } from '../../errors.ts'

/**
 * Lets `work` run until it is done, `ms` are over, or `outer` aborts, whichever is first; its own signal is aborted in
 * the last two cases. Work that doesn't listen is left alone, and its outcome is ignored.
 *
 * @throws what `work` throws, `timeout`, or the reason of `outer`
 */
export async function bounded<T>(
  work: (signal: AbortSignal) => T | Promise<T>,
  ms: number,
  outer: AbortSignal,
): Promise<Awaited<T>> {
  const controller = new AbortController()
  const stopped = deferred<never>()
  const timer = new Timer()
  const stop = (reason: unknown): void => {
    stopped.reject(reason)
    controller.abort(reason)
  }
  const onAbort = (): void => stop(outer.reason)
  outer.throwIfAborted()
  outer.addEventListener('abort', onAbort, { once: true })
  timer.start(ms, () => stop(new StructStreamError('timeout', `It took longer than ${ms} ms.`)))
  try {
    return await Promise.race([work(controller.signal), stopped.promise])
  } finally {
    timer.stop()
    outer.removeEventListener('abort', onAbort)
  }
}
