import type { ContentPart, Message } from '../../types.ts'
import { readMedia, refused } from '../request/content-part.ts'
import { objectOfJson } from '../request/tool-arguments.ts'
import { asList, asName, asObject, type WireObject } from '../events/wire-value.ts'

/** What `metadata.providerData` holds for Gemini: the parts of the turn with their thought signatures, in order. */
export interface GoogleData {
  parts: readonly WireObject[]
  /** The ids under which the function calls among them were reported, in order. */
  callIds: readonly string[]
}

type Part = { [key: string]: unknown }
interface Content {
  role: 'user' | 'model'
  parts: Part[]
}

/** A function call that waits for its response. */
interface OpenCall {
  name: string
  /** Only when Gemini gave one. */
  id?: string | undefined
}

/**
 * Stands for the thought signature of a call that Gemini itself did not make: from Gemini 3 on the API refuses calls
 * without one, and takes this word instead (ai.google.dev/gemini-api/docs/thought-signatures).
 */
const NO_SIGNATURE = 'skip_thought_signature_validator'

/**
 * The conversation in Gemini's form: the system text apart, `user` and `model` in turns, function responses by name.
 *
 * @param isSigned whether the model refuses calls without a thought signature
 * @throws `bad_options` for a part that Gemini does not take
 */
export function toGoogleContents(
  messages: readonly Message[],
  provider: string,
  isSigned: boolean,
): { system: string | undefined; contents: Content[] } {
  const system: string[] = []
  const contents: Content[] = []
  const calls = new Map<string, OpenCall>()
  for (const message of messages) {
    switch (message.role) {
      case 'system':
        if (message.content !== '') system.push(message.content)
        break
      case 'user':
        add(contents, 'user', userParts(message.content, provider))
        break
      case 'assistant':
        add(contents, 'model', modelParts(message, provider, calls, isSigned))
        break
      case 'tool': {
        const { name, id } = calls.get(message.toolCallId) ?? { name: message.toolCallId }
        const functionResponse = { ...(id !== undefined && { id }), name, response: responseOf(message.content) }
        add(contents, 'user', [{ functionResponse }])
        break
      }
      default: {
        const never: never = message
        return never
      }
    }
  }
  return { system: system.length === 0 ? undefined : system.join('\n\n'), contents }
}

/** Neighbours of one role are one content: Gemini wants all responses of a turn in one. */
function add(contents: Content[], role: Content['role'], parts: Part[]): void {
  if (parts.length === 0) return
  const last = contents.at(-1)
  if (last?.role === role) last.parts.push(...parts)
  else contents.push({ role, parts })
}

function modelParts(
  message: Message & { role: 'assistant' },
  provider: string,
  open: Map<string, OpenCall>,
  isSigned: boolean,
): Part[] {
  const calls = message.toolCalls ?? []
  const data = asObject(message.providerData?.[provider])
  const ids = asList(data?.['callIds'])
  // Parts of a turn whose calls were changed since are of no use: each call needs its response.
  if (data !== undefined && ids.length === calls.length && calls.every((call, index) => ids[index] === call.id)) {
    const own = asList(data['parts']).map((part) => ({ ...asObject(part) }))
    const ownIds = own.flatMap((part) => {
      const call = asObject(part['functionCall'])
      return call === undefined ? [] : [asName(call['id'])]
    })
    calls.forEach((call, index) => open.set(call.id, { name: call.name, id: ownIds[index] }))
    return own
  }
  for (const call of calls) open.set(call.id, { name: call.name })
  return [
    ...textParts(message.content),
    ...calls.map((call, index) => ({
      functionCall: { name: call.name, args: objectOfJson(call.arguments, 'arguments') },
      // Of calls side by side the first has it.
      ...(isSigned && index === 0 && { thoughtSignature: NO_SIGNATURE }),
    })),
  ]
}

/** The response has to be an object; anything else is put under `output`, as Gemini's documentation has it. */
function responseOf(content: string): WireObject {
  return objectOfJson(content, 'output')
}

function textParts(text: string): Part[] {
  return text === '' ? [] : [{ text }]
}

function userParts(content: string | ContentPart[], provider: string): Part[] {
  if (typeof content === 'string') return textParts(content)
  return content.flatMap((part): Part[] => {
    switch (part.type) {
      case 'text':
        return textParts(part.text)
      case 'image':
      case 'file': {
        const media = readMedia(part, provider)
        if (media.kind === 'data') return [{ inlineData: { mimeType: media.mediaType, data: media.base64 } }]
        const { url, mediaType } = media
        return [{ fileData: { fileUri: url, ...(mediaType !== undefined && { mimeType: mediaType }) } }]
      }
      default: {
        const never: never = part
        throw refused(never, provider, 'is of no known type')
      }
    }
  })
}
