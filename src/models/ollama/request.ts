import { toolsOf } from '../request/answer-tool.ts'
import { readMedia, refused } from '../request/content-part.ts'
import type { ModelRequest } from '../model.ts'
import { compact, mergeBody } from '../request/merge-body.ts'
import type { ContentPart, Message } from '../../types.ts'
import { objectOfJson } from '../request/tool-arguments.ts'

type ChatMessage = { [key: string]: unknown }

/** The body of `/api/chat`. */
export function ollamaBody(model: string, request: ModelRequest, provider: string): { [key: string]: unknown } {
  const { format, settings } = request
  const tools = toolsOf(request, provider)
  const options = compact({
    temperature: settings.temperature,
    num_predict: settings.maxOutputTokens,
    stop: settings.stop,
    seed: settings.seed,
  })
  const body = compact({
    model,
    messages: toOllamaMessages(request.messages, provider),
    stream: true,
    format: format?.mode === 'json-schema' ? format.schema : format?.mode === 'json-object' ? 'json' : undefined,
    tools: tools.length === 0 ? undefined : tools.map(ollamaTool),
    options: Object.keys(options).length === 0 ? undefined : options,
  })
  return mergeBody(body, settings.providerOptions?.[provider])
}

function ollamaTool(tool: ReturnType<typeof toolsOf>[number]): unknown {
  const { name, description, inputSchema } = tool
  return { type: 'function', function: compact({ name, description: description ?? '', parameters: inputSchema }) }
}

/**
 * The conversation in Ollama's form: images as base64 next to the text, tool results by the tool's name.
 *
 * @throws `bad_options` for files, and for images by URL, which the server does not fetch
 */
function toOllamaMessages(messages: readonly Message[], provider: string): ChatMessage[] {
  const names = new Map<string, string>()
  return messages.map((message) => {
    switch (message.role) {
      case 'system':
        return { role: 'system', content: message.content }
      case 'user':
        return { role: 'user', ...userContent(message.content, provider) }
      case 'assistant': {
        const calls = message.toolCalls ?? []
        for (const call of calls) names.set(call.id, call.name)
        const tool_calls = calls.map((call) => ({
          function: { name: call.name, arguments: objectOfJson(call.arguments, 'arguments') },
        }))
        return { role: 'assistant', content: message.content, ...(calls.length > 0 && { tool_calls }) }
      }
      case 'tool': {
        const tool_name = names.get(message.toolCallId) ?? message.toolCallId
        return { role: 'tool', content: message.content, tool_name }
      }
      default: {
        const never: never = message
        return never
      }
    }
  })
}

function userContent(content: string | ContentPart[], provider: string): ChatMessage {
  if (typeof content === 'string') return { content }
  const texts: string[] = []
  const images: string[] = []
  for (const part of content) {
    switch (part.type) {
      case 'text':
        texts.push(part.text)
        break
      case 'image': {
        const media = readMedia(part, provider)
        if (media.kind === 'url') throw refused(part, provider, 'is a URL, which the server does not fetch: pass bytes')
        images.push(media.base64)
        break
      }
      case 'file':
        throw refused(part, provider, 'is a file, and only images are taken')
      default: {
        const never: never = part
        throw refused(never, provider, 'is of no known type')
      }
    }
  }
  return { content: texts.join('\n'), ...(images.length > 0 && { images }) }
}
