export type { Path } from './path.ts'

/** One thing that is certainly wrong with the value, or that the final validation found. */
export interface Issue {
  path: (string | number)[]
  /** The validator's code (`invalid_type`, `too_big` …) or ours (`duplicate_key`). */
  code: string
  message: string
  expected?: string
  received?: string
  /**
   * What the model wrote at `path`, as a value; absent where it wrote nothing, and before the attempt has ended. Strings
   * are cut after 200 characters, objects and lists after 1 kB of JSON.
   */
  value?: unknown
  /** `value` is cut. */
  valueTruncated?: true
  /** UTF-16 offset in the answer's text where it became certain; absent when found at the end. */
  position?: number
}

/** Token totals: cached tokens, read or written, are part of `inputTokens`, reasoning tokens of `outputTokens`. */
export interface Usage {
  /** Model calls that were sent: one for each attempt. Of a run only. */
  requests?: number
  inputTokens?: number
  outputTokens?: number
  totalTokens?: number
  reasoningTokens?: number
  cachedInputTokens?: number
  cacheWriteTokens?: number
}

export type FinishReason = 'stop' | 'length' | 'tool-calls' | 'content-filter' | 'refusal' | 'error' | 'other'

export interface TextPart {
  type: 'text'
  text: string
}
/** An image: an `http(s):` URL, a `data:` URL, or bytes with their media type. */
export interface ImagePart {
  type: 'image'
  image: string | URL | Uint8Array
  mediaType?: string
}
/** A document: an `http(s):` URL, a `data:` URL, or bytes with their media type. */
export interface FilePart {
  type: 'file'
  file: string | URL | Uint8Array
  mediaType?: string
  filename?: string
}
export type ContentPart = TextPart | ImagePart | FilePart

/** One message of a conversation, the same for every provider. `providerData` is what its own provider needs back. */
export type Message =
  | { role: 'system'; content: string; providerData?: ProviderData }
  | { role: 'user'; content: string | ContentPart[]; providerData?: ProviderData }
  | { role: 'assistant'; content: string; toolCalls?: ToolCall[]; providerData?: ProviderData }
  /** `isError`: the content says what went wrong, for providers that distinguish it. */
  | { role: 'tool'; toolCallId: string; content: string; isError?: true; providerData?: ProviderData }

/** Kept by provider name; an adapter reads only its own entry. */
export type ProviderData = Record<string, unknown>

/** A finished tool call; `arguments` is JSON text. */
export interface ToolCall {
  id: string
  name: string
  arguments: string
}

/** A file that the model made. */
export interface GeneratedFile {
  mediaType: string
  data: Uint8Array
  filename?: string
}

/** A repair of sloppy JSON: `before` was at `position`, `after` is how it was read. */
export interface Repair {
  kind: string
  /** Id of the tool call in whose arguments it was made; absent in the answer. */
  call?: string
  /** UTF-16 offset in the answer's text, or in the arguments' text. */
  position: number
  path?: (string | number)[]
  before: string
  after: string
}

/** One model call of a run, as it ended. */
export interface AttemptResult {
  /** From 1. */
  attempt: number
  kind: 'first' | 'fallback' | 'restart' | 'patch' | 'recover' | 'tool-step'
  provider: string
  model: string
  finishReason?: FinishReason
  usage?: Usage
  /** Milliseconds. */
  duration: number
  issues: Issue[]
  requestId?: string
  /** Code of the error that ended this attempt. */
  error?: string
  message?: string
}

/** How a schema is enforced, strongest first: by the provider's grammar, a forced tool, "some JSON", or words alone. */
export type Mode = 'json-schema' | 'tool' | 'json-object' | 'prompt'

/** Which subset of JSON Schema a provider takes; see `structstream/schema`. */
export type Dialect = 'openai' | 'anthropic' | 'gemini' | 'ollama' | 'groq' | 'json-schema'

export type JsonSchemaObject = { readonly [key: string]: unknown }
