import type { ContentPart, Message } from '../../types.ts'
import { readMedia, refused, toDataUrl } from '../request/content-part.ts'
import { asObject } from '../events/wire-value.ts'

/** What `metadata.providerData` holds for the Chat wire, of turns that called tools. */
export interface ChatData {
  reasoning_content: string
}

type ChatMessage = { [key: string]: unknown }

/** Audio that the Chat wire takes as `input_audio`, with its name for the format. */
const AUDIO_FORMATS: { readonly [mediaType: string]: string } = {
  'audio/wav': 'wav',
  'audio/x-wav': 'wav',
  'audio/mpeg': 'mp3',
  'audio/mp3': 'mp3',
}

/**
 * The conversation in the form of OpenAI's Chat Completions.
 *
 * @throws `bad_options` for a part that the wire cannot carry
 */
export function toChatMessages(messages: readonly Message[], provider: string): ChatMessage[] {
  return messages.map((message) => {
    switch (message.role) {
      case 'system':
        return { role: 'system', content: message.content }
      case 'user':
        return { role: 'user', content: userContent(message.content, provider) }
      case 'assistant': {
        const reasoning = asObject(message.providerData?.[provider])?.['reasoning_content']
        return {
          role: 'assistant',
          ...(typeof reasoning === 'string' && { reasoning_content: reasoning }),
          // An assistant message with tool calls and no text has `null`, not an empty text.
          content: message.content === '' && message.toolCalls?.length ? null : message.content,
          ...(message.toolCalls?.length && {
            tool_calls: message.toolCalls.map((call) => ({
              id: call.id,
              type: 'function',
              function: { name: call.name, arguments: call.arguments },
            })),
          }),
        }
      }
      case 'tool':
        return { role: 'tool', tool_call_id: message.toolCallId, content: message.content }
      default: {
        const never: never = message
        return never
      }
    }
  })
}

function userContent(content: string | ContentPart[], provider: string): unknown {
  if (typeof content === 'string') return content
  return content.map((part) => {
    switch (part.type) {
      case 'text':
        return { type: 'text', text: part.text }
      case 'image': {
        const media = readMedia(part, provider)
        return { type: 'image_url', image_url: { url: media.kind === 'url' ? media.url : toDataUrl(media) } }
      }
      case 'file': {
        const media = readMedia(part, provider)
        if (media.kind === 'url') {
          throw refused(part, provider, 'is a URL, and the Chat wire takes files as bytes only: pass the bytes')
        }
        const format = AUDIO_FORMATS[media.mediaType]
        if (format !== undefined) return { type: 'input_audio', input_audio: { data: media.base64, format } }
        return { type: 'file', file: { filename: media.filename ?? 'file', file_data: toDataUrl(media) } }
      }
      default: {
        const never: never = part
        throw refused(never, provider, 'is of no known type')
      }
    }
  })
}
