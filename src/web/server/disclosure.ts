import { StructStreamError, type ErrorCode } from '../../errors.ts'
import type { Issue } from '../../types.ts'
import { decodeError, encodeError, type WireError, type WireEvent } from '../protocol.ts'

/**
 * Says what the receiver reads about an error; `undefined` for the general sentence of its code. It is given the whole
 * error, with its cause.
 */
export type DescribeError = (error: StructStreamError) => string | undefined

/**
 * The only way by which a text about an error leaves the server: the error that ends a stream, the reasons of
 * `restart` and `recover`, issues, warnings, and failures of tools. In the order of precedence, a text is what `describe`
 * returns, a general sentence where the error is about the server's own matters (its keys, options, tools, provider), or
 * the error's message. Whatever looks like an API key is removed from all of them.
 */
export class Disclosure {
  readonly #describe: DescribeError | undefined

  constructor(describe: DescribeError | undefined) {
    this.#describe = describe
  }

  /** Returns the error that ends a stream, as the receiver gets it. */
  error(error: StructStreamError): WireError {
    const { issues } = error
    return encodeError(error, this.#sentence(error), issues && this.issues(issues))
  }

  /**
   * Returns why a further attempt is made.
   *
   * @param error what ended the attempt before
   * @param reason used where that isn't known
   */
  reason(error: StructStreamError | undefined, reason: string): string {
    return error === undefined ? redact(reason) : this.#sentence(error)
  }

  /** Returns issues without what looks like a key, in messages and in values. */
  issues(issues: readonly Issue[]): Issue[] {
    return issues.map((issue) => redactAll(issue) as Issue)
  }

  /** Returns what the receiver reads in place of a failed tool call's message. */
  toolFailure(message: string): string {
    return this.#sentence(new StructStreamError('tool_failed', message))
  }

  /** Returns an event of a store, whose texts were disclosed when it was stored; `describe` may replace them. */
  stored(event: WireEvent): WireEvent {
    if (this.#describe === undefined) return event
    switch (event.type) {
      case 'error':
        return { ...event, error: this.error(decodeError(event.error)) }
      case 'restart':
      case 'recover':
        return event.code === undefined
          ? event
          : { ...event, reason: this.#sentence(new StructStreamError(event.code, event.reason)) }
      case 'tool-result':
        return event.error === undefined ? event : { ...event, error: this.toolFailure(event.error) }
      default:
        return event
    }
  }

  /** Returns a text that is not about an error, such as a warning, without what looks like a key. */
  text(text: string): string {
    return redact(text)
  }

  #sentence(error: StructStreamError): string {
    const { code, message } = error
    if (this.#describe === undefined) return redact(INNER.has(code) ? SENTENCES[code] : message)
    let described: unknown
    try {
      described = this.#describe(error)
    } catch {
      // A sentence for the receiver must not fail the connection.
    }
    return redact(typeof described === 'string' ? described : SENTENCES[code])
  }
}

/** Codes of errors whose messages are about the server's own matters. */
const INNER: ReadonlySet<ErrorCode> = new Set([
  'no_model',
  'bad_options',
  'unsupported_schema',
  'provider_error',
  'rate_limited',
  'connection_lost',
  'tool_failed',
])

/** What a receiver reads where it may not read the message. */
export const SENTENCES: Readonly<Record<ErrorCode, string>> = {
  no_model: 'The server could not start the answer.',
  bad_options: 'The server could not start the answer.',
  unsupported_schema: 'The server could not start the answer.',
  provider_error: 'The model provider returned an error.',
  rate_limited: 'The model provider has too many requests.',
  connection_lost: 'The connection to the model was lost.',
  timeout: 'The answer took too long. Try again.',
  aborted: 'The answer was stopped.',
  truncated: 'The answer was cut off by the model’s limit.',
  refused: 'The model refused to answer.',
  content_filtered: 'The answer was stopped by a content filter.',
  no_json: 'The model gave no usable answer. Try again.',
  malformed_json: 'The model gave no usable answer. Try again.',
  invalid_data: 'The model gave no usable answer. Try again.',
  limit_exceeded: 'The answer exceeded a limit.',
  tool_failed: 'A tool failed.',
  gap: 'Events of the stream are missing. Read it from the start.',
  lost: 'The answer was interrupted. Ask again.',
  expired: 'The stream has expired.',
}

/** Adapters redact what they throw; a `Model` of the caller's own may not. */
const KEYS = /\b(?:sk-|gsk_|xai-|AIza)[\w-]{16,}|\bBearer\s+[\w.~+/=-]{8,}/g

/** Returns a text without what looks like an API key. */
export function redact(text: string): string {
  return text.replace(KEYS, '[redacted]')
}

/** A copy with every text in it redacted. Values are what a model wrote, cut to about 1 kB, so they are not deep. */
function redactAll(value: unknown, depth = 0): unknown {
  if (typeof value === 'string') return redact(value)
  if (typeof value !== 'object' || value === null || depth > 64) return value
  if (Array.isArray(value)) return value.map((item) => redactAll(item, depth + 1))
  const copy: Record<string, unknown> = {}
  for (const [key, item] of Object.entries(value)) {
    // A key of the model's may be `__proto__`.
    Object.defineProperty(copy, redact(key), {
      value: redactAll(item, depth + 1),
      enumerable: true,
      writable: true,
      configurable: true,
    })
  }
  return copy
}
