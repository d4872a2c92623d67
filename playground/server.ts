import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { StructStreamError } from '../src/errors.ts'
import type { Model } from '../src/models/model.ts'
import type { StructuredStream } from '../src/stream/structured-stream.ts'
import { pipeToNode } from '../src/web/server/index.ts'
import { checkComesFromHere } from './guard.ts'
import { readPage, securityHeaders, type PageFile } from './page-files.ts'
import {
  CONFIG_PATH,
  JUDGE_PATH,
  JudgeRequest,
  LARGEST_BODY,
  LARGEST_JUDGED,
  LENGTH_HEADER,
  PlayRequest,
  RECORDING_PATH,
  RUN_PATH,
  type PlayConfig,
} from './protocol.ts'
import { providersIn } from './providers.ts'
import { judge } from './judge.ts'
import { readRequest } from './read-request.ts'
import { RefusedRequest } from './refusal.ts'
import { choiceOf, outlineOf, type NamedSchema } from './schema-choice.ts'
import { startRun, type Supplies } from './start-run.ts'

/** How the playground is served. */
export interface PlayOptions {
  /** The built page. */
  folder: string
  /** Told to the page. */
  version: string
  /** @defaultValue any free one */
  port?: number | undefined
  /** @defaultValue '127.0.0.1' */
  host?: string | undefined
  /** Which providers have keys. */
  env: Record<string, string | undefined>
  /** A model next to those, under the name that the page shows. */
  model?: { name: string; model: Model | string } | undefined
  /** A schema next to the ready-made ones, which the page starts with. */
  schema?: NamedSchema | undefined
  /** A recording that the page opens, as it is in its file. */
  recording?: { name: string; text: string } | undefined
  /** Called for each run as it starts. */
  onRun?: ((stream: StructuredStream<unknown>, request: PlayRequest) => void) | undefined
  /** Called for each run when its response has ended; a consumer that waited for the result earlier would keep the model running. */
  onRunEnd?: ((stream: StructuredStream<unknown>, request: PlayRequest) => void) | undefined
}

/** A playground that is being served. */
export interface Playground extends AsyncDisposable {
  readonly url: string
  readonly port: number
}

type Handler = (request: IncomingMessage, response: ServerResponse) => unknown

/**
 * Serves the playground until it is disposed of; that stops all its runs.
 * @throws `unsupported_schema` for a schema that can't be used
 */
export async function startPlayground(options: PlayOptions): Promise<Playground> {
  const {
    folder,
    version,
    port: wanted = 0,
    host = '127.0.0.1',
    env,
    model,
    schema,
    recording,
    onRun,
    onRunEnd,
  } = options
  const outline = schema === undefined ? undefined : await outlineOf(schema)
  const files = await readPage(folder)
  const supplies: Supplies = { providers: providersIn(env), model, schema }
  const config: PlayConfig = {
    version,
    providers: [...supplies.providers],
    ...(model !== undefined && { model: model.name }),
    ...(outline !== undefined && { schema: outline }),
    ...(recording !== undefined && { recording: recording.name }),
  }

  const run: Handler = async (request, response) => {
    const wish = await readRequest(request, PlayRequest, LARGEST_BODY)
    const { stream, length } = await startRun(wish, supplies)
    onRun?.(stream, wish)
    const headers = { ...securityHeaders, ...(length !== undefined && { [LENGTH_HEADER]: String(length) }) }
    await pipeToNode(stream, response, { headers })
    onRunEnd?.(stream, wish)
  }
  const judged: Handler = async (request, response) => {
    const wish = await readRequest(request, JudgeRequest, LARGEST_JUDGED)
    const left = new AbortController()
    response.once('close', () => left.abort())
    const judgement = await judge(wish, choiceOf(wish.schema, schema).schema, left.signal)
    send(response, 200, 'application/json', JSON.stringify(judgement, jsonValue))
  }
  const routes: Record<string, { methods: string[]; handle: Handler }> = {
    [RUN_PATH]: { methods: ['POST'], handle: run },
    [JUDGE_PATH]: { methods: ['POST'], handle: judged },
    [RECORDING_PATH]: {
      methods: ['GET', 'HEAD'],
      handle: (_, response) => {
        if (recording === undefined) throw new RefusedRequest(404, 'The server was started without a recording.')
        send(response, 200, 'application/x-ndjson', recording.text)
      },
    },
    [CONFIG_PATH]: {
      methods: ['GET', 'HEAD'],
      handle: (_, response) => send(response, 200, 'application/json', JSON.stringify(config)),
    },
  }
  const handle: Handler = async (request, response) => {
    const path = (request.url ?? '/').split('?')[0]!
    const file = files.get(path)
    const route = Object.hasOwn(routes, path)
      ? routes[path]!
      : file && { methods: ['GET', 'HEAD'], handle: (_: unknown, to: ServerResponse) => sendFile(to, file) }
    try {
      checkComesFromHere(request, host)
      if (route === undefined) throw new RefusedRequest(404, 'There is nothing here.')
      if (!route.methods.includes(request.method ?? '')) {
        response.setHeader('allow', route.methods.join(', '))
        throw new RefusedRequest(405, `Expected ${route.methods.join(' or ')}, got ${request.method ?? 'no method'}.`)
      }
      await route.handle(request, response)
    } catch (error) {
      refuse(request, response, error)
    }
  }

  const server = createServer((request, response) => void handle(request, response))
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(wanted, host, resolve)
  })
  const { port } = server.address() as AddressInfo
  const name = host.includes(':') ? `[${host}]` : host
  return {
    url: `http://${name}:${port}/`,
    port,
    async [Symbol.asyncDispose]() {
      const closed = new Promise((resolve) => server.close(resolve))
      server.closeAllConnections()
      await closed
    },
  }
}

/** What JSON has no form for, as what a reader expects. */
function jsonValue(_key: string, value: unknown): unknown {
  if (typeof value === 'bigint') return String(value)
  if (value instanceof Map) return Object.fromEntries(value)
  return value instanceof Set ? [...value] : value
}

function send(response: ServerResponse, status: number, type: string, body: string | Buffer, cache = 'no-store'): void {
  response.writeHead(status, {
    ...securityHeaders,
    'content-type': type,
    'content-length': Buffer.byteLength(body),
    'cache-control': cache,
  })
  // Node leaves the body out where the method is HEAD.
  response.end(body)
}

function sendFile(response: ServerResponse, { type, body, isHashed }: PageFile): void {
  send(response, 200, type, body, isHashed ? 'public, max-age=31536000, immutable' : 'no-cache')
}

function refuse(request: IncomingMessage, response: ServerResponse, error: unknown): void {
  if (response.headersSent || response.destroyed) {
    response.destroy()
    return
  }
  const status = error instanceof RefusedRequest ? error.status : error instanceof StructStreamError ? 400 : 500
  const message = status === 500 ? 'The playground has failed.' : (error as Error).message
  // What is left of a body that no one reads.
  if (!request.complete) response.setHeader('connection', 'close')
  send(response, status, 'text/plain; charset=utf-8', message)
}
