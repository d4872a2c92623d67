import type { Server } from 'node:http'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { StructStreamError } from '../errors.ts'
import { checkFactoryOptions, count, func, list, object, type OptionChecks, text } from '../factory-options.ts'
import { CallIds } from './call-ids.ts'
import { serve } from './exchange.ts'
import type { ReceivedRequest } from './received.ts'
import { checkLatency, checkReply, type Latency, type Reply } from './reply.ts'

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
  /** Called for every request for an answer, as it begins. */
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

const CHECKS: OptionChecks<ProviderServerOptions> = {
  respond: (value) => (typeof value === 'function' ? undefined : object(value)),
  port: count,
  host: text,
  latency: object,
  apiKey: text,
  models: list,
  onRequest: func,
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
  checkFactoryOptions('startProviderServer()', options, CHECKS)
  if (options.latency !== undefined) checkLatency(options.latency, 'latency.')
  const requests: ReceivedRequest[] = []
  const callIds = new CallIds()
  let isClosing = false
  let next = replies(options.respond ?? {})
  const server = createServer((request, response) => {
    const exchange = { request, response, rules: options, requests, callIds, isClosing: () => isClosing }
    serve({ ...exchange, next: (received) => next(received) }).catch(() => {
      // Only a connection that broke gets here; there is no one left to tell.
      response.destroy()
    })
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
    isClosing = true
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
  for (const reply of list) checkReply(reply)
  let used = 0
  return () => {
    const turn = used++
    const reply = list[Math.min(turn, list.length - 1)] ?? {}
    if (reply.truth === undefined || turn < list.length) return reply
    // Faults that came back with every attempt to heal would never let one end.
    const { faults: _, ...healthy } = reply
    return healthy
  }
}
