import { StructStreamError } from '../errors.ts'
import {
  anything,
  checkFactoryOptions,
  count,
  flag,
  integer,
  list,
  millis,
  object,
  oneOf,
  type OptionChecks,
  text,
} from '../factory-options.ts'
import type { FinishReason, Usage } from '../types.ts'

/** The wire formats the server speaks; distinguished by the request's path. */
export type WireName = 'openai-chat' | 'openai-responses' | 'anthropic' | 'gemini' | 'ollama'

/**
 * How text is cut. A number: characters for each delta. A pair: between these two, drawn from `seed`.
 * `'byte'`: one character a delta, and every byte of the body is its own write.
 * Deltas never end inside a surrogate pair; for that, give `deltas`.
 */
export type Chunking = number | readonly [min: number, max: number] | 'byte'

/** A call of one of the client's tools. */
export interface ReplyToolCall {
  /** Default: `call_1`, `call_2` …, counted over all requests to the server, so that none repeats. */
  id?: string
  name: string
  /** JSON text is sent unchanged, anything else as its JSON. */
  arguments: unknown
}

/** The wire's own error, inside a stream that began with status 200. */
export interface ErrorEvent {
  /** How many events come before it. Default: half of the answer's. */
  afterEvent?: number
  message?: string
  /** The provider's word, such as `overloaded_error`. Default: what the wire says for `status`. */
  type?: string
  /** Default 500. Few wires send it in a stream; it chooses `type`. */
  status?: number
  /**
   * Which of the forms seen in the wild: a bare `data:` line, an `event: error` (Groq's way of Chat),
   * or fields at the top level (OpenAI's Responses). Default: the one the wire's owner sends.
   */
  form?: 'data' | 'event' | 'flat'
  /** Further fields of the error object, such as `failed_generation`. */
  fields?: Record<string, unknown>
}

/**
 * What goes wrong. Bytes are counted in the response's body, events as they are sent (pings not counted).
 * The four ways to stop early, at a byte or after an event, of which one may be given:
 * - `cut`: the body ends cleanly, as if the answer were over;
 * - `drop`: the socket closes without the end of the body;
 * - `reset`: the socket is reset (`ECONNRESET`);
 * - `stall`: nothing more comes, and the socket stays open.
 */
export interface Faults {
  cutAtByte?: number
  dropAtByte?: number
  resetAtByte?: number
  stallAtByte?: number
  cutAfterEvent?: number
  dropAfterEvent?: number
  resetAfterEvent?: number
  stallAfterEvent?: number
  /** Not even headers come. */
  beforeHeaders?: 'stall' | 'drop' | 'reset'
  /** Leaves out the wire's terminal event and what follows it, and ends cleanly. */
  withoutFinish?: boolean
  errorEvent?: ErrorEvent | true
  /** An HTTP error instead of an answer, in the wire's own form. */
  status?: number
  /** Added to the response's headers, of answers too. */
  headers?: Record<string, string>
  /** Instead of the wire's error body (with `status`); text unchanged, anything else as JSON. */
  body?: unknown
  /** The error's message (with `status`). */
  message?: string
  /** Pause before each write, ms. */
  dripMs?: number
  /** No write is longer than this. */
  writeBytes?: number
  /** A write ends inside each UTF-8 sequence of more than one byte. */
  splitUtf8?: boolean
  /** Bytes the provider never meant to send, at the end or after `at` bytes. */
  extraBytes?: string | Uint8Array | { at: number; bytes: string | Uint8Array }
}

/** How fast an answer comes. Without it, as fast as the client reads. */
export interface Latency {
  /** Before the response's headers, ms. */
  headersMs?: number
  /** Between the headers and the first delta, ms. */
  firstDeltaMs?: number
  /** Deltas per second, counted as tokens. */
  tokensPerSecond?: number
}

/**
 * What the server answers. With none of `text`, `data`, `truth`, `deltas`, `recording` and `raw`, it makes up data
 * that fits the request's JSON Schema, or says a sentence when there is none (nothing next to `toolCalls`
 * and `refusal`).
 *
 * When the request forces a tool, the answer is sent as that tool's arguments; so one reply serves every mode.
 */
export interface Reply {
  text?: string
  /** Sent as its JSON. */
  data?: unknown
  /**
   * The right answer, any JSON value. Requests for the whole answer get its JSON; requests for a patch or for the rest
   * of an answer get just the parts that they ask for, in the shape of their schema, so healing can be tested. Its
   * `faults` count once: a reply that repeats is without them. Excludes `text`, `data`, `deltas`, `recording`, `raw`.
   */
  truth?: unknown
  /** The text in just these pieces. */
  deltas?: readonly string[]
  /** A recorded response body, sent byte by byte unchanged: a file's path, or the bytes. */
  recording?: string | URL | Uint8Array
  /** A handwritten response body, sent unchanged. */
  raw?: string
  /** Default 4. */
  chunking?: Chunking
  /** For a `chunking` pair and for made-up data. Default 1. */
  seed?: number
  /** Comes first, cut like the text. Ignored by wires that have none. */
  reasoning?: string
  /** Come after the text. */
  toolCalls?: readonly ReplyToolCall[]
  refusal?: string
  /** Which of several tools carries the answer, where the request does not tell. */
  answerTool?: string
  /** Default `stop`, with tool calls `tool-calls`. Sent in the wire's word. */
  finish?: FinishReason
  /** The wire's own word, where `finish` has none (`pause_turn`, `RECITATION` …). */
  wireFinish?: string
  /** Default: a fourth of the characters. `null`: the wire sends none. */
  usage?: Usage | null
  /** Default: the one asked for. */
  model?: string
  /** Default: `req_1`, `req_2` …. */
  requestId?: string
  /** A keep-alive after this many events, or this many ms of silence (between events only). */
  pings?: number | { everyMs: number }
  latency?: Latency
  faults?: Faults
}

const replyChecks: OptionChecks<Reply> = {
  text,
  data: anything,
  truth: anything,
  deltas: list,
  recording: anything,
  raw: text,
  chunking: anything,
  seed: integer,
  reasoning: text,
  toolCalls: list,
  refusal: text,
  answerTool: text,
  finish: text,
  wireFinish: text,
  usage: (value) => (value === null ? undefined : object(value)),
  model: text,
  requestId: text,
  pings: anything,
  latency: object,
  faults: object,
}

const faultChecks: OptionChecks<Faults> = {
  cutAtByte: count,
  dropAtByte: count,
  resetAtByte: count,
  stallAtByte: count,
  cutAfterEvent: count,
  dropAfterEvent: count,
  resetAfterEvent: count,
  stallAfterEvent: count,
  beforeHeaders: oneOf(['stall', 'drop', 'reset']),
  withoutFinish: flag,
  errorEvent: (value) => (value === true ? undefined : object(value)),
  status: count,
  headers: object,
  body: anything,
  message: text,
  dripMs: millis,
  writeBytes: count,
  splitUtf8: flag,
  extraBytes: anything,
}

const errorEventChecks: OptionChecks<ErrorEvent> = {
  afterEvent: count,
  message: text,
  type: text,
  status: count,
  form: oneOf(['data', 'event', 'flat']),
  fields: object,
}

const latencyChecks: OptionChecks<Latency> = { headersMs: millis, firstDeltaMs: millis, tokensPerSecond: millis }

const OF = 'startProviderServer()'

/**
 * Checks the pace of answers.
 *
 * @param place where it is, such as `latency.`
 * @throws `bad_options` that names the option
 */
export function checkLatency(latency: Latency, place: string): void {
  checkFactoryOptions(OF, latency, latencyChecks, place)
}

/**
 * Checks a reply, so that a misspelled fault isn't an answer without faults.
 *
 * @throws `bad_options` that names the key
 */
export function checkReply(reply: Reply): void {
  checkFactoryOptions(OF, reply, replyChecks, 'respond.')
  const { faults, latency } = reply
  const other = (['text', 'data', 'deltas', 'recording', 'raw'] as const).find((key) => reply[key] !== undefined)
  if (reply.truth !== undefined && other !== undefined) {
    const message = `\`respond.truth\` and \`respond.${other}\` are both given, and each is the answer. Give one of them, or a list of replies.`
    throw new StructStreamError('bad_options', message)
  }
  if (latency !== undefined) checkLatency(latency, 'respond.latency.')
  if (faults === undefined) return
  checkFactoryOptions(OF, faults, faultChecks, 'respond.faults.')
  const { errorEvent } = faults
  if (typeof errorEvent === 'object')
    checkFactoryOptions(OF, errorEvent, errorEventChecks, 'respond.faults.errorEvent.')
}
