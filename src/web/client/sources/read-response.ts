import { StructStreamError } from '../../../errors.ts'
import {
  checkVersion,
  decodeEvent,
  decodeItem,
  foreign,
  NDJSON,
  SSE,
  VERSION_HEADER,
  type WireEvent,
} from '../../protocol.ts'
import { parsePosition } from '../../position.ts'
import { Lines, SseReader } from '../../sse.ts'
import type { Endpoint } from './endpoint.ts'
import { lostConnection } from './request.ts'
import type { SourceContext } from './source.ts'

/** Reads the events of one response, `hello` left out. @throws when it is cut, or isn't a stream of this protocol */
export async function* readResponse(
  response: Response,
  endpoint: Endpoint,
  { signal, onActivity }: SourceContext,
): AsyncGenerator<WireEvent, void> {
  const isSse = await checkResponse(response)
  const reader = response.body!.getReader()
  const cancel = (): void => void reader.cancel().catch(() => {})
  signal.addEventListener('abort', cancel, { once: true })
  if (signal.aborted) cancel()
  const decoder = new TextDecoder()
  endpoint.opened(response)
  let batch: WireEvent[] = []
  const take = (id: number | string | undefined, event: WireEvent | undefined): void => {
    const position = typeof id === 'string' ? parsePosition(id) : id === undefined ? id : { id, birth: undefined }
    const taken = endpoint.take(position, event)
    if (taken !== undefined) batch.push(taken)
  }
  const sse = new SseReader()
  const lines = new Lines()
  try {
    for (;;) {
      const { done, value } = await reader.read()
      const text = done ? decoder.decode() : decoder.decode(value, { stream: true })
      onActivity()
      // What came before a bad event is still good.
      let failure: Error | undefined
      try {
        if (isSse) sse.push(text, (data, id) => take(id, decodeEvent(data)))
        else {
          lines.push(text, (line) => {
            if (line.trim() === '') return
            const { id, event } = decodeItem(line)
            take(id, event)
          })
        }
      } catch (error) {
        failure = error as Error
      }
      const ready = batch
      batch = []
      yield* ready
      if (failure !== undefined) throw failure
      if (done || endpoint.isOver) return
    }
  } catch (error) {
    throw signal.aborted || error instanceof StructStreamError ? error : lostConnection(error)
  } finally {
    signal.removeEventListener('abort', cancel)
    cancel()
  }
}

/** @returns whether it is SSE; otherwise it is NDJSON @throws when it isn't a stream of this protocol */
async function checkResponse(response: Response): Promise<boolean> {
  const { status, headers, url, body, bodyUsed } = response
  const from = url === '' ? '' : ` from ${url}`
  if (bodyUsed || body?.locked === true) {
    const message = `The body of the response${from} was read already. Give connect() a response whose body no one has read.`
    throw new StructStreamError('bad_options', message)
  }
  const type = (headers.get('content-type') ?? '').split(';')[0]!.trim().toLowerCase()
  if (!response.ok) {
    const isReadable = type === 'text/plain' || type === 'application/json' || type.endsWith('+json')
    const words = isReadable ? wordsOf(await start(response)) : ''
    await discard(response)
    const wait = Number(headers.get('retry-after') ?? NaN) * 1_000
    throw new StructStreamError(
      status === 429 ? 'rate_limited' : 'provider_error',
      `Expected a stream${from}, got status ${status}${words === '' ? '.' : `: ${words}`}`,
      { status, ...(Number.isFinite(wait) && { retryAfter: wait }) },
    )
  }
  const version = headers.get(VERSION_HEADER)
  if (version !== null) {
    try {
      checkVersion(version)
    } catch (error) {
      await discard(response)
      throw error
    }
  }
  const kind = headers.has('x-vercel-ai-ui-message-stream') ? 'a UI message stream of the AI SDK' : undefined
  if (kind === undefined && (type === SSE || type === NDJSON) && body !== null) return type === SSE
  await discard(response)
  const got = kind ?? (type === '' ? 'no content type' : type)
  throw foreign(
    `Expected ${SSE} or ${NDJSON}${from}, got ${got}. Does the route answer with toResponse(stream) of structstream/server?`,
  )
}

/** What a server says of an error: the message in its JSON, or the text. */
function wordsOf(text: string): string {
  try {
    const { error, message, detail, title } = JSON.parse(text) as Record<string, unknown>
    const inner = typeof error === 'object' && error !== null ? (error as { message?: unknown }).message : error
    const words = [inner, message, detail, title].find((one) => typeof one === 'string' && one !== '')
    if (typeof words === 'string') return words.trim()
  } catch {
    // Then it is text.
  }
  return text.trim()
}

/** At most 500 characters of a body. */
async function start(response: Response): Promise<string> {
  if (response.body === null) return ''
  const reader = response.body.getReader()
  const decoder = new TextDecoder()
  let text = ''
  try {
    while (text.length < 500) {
      const { done, value } = await reader.read()
      if (done) break
      text += decoder.decode(value, { stream: true })
    }
  } catch {
    // What came is enough.
  }
  await reader.cancel().catch(() => {})
  reader.releaseLock()
  return text.slice(0, 500)
}

async function discard(response: Response): Promise<void> {
  await response.body?.cancel().catch(() => {})
}
