import type { TokenSink } from '../json/token-sink.ts'
import type { Path } from '../types.ts'
import type { Answer } from './answer.ts'
import type { FieldTimes } from './types.ts'

/**
 * The times of the top-level keys of a finished answer, as far as they are in `json`. Its text is read again for them, piece by piece as it arrived,
 * so a run whose times are not asked for pays nothing.
 */
export function fieldTimes(answer: Answer, json: unknown): FieldTimes {
  if (typeof json !== 'object' || json === null || Array.isArray(json)) return {}
  const spans = new Map<string, { start: number; end: number }>()
  for (const { from, to, join } of answer.segments()) {
    const clock = { now: 0 }
    const note = (key: string, isEnd: boolean): void => {
      const span = spans.get(key)
      if (span === undefined) spans.set(key, { start: clock.now, end: clock.now })
      else if (isEnd) span.end = clock.now
    }
    // Parts that this end could not place.
    if (join !== undefined && join.told === undefined) continue
    const options = { ...answer.options, documents: 'one' as const }
    const reader = answer.compiled.follow?.(() => sinkFor(join?.told?.keys, note), options, join?.decoding)
    if (reader === undefined) break
    // Drafts and other documents before the one that counts have times of no interest.
    const start = join === undefined ? (answer.read().documents.at(-1)?.start ?? 0) : 0
    let at = 0
    for (const { text, time } of answer.times.pieces(answer.deltas.text, from, to)) {
      clock.now = time
      const read = text.slice(Math.max(0, start - at))
      at += text.length
      if (read !== '') reader.push(read)
    }
    reader.end()
  }
  // Also for a key such as `__proto__`, an own property.
  return Object.fromEntries([...spans].filter(([key]) => Object.hasOwn(json, key)))
}

type Note = (key: string, isEnd: boolean) => void

/** `parts` are the keys of a document that has only parts of the answer. */
function sinkFor(parts: readonly { name: string; path: Path }[] | undefined, note: Note): TokenSink {
  if (parts === undefined) return new TopLevelKeys(1, ([key], isEnd) => note(key!, isEnd))
  const fields = new Map(parts.map(({ name, path }) => [name, path[0]]))
  return new TopLevelKeys(2, ([name, inner], isEnd) => {
    const field = fields.get(name!)
    // Without a path, it holds further keys of the root.
    const key = fields.has(name!) && field === undefined ? inner : field
    if (typeof key === 'string') note(key, isEnd)
  })
}

/** Follows the keys of a document down to `depth`. */
class TopLevelKeys implements TokenSink {
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
