import { bad, isObject, isString, show } from '../../stream/options/checks.ts'
import type { ContentPart, Message, ToolCall } from '../../types.ts'

/** What is used of the AI SDK's `UIMessage`. */
export interface UiMessageInput {
  readonly role: string
  readonly parts: readonly { readonly type: string }[]
}

type Fields = { readonly type: string; readonly [field: string]: unknown }

/**
 * Returns the messages of the AI SDK's `useChat` as messages of `runStream`: text, images, files, tool calls and their
 * results. An assistant's data part `data-object` counts as its text where there is none. What only a page shows
 * (reasoning, sources, other data, files that a model made) and calls without a result are left out.
 *
 * @throws `bad_options` that names the message and the part
 * @example
 * const { messages } = await request.json()
 * return toResponse(runStream(fromUiMessages(messages), Recipe, { model }), { format: 'ui-message' })
 */
export function fromUiMessages(messages: readonly UiMessageInput[]): Message[] {
  if (!Array.isArray(messages)) throw bad(`Expected a list of UI messages, got ${show(messages)}.`)
  return messages.flatMap((message: unknown, index) => {
    const at = `messages[${index}]`
    if (!isObject(message)) throw bad(`\`${at}\` must be a UI message ({ role, parts }), got ${show(message)}.`)
    const { role } = message
    const parts = partsOf(message['parts'], `${at}.parts`)
    switch (role) {
      case 'system':
        return [{ role, content: parts.flatMap((part) => (part.type === 'text' ? [textOf(part)] : [])).join('') }]
      case 'user':
        return [userMessage(parts, at)]
      case 'assistant':
        return assistantMessages(parts, at)
      default:
        throw bad(`\`${at}.role\` must be system, user or assistant, got ${show(role)}.`)
    }
  })
}

function partsOf(parts: unknown, at: string): Fields[] {
  if (!Array.isArray(parts)) throw bad(`\`${at}\` must be a list of parts, got ${show(parts)}.`)
  return parts.map((part: unknown, index) => {
    if (isObject(part) && isString(part['type'])) return part as Fields
    throw bad(`\`${at}[${index}]\` must be a part with a type, got ${show(part)}.`)
  })
}

function userMessage(parts: readonly Fields[], at: string): Message {
  const content = parts.flatMap((part, index): ContentPart[] => {
    if (part.type === 'text') return [{ type: 'text', text: textOf(part) }]
    if (part.type === 'file') return [filePart(part, `${at}.parts[${index}]`)]
    if (isShownOnly(part)) return []
    throw bad(`\`${at}.parts[${index}]\` has the type ${show(part.type)}, which a user's message can't have.`)
  })
  const isPlain = content.every((part) => part.type === 'text')
  return { role: 'user', content: isPlain ? content.map((part) => textOf(part)).join('') : content }
}

function filePart({ url, mediaType, filename }: Fields, at: string): ContentPart {
  if (!isString(url)) throw bad(`\`${at}.url\` must be a URL, got ${show(url)}.`)
  const type = isString(mediaType) && mediaType.includes('/') && !mediaType.endsWith('/*') ? { mediaType } : {}
  return isString(mediaType) && /^image(?:\/|$)/.test(mediaType)
    ? { type: 'image', image: url, ...type }
    : { type: 'file', file: url, ...type, ...(isString(filename) && { filename }) }
}

/** One message for each step, and the results of the tools that it called after it. */
function assistantMessages(parts: readonly Fields[], at: string): Message[] {
  const messages: Message[] = []
  let step = { text: '', data: undefined as unknown, calls: [] as ToolCall[], results: [] as Message[] }
  const flush = (): void => {
    const { text, data, calls, results } = step
    const content = text === '' && data !== undefined ? JSON.stringify(data) : text
    if (content !== '' || calls.length > 0)
      messages.push({ role: 'assistant', content, ...(calls.length > 0 && { toolCalls: calls }) }, ...results)
    step = { text: '', data: undefined, calls: [], results: [] }
  }
  for (const [index, part] of parts.entries()) {
    const place = `${at}.parts[${index}]`
    const name = toolName(part)
    if (part.type === 'step-start') flush()
    else if (part.type === 'text') {
      // What is said after a result is a further step, marked or not.
      if (step.calls.length > 0) flush()
      step.text += textOf(part)
    } else if (part.type === 'data-object') step.data = part['data']
    else if (part.type === 'steering-message') {
      flush()
      messages.push(userMessage(partsOf(part['parts'], `${place}.parts`), place))
    } else if (name !== undefined) {
      const result = toolResult(part, place)
      if (result === undefined) continue
      step.calls.push({ id: result.toolCallId, name, arguments: JSON.stringify(part['input'] ?? {}) })
      step.results.push(result)
    } else if (!isShownOnly(part)) throw bad(`\`${place}\` has the type ${show(part.type)}, which is not known.`)
  }
  flush()
  return messages
}

function toolName(part: Fields): string | undefined {
  if (part.type === 'dynamic-tool') return String(part['toolName'])
  return part.type.startsWith('tool-') ? part.type.slice('tool-'.length) : undefined
}

/** Undefined: it has none (yet). */
function toolResult(part: Fields, at: string): (Message & { role: 'tool' }) | undefined {
  const { toolCallId, state, output, errorText, approval, providerExecuted } = part
  if (!isString(toolCallId)) throw bad(`\`${at}.toolCallId\` must be a text, got ${show(toolCallId)}.`)
  // Such calls belong to a provider's own conversation.
  if (providerExecuted === true) return undefined
  const message = { role: 'tool' as const, toolCallId }
  switch (state) {
    case 'output-available':
      return { ...message, content: isString(output) ? output : JSON.stringify(output ?? null) }
    case 'output-error':
      return { ...message, content: String(errorText), isError: true }
    case 'output-denied': {
      const reason = isObject(approval) && isString(approval['reason']) ? `: ${approval['reason']}` : '.'
      return { ...message, content: `The user denied this call${reason}`, isError: true }
    }
    default:
      return undefined
  }
}

function textOf(part: Fields | ContentPart): string {
  return 'text' in part && isString(part.text) ? part.text : ''
}

const SHOWN_ONLY = ['reasoning', 'reasoning-file', 'source-url', 'source-document', 'custom', 'file', 'step-start']

function isShownOnly({ type }: Fields): boolean {
  return SHOWN_ONLY.includes(type) || type.startsWith('data-')
}
