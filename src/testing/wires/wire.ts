import type { FinishReason, JsonSchemaObject, Usage } from '../../types.ts'
import type { ErrorEvent, WireName } from '../reply.ts'

export type JsonObject = Record<string, unknown>

/** What a request asks for, read from its wire's form. */
export interface Wanted {
  stream: boolean
  model: string
  /** The schema the answer must follow: the response format's or the forced tool's. */
  schema?: JsonSchemaObject
  /** Some JSON object is wanted, whatever its schema. */
  anyJson: boolean
  /** The tool that the request forces. */
  forcedTool?: string
  /** A tool must be called, whichever. */
  anyTool: boolean
  toolNames: string[]
  /** The last message of the user, as text. */
  prompt: string
  /** The last message of the assistant, as text; empty when there is none. */
  said: string
}

/** Every count that a provider reports. */
export type ReplyUsage = Required<Omit<Usage, 'requests'>>

/** A reply with every default filled in and every text cut into deltas. */
export interface WireAnswer {
  reasoning: string[]
  text: string[]
  refusal: string[]
  toolCalls: AnswerToolCall[]
  finish: FinishReason
  wireFinish?: string
  usage?: ReplyUsage
  model: string
  /** `req_…`; also the base of the wire's other ids. */
  requestId: string
  /** Unix time, seconds. */
  created: number
  request: JsonObject
  path: string
}

export interface AnswerToolCall {
  id: string
  name: string
  deltas: string[]
  /** Carries the answer itself. */
  isAnswer: boolean
}

/** One event of a streamed body. */
export interface WireFrame {
  text: string
  /** Carries a delta: what a client waits for, and what the pace counts. */
  isDelta?: boolean
  /** The terminal event, or what comes after it. */
  isEnd?: boolean
}

/** An HTTP error or a mid-stream one, before it has a wire's form. */
export interface WireFailure {
  status: number
  message: string
  type?: string
  requestId: string
  form?: ErrorEvent['form']
  fields?: JsonObject
}

/** Both directions of one provider's wire. */
export interface Wire {
  readonly name: WireName
  /** Of a streamed body. */
  readonly contentType: string
  readonly requestIdHeader: string
  /** A keep-alive, or nothing where the wire has none. */
  readonly ping: string
  read(body: JsonObject, path: string): Wanted
  /** The streamed body. */
  frames(answer: WireAnswer): WireFrame[]
  /** The whole body, when no stream was asked for. */
  whole(answer: WireAnswer): unknown
  /** Body of an HTTP error. */
  failure(failure: WireFailure): unknown
  /** The error inside a stream. */
  failureFrames(failure: WireFailure, answer: WireAnswer): WireFrame[]
}

/** One server-sent event; its data is one line, as every provider sends it. */
export function sse(data: unknown, event?: string): string {
  const line = `data: ${typeof data === 'string' ? data : JSON.stringify(data)}\n\n`
  return event === undefined ? line : `event: ${event}\n${line}`
}

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** The object at `path`, or an empty one: request bodies are other people's. */
export function objectAt(value: unknown, ...path: string[]): JsonObject {
  let here = value
  for (const key of path) here = isObject(here) ? here[key] : undefined
  return isObject(here) ? here : {}
}

export function stringOf(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined
}

export function arrayOf(value: unknown): JsonObject[] {
  return Array.isArray(value) ? value.filter(isObject) : []
}

/** `wanted` with absent facts left out. */
export function wantedOf(facts: {
  stream: boolean
  model: string | undefined
  schema: unknown
  anyJson: boolean
  forcedTool: string | undefined
  anyTool: boolean
  tools: { name: string; schema: unknown }[]
  /** The list of messages, in the wire's form. */
  messages: unknown
}): Wanted {
  const only = facts.anyTool && facts.tools.length === 1 ? facts.tools[0]!.name : undefined
  const forcedTool = facts.forcedTool ?? only
  const schema = forcedTool === undefined ? facts.schema : facts.tools.find((tool) => tool.name === forcedTool)?.schema
  return {
    stream: facts.stream,
    model: facts.model ?? 'test-model',
    anyJson: facts.anyJson,
    anyTool: facts.anyTool,
    toolNames: facts.tools.map((tool) => tool.name),
    prompt: lastText(facts.messages, ['user']),
    said: lastText(facts.messages, ['assistant', 'model']),
    ...(forcedTool === undefined ? {} : { forcedTool }),
    ...(isObject(schema) ? { schema } : {}),
  }
}

/** The last text by one of these roles: each wire calls it `content` or `parts`, and writes it as text or in pieces. */
function lastText(messages: unknown, roles: readonly string[]): string {
  if (typeof messages === 'string') return roles.includes('user') ? messages : ''
  const texts = arrayOf(messages)
    .filter(({ role }) => roles.includes(String(role)))
    .map(({ content, parts = content }) => {
      const pieces = arrayOf(parts).map(({ text }) => stringOf(text) ?? '')
      return stringOf(parts) ?? pieces.join('')
    })
  return texts.findLast((text) => text !== '') ?? ''
}

/** A tool call's arguments, or `undefined` where they aren't JSON. */
export function parsedArguments(call: AnswerToolCall): unknown {
  try {
    return JSON.parse(call.deltas.join('') || '{}')
  } catch {
    return undefined
  }
}
