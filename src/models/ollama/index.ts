import {
  checkFactoryOptions,
  checkModelId,
  clientWith,
  func,
  headers,
  type OptionChecks,
  text,
} from '../../factory-options.ts'
import { formatBesideTools } from '../request/tools-without-format.ts'
import { checkBaseUrl, readEnv } from '../transport/credentials.ts'
import { type EventSource, eventStream } from '../transport/event-stream.ts'
import { missingSdk } from '../transport/load-sdk.ts'
import type { Model, ModelRequest } from '../model.ts'
import { ollamaFetch } from './body.ts'
import { OllamaReader } from './events.ts'
import { ollamaBody } from './request.ts'
import { redactor } from '../transport/redact.ts'
import type { SdkConnection } from '../transport/sdk-client.ts'
import { sdkStream } from '../transport/sdk-stream.ts'
import { type Fetch, platformFetch, watchBody } from '../transport/watch-body.ts'
import { asObject } from '../events/wire-value.ts'

const PROVIDER = 'ollama'

const CHECKS: OptionChecks<OllamaOptions> = { host: text, headers, fetch: func, client: clientWith('chat') }

/** The part of an `Ollama` client that is used. */
export interface OllamaClient {
  chat(request: never): PromiseLike<unknown>
}

/** Options of `ollama`. */
export interface OllamaOptions {
  /** The server's address, never taken from the environment. @defaultValue 'http://127.0.0.1:11434' */
  host?: string | undefined
  /** Sent with every request, such as `authorization`. */
  headers?: Record<string, string> | undefined
  /** In place of the platform's `fetch`. */
  fetch?: Fetch | undefined
  /** An `Ollama` of the package `ollama`, used unchanged: none of the options above applies. */
  client?: OllamaClient | undefined
}

/**
 * A model on an Ollama server, over the package `ollama` and the native `/api/chat`. No key is needed. There is no
 * retry: the server is mostly on the same machine.
 *
 * @example
 * ```ts
 * const model = ollama('qwen3:8b')
 * ```
 */
export function ollama(id: string, options: OllamaOptions = {}): Model {
  checkModelId('ollama()', id)
  checkFactoryOptions('ollama()', options, CHECKS)
  const { host = 'http://127.0.0.1:11434' } = options
  checkBaseUrl(PROVIDER, 'host', host)
  return {
    provider: PROVIDER,
    id,
    modes: ['json-schema', 'json-object', 'tool', 'prompt'],
    dialect: 'ollama',
    stream: (request, signal) => eventStream(signal, (own) => chatEvents(id, { ...options, host }, request, own)),
  }
}

async function chatEvents(
  id: string,
  options: OllamaOptions & { host: string },
  given: ModelRequest,
  signal: AbortSignal,
): Promise<EventSource> {
  // A grammar for the whole answer leaves no room for calls. Ollama cannot force a tool; an answer in plain text counts.
  const request = formatBesideTools(given)
  const body = ollamaBody(id, request, PROVIDER)
  const { client, context, watch } = await connect(options, request.onActivity, signal)
  return sdkStream({
    context,
    watch,
    reader: new OllamaReader(request.format),
    requestIdHeaders: ['x-request-id'],
    terminal: 'done',
    create: async () => lines(await client.chat(body as never), signal),
  })
}

/** The SDK throws an error line as a bare `Error`, which is the provider's word and no failure of the transport. */
async function* lines(stream: unknown, signal: AbortSignal): AsyncGenerator<unknown, void> {
  const source = stream as AsyncIterable<unknown> & { abort?(): void }
  const stop = (): void => source.abort?.()
  signal.addEventListener('abort', stop, { once: true })
  try {
    yield* source
  } catch (error) {
    const isErrorLine =
      error instanceof Error && error.constructor === Error && !/^did not receive done/i.test(error.message)
    throw isErrorLine ? Object.assign(error, { error: error.message }) : error
  } finally {
    signal.removeEventListener('abort', stop)
  }
}

async function connect(
  options: OllamaOptions & { host: string },
  onActivity: (() => void) | undefined,
  signal: AbortSignal,
): Promise<SdkConnection<OllamaClient>> {
  const { host, headers } = options
  const shared = { provider: PROVIDER, keySource: '{ headers: { authorization } }', responding: false }
  // The package sends this key to ollama.com without being asked to.
  const keys = [readEnv('OLLAMA_API_KEY')]
  if (options.client !== undefined) {
    const config = asObject(asObject(options.client)?.['config'])
    return {
      client: options.client,
      watch: undefined,
      context: { ...shared, redact: redactor({ keys, headers: config?.['headers'] }) },
    }
  }
  const { Ollama } = await loadOllama()
  const watch = watchBody(options.fetch ?? platformFetch, onActivity)
  const client = new Ollama({ host, headers: { ...headers }, fetch: ollamaFetch(watch.fetch, signal) })
  return { client, watch, context: { ...shared, redact: redactor({ keys, headers, baseURL: host }) } }
}

async function loadOllama(): Promise<typeof import('ollama')> {
  try {
    return await import('ollama')
  } catch (error) {
    throw missingSdk(PROVIDER, 'ollama', error)
  }
}
