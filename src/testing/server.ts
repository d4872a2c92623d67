import { readFile } from 'node:fs/promises'
import type { IncomingHttpHeaders, IncomingMessage, Server, ServerResponse } from 'node:http'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { StructStreamError } from '../errors.ts'
import { answerOf } from './answer.ts'
import { closeAbruptly, deliver } from './deliver.ts'
import { eventsOf, planOf } from './faults.ts'
import type { ErrorEvent, Faults, Latency, Reply, WireName } from './reply.ts'
import { modelsOf, wireOf } from './routes.ts'
import type { Answer, Failure, Frame, JsonObject, Wire } from './wires/wire.ts'
import { isObject } from './wires/wire.ts'

/** A request as it came. */
export interface ReceivedRequest {
  /** From 0, over all requests for an answer. */
  index: number
  method: string
  /** With its query. */
  path: string
  headers: IncomingHttpHeaders
  body: Record<string, unknown>
  wire: WireName
  /** Whether a stream was asked for. */
  stream: boolean
  /** Bytes of the response's body that were written so far. */
  readonly bytesSent: number
  /** Resolves when the response is over. `at` is on the clock of `performance.now()`. */
  closed: Promise<{ at: number; byClient: boolean }>
}

/** One reply, several for successive requests (the last repeats), or a function of the request. */
export type Respond = Reply | readonly Reply[] | ((request: ReceivedRequest) => Reply | Promise<Reply>)

/** What {@link startProviderServer} takes; everything may be left out. */
export interface ProviderServerOptions {
  /** Default: data made up from each request's schema. */
  respond?: Respond
  /** Default 0: a free port. */
  port?: number
  /** @defaultValue `'127.0.0.1'` */
  host?: string
  /** For replies that say nothing of it. */
  latency?: Latency
  /** Answer 401 to any other key. Default: every key will do. */
  apiKey?: string
  /** Answer 404 to any other model, and list these. Default: every model will do. */
  models?: readonly string[]
  /** Told of every request for an answer, as it begins. */
  onRequest?: (request: ReceivedRequest) => void
}

/** A running server; `await using` closes it with all its sockets. */
export interface ProviderServer extends AsyncDisposable {
  /** Such as `http://127.0.0.1:51234`, without a slash at the end. */
  readonly url: string
  readonly port: number
  /** For `new OpenAI({ baseURL })`, Chat and Responses. */
  readonly openaiBaseURL: string
  /** For `new AzureOpenAI({ endpoint })`. */
  readonly azureEndpoint: string
  /** For `new Anthropic({ baseURL })`. */
  readonly anthropicBaseURL: string
  /** For `new GoogleGenAI({ httpOptions: { baseUrl } })`. */
  readonly geminiBaseURL: string
  /** For `new Ollama({ host })`. */
  readonly ollamaHost: string
  /** Requests for an answer, in the order in which they came. */
  readonly requests: readonly ReceivedRequest[]
  /** Connections that are open now, kept-alive ones included. */
  readonly openSockets: number
  /** Changes what the next requests get; a list begins anew. */
  respondWith(respond: Respond): void
  /** Closes the server and every socket at once. */
  close(): Promise<void>
}

/**
 * Starts an HTTP server on loopback that speaks the wires of OpenAI (Chat and Responses), Azure OpenAI,
 * Anthropic, Gemini and Ollama, so that the real SDKs can be tested without a network. Node only.
 *
 * Errors: `bad_options` for a port that cannot be had; a reply that cannot be carried out, and a `respond`
 * that throws, answer that request with status 500 and the reason.
 *
 * @example
 * ```ts
 * await using server = await startProviderServer({ respond: { text: '{"ok":true}' } })
 * const client = new OpenAI({ baseURL: server.openaiBaseURL, apiKey: 'test' })
 * ```
 */
export async function startProviderServer(options: ProviderServerOptions = {}): Promise<ProviderServer> {
  const requests: ReceivedRequest[] = []
  const state = { isClosing: false }
  let next = replies(options.respond ?? {})
  const server = createServer((request, response) => {
    handle({ request, response, options, requests, state, next: (received) => next(received) }).catch(
      (error: unknown) => {
        // Only a connection that is gone gets here; there is nobody left to tell.
        response.destroy(error instanceof Error ? error : undefined)
      },
    )
  })
  let openSockets = 0
  server.on('connection', (socket) => {
    openSockets++
    socket.once('close', () => openSockets--)
  })
  await listen(server, options.port ?? 0, options.host ?? '127.0.0.1')

  const { port, address, family } = server.address() as AddressInfo
  const url = `http://${family === 'IPv6' ? `[${address}]` : address}:${port}`
  const close = async (): Promise<void> => {
    if (!server.listening) return
    state.isClosing = true
    const done = new Promise<void>((resolve) => server.close(() => resolve()))
    server.closeAllConnections()
    await done
  }
  return {
    url,
    port,
    openaiBaseURL: `${url}/v1`,
    azureEndpoint: url,
    anthropicBaseURL: url,
    geminiBaseURL: url,
    ollamaHost: url,
    requests,
    get openSockets() {
      return openSockets
    },
    respondWith: (respond) => {
      next = replies(respond)
    },
    close,
    [Symbol.asyncDispose]: close,
  }
}

async function listen(server: Server, port: number, host: string): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', (cause) => {
      const message = `The provider server cannot listen on ${host}:${port} (${cause.message}). Give another port, or 0 for any.`
      reject(new StructStreamError('bad_options', message, { cause }))
    })
    server.listen(port, host, resolve)
  })
}

function replies(respond: Respond): (request: ReceivedRequest) => Reply | Promise<Reply> {
  if (typeof respond === 'function') return respond
  const list: readonly Reply[] = Array.isArray(respond) ? respond : [respond as Reply]
  let used = 0
  return () => list[Math.min(used++, list.length - 1)] ?? {}
}

interface Exchange {
  request: IncomingMessage
  response: ServerResponse
  options: ProviderServerOptions
  requests: ReceivedRequest[]
  state: { isClosing: boolean }
  next: (request: ReceivedRequest) => Reply | Promise<Reply>
}

async function handle(exchange: Exchange): Promise<void> {
  const { request, response, options } = exchange
  const path = request.url ?? '/'
  const text = await readText(request)
  const wire = wireOf(request.method ?? 'GET', path)
  if (!wire) {
    const models = modelsOf(request.method ?? 'GET', path, options.models ?? ['test-model'])
    const missing = { error: { message: `No provider speaks ${request.method} ${path}.`, type: 'not_found_error' } }
    sendJson(response, models ? 200 : 404, models ?? missing)
    return
  }
  const requestId = `req_${exchange.requests.length + 1}`
  const fail = (status: number, message: string): void => {
    sendJson(response, status, wire.failure({ status, message, requestId }), {
      [wire.requestIdHeader]: requestId,
      'x-should-retry': 'false',
    })
  }
  const body = parseObject(text)
  if (!body) return fail(400, `The request's body is no JSON object: ${text.slice(0, 100)}`)
  const wanted = wire.read(body, path)
  const received = record(exchange, { path, body, wire, stream: wanted.stream })
  if (options.apiKey !== undefined && !hasKey(request, options.apiKey)) return fail(401, 'Incorrect API key provided.')
  if (options.models && !options.models.includes(wanted.model)) {
    return fail(404, `The model '${wanted.model}' does not exist.`)
  }
  let reply: Reply
  let prepared: Prepared
  try {
    reply = await exchange.next(received)
    prepared = await prepare(reply, { wire, body, path, text, requestId: reply.requestId ?? requestId, wanted })
  } catch (error) {
    return fail(500, `The test server's reply failed: ${error instanceof Error ? error.message : String(error)}`)
  }
  await answer(response, wire, reply, prepared, options.latency)
}

function record(
  { request, response, requests, options, state }: Exchange,
  facts: { path: string; body: JsonObject; wire: Wire; stream: boolean },
): ReceivedRequest {
  let bytesSent = 0
  const write = response.write.bind(response) as (chunk: Uint8Array) => boolean
  response.write = ((chunk: Uint8Array) => {
    bytesSent += chunk.length
    return write(chunk)
  }) as typeof response.write
  const received: ReceivedRequest = {
    index: requests.length,
    method: request.method ?? 'POST',
    path: facts.path,
    headers: request.headers,
    body: facts.body,
    wire: facts.wire.name,
    stream: facts.stream,
    get bytesSent() {
      return bytesSent
    },
    closed: new Promise((resolve) => {
      response.once('close', () => {
        const byServer = response.writableFinished || stoppedByServer.has(response) || state.isClosing
        resolve({ at: performance.now(), byClient: !byServer })
      })
    }),
  }
  requests.push(received)
  options.onRequest?.(received)
  return received
}

/** Responses whose socket this server closed as a fault. */
const stoppedByServer = new WeakSet<ServerResponse>()

/** A reply ready to be sent. */
type Prepared =
  | { kind: 'error'; status: number; body: string | JsonObject; requestId: string }
  | { kind: 'whole'; body: unknown; requestId: string }
  | { kind: 'stream'; frames: Frame[] | Uint8Array[]; contentType: string; requestId: string }

interface Asked {
  wire: Wire
  body: JsonObject
  path: string
  text: string
  requestId: string
  wanted: ReturnType<Wire['read']>
}

async function prepare(reply: Reply, asked: Asked): Promise<Prepared> {
  const { wire, requestId } = asked
  const faults = reply.faults ?? {}
  const answer = answerOf(reply, asked.wanted, {
    body: asked.body,
    bodyLength: asked.text.length,
    path: asked.path,
    requestId,
    created: Math.floor(Date.now() / 1000),
  })
  if (faults.status !== undefined) {
    const message = faults.message ?? `The test server answers with status ${faults.status}.`
    const body = faults.body ?? wire.failure({ status: faults.status, message, requestId })
    return { kind: 'error', status: faults.status, body: body as string | JsonObject, requestId }
  }
  const recorded = await recordingOf(reply)
  if (recorded) {
    const frames = eventsOf(recorded.bytes, wire.contentType.includes('ndjson'))
    return { kind: 'stream', frames, contentType: recorded.isJson ? 'application/json' : wire.contentType, requestId }
  }
  if (!asked.wanted.stream) return { kind: 'whole', body: wire.whole(answer), requestId }
  return { kind: 'stream', frames: framesOf(wire, answer, faults), contentType: wire.contentType, requestId }
}

function framesOf(wire: Wire, answer: Answer, faults: Faults): Frame[] {
  const frames = wire.frames(answer)
  const content = frames.filter((frame) => frame.isEnd !== true)
  if (faults.errorEvent !== undefined) {
    const event: ErrorEvent = faults.errorEvent === true ? {} : faults.errorEvent
    const after = event.afterEvent ?? Math.ceil(content.length / 2)
    return [...frames.slice(0, after), ...wire.failureFrames(failureOf(event, answer.requestId), answer)]
  }
  return faults.withoutFinish === true ? content : frames
}

function failureOf(event: ErrorEvent, requestId: string): Failure {
  return {
    status: event.status ?? 500,
    message: event.message ?? 'The test server was told to fail here.',
    requestId,
    ...(event.type === undefined ? {} : { type: event.type }),
    ...(event.form === undefined ? {} : { form: event.form }),
    ...(event.fields === undefined ? {} : { fields: event.fields }),
  }
}

async function recordingOf(reply: Reply): Promise<{ bytes: Uint8Array; isJson: boolean } | undefined> {
  if (reply.raw !== undefined) return { bytes: Buffer.from(reply.raw), isJson: false }
  if (reply.recording === undefined) return undefined
  if (reply.recording instanceof Uint8Array) return { bytes: reply.recording, isJson: false }
  return { bytes: await readFile(reply.recording), isJson: String(reply.recording).endsWith('.json') }
}

async function answer(
  response: ServerResponse,
  wire: Wire,
  reply: Reply,
  prepared: Prepared,
  latency: Latency = {},
): Promise<void> {
  const faults = reply.faults ?? {}
  const pace = { ...latency, ...reply.latency }
  const closed = new AbortController()
  response.once('close', () => closed.abort())
  if (pace.headersMs !== undefined) await sleep(pace.headersMs, undefined, { signal: closed.signal }).catch(() => {})
  if (closed.signal.aborted) return
  if (faults.beforeHeaders !== undefined) {
    if (faults.beforeHeaders === 'stall') return
    stoppedByServer.add(response)
    closeAbruptly(response, faults.beforeHeaders)
    return
  }
  const headers = { [wire.requestIdHeader]: prepared.requestId, ...faults.headers }
  switch (prepared.kind) {
    case 'error':
      return sendJson(response, prepared.status, prepared.body, headers)
    case 'whole':
      return sendJson(response, 200, prepared.body, headers)
    case 'stream': {
      const plan = planOf(prepared.frames, faults, reply.chunking === 'byte')
      if (plan.ending === 'drop' || plan.ending === 'reset') stoppedByServer.add(response)
      response.writeHead(200, { 'content-type': prepared.contentType, 'cache-control': 'no-cache', ...headers })
      // The first bytes may be long in coming, and clients wait for the headers.
      response.flushHeaders()
      const ping = pingOf(wire, reply)
      await deliver(
        response,
        plan,
        { latency: pace, dripMs: faults.dripMs ?? 0, ...(ping ? { ping } : {}) },
        closed.signal,
      )
      return
    }
    default: {
      const never: never = prepared
      throw new TypeError(`no such reply: ${String(never)}`)
    }
  }
}

function pingOf(wire: Wire, reply: Reply) {
  if (reply.pings === undefined || wire.ping === '') return undefined
  const every = typeof reply.pings === 'number' ? { everyEvents: reply.pings } : reply.pings
  return { text: wire.ping, ...every }
}

function sendJson(response: ServerResponse, status: number, body: unknown, headers: Record<string, string> = {}): void {
  const text = typeof body === 'string' ? body : JSON.stringify(body)
  response.writeHead(status, { 'content-type': 'application/json', ...headers })
  response.end(text)
}

async function readText(request: IncomingMessage): Promise<string> {
  const parts: Buffer[] = []
  for await (const part of request) parts.push(part as Buffer)
  return Buffer.concat(parts).toString('utf8')
}

function parseObject(text: string): JsonObject | undefined {
  try {
    const value: unknown = JSON.parse(text)
    return isObject(value) ? value : undefined
  } catch {
    return undefined
  }
}

/** Every provider's place for the key: a bearer token, or a header of its own. */
function hasKey(request: IncomingMessage, key: string): boolean {
  const { headers } = request
  const places = [headers.authorization, headers['x-api-key'], headers['api-key'], headers['x-goog-api-key']]
  return places.includes(key) || places.includes(`Bearer ${key}`)
}
