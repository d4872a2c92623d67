import { StructStreamError } from '../errors.ts'
import { checkBaseUrl, findKey, readEnv, requireKey } from './credentials.ts'
import type { Dialect, Mode, Model, ModelRequest } from './model.ts'
import { eventStream } from './event-stream.ts'
import { ChatReader, chatUsage } from './openai-chat-events.ts'
import { chatBody, type ChatProfile } from './openai-chat-request.ts'
import { type ClientPlan, connectOpenAI, type OpenAIClientOptions } from './openai-client.ts'
import { ResponsesReader } from './openai-responses-events.ts'
import { responsesBody } from './openai-responses-request.ts'
import { sdkStream } from './sdk-stream.ts'

export type { OpenAIClient, OpenAIClientOptions } from './openai-client.ts'

const ALL_MODES: readonly Mode[] = ['json-schema', 'tool', 'json-object', 'prompt']

const OPENAI_PROFILE: ChatProfile = {
  maxTokensField: 'max_completion_tokens',
  streamUsage: true,
  parallelToolCalls: true,
}

const REQUEST_ID_HEADERS = ['x-request-id', 'apim-request-id', 'request-id'] as const

/** Options of `openai`. */
export interface OpenAIOptions extends OpenAIClientOptions {
  /** Which of OpenAI's two APIs is spoken. @defaultValue 'responses' */
  api?: 'responses' | 'chat' | undefined
  /** @defaultValue the variable `OPENAI_ORG_ID` */
  organization?: string | undefined
  /** @defaultValue the variable `OPENAI_PROJECT_ID` */
  project?: string | undefined
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
  const { baseURL = 'https://api.openai.com/v1' } = options
  const plan: ClientPlan = {
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
  /** `false` for servers that refuse `stream_options`; usage is then what they send of themselves. @defaultValue true */
  streamUsage?: boolean | undefined
  /** @defaultValue 'max_tokens' */
  maxTokensField?: ChatProfile['maxTokensField'] | undefined
}

/**
 * A model of any server that speaks OpenAI's Chat wire: vLLM, llama.cpp, LM Studio, OpenRouter, DeepSeek, Mistral …
 * No key is needed, and none is taken from the environment: pass `{ apiKey }` when the server wants one.
 *
 * @throws `bad_options` at once, without `{ baseURL }`
 */
export function openaiCompatible(id: string, options: OpenAICompatibleOptions): Model {
  const provider = options.provider ?? 'openai-compatible'
  if (options.baseURL === undefined && options.client === undefined) {
    const message = `${provider} needs the address of the server: pass { baseURL: 'http://localhost:8000/v1' }.`
    throw new StructStreamError('bad_options', message, { provider })
  }
  const plan: ClientPlan = {
    provider,
    keySource: '{ apiKey }',
    baseURL: options.baseURL === undefined ? '' : checkBaseUrl(provider, 'baseURL', options.baseURL),
    findKey: () => findKey(provider, options.apiKey, []),
    make: (sdk, clientOptions) => new sdk.OpenAI(clientOptions),
  }
  const { maxTokensField = 'max_tokens', streamUsage = true, modes = ALL_MODES, dialect = 'openai' } = options
  const profile = { maxTokensField, streamUsage, parallelToolCalls: false }
  return openaiModel({ id, plan, options, wire: options.api ?? 'chat', profile, modes, dialect })
}

interface ModelPlan {
  id: string
  plan: ClientPlan
  options: OpenAIClientOptions
  wire: 'responses' | 'chat'
  profile: ChatProfile
  modes: readonly Mode[]
  dialect: Dialect
  /** Changes a request that the provider would refuse as it is. */
  adapt?(request: ModelRequest): ModelRequest
}

function openaiModel(model: ModelPlan): Model {
  const { id, plan, options, modes, dialect } = model
  return {
    provider: plan.provider,
    id,
    modes,
    dialect,
    stream: (request, signal) => eventStream(signal, (own) => openaiEvents(model, request, own, plan, options)),
  }
}

async function* openaiEvents(
  model: ModelPlan,
  given: ModelRequest,
  signal: AbortSignal,
  plan: ClientPlan,
  options: OpenAIClientOptions,
): ReturnType<typeof sdkStream> {
  const request = model.adapt?.(given) ?? given
  const { client, context, watch } = await connectOpenAI(plan, options, request.onActivity)
  const shared = { context, watch, requestIdHeaders: REQUEST_ID_HEADERS }
  if (model.wire === 'chat') {
    const body = chatBody(model.id, request, plan.provider, model.profile)
    yield* sdkStream({
      ...shared,
      reader: new ChatReader(request.format),
      terminal: 'finish_reason',
      usage: chatUsage,
      create: () => client.chat.completions.create(body as never, { signal } as never),
    })
  } else {
    const body = responsesBody(model.id, request, plan.provider)
    yield* sdkStream({
      ...shared,
      reader: new ResponsesReader(request.format),
      terminal: 'response.completed',
      create: () => client.responses.create(body as never, { signal } as never),
    })
  }
}
