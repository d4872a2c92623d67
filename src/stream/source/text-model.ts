import { StructStreamError } from '../../errors.ts'
import type { Model, ModelEvent } from '../../models/model.ts'
import type { Repair } from '../../types.ts'
import { toModelError } from '../model-error.ts'
import type { TextOfPiece } from '../options/parse-options.ts'
import { TEXT_PROVIDER } from '../text-provider.ts'
import { isBytes, kindOfSource, piecesOf, type Pieces, type TextResponse, type TextSource } from './text-source.ts'
import { Utf8Decoder, type BadBytes } from './utf8-decoder.ts'

/** Places of bytes that are not UTF-8 which are repaired in one source: with more of them it isn't text. */
const MOST_BAD_PLACES = 100
/** Characters of a failed response's body that its error shows. */
const LONGEST_BODY = 1_000

/** A model that gives the text of a source, once. */
export interface TextModel extends Model {
  /** Bytes that are not UTF-8 are replaced by U+FFFD and reported, instead of ending the run. */
  repairs: boolean
  /** The user's function that takes the text out of a piece; undefined: pieces are text. */
  textOf: TextOfPiece<unknown> | undefined
  /** Lets go of a source that was never opened. */
  close(): void
}

/** Reads `source`, which is the model's from here on. */
export function textModel(source: TextSource, onRepair: (repair: Repair) => void): TextModel {
  let stream: TextStream | undefined
  return {
    repairs: true,
    textOf: undefined,
    provider: TEXT_PROVIDER,
    id: TEXT_PROVIDER,
    modes: ['prompt'],
    dialect: 'json-schema',
    stream() {
      return (stream = new TextStream(source, this.repairs, onRepair, this.textOf))
    },
    close() {
      // What cannot be opened has another owner.
      if (stream === undefined) void new TextStream(source, false, onRepair).return().catch(() => {})
    },
  }
}

/**
 * Whether `source` can be read as text.
 *
 * @throws `bad_options` that says what to pass instead
 */
export function checkSource(source: unknown): void {
  const kind = kindOfSource(source)
  if (kind === undefined) {
    const isPromise = typeof source === 'object' && source !== null && 'then' in source
    const got = isPromise ? 'a promise. Await it first' : `a value of type ${source === null ? 'null' : typeof source}`
    throw bad(`parseStream() expects a string, a Response, or a stream of strings or bytes as its source, got ${got}.`)
  }
  if (kind === 'readable' && (source as { locked?: unknown }).locked === true) throw used('stream')
  if (kind !== 'response') return
  const response = source as TextResponse
  if (response.bodyUsed || response.body?.locked === true) throw used('response')
  const type = response.headers.get('content-type') ?? ''
  const isOurs = response.headers.get('x-structstream') !== null
  if (!response.ok || !(isOurs || type.includes('text/event-stream'))) return
  throw bad(
    `parseStream() expects a response that is text or JSON, got an event stream (${type}). Read one that structstream/server sends with connect() of structstream/client; from a provider's own, pass the text of its deltas.`,
  )
}

class TextStream implements AsyncIterableIterator<ModelEvent, undefined, undefined> {
  readonly #source: TextSource
  readonly #decoder: Utf8Decoder
  readonly #textOf: TextOfPiece<unknown> | undefined
  #pieces: Pieces | undefined
  #count = 0
  #state: 'open' | 'ended' | 'over' = 'open'

  constructor(source: TextSource, repair: boolean, onRepair: (repair: Repair) => void, textOf?: TextOfPiece<unknown>) {
    this.#source = source
    this.#textOf = textOf
    let places = 0
    this.#decoder = new Utf8Decoder((bad) => {
      if (!repair || ++places > MOST_BAD_PLACES || isUtf16(bad)) throw notUtf8(bad)
      onRepair({ kind: 'invalid-utf8', position: bad.position, before: hex(bad.bytes), after: '\uFFFD' })
    })
  }

  async next(): Promise<IteratorResult<ModelEvent, undefined>> {
    if (this.#state === 'open' && this.#pieces === undefined) await this.#open()
    while (this.#state === 'open') {
      const text = await this.#read()
      if (text !== '' && !this.#isOver) return { value: { type: 'text-delta', text }, done: false }
    }
    if (this.#isOver) return { value: undefined, done: true }
    this.#state = 'over'
    return { value: { type: 'finish', reason: 'stop' }, done: false }
  }

  async return(): Promise<IteratorResult<ModelEvent, undefined>> {
    const isRead = this.#state !== 'open'
    this.#state = 'over'
    if (!isRead) await (this.#pieces ?? piecesOf(this.#source)).close()
    return { value: undefined, done: true }
  }

  [Symbol.asyncIterator](): this {
    return this
  }

  /** Asked again after each wait: the stream may have been left meanwhile. */
  get #isOver(): boolean {
    return this.#state === 'over'
  }

  async #open(): Promise<void> {
    const source = this.#source
    if (kindOfSource(source) === 'response' && !(source as TextResponse).ok)
      throw await this.#failed(source as TextResponse)
    this.#pieces = piecesOf(source)
  }

  async #read(): Promise<string> {
    const { done, value } = await this.#next()
    if (done) {
      if (this.#state === 'open') this.#state = 'ended'
      return this.#decoder.end()
    }
    this.#count++
    if (this.#textOf !== undefined) return this.#textIn(value, this.#textOf)
    if (typeof value === 'string' || isBytes(value)) return this.#decoder.push(value)
    throw bad(
      `parseStream() expects strings or Uint8Arrays from its source, got a value of type ${value === null ? 'null' : typeof value} as piece ${this.#count}. Say with the option \`text\` what of a piece is its text.`,
    )
  }

  /** The one place where the caller's `text` function is called. */
  #textIn(piece: unknown, textOf: TextOfPiece<unknown>): string {
    let text: unknown
    try {
      text = textOf(piece)
    } catch (cause) {
      const reason = cause instanceof Error ? cause.message : String(cause)
      throw new StructStreamError('bad_options', `\`text\` threw for piece ${this.#count}: ${reason}`, { cause })
    }
    if (text === undefined || text === null) return ''
    if (typeof text === 'string' || isBytes(text)) return this.#decoder.push(text)
    throw bad(
      `\`text\` must return a string, a Uint8Array, null or undefined, got a value of type ${typeof text} for piece ${this.#count}.`,
    )
  }

  async #next(): Promise<{ done: boolean; value?: unknown }> {
    try {
      return await this.#pieces!.next()
    } catch (thrown) {
      throw toModelError(thrown, TEXT_PROVIDER, 'The source of the text')
    }
  }

  /** The error for a response that is none of the text that was asked for. */
  async #failed(response: TextResponse): Promise<StructStreamError> {
    const { status, headers } = response
    this.#pieces = piecesOf(response)
    let body = ''
    const decoder = new Utf8Decoder(() => {})
    try {
      while (body.length < LONGEST_BODY && this.#state === 'open') {
        const { done, value } = await this.#pieces.next()
        if (done) break
        if (isBytes(value)) body += decoder.push(value)
      }
    } catch {
      // The status says enough.
    }
    const isLimited = status === 429 || status === 529
    const said = messageIn(body)
    return new StructStreamError(
      isLimited ? 'rate_limited' : 'provider_error',
      `The server answered with status ${status}${said === '' ? '.' : `: ${said}`}`,
      {
        provider: TEXT_PROVIDER,
        status,
        requestId: headers.get('x-request-id') ?? headers.get('request-id') ?? undefined,
        retryAfter: retryAfter(headers.get('retry-after')),
      },
    )
  }
}

/** The message of an error body in the usual JSON shapes, otherwise the body's beginning. */
function messageIn(body: string): string {
  let said: unknown
  try {
    const { error, message } = JSON.parse(body) as { error?: unknown; message?: unknown }
    said = typeof error === 'object' && error !== null ? (error as { message?: unknown }).message : (error ?? message)
  } catch {
    // It isn't JSON.
  }
  return (typeof said === 'string' ? said : body).trim().slice(0, LONGEST_BODY)
}

/** Milliseconds; the header is in seconds or a date (RFC 9110, 10.2.3). */
function retryAfter(value: string | null): number | undefined {
  if (value === null) return undefined
  const seconds = Number(value)
  if (seconds >= 0) return seconds * 1_000
  const date = Date.parse(value)
  return Number.isNaN(date) ? undefined : Math.max(0, date - Date.now())
}

/** The byte order marks of UTF-16, which begin no UTF-8. */
function isUtf16({ byte, bytes }: BadBytes): boolean {
  return byte === 0 && (bytes[0] === 0xff || bytes[0] === 0xfe)
}

function notUtf8(bad: BadBytes): StructStreamError {
  const { byte, bytes, isCut } = bad
  const what = isUtf16(bad)
    ? 'The source is UTF-16, not UTF-8. Decode it first'
    : isCut
      ? `The source ends inside a character, at byte ${byte} (${hex(bytes)})`
      : `The source is not UTF-8 at byte ${byte} (${hex(bytes)})`
  return new StructStreamError('malformed_json', `${what}.`, { position: byte })
}

/** Bytes as they are written in most languages: `\xff\xfe`. */
function hex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => `\\x${byte.toString(16).padStart(2, '0')}`).join('')
}

function used(what: string): StructStreamError {
  return bad(
    `parseStream() expects a ${what} that hasn't been read, got one that is used or locked. Pass a clone() or tee().`,
  )
}

function bad(message: string): StructStreamError {
  return new StructStreamError('bad_options', message)
}
