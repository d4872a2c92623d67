import type { Fetch } from '../transport/watch-body.ts'

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
 * @param signal ends the request; the package has no signal for one request
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

/** A line that isn't JSON: the SDK prints such lines to the console and continues without them. */
class OllamaLineError extends Error {
  override readonly name = 'OllamaLineError'
  readonly error: { message: string }

  constructor(line: string) {
    const message = `The server sent a line that isn't JSON: ${line.slice(0, 200)}`
    super(message)
    this.error = { message }
  }
}

/**
 * Passes on whole lines of JSON, from which a `data:` of a proxy is removed. Any other line is an error, and half of one
 * at the end a lost connection.
 */
function wholeLines(): TransformStream<Uint8Array, Uint8Array> {
  const decoder = new TextDecoder()
  const encoder = new TextEncoder()
  let rest: string[] = []
  const read = (text: string): string => {
    const lines = text.split('\n')
    const read = lines.map((line, at) => jsonLine(line.trim(), () => lines.slice(at).join('\n')))
    return read.filter((line) => line !== '').join('\n')
  }
  return new TransformStream({
    transform(chunk, controller) {
      const text = decoder.decode(chunk, { stream: true })
      const end = text.lastIndexOf('\n') + 1
      if (end > 0) {
        const lines = read(rest.join('') + text.slice(0, end))
        if (lines !== '') controller.enqueue(encoder.encode(`${lines}\n`))
        rest = []
      }
      rest.push(text.slice(end))
    },
    flush(controller) {
      const line = (rest.join('') + decoder.decode()).trim()
      if (line === '') return
      if (parsed(line) === line && !line.startsWith('data:')) throw new TypeError('terminated')
      controller.enqueue(encoder.encode(`${jsonLine(line, () => line)}\n`))
    },
  })
}

/**
 * The JSON of a line, or nothing where it needs none.
 *
 * @param rest the text from here on, to be shown
 * @throws `OllamaLineError`
 */
function jsonLine(line: string, rest: () => string): string {
  if (line === '' || parsed(line) !== line) return line
  const data = line.startsWith('data:') ? line.slice(5).trim() : undefined
  if (data === '[DONE]' || line.startsWith(':')) return ''
  if (data !== undefined && parsed(data) !== data) return data
  throw new OllamaLineError(rest())
}

/** The JSON value of a text, or the text itself when it is none. */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown
  } catch {
    return text
  }
}
