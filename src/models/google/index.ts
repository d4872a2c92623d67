import { checkFactoryOptions, checkModelId, clientWith, type OptionChecks, sdkChecks } from '../../factory-options.ts'
import { checkBaseUrl, requireKey } from '../transport/credentials.ts'
import { type EventSource, eventStream } from '../transport/event-stream.ts'
import { GoogleReader } from './events.ts'
import { sendThrough } from './own-fetch.ts'
import { googleParams, withUsableMode } from './request.ts'
import { checkSdkVersion, missingSdk } from '../transport/load-sdk.ts'
import type { Model, ModelRequest } from '../model.ts'
import { redactor } from '../transport/redact.ts'
import type { SdkConnection, SdkOptions } from '../transport/sdk-client.ts'
import { sdkStream } from '../transport/sdk-stream.ts'
import { platformFetch, watchBody } from '../transport/watch-body.ts'
import { asObject } from '../events/wire-value.ts'

const PROVIDER = 'google'
/** The first version that sends `responseJsonSchema` and can be reached by all of this. */
const OLDEST = '1.30'

const { timeout: _timeout, ...ownChecks } = sdkChecks

const CHECKS: OptionChecks<GeminiOptions> = { ...ownChecks, client: clientWith('models') }

/** The part of a `GoogleGenAI` client that is used. */
export interface GoogleClient {
  readonly models: { generateContentStream(params: never): PromiseLike<unknown> }
}

/** Options of `gemini`. The default address is `https://generativelanguage.googleapis.com`. */
export interface GeminiOptions extends Omit<SdkOptions, 'timeout'> {
  /**
   * A `GoogleGenAI` of `@google/genai`, such as one for Vertex AI, used unchanged: none of the options above applies,
   * and keep-alive traffic, which isn't events, cannot be seen through it.
   */
  client?: GoogleClient | undefined
}

/**
 * A Gemini model, over the package `@google/genai`. Needs `{ apiKey }` or the variable `GEMINI_API_KEY`.
 *
 * @example
 * ```ts
 * const stream = runStream('Recommend a movie', Movie, { model: gemini('gemini-3-flash') })
 * ```
 */
export function gemini(id: string, options: GeminiOptions = {}): Model {
  checkModelId('gemini()', id)
  checkFactoryOptions('gemini()', options, CHECKS)
  const { baseURL = 'https://generativelanguage.googleapis.com' } = options
  checkBaseUrl(PROVIDER, 'baseURL', baseURL)
  return {
    provider: PROVIDER,
    id,
    modes: ['json-schema', 'tool', 'json-object', 'prompt'],
    dialect: 'gemini',
    stream: (request, signal) => eventStream(signal, (own) => contentEvents(id, { ...options, baseURL }, request, own)),
  }
}

async function contentEvents(
  id: string,
  options: GeminiOptions & { baseURL: string },
  given: ModelRequest,
  signal: AbortSignal,
): Promise<EventSource> {
  const request = withUsableMode(id, given)
  const params = googleParams(id, request, PROVIDER)
  const { client, context, watch } = await connect(options, request.onActivity)
  const config = { ...asObject(params['config']), abortSignal: signal }
  return sdkStream({
    context,
    watch,
    reader: new GoogleReader(request.format),
    requestIdHeaders: ['x-goog-request-id', 'x-request-id'],
    terminal: 'finishReason',
    create: () => client.models.generateContentStream({ ...params, config } as never),
  })
}

async function connect(
  options: GeminiOptions & { baseURL: string },
  onActivity: (() => void) | undefined,
): Promise<SdkConnection<GoogleClient>> {
  const { baseURL, headers } = options
  const shared = { provider: PROVIDER, keySource: '{ apiKey } or GEMINI_API_KEY', responding: false }
  if (options.client !== undefined) {
    checkSdkVersion(options.client, PROVIDER, '@google/genai', OLDEST)
    const key = asObject(options.client)?.['apiKey']
    return { client: options.client, watch: undefined, context: { ...shared, redact: redactor({ keys: [key] }) } }
  }
  const apiKey = await requireKey(PROVIDER, options.apiKey, ['GEMINI_API_KEY', 'GOOGLE_API_KEY'])
  const { GoogleGenAI } = await loadGoogle()
  const watch = watchBody(options.fetch ?? platformFetch, onActivity, { names: 'refused' })
  const client = new GoogleGenAI({
    apiKey,
    vertexai: false,
    httpOptions: {
      baseUrl: baseURL,
      headers: { ...headers },
      // Without them the SDK makes one attempt; like the other SDKs it is to try again before the first byte.
      retryOptions: { attempts: (options.maxRetries ?? 2) + 1 },
      fetch: watch.fetch,
    },
  })
  checkSdkVersion(client, PROVIDER, '@google/genai', OLDEST)
  sendThrough(client, watch.fetch, (options.maxRetries ?? 2) + 1)
  return { client, watch, context: { ...shared, redact: redactor({ keys: [apiKey], headers, baseURL }) } }
}

async function loadGoogle(): Promise<typeof import('@google/genai')> {
  try {
    return await import('@google/genai')
  } catch (error) {
    throw missingSdk(PROVIDER, '@google/genai', error)
  }
}
