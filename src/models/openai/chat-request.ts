import type { ModelRequest, ResponseFormat } from '../model.ts'
import { toolsOf } from '../request/answer-tool.ts'
import { toChatMessages } from './messages.ts'
import { compact, mergeBody } from '../request/merge-body.ts'

/** Where the servers that speak the Chat wire differ. */
export interface ChatProfile {
  /** `max_completion_tokens` at OpenAI, Azure and Groq; most others know `max_tokens` only. */
  maxTokensField: 'max_completion_tokens' | 'max_tokens'
  /** Whether `stream_options.include_usage` is sent. */
  streamUsage: boolean
  /** Whether the server knows `parallel_tool_calls`. */
  parallelToolCalls: boolean
}

/** The body of a Chat Completions request. */
export function chatBody(
  model: string,
  request: ModelRequest,
  provider: string,
  profile: ChatProfile,
): { [key: string]: unknown } {
  const { format, settings } = request
  const tools = toolsOf(request, provider)
  const onlyAnswer = format?.mode === 'tool' && tools.length === 1
  const body = compact({
    model,
    messages: toChatMessages(request.messages, provider),
    stream: true,
    stream_options: profile.streamUsage ? { include_usage: true } : undefined,
    temperature: settings.temperature,
    [profile.maxTokensField]: settings.maxOutputTokens,
    stop: settings.stop,
    seed: settings.seed,
    response_format: responseFormat(format),
    tools: tools.length === 0 ? undefined : tools.map(chatTool),
    tool_choice: toolChoice(format, onlyAnswer),
    parallel_tool_calls: onlyAnswer && profile.parallelToolCalls ? false : undefined,
  })
  return mergeBody(body, settings.providerOptions?.[provider])
}

function chatTool(tool: ReturnType<typeof toolsOf>[number]): unknown {
  const { name, description, inputSchema, strict } = tool
  const parameters = compact({ name, description, parameters: inputSchema, strict: strict || undefined })
  return { type: 'function', function: parameters }
}

function toolChoice(format: ResponseFormat | undefined, onlyAnswer: boolean): unknown {
  if (format?.mode !== 'tool') return undefined
  return onlyAnswer ? { type: 'function', function: { name: format.name } } : 'required'
}

function responseFormat(format: ResponseFormat | undefined): unknown {
  switch (format?.mode) {
    case 'json-schema': {
      const { name, description, strict, schema } = format
      return { type: 'json_schema', json_schema: compact({ name, description, strict, schema }) }
    }
    case 'json-object':
      return { type: 'json_object' }
    case 'tool':
    case 'prompt':
    case undefined:
      return undefined
    default: {
      const never: never = format?.mode as never
      return never
    }
  }
}
