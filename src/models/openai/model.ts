import { type EventSource, eventStream } from '../transport/event-stream.ts'
import type { Dialect, Mode, Model, ModelRequest } from '../model.ts'
import { ChatReader, chatUsage } from './chat-events.ts'
import { chatBody, type ChatProfile } from './chat-request.ts'
import { type ClientConfig, connectOpenAI, type OpenAIClientOptions } from './client.ts'
import { ResponsesReader } from './responses-events.ts'
import { responsesBody } from './responses-request.ts'
import { sdkStream } from '../transport/sdk-stream.ts'

/** Every way to enforce a schema, strongest first. */
export const ALL_MODES: readonly Mode[] = ['json-schema', 'tool', 'json-object', 'prompt']

/** What OpenAI and Azure know of the Chat wire. */
export const OPENAI_PROFILE: ChatProfile = {
  maxTokensField: 'max_completion_tokens',
  streamUsage: true,
  parallelToolCalls: true,
}

const REQUEST_ID_HEADERS = ['x-request-id', 'apim-request-id', 'request-id'] as const

/** What differs between the providers that the `openai` package reaches. */
export interface ModelConfig {
  id: string
  plan: ClientConfig
  options: OpenAIClientOptions
  wire: 'responses' | 'chat'
  profile: ChatProfile
  modes: readonly Mode[]
  dialect: Dialect
  /** Changes a request that the provider would refuse unchanged. */
  adapt?(request: ModelRequest): ModelRequest
}

/** A model over the `openai` package. */
export function openaiModel(model: ModelConfig): Model {
  const { id, plan, options, modes, dialect } = model
  return {
    provider: plan.provider,
    id,
    modes,
    dialect,
    stream: (request, signal) => eventStream(signal, (own) => openaiEvents(model, request, own, plan, options)),
  }
}

async function openaiEvents(
  model: ModelConfig,
  given: ModelRequest,
  signal: AbortSignal,
  plan: ClientConfig,
  options: OpenAIClientOptions,
): Promise<EventSource> {
  const request = model.adapt?.(given) ?? given
  const { client, context, watch } = await connectOpenAI(plan, options, request.onActivity)
  const shared = { context, watch, requestIdHeaders: REQUEST_ID_HEADERS }
  if (model.wire === 'chat') {
    const body = chatBody(model.id, request, plan.provider, model.profile)
    return sdkStream({
      ...shared,
      reader: new ChatReader(request.format),
      terminal: 'finish_reason',
      usage: chatUsage,
      create: () => client.chat.completions.create(body as never, { signal } as never),
    })
  } else {
    const body = responsesBody(model.id, request, plan.provider)
    return sdkStream({
      ...shared,
      reader: new ResponsesReader(request.format),
      terminal: 'response.completed',
      create: () => client.responses.create(body as never, { signal } as never),
    })
  }
}
