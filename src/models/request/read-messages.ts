import { StructStreamError } from '../../errors.ts'
import { nearest, show } from '../../suggestions.ts'
import type { ContentPart, Message, ToolCall } from '../../types.ts'
import { asName, asObject, type WireObject } from '../events/wire-value.ts'

/** The keys of each role's messages, and of OpenAI's form of them. */
const KEYS: { readonly [role: string]: readonly string[] } = {
  system: ['role', 'content', 'providerData'],
  user: ['role', 'content', 'providerData'],
  assistant: ['role', 'content', 'toolCalls', 'providerData'],
  tool: ['role', 'toolCallId', 'content', 'isError', 'providerData'],
}

/** Roles of other libraries with the same meaning. */
const ROLES: { readonly [role: string]: string } = { developer: 'system' }

/** Keys that OpenAI's messages have when they say nothing. */
const EMPTY_KEYS = ['refusal', 'audio', 'function_call', 'annotations', 'tool_calls', 'name']

/**
 * Reads a list of messages. OpenAI's form (`tool_calls`, `tool_call_id`, `developer`, its content parts, `null` content)
 * is converted where its meaning is certain.
 *
 * @param name what the list is called, for messages of errors
 * @throws `bad_options` that names the message by its index, the key, and the form that is expected
 */
export function readMessages(list: unknown, name: string): Message[] {
  if (!Array.isArray(list)) throw bad(`\`${name}\` must be a list of messages ({ role, content }), got ${show(list)}.`)
  return list.map((message, index) => readMessage(message, `${name}[${index}]`))
}

function readMessage(value: unknown, at: string): Message {
  const given = asObject(value)
  if (given === undefined) throw bad(`\`${at}\` must be a message ({ role, content }), got ${show(value)}.`)
  const role = ROLES[String(given['role'])] ?? given['role']
  const keys = typeof role === 'string' && Object.hasOwn(KEYS, role) ? KEYS[role]! : undefined
  if (keys === undefined)
    throw bad(`\`${at}.role\` must be system, user, assistant or tool, got ${show(given['role'])}.`)
  // Most are in our form, and stay the objects that they are.
  if (role === given['role'] && isOurs(given, role as Message['role'], keys)) return given as unknown as Message
  checkKeys(given, role as string, keys, at)
  const providerData = asObject(given['providerData'])
  const kept = providerData === undefined ? {} : { providerData }
  switch (role as Message['role']) {
    case 'system':
      return { role: 'system', content: textOf(given['content'], `${at}.content`), ...kept }
    case 'user':
      return { role: 'user', content: userContent(given['content'], `${at}.content`), ...kept }
    case 'assistant': {
      const calls = toolCalls(given, at)
      const isSilent = given['content'] === null || given['content'] === undefined
      if (isSilent && calls.length === 0) throw bad(`\`${at}.content\` must be a text, got ${show(given['content'])}.`)
      const content = isSilent ? '' : textOf(given['content'], `${at}.content`)
      return { role: 'assistant', content, ...(calls.length > 0 && { toolCalls: calls }), ...kept }
    }
    case 'tool': {
      const id = given['toolCallId'] ?? given['tool_call_id']
      if (typeof id !== 'string' || id === '') {
        throw bad(`\`${at}.toolCallId\` must be the id of the call whose result this is, got ${show(id)}.`)
      }
      const { isError } = given
      const content = textOf(given['content'], `${at}.content`)
      return { role: 'tool', toolCallId: id, content, ...(isError === true && { isError }), ...kept }
    }
    default:
      throw new TypeError(`Unknown role ${String(role)}`)
  }
}

function isOurs(given: WireObject, role: Message['role'], keys: readonly string[]): boolean {
  if (!Object.keys(given).every((key) => keys.includes(key) || given[key] === undefined)) return false
  const { content, isError } = given
  switch (role) {
    case 'system':
      return typeof content === 'string'
    case 'user':
      return typeof content === 'string' || (Array.isArray(content) && content.every(isOurPart))
    case 'assistant': {
      const calls = given['toolCalls']
      return typeof content === 'string' && (calls === undefined || (Array.isArray(calls) && calls.every(isOurCall)))
    }
    case 'tool':
      return (
        typeof content === 'string' &&
        asName(given['toolCallId']) !== undefined &&
        (isError === undefined || isError === true)
      )
    default: {
      const never: never = role
      return never
    }
  }
}

function isOurPart(value: unknown): boolean {
  const part = asObject(value)
  if (part === undefined) return false
  const { type } = part
  const source =
    type === 'text' ? part['text'] : type === 'image' ? part['image'] : type === 'file' ? part['file'] : undefined
  return type === 'text' ? typeof source === 'string' : isSource(source)
}

function isOurCall(value: unknown): boolean {
  const call = asObject(value) ?? {}
  return [call['id'], call['name'], call['arguments']].every((field) => typeof field === 'string')
}

function isSource(value: unknown): boolean {
  return typeof value === 'string' || value instanceof URL || value instanceof Uint8Array
}

/** Refuses keys that aren't ours: their content would be left out of the request. */
function checkKeys(given: WireObject, role: string, keys: readonly string[], at: string): void {
  const converted = role === 'assistant' ? ['tool_calls'] : role === 'tool' ? ['tool_call_id'] : []
  for (const key of Object.keys(given)) {
    const value = given[key]
    const isNothing = value === null || (Array.isArray(value) && value.length === 0) || value === false
    if (value === undefined || keys.includes(key) || converted.includes(key)) continue
    if (isNothing && EMPTY_KEYS.includes(key)) continue
    const close = nearest(key, keys)
    const hint = close === undefined ? `Its keys are ${keys.join(', ')}.` : `Did you mean \`${close}\`?`
    throw bad(`\`${at}.${key}\` isn't a key of a message with the role ${show(role)}. ${hint}`)
  }
  const both = [
    ['tool_calls', 'toolCalls'],
    ['tool_call_id', 'toolCallId'],
  ].find(([theirs, ours]) => given[theirs!] !== undefined && given[ours!] !== undefined)
  if (both !== undefined) throw bad(`\`${at}\` has both \`${both[0]}\` and \`${both[1]}\`. Leave one out.`)
}

/** A text, or a list of text parts. */
function textOf(content: unknown, at: string): string {
  if (typeof content === 'string') return content
  if (!Array.isArray(content)) throw bad(`\`${at}\` must be a text, got ${show(content)}.`)
  return content
    .map((value: unknown, index) => {
      const part = asObject(value)
      const isText = part?.['type'] === 'text' || part?.['type'] === 'input_text' || part?.['type'] === 'output_text'
      if (isText && typeof part?.['text'] === 'string') return part['text']
      const type = show(part?.['type'])
      const ours = part?.['type'] === 'tool-call' || part?.['type'] === 'tool_use' ? ' Put calls into `toolCalls`.' : ''
      throw bad(`\`${at}[${index}]\` must be a text part ({ type: 'text', text }), got the type ${type}.${ours}`)
    })
    .join('')
}

function userContent(content: unknown, at: string): string | ContentPart[] {
  if (typeof content === 'string') return content
  if (!Array.isArray(content)) throw bad(`\`${at}\` must be a text or a list of parts, got ${show(content)}.`)
  return content.map((part: unknown, index) => contentPart(part, `${at}[${index}]`))
}

/** A part in our form, or in that of OpenAI's Chat or Responses API. */
function contentPart(value: unknown, at: string): ContentPart {
  const part = asObject(value)
  if (part !== undefined && isOurPart(part)) return part as unknown as ContentPart
  const type = part?.['type']
  switch (type) {
    case 'text':
    case 'input_text':
      if (typeof part!['text'] === 'string') return { type: 'text', text: part!['text'] }
      throw bad(`\`${at}.text\` must be a text, got ${show(part!['text'])}.`)
    case 'image_url':
    case 'input_image': {
      const given = part!['image_url']
      const image = typeof given === 'string' ? given : asName(asObject(given)?.['url'])
      if (image !== undefined) return { type: 'image', image }
      throw unconvertible(at, `${String(type)} without \`image_url\``, "{ type: 'image', image }")
    }
    case 'file':
    case 'input_file': {
      const holder = asObject(part!['file']) ?? part!
      const file = asName(holder['file_data']) ?? asName(holder['file_url'])
      const filename = asName(holder['filename'])
      if (file !== undefined) return { type: 'file', file, ...(filename !== undefined && { filename }) }
      throw unconvertible(at, 'a file that is not in the message', "{ type: 'file', file }")
    }
    case 'input_audio': {
      const { data, format } = asObject(part!['input_audio']) ?? {}
      if (typeof data === 'string' && (format === 'wav' || format === 'mp3')) {
        const mediaType = format === 'wav' ? 'audio/wav' : 'audio/mpeg'
        return { type: 'file', file: `data:${mediaType};base64,${data}`, mediaType }
      }
      throw unconvertible(at, 'audio without `data` and `format`', "{ type: 'file', file, mediaType }")
    }
    case 'image':
      throw bad(`\`${at}.image\` must be a URL or bytes, got ${show(part!['image'])}.`)
    default: {
      const what = part === undefined ? show(value) : `the type ${show(type)}`
      throw bad(`\`${at}\` must be a part of the type text, image or file, got ${what}.`)
    }
  }
}

function toolCalls(given: WireObject, at: string): ToolCall[] {
  const key = given['tool_calls'] === undefined || given['tool_calls'] === null ? 'toolCalls' : 'tool_calls'
  const list = given[key]
  if (list === undefined || list === null) return []
  if (!Array.isArray(list)) throw bad(`\`${at}.${key}\` must be a list of calls, got ${show(list)}.`)
  return list.map((value: unknown, index) => {
    const call = asObject(value) ?? {}
    const fn = asObject(call['function']) ?? call
    const { name, arguments: args } = fn
    const id = call['id']
    const text = typeof args === 'string' ? args : asObject(args) === undefined ? undefined : JSON.stringify(args)
    if (typeof id === 'string' && typeof name === 'string' && text !== undefined) return { id, name, arguments: text }
    const wrong = typeof id !== 'string' ? 'id' : typeof name === 'string' ? 'arguments' : 'name'
    throw bad(`\`${at}.${key}[${index}]\` must be a call ({ id, name, arguments }), and its \`${wrong}\` isn't a text.`)
  })
}

function unconvertible(at: string, what: string, ours: string): StructStreamError {
  return bad(`\`${at}\` is ${what}, which can't be sent. Use ${ours}.`)
}

function bad(message: string): StructStreamError {
  return new StructStreamError('bad_options', message)
}
