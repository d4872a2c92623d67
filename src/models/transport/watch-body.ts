import type { PlatformFetch, ResponseHead } from '../../platform.ts'
import { type EventRules, eventRewriter } from './server-events.ts'

/** As much of the end of the body as is kept: a usage chunk with the details that some routers add fits in. */
const TAIL_BYTES = 8_192

/**
 * More is handed out in pieces that end with a line: the SDKs copy all that is left of a chunk for every event in it,
 * which for the 16 KB and more that come at once over a fast connection is a third of what they cost.
 */
const PIECE_BYTES = 1_024

/** As much of its beginning is kept, to be shown when nothing was understood. */
const HEAD_BYTES = 512
const NEWLINE = 10

/** The part of `fetch` that the SDKs use. */
export type Fetch = PlatformFetch

/** What can be seen of the bytes only, since the SDKs swallow it. */
export interface BodyWatch {
  /** To be given to the SDK's client in place of `fetch`. */
  readonly fetch: Fetch
  /** Whether the body was read to its regular end. */
  readonly ended: boolean
  /** The last response, for SDKs that do not hand out its status and headers. */
  readonly response: ResponseHead | undefined
  /** The end of the body so far, as text. */
  tail(): string
  /** Its beginning, as text. */
  head(): string
  /** How many bytes of it have come. */
  readonly bytes: number
  /** All bytes that have come were taken: the SDK waits for more, or does not read through this. */
  readonly isDrained: boolean
  /** Called when the SDK begins to wait. */
  onDrained: (() => void) | undefined
}

/**
 * Wraps `fetch` so that the headers and every chunk of the body count as activity (Anthropic's pings, OpenRouter's
 * comments), and the last bytes can be looked at when the SDK has ended its loop (`[DONE]`, the usage next to an error).
 * Bytes are passed on as they come, one read for one read or several: backpressure and cancelling reach the socket.
 *
 * @param rules what the wire expects of its events; absent where it has none
 */
export function watchBody(fetch: Fetch, onActivity: (() => void) | undefined, rules?: EventRules): BodyWatch {
  // Twice the tail, so that moving it to the front costs a constant amount for each byte.
  const kept = new Uint8Array(2 * TAIL_BYTES)
  let length = 0
  let begin = new Uint8Array(0)
  let bytes = 0
  let ended = false
  let last: Response | undefined
  // Also where the body is read past us.
  let isDrained = true

  function keep(chunk: Uint8Array): void {
    bytes += chunk.length
    if (begin.length < HEAD_BYTES) {
      begin = new Uint8Array([...begin, ...chunk.subarray(0, HEAD_BYTES - begin.length)])
    }
    const end = chunk.length > TAIL_BYTES ? chunk.subarray(chunk.length - TAIL_BYTES) : chunk
    if (length + end.length > kept.length) {
      kept.copyWithin(0, length - TAIL_BYTES, length)
      length = TAIL_BYTES
    }
    kept.set(end, length)
    length += end.length
  }

  function note(result: ReadableStreamReadResult<Uint8Array>): ReadableStreamReadResult<Uint8Array> {
    isDrained = false
    if (result.done) ended = true
    else {
      onActivity?.()
      keep(result.value)
    }
    return result
  }

  function watchedReader(
    body: ReadableStream<Uint8Array>,
    events: EventRules | null | undefined = rules,
  ): ReadableStreamDefaultReader<Uint8Array> {
    const reader = body.getReader()
    const rewriter = events === null || events === undefined ? undefined : eventRewriter(events)
    /** What has come and was not handed out. */
    let rest: Uint8Array | undefined
    const cut = (chunk: Uint8Array): ReadableStreamReadResult<Uint8Array> => {
      const end =
        chunk.length <= PIECE_BYTES ? chunk.length : chunk.lastIndexOf(NEWLINE, PIECE_BYTES - 1) + 1 || PIECE_BYTES
      rest = end === chunk.length ? undefined : chunk.subarray(end)
      return { done: false, value: rest === undefined ? chunk : chunk.subarray(0, end) }
    }
    const read = (): Promise<ReadableStreamReadResult<Uint8Array>> => {
      const next = reader.read()
      isDrained = true
      watch.onDrained?.()
      return next.then(onRead)
    }
    let isFlushed = false
    const onRead = (
      result: ReadableStreamReadResult<Uint8Array>,
    ): ReadableStreamReadResult<Uint8Array> | Promise<ReadableStreamReadResult<Uint8Array>> => {
      note(result)
      if (rewriter === undefined) return result.done ? result : cut(result.value)
      if (result.done) {
        const rest = isFlushed ? undefined : rewriter.flush()
        isFlushed = true
        return rest === undefined || rest.length === 0 ? result : cut(rest)
      }
      const value = rewriter.push(result.value)
      return value.length === 0 ? read() : cut(value)
    }
    return overlay(reader, {
      read() {
        if (rest !== undefined) return Promise.resolve(cut(rest))
        return read()
      },
      cancel(reason?: unknown) {
        rest = undefined
        return reader.cancel(reason)
      },
    })
  }

  // The platform's own response and body, with another `read`: a stream put around the body costs 5 µs for each chunk.
  function watched(response: Response, body: ReadableStream<Uint8Array>): Response {
    const watchedBody = overlay(body, {
      getReader: () => watchedReader(body),
      [Symbol.asyncIterator]: () => chunksOf(watchedReader(body)),
    })
    const text = async (): Promise<string> => {
      const decoder = new TextDecoder()
      let whole = ''
      // A body that is asked for as a whole is not events.
      for await (const chunk of chunksOf(watchedReader(body, null))) whole += decoder.decode(chunk, { stream: true })
      return whole + decoder.decode()
    }
    return overlay(response, { body: watchedBody, text, json: async () => JSON.parse(await text()) as unknown })
  }

  const watch: BodyWatch = {
    onDrained: undefined,
    async fetch(input, init) {
      length = bytes = 0
      begin = new Uint8Array(0)
      ended = false
      last = undefined
      const response = await fetch(input, init)
      last = response
      onActivity?.()
      return response.ok && response.body !== null ? watched(response, response.body) : response
    },
    get ended() {
      return ended
    },
    get response() {
      return last
    },
    get isDrained() {
      return isDrained
    },
    get bytes() {
      return bytes
    },
    head: () => new TextDecoder().decode(begin),
    tail: () => new TextDecoder().decode(kept.subarray(Math.max(0, length - TAIL_BYTES), length)),
  }
  return watch
}

/** `target` with some members replaced. Methods are called on `target` itself, as platform objects demand. */
function overlay<T extends object>(target: T, members: object): T {
  return new Proxy(target, {
    get(_, key) {
      if (Object.hasOwn(members, key)) return (members as Record<PropertyKey, unknown>)[key]
      const value: unknown = Reflect.get(target, key, target)
      return typeof value === 'function' ? value.bind(target) : value
    },
  })
}

/** As a body's own iterator: leaving the loop cancels the body. */
function chunksOf(reader: ReadableStreamDefaultReader<Uint8Array>): AsyncIterableIterator<Uint8Array> {
  return {
    next: () => reader.read() as Promise<IteratorResult<Uint8Array>>,
    async return() {
      await reader.cancel()
      return { done: true, value: undefined }
    },
    [Symbol.asyncIterator]() {
      return this
    },
  }
}

/** The `fetch` of the platform, called without a receiver as browsers demand. */
export const platformFetch: Fetch = (input, init) => globalThis.fetch(input, init)

/**
 * The data of the last server-sent events in a text that may begin in the middle of one, newest first; those that are
 * not JSON objects are left out.
 */
export function* lastEventData(tail: string): Generator<Record<string, unknown>> {
  for (const line of tail.split(/\r\n|\n|\r/).toReversed()) {
    if (!line.startsWith('data:')) continue
    try {
      const value: unknown = JSON.parse(line.slice(5))
      if (typeof value === 'object' && value !== null) yield value as Record<string, unknown>
    } catch {
      // A line that was cut, or `[DONE]`.
    }
  }
}
