import type { ContentPart, Message } from '../../types.ts'
import { type Media, readMedia, refused } from '../request/content-part.ts'
import { asList, asName, asObject, type WireObject } from '../events/wire-value.ts'

/** What `metadata.providerData` holds for an AI SDK model: the turn's parts with their provider options, in order. */
export interface AiSdkData {
  content: readonly WireObject[]
}

type PromptMessage = { [key: string]: unknown }

/**
 * The conversation as an AI SDK prompt.
 *
 * @param nested whether file data is wrapped in an object, as specification v4 has it
 * @param takesUrl whether the model fetches a URL on its own
 * @throws `bad_options` for a URL that it does not fetch
 */
export function toAiSdkPrompt(
  messages: readonly Message[],
  provider: string,
  nested: boolean,
  takesUrl: (url: string, mediaType: string) => boolean,
): PromptMessage[] {
  const names = new Map<string, string>()
  return messages.map((message) => {
    switch (message.role) {
      case 'system':
        return { role: 'system', content: message.content }
      case 'user':
        return { role: 'user', content: userParts(message.content, provider, nested, takesUrl) }
      case 'assistant':
        for (const call of message.toolCalls ?? []) names.set(call.id, call.name)
        return { role: 'assistant', content: assistantParts(message, provider) }
      case 'tool': {
        const toolName = names.get(message.toolCallId) ?? message.toolCallId
        const output = { type: message.isError === true ? 'error-text' : 'text', value: message.content }
        return { role: 'tool', content: [{ type: 'tool-result', toolCallId: message.toolCallId, toolName, output }] }
      }
      default: {
        const never: never = message
        return never
      }
    }
  })
}

function assistantParts(message: Message & { role: 'assistant' }, provider: string): PromptMessage[] {
  const calls = message.toolCalls ?? []
  const own = asList(asObject(message.providerData?.[provider])?.['content']).map((part) => ({ ...asObject(part) }))
  const ownIds = own.flatMap((part) => (part['type'] === 'tool-call' ? [asName(part['toolCallId'])] : []))
  // Parts of a turn whose calls were changed since are of no use: each call needs its result.
  if (own.length > 0 && ownIds.length === calls.length && calls.every((call) => ownIds.includes(call.id))) return own
  return [
    ...(message.content === '' ? [] : [{ type: 'text', text: message.content }]),
    ...calls.map((call) => ({
      type: 'tool-call',
      toolCallId: call.id,
      toolName: call.name,
      input: toolInput(call.arguments),
    })),
  ]
}

/** The value of the arguments; those that aren't JSON go as the text they are. */
export function toolInput(text: string): unknown {
  try {
    return JSON.parse(text === '' ? '{}' : text)
  } catch {
    return text
  }
}

function userParts(
  content: string | ContentPart[],
  provider: string,
  nested: boolean,
  takesUrl: (url: string, mediaType: string) => boolean,
): PromptMessage[] {
  if (typeof content === 'string') return [{ type: 'text', text: content }]
  return content.map((part) => {
    switch (part.type) {
      case 'text':
        return { type: 'text', text: part.text }
      case 'image':
      case 'file': {
        const media = readMedia(part, provider)
        const mediaType = media.mediaType ?? (part.type === 'image' ? 'image/*' : 'application/octet-stream')
        if (media.kind === 'url' && !takesUrl(media.url, mediaType)) {
          throw refused(part, provider, 'is a URL, which this model does not fetch: pass the bytes')
        }
        const filename = media.filename === undefined ? {} : { filename: media.filename }
        return { type: 'file', mediaType, ...filename, data: fileData(media, nested) }
      }
      default: {
        const never: never = part
        throw refused(never, provider, 'is of no known type')
      }
    }
  })
}

function fileData(media: Media, nested: boolean): unknown {
  if (media.kind === 'url') {
    const url = new URL(media.url)
    return nested ? { type: 'url', url } : url
  }
  return nested ? { type: 'data', data: media.base64 } : media.base64
}
