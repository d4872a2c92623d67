import type { TokenSink } from '../../json/token-sink.ts'
import { ANY } from '../../schema/node.ts'
import type { Path } from '../../types.ts'
import type { InterpreterOptions, TimedSegment, Translation } from '../interpreter.ts'
import { DocumentInterpreter } from './document-interpreter.ts'

/**
 * When the keys of `json`, an answer, began and ended, of those that did. The text is read again for that, piece by piece as it
 * arrived, for its tokens alone: no user code runs, and a run whose times no one reads pays nothing.
 *
 * @param decoding of a text that is the whole answer
 */
export function fieldTimes(
  segments: Iterable<TimedSegment>,
  options: InterpreterOptions,
  { json, decoding }: { json: unknown; decoding: Translation | null },
): Record<string, { start: number; end: number }> {
  if (typeof json !== 'object' || json === null || Array.isArray(json)) return {}
  const spans = new Map<string, { start: number; end?: number }>()
  for (const { pieces, parts } of segments) {
    let now = 0
    const note = (key: string, isEnd: boolean): void => {
      const span = spans.get(key)
      if (span === undefined) spans.set(key, { start: now })
      else if (isEnd) span.end = now
    }
    const reader = followTokens(
      () => sinkFor(parts?.keys, note),
      { ...options, documents: 'one' },
      parts === undefined ? decoding : parts.decoding,
    )
    for (const { text, time } of pieces) {
      now = time
      reader.push(text)
    }
    reader.end()
  }
  const isWhole = (span: [string, { start: number; end?: number }]): span is [string, { start: number; end: number }] =>
    span[1].end !== undefined && Object.hasOwn(json, span[0])
  // Also for a key such as `__proto__`, an own property.
  return Object.fromEntries([...spans].filter(isWhole))
}

function followTokens(
  makeSink: () => TokenSink,
  options: InterpreterOptions,
  decoding: Translation | null,
): DocumentInterpreter {
  const sink = (): TokenSink => (decoding === null ? makeSink() : decoding.sink(makeSink()))
  return new DocumentInterpreter(ANY, { sink, decode: (value) => value }, options)
}

type Note = (key: string, isEnd: boolean) => void

/** `parts` are the keys of a document that has only parts of the answer. */
function sinkFor(parts: readonly { name: string; path: Path }[] | undefined, note: Note): TokenSink {
  if (parts === undefined) return new TopKeys(1, ([key], isEnd) => note(key!, isEnd))
  const fields = new Map(parts.map(({ name, path }) => [name, path[0]]))
  return new TopKeys(2, ([name, inner], isEnd) => {
    const field = fields.get(name!)
    // Without a path, it holds further keys of the root.
    const key = fields.has(name!) && field === undefined ? inner : field
    if (typeof key === 'string') note(key, isEnd)
  })
}

/** Follows the keys of a document down to `depth`. */
class TopKeys implements TokenSink {
  readonly #depth: number
  readonly #note: (keys: readonly (string | undefined)[], isEnd: boolean) => void
  /** The open containers; a list has no key. */
  readonly #keys: (string | undefined)[] = []

  constructor(depth: number, note: (keys: readonly (string | undefined)[], isEnd: boolean) => void) {
    this.#depth = depth
    this.#note = note
  }

  #tell(isEnd: boolean): void {
    const { length } = this.#keys
    if (length > 0 && length <= this.#depth && this.#keys[0] !== undefined) this.#note(this.#keys, isEnd)
  }

  key(name: string): void {
    this.#keys[this.#keys.length - 1] = name
    this.#tell(false)
  }
  beginObject(): void {
    this.#keys.push(undefined)
  }
  beginArray(): void {
    this.#keys.push(undefined)
  }
  endObject(): void {
    this.#keys.pop()
    this.#tell(true)
  }
  endArray(): void {
    this.#keys.pop()
    this.#tell(true)
  }
  beginString(): void {}
  growString(): void {}
  endString(): void {
    this.#tell(true)
  }
  beginNumber(): void {}
  endNumber(): void {
    this.#tell(true)
  }
  beginLiteral(): void {}
  endLiteral(): void {
    this.#tell(true)
  }
}
