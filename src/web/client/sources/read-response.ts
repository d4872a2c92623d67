import { StructStreamError } from '../../../errors.ts'
import type { Redactor } from '../../../models/transport/redact.ts'
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
import { failedResponse } from './failed-response.ts'
import { lostConnection } from './request.ts'
import type { SourceContext } from './source.ts'

/** Reads the events of one response, `hello` left out. @throws when it is cut, or isn't a stream of this protocol */
export async function* readResponse(
  response: Response,
  endpoint: Endpoint,
  { signal, onActivity }: SourceContext,
  redact: Redactor,
): AsyncGenerator<WireEvent, void> {
  const isSse = await checkResponse(response, redact)
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
async function checkResponse(response: Response, redact: Redactor): Promise<boolean> {
  const { headers, url, body, bodyUsed } = response
  const from = url === '' ? '' : ` from ${url}`
  if (bodyUsed || body?.locked === true) {
    const message = `The body of the response${from} was read already. Give connect() a response whose body no one has read.`
    throw new StructStreamError('bad_options', message)
  }
  const type = (headers.get('content-type') ?? '').split(';')[0]!.trim().toLowerCase()
  if (!response.ok) throw await failedResponse(response, from, type, redact)
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

async function discard(response: Response): Promise<void> {
  await response.body?.cancel().catch(() => {})
}
