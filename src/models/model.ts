import type { Dialect, FinishReason, GeneratedFile, JsonSchemaObject, Message, Mode, Usage } from '../types.ts'

export type { Dialect, JsonSchemaObject, Mode } from '../types.ts'

/** A function the model may call, as it is described to the provider. */
export interface ToolDefinition {
  name: string
  description?: string
  /** In the model's dialect. */
  inputSchema: JsonSchemaObject
  /** Whether the schema may be sent as strict (everything in it is in the provider's subset). Default false. */
  strict?: boolean
}

/** The wanted answer: absent in text mode. */
export interface ResponseFormat {
  mode: Mode
  /** `[a-zA-Z0-9_-]{1,64}`; in mode `tool` the answer tool's name. */
  name: string
  description?: string
  /** In the model's dialect. */
  schema: JsonSchemaObject
  /** Whether the schema may be sent as strict (everything in it is in the provider's subset). */
  strict: boolean
}

export interface ModelSettings {
  temperature?: number
  maxOutputTokens?: number
  stop?: string[]
  seed?: number
  /** Merged into the request body unchanged; an adapter reads its own provider's entry. */
  providerOptions?: Record<string, unknown>
}

/** One request, the same for every provider. */
export interface ModelRequest {
  messages: readonly Message[]
  /** Absent: plain text is wanted. */
  format?: ResponseFormat
  tools?: readonly ToolDefinition[]
  settings: ModelSettings
  /**
   * Called for every keep-alive that yields no event (pings, headers), so that the idle timer
   * sees it. Each yielded event counts on its own.
   */
  onActivity?: () => void
  /** Called when the provider's SDK makes a tracing span for this request, with its usage. */
  onTraced?: () => void
}

/**
 * What an adapter yields, in the order in which it came. An adapter says what the wire says and knows
 * nothing of parsing; a stream that ends without `finish` is a cut one.
 */
export type ModelEvent =
  /** The answer; in mode `tool` the answer tool's arguments. */
  | { type: 'text-delta'; text: string }
  | { type: 'reasoning-delta'; text: string }
  | { type: 'refusal-delta'; text: string }
  | { type: 'tool-call-start'; id: string; name: string }
  /** Arguments, as JSON text. */
  | { type: 'tool-call-delta'; id: string; text: string }
  | { type: 'tool-call-end'; id: string }
  | { type: 'file'; file: GeneratedFile }
  /** Of this request so far; the last one counts. */
  | { type: 'usage'; usage: Usage }
  /** An answer in addition to the first (a second candidate, a second call of the answer tool), collected apart. */
  | { type: 'extra-answer'; text: string }
  | { type: 'metadata'; model?: string; requestId?: string; providerData?: unknown }
  /**
   * `paused`: the provider continues when the conversation is sent back with this turn (Anthropic's `pause_turn`).
   * `raw`: the provider's own word, with the reasons `error` and `other`. `other` without it means that the provider
   * ended the answer and gave no reason.
   */
  | { type: 'finish'; reason: FinishReason; paused?: true; raw?: string }

/**
 * All that a provider adapter has to be.
 *
 * Contract (test/models/contract.ts runs over every adapter):
 * 1. `stream` starts no work before the first `next()`, and at most one request per call.
 * 2. Empty deltas are not yielded. Reasoning never appears as `text-delta`.
 * 3. `finish` is yielded at most once, only on the provider's terminal event; `usage`, `metadata` and
 *    `extra-answer` may follow it.
 * 4. A failure throws a `StructStreamError`: `provider_error`, `rate_limited`, `connection_lost`, `bad_options`;
 *    no message, field or cause holds a key.
 * 5. When `signal` aborts or the iterator is returned, the socket is closed and the iterator ends.
 */
export interface Model {
  readonly provider: string
  readonly id: string
  /** Strongest first. */
  readonly modes: readonly Mode[]
  readonly dialect: Dialect
  stream(request: ModelRequest, signal: AbortSignal): AsyncIterable<ModelEvent>
}
