import type { Attributes } from '@opentelemetry/api'
import type { ContentPart, Message } from '../types.ts'
import { ATTRIBUTE } from './conventions.ts'

interface SentMessage {
  role: string
  parts: object[]
  finish_reason?: string
}

/** The conversation that a request sends, in the form of the conventions. */
export function sentContent(messages: readonly Message[]): Attributes {
  const system = messages.flatMap((message) => (message.role === 'system' ? [textPart(message.content)] : []))
  const rest = messages.filter(({ role }) => role !== 'system')
  return {
    ...(system.length > 0 && { [ATTRIBUTE.systemInstructions]: JSON.stringify(system) }),
    [ATTRIBUTE.inputMessages]: JSON.stringify(rest.map((message) => sentMessage(message))),
  }
}

/** An answer in the form of the conventions. */
export function answerContent(text: string, finishReason: string | undefined): Attributes {
  const message: SentMessage = { role: 'assistant', parts: text === '' ? [] : [textPart(text)] }
  if (finishReason !== undefined) message.finish_reason = finishReason
  return { [ATTRIBUTE.outputMessages]: JSON.stringify([message]) }
}

function sentMessage(message: Message): SentMessage {
  const { role, content } = message
  if (role === 'tool') {
    return { role, parts: [{ type: 'tool_call_response', id: message.toolCallId, response: content }] }
  }
  const parts: object[] = typeof content === 'string' ? [textPart(content)] : content.map((part) => contentPart(part))
  const calls = (role === 'assistant' ? message.toolCalls : undefined) ?? []
  return {
    role,
    parts: [
      ...parts,
      ...calls.map(({ id, name, arguments: input }) => ({ type: 'tool_call', id, name, arguments: input })),
    ],
  }
}

function contentPart(part: ContentPart): object {
  // Images and documents are too large for a span: only that there was one.
  return part.type === 'text' ? textPart(part.text) : { type: part.type, mime_type: part.mediaType }
}

function textPart(content: string): object {
  return { type: 'text', content }
}
