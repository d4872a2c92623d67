import { StructStreamError } from '../../errors.ts'
import {
  checkFactoryOptions,
  checkModelId,
  clientWith,
  func,
  oneOf,
  type OptionChecks,
  sdkChecks,
  text,
} from '../../factory-options.ts'
import { checkBaseUrl, findKey, readEnv, requireKey } from '../transport/credentials.ts'
import type { Model } from '../model.ts'
import type { ClientConfig, OpenAIClientOptions } from './client.ts'
import { ALL_MODES, OPENAI_PROFILE, openaiModel } from './model.ts'

const PROVIDER = 'azure'

/** Options of `azureOpenAI`. */
export interface AzureOpenAIOptions extends Omit<OpenAIClientOptions, 'baseURL'> {
  /** The resource, such as `https://example.openai.azure.com`. @defaultValue the variable `AZURE_OPENAI_ENDPOINT` */
  endpoint?: string | undefined
  /**
   * A dated version of the API, such as `2024-10-21`: requests then go to the deployment's own path. Without it they go
   * to Azure's version 1 API, which needs none.
   */
  apiVersion?: string | undefined
  /** Gives a Microsoft Entra token for each request, in place of a key. */
  tokenProvider?: (() => string | Promise<string>) | undefined
  /** Which of the two APIs is spoken; not every deployment has both. @defaultValue 'chat' */
  api?: 'chat' | 'responses' | undefined
}

const { baseURL: _baseURL, ...ownChecks } = sdkChecks

const CHECKS: OptionChecks<AzureOpenAIOptions> = {
  ...ownChecks,
  client: clientWith('chat'),
  endpoint: text,
  apiVersion: text,
  tokenProvider: func,
  api: oneOf(['chat', 'responses']),
}

/**
 * A deployment of Azure OpenAI, over the package `openai`. Needs an endpoint, and `{ apiKey }`, the variable
 * `AZURE_OPENAI_API_KEY` or a `tokenProvider`.
 *
 * @param deployment the name of the deployment, not of the model
 * @throws `bad_options` at once, without an endpoint
 *
 * @example
 * ```ts
 * const model = azureOpenAI('my-deployment', { endpoint: 'https://example.openai.azure.com' })
 * ```
 */
export function azureOpenAI(deployment: string, options: AzureOpenAIOptions = {}): Model {
  checkModelId('azureOpenAI()', deployment)
  checkFactoryOptions('azureOpenAI()', options, CHECKS)
  const { apiVersion, tokenProvider } = options
  const root = options.client === undefined ? endpointOf(options.endpoint) : ''
  const plan: ClientConfig = {
    provider: PROVIDER,
    keySource: '{ apiKey }, AZURE_OPENAI_API_KEY or { tokenProvider }',
    baseURL: apiVersion === undefined ? `${root}/openai/v1` : `${root}/openai`,
    findKey: () =>
      tokenProvider === undefined
        ? requireKey(PROVIDER, options.apiKey, ['AZURE_OPENAI_API_KEY'])
        : findKey(PROVIDER, tokenProvider, []),
    make(sdk, clientOptions) {
      if (apiVersion === undefined) return new sdk.OpenAI(clientOptions)
      const { apiKey, provider: _provider, ...rest } = clientOptions
      const key = String(apiKey)
      // The SDK takes a missing option from the environment, so next to a token the key has to be given as empty.
      const credentials =
        tokenProvider === undefined ? { apiKey: key } : { apiKey: '', azureADTokenProvider: () => Promise.resolve(key) }
      const { baseURL } = plan
      return new sdk.AzureOpenAI({ ...rest, baseURL, ...credentials, apiVersion, deployment })
    },
  }
  const wire = options.api ?? 'chat'
  return openaiModel({
    id: deployment,
    plan,
    options,
    wire,
    profile: OPENAI_PROFILE,
    modes: ALL_MODES,
    dialect: 'openai',
  })
}

function endpointOf(endpoint = readEnv('AZURE_OPENAI_ENDPOINT')): string {
  if (endpoint === undefined) {
    const message = `${PROVIDER} needs the address of the resource: pass { endpoint: 'https://….openai.azure.com' } or set AZURE_OPENAI_ENDPOINT.`
    throw new StructStreamError('bad_options', message, { provider: PROVIDER })
  }
  return checkBaseUrl(PROVIDER, 'endpoint', endpoint).replace(/\/+$/, '')
}
