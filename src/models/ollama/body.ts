import type { Fetch } from '../transport/watch-body.ts'

const NEWLINE = 10

/** An HTTP error of the server, before the SDK sees it: the SDK prints to the console while it reads the body. */
class OllamaHttpError extends Error {
  override readonly name = 'OllamaHttpError'
  readonly status: number
  readonly headers: Headers
  readonly error: unknown

  constructor(status: number, headers: Headers, error: unknown) {
    super(`status ${status}`)
    this.status = status
    this.headers = headers
    this.error = error
  }
}

/**
 * A `fetch` for the `ollama` package that keeps it from printing to the console and from skipping what it cannot read:
 * an HTTP error is thrown as such, and half a line at the end of the body is a lost connection.
 *
 * @param signal ends the request; the package has no signal of its own for one
 */
export function ollamaFetch(fetch: Fetch, signal: AbortSignal): Fetch {
  return async (input, init) => {
    const response = await fetch(input, { ...init, signal })
    if (!response.ok) throw new OllamaHttpError(response.status, response.headers, parsed(await response.text()))
    if (response.body === null) return response
    const { status, statusText, headers } = response
    return new Response(response.body.pipeThrough(wholeLines()), { status, statusText, headers })
  }
}

/** Passes whole lines on; an incomplete last one is an error unless it is a JSON value that only lacks its newline. */
function wholeLines(): TransformStream<Uint8Array, Uint8Array> {
  let held: Uint8Array[] = []
  return new TransformStream({
    transform(chunk, controller) {
      const end = chunk.lastIndexOf(NEWLINE) + 1
      if (end > 0) {
        for (const piece of held) controller.enqueue(piece)
        controller.enqueue(chunk.subarray(0, end))
        held = []
      }
      if (end < chunk.length) held.push(chunk.subarray(end))
    },
    async flush(controller) {
      const rest = await new Blob(held as BlobPart[]).text()
      if (rest.trim() === '') return
      if (parsed(rest) === rest) throw new TypeError('terminated')
      for (const piece of held) controller.enqueue(piece)
    },
  })
}

/** The JSON value of a text, or the text itself when it is none. */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown
  } catch {
    return text
  }
}
