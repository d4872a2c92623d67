import { StructStreamError } from '../errors.ts'

/** Milliseconds until the second try, and at most. */
const RETRY = { first: 50, most: 1_000 }

/**
 * Asks a store until it answers; its contract allows to repeat every call.
 * @throws `connection_lost` when it has failed for `patience` ms
 */
export async function retryUntil<T>(patience: number, ask: () => Promise<T>): Promise<T> {
  const began = performance.now()
  for (let wait = RETRY.first; ; wait = Math.min(RETRY.most, wait * 2)) {
    try {
      return await ask()
    } catch (cause) {
      if (cause instanceof StructStreamError && cause.code === 'bad_options') throw cause
      if (performance.now() + wait - began > patience) {
        throw new StructStreamError(
          'connection_lost',
          `The store has not answered for ${Math.round(performance.now() - began)} ms. Is it running, and is its client connected?`,
          { cause },
        )
      }
    }
    await new Promise((resolve) => setTimeout(resolve, wait))
  }
}
