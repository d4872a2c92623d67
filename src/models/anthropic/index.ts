import { checkFactoryOptions, checkModelId, clientWith, type OptionChecks, sdkChecks } from '../../factory-options.ts'
import { AnthropicReader } from './events.ts'
import { anthropicBody, withUsableMode } from './request.ts'
import { checkBaseUrl, requireKey } from '../transport/credentials.ts'
import { type EventSource, eventStream } from '../transport/event-stream.ts'
import { checkSdkVersion, missingSdk } from '../transport/load-sdk.ts'
import type { Model, ModelRequest } from '../model.ts'
import { clientSecrets, type SdkConnection, type SdkOptions } from '../transport/sdk-client.ts'
import { redactor } from '../transport/redact.ts'
import { sdkStream } from '../transport/sdk-stream.ts'
import { platformFetch, watchBody } from '../transport/watch-body.ts'

const PROVIDER = 'anthropic'
const OLDEST = '0.60'

const CHECKS: OptionChecks<AnthropicOptions> = { ...sdkChecks, client: clientWith('messages') }

/** The part of an Anthropic client that is used, so that any version or copy of the SDK will do. */
export interface AnthropicClient {
  readonly messages: { create(body: never, options?: never): PromiseLike<unknown> }
}

/** Options of `anthropic`. The default address is `https://api.anthropic.com`. */
export interface AnthropicOptions extends SdkOptions {
  /**
   * A client of `@anthropic-ai/sdk` (or of its Bedrock and Vertex packages), used unchanged: none of the options above
   * applies, and pings cannot be seen through it.
   */
  client?: AnthropicClient | undefined
}

/**
 * A Claude model, over the package `@anthropic-ai/sdk`. Needs `{ apiKey }` or the variable `ANTHROPIC_API_KEY`.
 *
 * @example
 * ```ts
 * const stream = runStream('Recommend a movie', Movie, { model: anthropic('claude-sonnet-5-5') })
 * ```
 */
export function anthropic(id: string, options: AnthropicOptions = {}): Model {
  checkModelId('anthropic()', id)
  checkFactoryOptions('anthropic()', options, CHECKS)
  const { baseURL = 'https://api.anthropic.com' } = options
  checkBaseUrl(PROVIDER, 'baseURL', baseURL)
  return {
    provider: PROVIDER,
    id,
    modes: ['json-schema', 'tool', 'prompt'],
    dialect: 'anthropic',
    stream: (request, signal) => eventStream(signal, (own) => messageEvents(id, { ...options, baseURL }, request, own)),
  }
}

async function messageEvents(
  id: string,
  options: AnthropicOptions & { baseURL: string },
  given: ModelRequest,
  signal: AbortSignal,
): Promise<EventSource> {
  const request = withUsableMode(given, PROVIDER)
  const body = anthropicBody(id, request, PROVIDER)
  const { client, context, watch } = await connect(options, request.onActivity)
  // Since 1.14 the SDK makes spans, unless its option `openTelemetry` is off.
  if ((client as { _tracer?: unknown })._tracer !== undefined) request.onTraced?.()
  return sdkStream({
    context,
    watch,
    reader: new AnthropicReader(request.format),
    requestIdHeaders: ['request-id', 'x-request-id'],
    terminal: 'message_stop',
    create: () => client.messages.create(body as never, { signal } as never),
  })
}

async function connect(
  options: AnthropicOptions & { baseURL: string },
  onActivity: (() => void) | undefined,
): Promise<SdkConnection<AnthropicClient>> {
  const { baseURL, headers } = options
  const shared = { provider: PROVIDER, keySource: '{ apiKey } or ANTHROPIC_API_KEY', responding: false }
  if (options.client !== undefined) {
    checkSdkVersion(options.client, PROVIDER, '@anthropic-ai/sdk', OLDEST)
    const redact = redactor(clientSecrets(options.client))
    return { client: options.client, watch: undefined, context: { ...shared, redact } }
  }
  const apiKey = await requireKey(PROVIDER, options.apiKey, ['ANTHROPIC_API_KEY'])
  const { default: Anthropic } = await loadAnthropic()
  const watch = watchBody(options.fetch ?? platformFetch, onActivity, { names: 'needed' })
  const client = new Anthropic({
    apiKey,
    authToken: null,
    webhookKey: null,
    baseURL,
    defaultHeaders: { ...headers },
    fetch: watch.fetch,
    maxRetries: options.maxRetries ?? 2,
    timeout: options.timeout ?? 600_000,
    // What goes wrong is thrown; the SDK would also print the provider's data.
    logLevel: 'off',
  })
  checkSdkVersion(client, PROVIDER, '@anthropic-ai/sdk', OLDEST)
  const redact = redactor({ keys: [apiKey], headers, baseURL })
  return { client, watch, context: { ...shared, redact } }
}

async function loadAnthropic(): Promise<typeof import('@anthropic-ai/sdk')> {
  try {
    return await import('@anthropic-ai/sdk')
  } catch (error) {
    throw missingSdk(PROVIDER, '@anthropic-ai/sdk', error)
  }
}
