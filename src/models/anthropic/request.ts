import { toAnthropicMessages } from './messages.ts'
import { toolsOf } from '../request/answer-tool.ts'
import type { ModelRequest, ResponseFormat } from '../model.ts'
import { compact, mergeBody } from '../request/merge-body.ts'
import { asObject } from '../events/wire-value.ts'

/**
 * `max_tokens` is required. Without `maxOutputTokens` it is as much as every model of the family takes, so that nothing
 * is cut short for want of a setting: 4,096 for Claude 3, 8,192 for 3.5, 32,000 from 3.7 on.
 */
export function defaultMaxTokens(model: string): number {
  if (/claude-3-5/.test(model)) return 8_192
  if (/claude-3-7/.test(model)) return 32_000
  return /claude-(?:3|2|instant)/.test(model) ? 4_096 : 32_000
}

/**
 * The request with the mode that can be had: a forced tool is refused together with thinking, so with thinking on the
 * schema goes into `output_config` instead.
 */
export function withUsableMode(request: ModelRequest, provider: string): ModelRequest {
  const { format, settings } = request
  const thinking = asObject(asObject(settings.providerOptions?.[provider])?.['thinking'])?.['type']
  const isThinking = thinking === 'enabled' || thinking === 'adaptive'
  if (format?.mode !== 'tool' || !isThinking) return request
  return { ...request, format: { ...format, mode: 'json-schema' } }
}

/** The body of a Messages request. */
export function anthropicBody(model: string, request: ModelRequest, provider: string): { [key: string]: unknown } {
  const { format, settings } = request
  const tools = toolsOf(request, provider)
  const { system, messages } = toAnthropicMessages(request.messages, provider)
  const body = compact({
    model,
    max_tokens: settings.maxOutputTokens ?? defaultMaxTokens(model),
    system,
    messages,
    stream: true,
    temperature: settings.temperature,
    stop_sequences: settings.stop,
    output_config: format?.mode === 'json-schema' ? outputConfig(format) : undefined,
    tools: tools.length === 0 ? undefined : tools.map(anthropicTool),
    tool_choice: toolChoice(format, tools.length),
  })
  return mergeBody(body, settings.providerOptions?.[provider])
}

function outputConfig(format: ResponseFormat): unknown {
  return { format: { type: 'json_schema', schema: format.schema } }
}

function anthropicTool(tool: ReturnType<typeof toolsOf>[number]): unknown {
  const { name, description, inputSchema } = tool
  // A tool's schema must say that it is of an object.
  const input_schema = inputSchema['type'] === undefined ? { type: 'object', ...inputSchema } : inputSchema
  // Without it the arguments come in one piece at the end.
  return compact({ name, description, input_schema, eager_input_streaming: true })
}

function toolChoice(format: ResponseFormat | undefined, tools: number): unknown {
  if (format?.mode !== 'tool') return undefined
  return tools === 1 ? { type: 'tool', name: format.name, disable_parallel_tool_use: true } : { type: 'any' }
}
