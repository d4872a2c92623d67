import type { TokenSink } from '../json/sink.ts'
import { ABSENT, type RelativeIssue, type SchemaNode } from '../schema/node.ts'
import type { Cursor } from './cursor.ts'
import { meet, merge, type PairCache } from './meet.ts'

/** One reading of a value that has several. */
export interface Lane {
  readonly cursor: Cursor
  isDead: boolean
}

/** `any`: one reading must hold (union). `all`: every one (intersection). `catch`: one, with something to fall back on. */
export type ForkMode = 'any' | 'all' | 'catch'

/**
 * Several readings of one value, followed in parallel over the same tokens until one is left, or the
 * value ends. A reading dies with its first certain violation.
 */
export class Fork implements TokenSink {
  readonly node: SchemaNode
  readonly mode: ForkMode
  alive: Lane[]
  /** Containers open inside the value. */
  depth = 0
  /** The value has ended. */
  isDone = false
  /** The open string as far as the readings have seen it. */
  soFar = ''
  readonly #caches: PairCache[]
  /** What was shown last, after each reading joined in. */
  readonly #shown: unknown[] = []

  constructor(node: SchemaNode, mode: ForkMode, lanes: Lane[]) {
    this.node = node
    this.mode = mode
    this.alive = lanes
    this.#caches = lanes.map(() => new WeakMap())
  }

  /** Some reading may die inside the open string. */
  get isWatching(): boolean {
    return this.alive.some(({ cursor }) => cursor.isWatching)
  }

  prune(): void {
    if (!this.alive.some((lane) => lane.isDead)) return
    for (const { cursor, isDead } of this.alive) if (isDead) cursor.release()
    this.alive = this.alive.filter((lane) => !lane.isDead)
  }

  /** What may be shown: what all living readings of a union agree on, or all sides of an intersection say. */
  view(exact: boolean): unknown {
    if (this.node.isAtomic && !this.isDone) return ABSENT
    const join = this.mode === 'all' ? merge : meet
    let view: unknown = ABSENT
    for (const [index, { cursor }] of this.alive.entries()) {
      const value = cursor.snapshot(exact)
      if (value === ABSENT && this.mode !== 'all') return ABSENT
      if (index === 0 || view === ABSENT) view = value
      else if (value !== ABSENT) view = this.#shown[index] = join(view, value, this.#caches[index]!, this.#shown[index])
      if (view === ABSENT && this.mode !== 'all') return ABSENT
    }
    // An intersection of anything but objects shows nothing until it is complete.
    return this.mode === 'all' && !this.isDone && (typeof view !== 'object' || Array.isArray(view)) ? ABSENT : view
  }

  beginObject(): void {
    this.depth++
    for (const { cursor } of this.alive) cursor.beginObject()
  }
  key(name: string): void {
    for (const { cursor } of this.alive) cursor.key(name)
  }
  endObject(): void {
    for (const { cursor } of this.alive) cursor.endObject()
    this.isDone = --this.depth === 0
  }
  beginArray(): void {
    this.depth++
    for (const { cursor } of this.alive) cursor.beginArray()
  }
  endArray(): void {
    for (const { cursor } of this.alive) cursor.endArray()
    this.isDone = --this.depth === 0
  }
  beginString(): void {
    this.soFar = ''
    for (const { cursor } of this.alive) cursor.beginString()
  }
  growString(piece: string, soFar: string): void {
    this.soFar = soFar
    for (const { cursor } of this.alive) cursor.growString(piece, soFar)
  }
  endString(value: string): void {
    for (const { cursor } of this.alive) cursor.endString(value)
    this.isDone = this.depth === 0
  }
  reopenString(): void {
    for (const { cursor } of this.alive) cursor.reopenString()
    this.isDone = false
  }
  cancelLiteral(): void {
    for (const { cursor } of this.alive) cursor.cancelLiteral()
  }
  beginNumber(): void {
    for (const { cursor } of this.alive) cursor.beginNumber()
  }
  endNumber(value: number): void {
    for (const { cursor } of this.alive) cursor.endNumber(value)
    this.isDone = this.depth === 0
  }
  beginLiteral(value: boolean | null): void {
    for (const { cursor } of this.alive) cursor.beginLiteral(value)
  }
  endLiteral(value: boolean | null): void {
    for (const { cursor } of this.alive) cursor.endLiteral(value)
    this.isDone = this.depth === 0
  }
}

/**
 * Issues of the two sides of an intersection. A key that one side does not know is wrong only when the
 * other does not know it either (Zod's `handleIntersectionResults`).
 */
export class SideIssues {
  readonly #refused = new Map<string, number>()

  /** Whether the issue is certain now. `side` is 0 or 1. */
  isCertain(issue: RelativeIssue, side: number): boolean {
    const isUnknownKey = issue.code === 'unrecognized_keys' && issue.path.length === 0
    const isWrongKey = issue.code === 'invalid_key' && issue.path.length === 1
    if (!isUnknownKey && !isWrongKey) return true
    const key = issue.received ?? String(issue.path[0])
    const sides = (this.#refused.get(key) ?? 0) | (1 << side)
    this.#refused.set(key, sides)
    return sides === 3
  }
}
