import { StructStreamError } from '../../errors.ts'
import type { ContentPart, Message } from '../../types.ts'
import { toolsOf } from '../request/answer-tool.ts'
import { readMedia, refused, toDataUrl } from '../request/content-part.ts'
import type { ModelRequest, ResponseFormat } from '../model.ts'
import { compact, mergeBody } from '../request/merge-body.ts'
import { asList, asObject, type WireObject } from '../events/wire-value.ts'

/** What `metadata.providerData` holds for the Responses wire: the output items of the turn, in order. */
export interface ResponsesData {
  items: readonly WireObject[]
}

/** Models that reason, and so take and give encrypted reasoning. Others refuse a request for it. */
const REASONING_MODEL = /^(?:o\d|gpt-(?:[5-9]|\d\d)(?!.*-chat)|codex)/

/**
 * The body of a Responses request.
 *
 * @throws `bad_options` for `stop`, which this wire does not have, and for a part that it cannot carry
 */
export function responsesBody(model: string, request: ModelRequest, provider: string): { [key: string]: unknown } {
  const { format, settings } = request
  if (settings.stop?.length) {
    throw new StructStreamError(
      'bad_options',
      `The Responses API of ${provider} has no stop sequences. Leave { stop } out, or use { api: 'chat' }.`,
      { provider },
    )
  }
  const options = asObject(settings.providerOptions?.[provider])
  const stored = options?.['store'] !== false
  const tools = toolsOf(request, provider)
  const onlyAnswer = format?.mode === 'tool' && tools.length === 1
  const body = compact({
    model,
    input: request.messages.flatMap((message) => inputItems(message, provider, stored)),
    stream: true,
    // Without it reasoning cannot be given back when OpenAI keeps nothing.
    include: !stored && REASONING_MODEL.test(model) ? ['reasoning.encrypted_content'] : undefined,
    temperature: settings.temperature,
    max_output_tokens: settings.maxOutputTokens,
    text: textFormat(format),
    tools: tools.length === 0 ? undefined : tools.map(functionTool),
    tool_choice: toolChoice(format, onlyAnswer),
    parallel_tool_calls: onlyAnswer ? false : undefined,
  })
  return mergeBody(body, options)
}

function inputItems(message: Message, provider: string, stored: boolean): unknown[] {
  switch (message.role) {
    case 'system':
      return [{ role: 'system', content: message.content }]
    case 'user':
      return [{ role: 'user', content: userContent(message.content, provider) }]
    case 'assistant':
      return assistantItems(message, provider, stored)
    case 'tool':
      return [{ type: 'function_call_output', call_id: message.toolCallId, output: message.content }]
    default: {
      const never: never = message
      return never
    }
  }
}

function assistantItems(message: Message & { role: 'assistant' }, provider: string, stored: boolean): unknown[] {
  const calls = message.toolCalls ?? []
  const own = asList(asObject(message.providerData?.[provider])?.['items']).map((item) => asObject(item) ?? {})
  const ownIds = own.filter((item) => item['type'] === 'function_call').map((item) => item['call_id'])
  // Items of a turn whose calls were changed since are of no use: each call needs its output.
  const isSame = ownIds.length === calls.length && calls.every((call) => ownIds.includes(call.id))
  if (own.length > 0 && isSame) return stored ? own : withoutReferences(own)
  return [
    ...(message.content === '' ? [] : [{ role: 'assistant', content: message.content }]),
    ...calls.map((call) => ({
      type: 'function_call',
      call_id: call.id,
      name: call.name,
      arguments: call.arguments,
    })),
  ]
}

/** When nothing is stored at OpenAI, ids lead nowhere, and reasoning goes only in its encrypted form. */
function withoutReferences(items: readonly WireObject[]): unknown[] {
  return items.flatMap((item) => {
    if (item['type'] === 'reasoning') return typeof item['encrypted_content'] === 'string' ? [item] : []
    const { id: _id, ...rest } = item
    return [rest]
  })
}

function userContent(content: string | ContentPart[], provider: string): unknown {
  if (typeof content === 'string') return content
  return content.map((part) => {
    switch (part.type) {
      case 'text':
        return { type: 'input_text', text: part.text }
      case 'image': {
        const media = readMedia(part, provider)
        return { type: 'input_image', image_url: media.kind === 'url' ? media.url : toDataUrl(media), detail: 'auto' }
      }
      case 'file': {
        const media = readMedia(part, provider)
        if (media.kind === 'url') return { type: 'input_file', file_url: media.url }
        return { type: 'input_file', filename: media.filename ?? 'file', file_data: toDataUrl(media) }
      }
      default: {
        const never: never = part
        throw refused(never, provider, 'is of no known type')
      }
    }
  })
}

function functionTool(tool: ReturnType<typeof toolsOf>[number]): unknown {
  const { name, description, inputSchema, strict } = tool
  // Left out, `strict` is true on this wire.
  return compact({ type: 'function', name, description, parameters: inputSchema, strict: strict ?? false })
}

function toolChoice(format: ResponseFormat | undefined, onlyAnswer: boolean): unknown {
  if (format?.mode !== 'tool') return undefined
  return onlyAnswer ? { type: 'function', name: format.name } : 'required'
}

function textFormat(format: ResponseFormat | undefined): unknown {
  switch (format?.mode) {
    case 'json-schema': {
      const { name, description, strict, schema } = format
      return { format: compact({ type: 'json_schema', name, description, strict, schema }) }
    }
    case 'json-object':
      return { format: { type: 'json_object' } }
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
