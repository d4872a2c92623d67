import type { IncomingMessage, ServerResponse } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'
import type { CallIds } from './call-ids.ts'
import { closeAbruptly, deliver } from './deliver.ts'
import type { PreparedReply } from './prepare.ts'
import { prepareReply } from './prepare.ts'
import type { Received, ReceivedRequest } from './received.ts'
import { receive } from './received.ts'
import type { Latency, Reply } from './reply.ts'
import { modelsOf, wireOf } from './routes.ts'
import type { JsonObject, Wire } from './wires/wire.ts'
import { isObject } from './wires/wire.ts'

/** One request and its response, and what the server wants done with it. */
export interface Exchange {
  request: IncomingMessage
  response: ServerResponse
  rules: {
    apiKey?: string
    models?: readonly string[]
    latency?: Latency
    onRequest?: (request: ReceivedRequest) => void
  }
  requests: ReceivedRequest[]
  /** Of all requests to this server. */
  callIds: CallIds
  isClosing: () => boolean
  next: (request: ReceivedRequest) => Reply | Promise<Reply>
}

/** Reads a request, asks for its reply and sends it. */
export async function serve(exchange: Exchange): Promise<void> {
  const { request, response, rules, requests, callIds } = exchange
  const path = request.url ?? '/'
  const text = await readText(request)
  const wire = wireOf(request.method ?? 'GET', path)
  if (!wire) {
    const models = modelsOf(request.method ?? 'GET', path, rules.models ?? ['test-model'])
    const missing = { error: { message: `No provider speaks ${request.method} ${path}.`, type: 'not_found_error' } }
    return sendJson(response, models ? 200 : 404, models ?? missing)
  }
  const requestId = `req_${requests.length + 1}`
  const refuse = (status: number, message: string): void => {
    const headers = { [wire.requestIdHeader]: requestId, 'x-should-retry': 'false' }
    sendJson(response, status, wire.failure({ status, message, requestId }), headers)
  }
  const body = parseObject(text)
  if (!body) return refuse(400, `The request's body is not a JSON object: ${text.slice(0, 100)}`)

  const wanted = wire.read(body, path)
  const facts = { index: requests.length, body, wire, stream: wanted.stream, isClosing: exchange.isClosing }
  const received = receive(request, response, facts)
  requests.push(received.request)
  rules.onRequest?.(received.request)
  if (rules.apiKey !== undefined && !hasKey(request, rules.apiKey)) return refuse(401, 'Incorrect API key provided.')
  if (rules.models && !rules.models.includes(wanted.model)) {
    return refuse(404, `The model '${wanted.model}' does not exist.`)
  }
  let reply: Reply
  let prepared: PreparedReply
  try {
    reply = await exchange.next(received.request)
    const asked = { wire, body, path, text, requestId: reply.requestId ?? requestId, wanted, callIds }
    prepared = await prepareReply(reply, asked)
  } catch (error) {
    return refuse(500, `The test server's reply failed: ${error instanceof Error ? error.message : String(error)}`)
  }
  await send(response, wire, reply, prepared, received, rules.latency)
}

async function send(
  response: ServerResponse,
  wire: Wire,
  reply: Reply,
  prepared: PreparedReply,
  received: Received,
  latency: Latency = {},
): Promise<void> {
  const faults = reply.faults ?? {}
  const pace = { ...latency, ...reply.latency }
  // The client may have gone while the reply was thought of.
  if (response.destroyed) return
  const closed = new AbortController()
  response.once('close', () => closed.abort())
  if (pace.headersMs !== undefined) await sleep(pace.headersMs, undefined, { signal: closed.signal }).catch(() => {})
  if (closed.signal.aborted) return
  if (faults.beforeHeaders !== undefined) {
    if (faults.beforeHeaders === 'stall') return
    received.markStoppedByServer()
    return closeAbruptly(response, faults.beforeHeaders)
  }
  const headers = { [wire.requestIdHeader]: prepared.requestId, ...faults.headers }
  switch (prepared.kind) {
    case 'whole':
      return sendJson(response, prepared.status, prepared.body, headers)
    case 'stream': {
      const { plan, contentType } = prepared
      if (plan.ending === 'drop' || plan.ending === 'reset') received.markStoppedByServer()
      response.writeHead(200, { 'content-type': contentType, 'cache-control': 'no-cache', ...headers })
      // The first bytes may be long in coming, and clients wait for the headers.
      response.flushHeaders()
      const ping = pingOf(wire, reply)
      const how = { latency: pace, dripMs: faults.dripMs ?? 0, ...(ping ? { ping } : {}) }
      return deliver({ response, closed: closed.signal, countSent: received.countSent }, plan, how)
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

/** Every provider's place for the key: a bearer token, or its own header. */
function hasKey(request: IncomingMessage, key: string): boolean {
  const { headers } = request
  const places = [headers.authorization, headers['x-api-key'], headers['api-key'], headers['x-goog-api-key']]
  return places.includes(key) || places.includes(`Bearer ${key}`)
}
