import { StructStreamError } from '../../errors.ts'
import {
  checkFactoryOptions,
  checkModelId,
  clientWith,
  dialect,
  flag,
  modeList,
  oneOf,
  type OptionChecks,
  sdkChecks,
  text,
} from '../../factory-options.ts'
import { formatBesideTools } from '../request/tools-without-format.ts'
import { checkBaseUrl, findKey, readEnv, requireKey } from '../transport/credentials.ts'
import type { Dialect, Mode, Model } from '../model.ts'
import type { ChatProfile } from './chat-request.ts'
import type { ClientConfig, OpenAIClientOptions } from './client.ts'
import { ALL_MODES, OPENAI_PROFILE, openaiModel } from './model.ts'

export { azureOpenAI, type AzureOpenAIOptions } from './azure.ts'
export { groq, type GroqOptions } from './groq.ts'
export type { OpenAIClient, OpenAIClientOptions } from './client.ts'

/** Options of `openai`. */
export interface OpenAIOptions extends OpenAIClientOptions {
  /** Which of OpenAI's two APIs is spoken. @defaultValue 'responses' */
  api?: 'responses' | 'chat' | undefined
  /** @defaultValue the variable `OPENAI_ORG_ID` */
  organization?: string | undefined
  /** @defaultValue the variable `OPENAI_PROJECT_ID` */
  project?: string | undefined
}

const CHECKS: OptionChecks<OpenAIOptions> = {
  ...sdkChecks,
  client: clientWith('responses'),
  api: oneOf(['responses', 'chat']),
  organization: text,
  project: text,
}

/**
 * A model of OpenAI, over the package `openai`. Needs `{ apiKey }` or the variable `OPENAI_API_KEY`.
 *
 * @example
 * ```ts
 * const stream = runStream('Recommend a movie', Movie, { model: openai('gpt-5.4') })
 * ```
 */
export function openai(id: string, options: OpenAIOptions = {}): Model {
  const provider = 'openai'
  checkModelId('openai()', id)
  checkFactoryOptions('openai()', options, CHECKS)
  const { baseURL = 'https://api.openai.com/v1' } = options
  const plan: ClientConfig = {
    provider,
    keySource: '{ apiKey } or OPENAI_API_KEY',
    baseURL: checkBaseUrl(provider, 'baseURL', baseURL),
    organization: options.organization ?? readEnv('OPENAI_ORG_ID'),
    project: options.project ?? readEnv('OPENAI_PROJECT_ID'),
    findKey: () => requireKey(provider, options.apiKey, ['OPENAI_API_KEY']),
    make: (sdk, clientOptions) => new sdk.OpenAI(clientOptions),
  }
  const wire = options.api ?? 'responses'
  return openaiModel({ id, plan, options, wire, profile: OPENAI_PROFILE, modes: ALL_MODES, dialect: 'openai' })
}

/** Options of `openaiCompatible`. */
export interface OpenAICompatibleOptions extends OpenAIClientOptions {
  /** The server's address with its version, such as `http://localhost:8000/v1`. */
  baseURL: string
  /** The name in errors, results and `providerOptions`. @defaultValue 'openai-compatible' */
  provider?: string | undefined
  /** Which wire the server speaks. @defaultValue 'chat' */
  api?: 'chat' | 'responses' | undefined
  /** What the server can enforce, strongest first. @defaultValue all four */
  modes?: readonly Mode[] | undefined
  /** Which subset of JSON Schema it takes. @defaultValue 'openai' */
  dialect?: Dialect | undefined
  /**
   * `true` for servers that take a response format next to tools as OpenAI does. vLLM, for one, enforces it from the first
   * token on, and the model never calls a tool (vllm#39929); so by default the answer is a tool as well then.
   * @defaultValue false
   */
  formatWithTools?: boolean | undefined
  /** `false` for servers that refuse `stream_options`; usage is then what they send of themselves. @defaultValue true */
  streamUsage?: boolean | undefined
  /** @defaultValue 'max_tokens' */
  maxTokensField?: ChatProfile['maxTokensField'] | undefined
}

const COMPATIBLE_CHECKS: OptionChecks<OpenAICompatibleOptions> = {
  ...sdkChecks,
  client: clientWith('chat'),
  provider: text,
  api: oneOf(['chat', 'responses']),
  modes: modeList,
  dialect,
  formatWithTools: flag,
  streamUsage: flag,
  maxTokensField: oneOf(['max_tokens', 'max_completion_tokens']),
}

/**
 * A model of any server that speaks OpenAI's Chat wire: vLLM, llama.cpp, LM Studio, OpenRouter, DeepSeek, Mistral …
 * No key is needed, and none is taken from the environment: pass `{ apiKey }` when the server wants one.
 *
 * @throws `bad_options` at once, without `{ baseURL }`
 */
export function openaiCompatible(id: string, options: OpenAICompatibleOptions): Model {
  checkModelId('openaiCompatible()', id)
  checkFactoryOptions('openaiCompatible()', options, COMPATIBLE_CHECKS)
  const provider = options.provider ?? 'openai-compatible'
  if (options.baseURL === undefined && options.client === undefined) {
    const message = `${provider} needs the address of the server: pass { baseURL: 'http://localhost:8000/v1' }.`
    throw new StructStreamError('bad_options', message, { provider })
  }
  const plan: ClientConfig = {
    provider,
    keySource: '{ apiKey }',
    baseURL: options.baseURL === undefined ? '' : checkBaseUrl(provider, 'baseURL', options.baseURL),
    findKey: () => findKey(provider, options.apiKey, []),
    make: (sdk, clientOptions) => new sdk.OpenAI(clientOptions),
  }
  const { maxTokensField = 'max_tokens', streamUsage = true, modes = ALL_MODES, dialect = 'openai' } = options
  const profile = { maxTokensField, streamUsage, parallelToolCalls: false }
  const adapt = options.formatWithTools === true ? {} : { adapt: formatBesideTools }
  return openaiModel({ id, plan, options, wire: options.api ?? 'chat', profile, modes, dialect, ...adapt })
}
