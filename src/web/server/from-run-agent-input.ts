import { bad, isObject, isString, show } from '../../stream/options/checks.ts'
import type { ContentPart, Message, ToolCall } from '../../types.ts'

/** What is used of AG-UI's `RunAgentInput`. */
export interface AgUiConversation {
  readonly messages: readonly { readonly role: string }[]
  /** Answers to the interrupts of the run before. */
  readonly resume?: readonly object[] | undefined
}

/**
 * Returns the messages of an AG-UI request as messages of `runStream`: text, images, files, tool calls and their
 * results. Reasoning and activities, which only a page shows, are left out, and so are parts that name a file at a
 * provider. If the request answers interrupts, so are the calls at the end that waited for them: the model makes them
 * again. `tools`, `state`, `context` and `forwardedProps` are yours to use.
 *
 * @throws `bad_options` that names the message and the part
 * @example
 * const input = await request.json()
 * const stream = runStream(fromRunAgentInput(input), Recipe, { model })
 * return toResponse(stream, { format: 'ag-ui', agUi: { input } })
 */
export function fromRunAgentInput(input: AgUiConversation): Message[] {
  const messages: unknown = isObject(input) ? input.messages : undefined
  if (!Array.isArray(messages)) throw bad(`Expected a RunAgentInput with \`messages\`, got ${show(input)}.`)
  const all = messages.flatMap((message: unknown, index) => fromMessage(message, `messages[${index}]`))
  return (input.resume?.length ?? 0) > 0 ? withoutOpenCalls(all) : all
}

/** Calls without a result would be completed by one that says that they were stopped. */
function withoutOpenCalls(messages: readonly Message[]): Message[] {
  const at = messages.findLastIndex(({ role }) => role !== 'tool')
  const last = messages[at]
  if (last?.role !== 'assistant' || last.toolCalls === undefined) return [...messages]
  const results = messages.slice(at + 1)
  const answered = new Set(results.flatMap((message) => (message.role === 'tool' ? [message.toolCallId] : [])))
  const toolCalls = last.toolCalls.filter(({ id }) => answered.has(id))
  const { toolCalls: _, ...said } = last
  const isSilent = last.content === '' && toolCalls.length === 0
  const kept: Message[] = isSilent ? [] : [{ ...said, ...(toolCalls.length > 0 && { toolCalls }) }]
  return [...messages.slice(0, at), ...kept, ...results]
}

function fromMessage(message: unknown, at: string): Message[] {
  if (!isObject(message)) throw bad(`\`${at}\` must be an AG-UI message, got ${show(message)}.`)
  const { role, content } = message
  switch (role) {
    case 'system':
    case 'developer':
      return [{ role: 'system', content: textOf(content, at) }]
    case 'user':
      return [{ role, content: isString(content) ? content : partsOf(content, at) }]
    case 'assistant': {
      const toolCalls = callsOf(message['toolCalls'], at)
      const text = content == null ? '' : textOf(content, at)
      if (text === '' && toolCalls.length === 0) return []
      return [{ role, content: text, ...(toolCalls.length > 0 && { toolCalls }) }]
    }
    case 'tool': {
      const { toolCallId, error } = message
      if (!isString(toolCallId)) throw bad(`\`${at}.toolCallId\` must be a text, got ${show(toolCallId)}.`)
      const text = content == null ? '' : textOf(content, at)
      if (!isString(error)) return [{ role, toolCallId, content: text }]
      return [{ role, toolCallId, content: text === '' ? error : `${text}\n${error}`, isError: true }]
    }
    case 'reasoning':
    case 'activity':
      return []
    default:
      throw bad(`\`${at}.role\` is ${show(role)}, which AG-UI 1.0 doesn't have.`)
  }
}

/** Of a list, its text parts. */
function textOf(content: unknown, at: string): string {
  if (isString(content)) return content
  return partsOf(content, at)
    .map((part) => (part.type === 'text' ? part.text : ''))
    .join('')
}

function partsOf(content: unknown, at: string): ContentPart[] {
  if (!Array.isArray(content)) throw bad(`\`${at}.content\` must be a text or a list of parts, got ${show(content)}.`)
  return content.flatMap((part: unknown, index) => fromPart(part, `${at}.content[${index}]`))
}

const MEDIA = ['image', 'audio', 'video', 'document']

function fromPart(part: unknown, at: string): ContentPart[] {
  if (!isObject(part)) throw bad(`\`${at}\` must be a part, got ${show(part)}.`)
  const { type, text, source } = part
  if (type === 'text' && isString(text)) return [{ type, text }]
  if (!isString(type) || !MEDIA.includes(type) || !isObject(source))
    throw bad(`\`${at}\` must be a text, image, audio, video or document part of AG-UI 1.0, got ${show(type)}.`)
  const { type: kind, value, mimeType } = source
  // Only the provider that gave the handle can read it, and a part that can't be used must not end the run.
  if (kind === 'file' || !isString(value)) return []
  const known = isString(mimeType) ? { mediaType: mimeType } : {}
  const url = kind === 'data' ? `data:${isString(mimeType) ? mimeType : ''};base64,${value}` : value
  return [type === 'image' ? { type, image: url, ...known } : { type: 'file', file: url, ...known }]
}

function callsOf(calls: unknown, at: string): ToolCall[] {
  if (calls == null) return []
  if (!Array.isArray(calls)) throw bad(`\`${at}.toolCalls\` must be a list, got ${show(calls)}.`)
  return calls.map((call: unknown, index) => {
    const { id, function: called } = isObject(call) ? call : {}
    const { name, arguments: text } = isObject(called) ? called : {}
    if (isString(id) && isString(name) && isString(text)) return { id, name, arguments: text }
    throw bad(`\`${at}.toolCalls[${index}]\` must be { id, type: 'function', function: { name, arguments } }.`)
  })
}
