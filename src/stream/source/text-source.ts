/** A piece of text, or of its UTF-8 bytes. */
export type TextPiece = string | Uint8Array

/** What of a `Response` is used. */
export interface TextResponse {
  readonly ok: boolean
  readonly status: number
  readonly bodyUsed: boolean
  readonly body: TextReadable | null
  readonly headers: { get(name: string): string | null }
}

/** What of a `ReadableStream` is used. */
export interface TextReadable {
  readonly locked: boolean
  getReader(): TextReader
}

interface TextReader {
  read(): Promise<{ done: boolean; value?: unknown }>
  cancel(reason?: unknown): Promise<unknown>
}

/**
 * Text that is there or still coming: a string, a `fetch` response, a web or Node stream, or anything that can be
 * iterated. Bytes are UTF-8 and may be cut anywhere.
 */
export type TextSource = TextPiece | TextResponse | TextReadable | Iterable<TextPiece> | AsyncIterable<TextPiece>

/** A source of pieces that hold text: the events of another library's stream. */
export type PieceSource<Piece> = Iterable<Piece> | AsyncIterable<Piece>

/** What a source turns out to be. */
export type SourceKind = 'text' | 'bytes' | 'response' | 'readable' | 'async' | 'sync'

/** Tells by its shape what `source` is: it may come from another realm. Undefined when it is none. */
export function kindOfSource(source: unknown): SourceKind | undefined {
  if (typeof source === 'string') return 'text'
  if (isBytes(source)) return 'bytes'
  if (typeof source !== 'object' || source === null) return undefined
  if ('status' in source && 'headers' in source && 'body' in source) return 'response'
  if ('getReader' in source && typeof source.getReader === 'function') return 'readable'
  if (Symbol.asyncIterator in source) return 'async'
  return Symbol.iterator in source ? 'sync' : undefined
}

/** Whether `piece` is a `Uint8Array`, of this realm or another. */
export function isBytes(piece: unknown): piece is Uint8Array {
  return Object.prototype.toString.call(piece) === '[object Uint8Array]'
}

/** The pieces of a source, one after the other; `close` lets go of it, also while a piece is waited for. */
export interface Pieces {
  next(): Promise<{ done: boolean; value?: unknown }>
  close(): Promise<unknown>
}

/** Opens a source. Nothing is read before the first `next()`. */
export function piecesOf(source: TextSource): Pieces {
  switch (kindOfSource(source)) {
    case 'text':
    case 'bytes':
      return listed([source])
    case 'response': {
      const { body } = source as TextResponse
      return body === null ? listed([]) : readBy(body)
    }
    case 'readable':
      return readBy(source as TextReadable)
    case 'async':
      return iterated((source as AsyncIterable<unknown>)[Symbol.asyncIterator](), destroyer(source as object))
    case 'sync':
      return iterated((source as Iterable<unknown>)[Symbol.iterator]())
    case undefined:
      throw new TypeError('The value is not a source of text.')
  }
}

function listed(pieces: readonly unknown[]): Pieces {
  return iterated(pieces[Symbol.iterator]())
}

function iterated(iterator: Iterator<unknown> | AsyncIterator<unknown>, destroy?: () => void): Pieces {
  return {
    next: async () => {
      const { done = false, value } = await iterator.next()
      // A sync iterable may hold promises.
      return { done, value: await value }
    },
    async close() {
      destroy?.()
      await iterator.return?.()
    },
  }
}

/** A Node stream's iterator is left only when its next piece has come, so the stream itself has to be stopped. */
function destroyer(source: object): (() => void) | undefined {
  const { destroy } = source as { destroy?: unknown }
  return typeof destroy === 'function' ? () => void destroy.call(source) : undefined
}

/** Not every runtime can iterate a web stream, and only its reader can be cancelled while it is being read. */
function readBy(stream: TextReadable): Pieces {
  const reader = stream.getReader()
  return { next: () => reader.read(), close: () => reader.cancel() }
}
