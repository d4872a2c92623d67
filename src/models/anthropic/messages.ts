import type { ContentPart, Message } from '../../types.ts'
import { readMedia, refused, textOfBase64 } from '../request/content-part.ts'
import { objectOfJson } from '../request/tool-arguments.ts'
import { asList, asObject, type WireObject } from '../events/wire-value.ts'

/** What `metadata.providerData` holds for Anthropic: the content blocks of the turn, in order. */
export interface AnthropicData {
  blocks: readonly WireObject[]
}

type Block = { [key: string]: unknown }
interface Turn {
  role: 'user' | 'assistant'
  content: Block[]
}

const IMAGE_TYPES = new Set(['image/jpeg', 'image/png', 'image/gif', 'image/webp'])

/**
 * The conversation in Anthropic's form: the system text apart, user and assistant in turns (tool results are the
 * user's), no empty text block anywhere.
 *
 * @throws `bad_options` for a part that Anthropic does not take
 */
export function toAnthropicMessages(
  messages: readonly Message[],
  provider: string,
): { system: string | undefined; messages: Turn[] } {
  const system: string[] = []
  const turns: Turn[] = []
  for (const message of messages) {
    switch (message.role) {
      case 'system':
        if (message.content !== '') system.push(message.content)
        break
      case 'user':
        add(turns, 'user', userBlocks(message.content, provider))
        break
      case 'assistant':
        add(turns, 'assistant', assistantBlocks(message, provider))
        break
      case 'tool':
        add(turns, 'user', [toolResult(message)])
        break
      default: {
        const never: never = message
        return never
      }
    }
  }
  trimLast(turns)
  return { system: system.length === 0 ? undefined : system.join('\n\n'), messages: turns }
}

/** Neighbours of one role are one turn; a turn without content is none. */
function add(turns: Turn[], role: Turn['role'], content: Block[]): void {
  if (content.length === 0) return
  const last = turns.at(-1)
  if (last?.role === role) last.content.push(...content)
  else turns.push({ role, content })
}

/** An assistant turn at the end is a beginning to continue with, and must not end in white space. */
function trimLast(turns: Turn[]): void {
  const turn = turns.at(-1)
  const block = turn?.role === 'assistant' ? turn.content.at(-1) : undefined
  if (block?.['type'] !== 'text') return
  const text = String(block['text']).trimEnd()
  if (text === '') turn!.content.pop()
  else turn!.content[turn!.content.length - 1] = { ...block, text }
  if (turn!.content.length === 0) turns.pop()
}

function assistantBlocks(message: Message & { role: 'assistant' }, provider: string): Block[] {
  const calls = message.toolCalls ?? []
  const own = asList(asObject(message.providerData?.[provider])?.['blocks']).map((block) => ({ ...asObject(block) }))
  const ownIds = own.filter((block) => block['type'] === 'tool_use').map((block) => block['id'])
  // Blocks of a turn whose calls were changed since are of no use: each call needs its result.
  if (own.length > 0 && ownIds.length === calls.length && calls.every((call) => ownIds.includes(call.id))) return own
  return [
    ...textBlocks(message.content),
    ...calls.map((call) => ({
      type: 'tool_use',
      id: toolId(call.id),
      name: call.name,
      input: objectOfJson(call.arguments, 'arguments'),
    })),
  ]
}

function toolResult({ toolCallId, content, isError }: Message & { role: 'tool' }): Block {
  const result = { type: 'tool_result', tool_use_id: toolId(toolCallId), ...(content !== '' && { content }) }
  return isError === true ? { ...result, is_error: true } : result
}

/** Anthropic takes `[a-zA-Z0-9_-]+` only, and ids of other providers go through both call and result. */
function toolId(id: string): string {
  return id.replaceAll(/[^\w-]/g, '_') || '_'
}

function textBlocks(text: string): Block[] {
  return text === '' ? [] : [{ type: 'text', text }]
}

function userBlocks(content: string | ContentPart[], provider: string): Block[] {
  if (typeof content === 'string') return textBlocks(content)
  return content.flatMap((part): Block[] => {
    switch (part.type) {
      case 'text':
        return textBlocks(part.text)
      case 'image': {
        const media = readMedia(part, provider)
        if (media.kind === 'url') return [{ type: 'image', source: { type: 'url', url: media.url } }]
        if (!IMAGE_TYPES.has(media.mediaType)) {
          throw refused(part, provider, `is ${media.mediaType}, and only JPEG, PNG, GIF and WebP are taken`)
        }
        const source = { type: 'base64', media_type: media.mediaType, data: media.base64 }
        return [{ type: 'image', source }]
      }
      case 'file': {
        const media = readMedia(part, provider)
        const title = media.filename === undefined ? {} : { title: media.filename }
        if (media.kind === 'url') return [{ type: 'document', source: { type: 'url', url: media.url }, ...title }]
        if (media.mediaType === 'application/pdf') {
          const source = { type: 'base64', media_type: media.mediaType, data: media.base64 }
          return [{ type: 'document', source, ...title }]
        }
        if (media.mediaType.startsWith('text/')) {
          const source = { type: 'text', media_type: 'text/plain', data: textOfBase64(media.base64) }
          return [{ type: 'document', source, ...title }]
        }
        throw refused(part, provider, `is ${media.mediaType}, and only PDF and plain text are taken`)
      }
      default: {
        const never: never = part
        throw refused(never, provider, 'is of no known type')
      }
    }
  })
}
