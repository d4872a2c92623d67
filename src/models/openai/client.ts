import type { ClientOptions } from 'openai'
import { checkSdkVersion, missingSdk, outdatedSdk } from '../transport/load-sdk.ts'
import { redactor } from '../transport/redact.ts'
import { clientSecrets, type SdkConnection, type SdkOptions } from '../transport/sdk-client.ts'
import { platformFetch, watchBody } from '../transport/watch-body.ts'

/** The first version whose Responses API the adapter is tested with. */
const OLDEST = '4.104'

/** The part of an OpenAI client that is used, so that any version or copy of the SDK will do. */
export interface OpenAIClient {
  readonly chat: { readonly completions: { create(body: never, options?: never): PromiseLike<unknown> } }
  readonly responses: { create(body: never, options?: never): PromiseLike<unknown> }
}

/** What every adapter over the `openai` package takes. */
export interface OpenAIClientOptions extends SdkOptions {
  /**
   * A client of the `openai` package, used unchanged: none of the options above applies. Keep-alive traffic is not
   * events (comments) cannot be seen through it, nor a `[DONE]` without a finish reason.
   */
  client?: OpenAIClient | undefined
}

/** How a client is made from the options: only this differs between OpenAI, Azure and the others. */
export interface ClientConfig {
  provider: string
  /** For the hint at status 401. */
  keySource: string
  /** Finds the key; absent when the server needs none. */
  findKey(): Promise<string | undefined>
  /** Makes the client of these options, of which `baseURL` is set. */
  make(sdk: typeof import('openai'), options: ClientOptions): OpenAIClient
  baseURL: string
  organization?: string | undefined
  project?: string | undefined
}

/**
 * A client for one request. It is made anew each time, which is cheap (connections are pooled by `fetch`), so that the
 * body of just this request can be watched. Every option is passed, for the SDK fills gaps from `OPENAI_*` variables.
 *
 * @throws `bad_options` when the SDK is not installed or there is no key
 */
export async function connectOpenAI(
  plan: ClientConfig,
  options: OpenAIClientOptions,
  onActivity: (() => void) | undefined,
): Promise<SdkConnection<OpenAIClient>> {
  const { provider, keySource } = plan
  if (options.client !== undefined) {
    checkSdkVersion(options.client, provider, 'openai', OLDEST)
    const redact = redactor(clientSecrets(options.client))
    return { client: options.client, watch: undefined, context: { provider, keySource, redact, responding: false } }
  }
  const apiKey = await plan.findKey()
  const sdk = await loadOpenAI(provider)
  // Before version 4 there was another class.
  if (typeof sdk.OpenAI !== 'function') throw outdatedSdk(provider, 'openai', OLDEST)
  const { headers } = options
  const watch = watchBody(options.fetch ?? platformFetch, onActivity, { names: 'ignored' })
  const redact = redactor({ keys: [apiKey], headers, baseURL: plan.baseURL })
  const client = plan.make(sdk, {
    // The SDK refuses to start without any key; a server without keys does not look at this one.
    apiKey: apiKey ?? 'none',
    adminAPIKey: null,
    webhookSecret: null,
    organization: plan.organization ?? null,
    project: plan.project ?? null,
    baseURL: plan.baseURL,
    // A key that does not exist is not sent either.
    defaultHeaders: apiKey === undefined ? { authorization: null, ...headers } : { ...headers },
    fetch: watch.fetch,
    maxRetries: options.maxRetries ?? 2,
    timeout: options.timeout ?? 600_000,
    // What goes wrong is thrown; the SDK would also print the provider's data.
    logLevel: 'off',
  })
  checkSdkVersion(client, provider, 'openai', OLDEST)
  return { client, watch, context: { provider, keySource, redact, responding: false } }
}

async function loadOpenAI(provider: string): Promise<typeof import('openai')> {
  try {
    return await import('openai')
  } catch (error) {
    throw missingSdk(provider, 'openai', error)
  }
}
