import type { Fetch } from '../transport/watch-body.ts'
import { asObject } from '../events/wire-value.ts'

/** The method of the SDK's inner client that sends a request; versions that know `httpOptions.fetch` take it as the sixth argument. */
const KNOWS_FETCH = 6

const RETRYABLE = new Set([408, 429, 500, 502, 503, 504])
const FIRST_DELAY = 500

/**
 * Makes a client of an SDK from before the option `httpOptions.fetch` send its requests through `fetch`. Such an SDK
 * also hides the status when its own retries end, so these are made here: a response that is still an error afterwards
 * is handed to the SDK, which reports it with its status and body.
 *
 * @param attempts how often a request is sent in all, before the first byte of a response
 */
export function sendThrough(client: unknown, fetch: Fetch, attempts: number): void {
  const inner = asObject(asObject(client)?.['apiClient'])
  const send = inner?.['apiCall']
  if (inner === undefined || typeof send !== 'function' || send.length >= KNOWS_FETCH) return
  Object.assign(inner, {
    apiCall: (url: string, init: RequestInit) => fetchWithRetries(fetch, url, init, attempts),
  })
}

async function fetchWithRetries(fetch: Fetch, url: string, init: RequestInit, attempts: number): Promise<Response> {
  for (let attempt = 1; ; attempt++) {
    const isLast = attempt >= attempts
    try {
      const response = await fetch(url, init)
      if (isLast || !RETRYABLE.has(response.status)) return response
      await response.body?.cancel()
    } catch (error) {
      if (isLast || init.signal?.aborted === true) throw error
    }
    await delay(FIRST_DELAY * 2 ** (attempt - 1), init.signal ?? undefined)
  }
}

/** Resolves early when the request is stopped: the next `fetch` rejects then. */
function delay(ms: number, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve) => {
    const end = (): void => {
      clearTimeout(timer)
      signal?.removeEventListener('abort', end)
      resolve()
    }
    const timer = setTimeout(end, ms)
    signal?.addEventListener('abort', end)
  })
}
