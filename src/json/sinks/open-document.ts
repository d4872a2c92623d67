import { setOwn } from '../growing-container.ts'
import { InexactNumber } from '../numbers.ts'
import type { TokenSink } from '../token-sink.ts'

/** A container that is open. */
export interface OpenLevel {
  readonly container: unknown[] | Record<string, unknown>
  /** Key of the value that has begun, or whose key has come; null: none. In arrays always null. */
  key: string | null
}

/** The string, number or literal that is open. */
export type OpenLeaf = { kind: 'string'; text: string } | { kind: 'number' } | { kind: 'literal' }

/**
 * Plain data from tokens, with an account of what is still open. Unlike `ValueBuilder` it shows no snapshots: its
 * containers hold complete values only, and are written in place. Of a duplicate key the last value counts, as in
 * `JSON.parse`.
 */
export class OpenDocument implements TokenSink {
  readonly levels: OpenLevel[] = []
  leaf: OpenLeaf | null = null
  isDone = false
  value: unknown
  readonly #keepsText: boolean

  /** With `keepsText`, numbers that a double may not hold are `InexactNumber`s, to be replayed. */
  constructor(keepsText = false) {
    this.#keepsText = keepsText
  }

  /** Path of the open place; with a key, or as an index, where a value is open or due. */
  path(): (string | number)[] {
    const path: (string | number)[] = []
    for (const [depth, { container, key }] of this.levels.entries()) {
      const isLast = depth === this.levels.length - 1
      if (!Array.isArray(container)) {
        if (key !== null) path.push(key)
      } else if (!isLast || this.leaf !== null) path.push(container.length)
    }
    return path
  }

  /** All that came as plain data; a string that is open with what it has. */
  soFar(): unknown {
    if (this.isDone) return this.value
    let value: unknown = this.leaf?.kind === 'string' ? this.leaf.text : undefined
    for (const { container, key } of this.levels.toReversed()) {
      if (value === undefined) value = container
      else if (Array.isArray(container)) value = [...container, value]
      else {
        const copy = { ...container }
        setOwn(copy, key!, value)
        value = copy
      }
    }
    return value
  }

  #store(value: unknown): void {
    this.leaf = null
    const level = this.levels.at(-1)
    if (level === undefined) {
      this.value = value
      this.isDone = true
    } else if (Array.isArray(level.container)) level.container.push(value)
    else {
      setOwn(level.container, level.key!, value)
      level.key = null
    }
  }

  beginObject(): void {
    this.levels.push({ container: {}, key: null })
  }
  beginArray(): void {
    this.levels.push({ container: [], key: null })
  }
  endObject(): void {
    this.#store(this.levels.pop()!.container)
  }
  endArray(): void {
    this.#store(this.levels.pop()!.container)
  }
  key(name: string): void {
    this.levels.at(-1)!.key = name
  }
  beginString(): void {
    this.leaf = { kind: 'string', text: '' }
  }
  growString(_piece: string, soFar: string): void {
    this.leaf = { kind: 'string', text: soFar }
  }
  endString(value: string): void {
    this.#lastKey = this.levels.at(-1)?.key ?? null
    this.#store(value)
  }
  beginNumber(): void {
    this.leaf = { kind: 'number' }
  }
  endNumber(value: number, text = ''): void {
    this.#store(this.#keepsText && text !== '' ? new InexactNumber(value, text) : value)
  }
  beginLiteral(): void {
    this.leaf = { kind: 'literal' }
  }
  endLiteral(value: boolean | null): void {
    this.#store(value)
  }

  /** Key of the string that ended last. */
  #lastKey: string | null = null

  reopenString(): void {
    const level = this.levels.at(-1)
    let text = this.value
    this.isDone = false
    if (level !== undefined && Array.isArray(level.container)) text = level.container.pop()
    else if (level !== undefined) {
      level.key = this.#lastKey
      text = (level.container as Record<string, unknown>)[this.#lastKey!]
    }
    this.leaf = { kind: 'string', text: text as string }
  }

  cancelLiteral(): void {
    this.leaf = null
  }
}
