import { runUserCode } from '../user-code.ts'
import type { TokenSink } from '../../json/token-sink.ts'
import { ABSENT, Undetermined, type RelativeIssue, type SchemaNode } from '../../schema/node.ts'
import type { ValueRule } from '../../schema/rules.ts'
import { conflictOf, commonValue, merge, type PairCache } from './common-value.ts'
import type { InexactReading } from './context.ts'
import { shareVerdicts } from './run-checks.ts'
import { keepIdentity, type KeptValues } from './kept-identity.ts'
import type { OpenValue } from './open-value.ts'
import { severalOptionsFit, sidesDiffer } from './violations.ts'
import type { InnerValue, VisibleValue } from './visible-value.ts'

/** What a fork needs of the cursor that follows one reading. */
export interface LaneCursor extends Required<TokenSink> {
  readonly view: VisibleValue
  readonly open: OpenValue
  readonly hasViolation: boolean
  readonly isUndetermined: boolean
  readonly isWide: boolean
  /** It may die inside the open string. */
  readonly isWatching: boolean
  /** It may die at a comma or inside a key of the innermost container. */
  readonly isTight: boolean
  /** Nothing that it has read may turn out to be something else. */
  readonly isSettled: boolean
  /** What it shows now; see `VisibleValue`. */
  look(): unknown
  release(): void
}

/** One reading of a value that has several. */
export interface Lane {
  readonly cursor: LaneCursor
  isDead: boolean
  /** Numbers that a double can't hold, for when this reading counts. */
  readonly numbers: InexactReading[]
  /** Places inside it that only the final validation can judge, for when this reading counts. */
  readonly unsure: (readonly (string | number)[])[]
  /** Rules of values in it, for when this reading counts. */
  readonly rules: { rules: readonly ValueRule[]; path: (string | number)[]; value: unknown }[]
}

/** `any`: one reading must hold (union). `all`: every one (intersection). `catch`: one, with something to fall back on. */
export type ForkMode = 'any' | 'all' | 'catch'

/** What a fork is settled as when its value has ended. */
export type ForkOutcome =
  /** One reading holds, or all sides do. `inside`: what is in it was shown, and has not been announced. */
  | { is: 'read'; value: unknown; inside: boolean }
  /** No reading of a `catch` holds: this stands for it. */
  | { is: 'made'; value: unknown }
  /** Only the final validation can tell. */
  | { is: 'unsure'; value: unknown }
  /** A violation inside has been reported. */
  | { is: 'bad'; value: unknown }
  | { is: 'wrong'; value: unknown; issues: readonly RelativeIssue[]; wasShown: boolean }

/**
 * Several readings of one value, followed in parallel over the same tokens until one is left, or the
 * value ends. A reading dies with its first certain violation.
 */
export class Fork implements TokenSink, InnerValue {
  readonly node: SchemaNode
  readonly mode: ForkMode
  alive: Lane[]
  /** Containers open inside the value. */
  depth = 0
  /** The value has ended. */
  isDone = false
  /** The open number as far as the readings have seen it. */
  numberSoFar = ''
  /** The open string as far as the readings have seen it. */
  soFar = ''
  /** By reading: what joining it in gave, and what it gave last. */
  readonly #joined = new WeakMap<Lane, { cache: PairCache; shown: unknown }>()
  /** What `view` gave last, `ABSENT` at first. */
  #shown: unknown = ABSENT
  readonly #kept: KeptValues = new WeakMap()
  /** A reading has died: others take over, with separate objects. */
  #hasNarrowed = false

  constructor(node: SchemaNode, mode: ForkMode, lanes: Lane[]) {
    this.node = node
    this.mode = mode
    this.alive = lanes
  }

  /** Some reading may die inside the open string. */
  get isWatching(): boolean {
    return this.alive.some(({ cursor }) => cursor.isWatching)
  }

  /** Some reading may die at a comma or inside a key. */
  get isTight(): boolean {
    return this.alive.some(({ cursor }) => cursor.isTight)
  }

  /** Some reading may die inside the open number. */
  get isWatchingNumber(): boolean {
    return this.alive.some(({ cursor }) => cursor.isWatchingNumber)
  }

  get isWide(): boolean {
    return this.alive.some(({ cursor }) => cursor.isWide)
  }

  prune(): void {
    if (!this.alive.some((lane) => lane.isDead)) return
    for (const { cursor, isDead } of this.alive) if (isDead) cursor.release()
    this.alive = this.alive.filter((lane) => !lane.isDead)
    this.#hasNarrowed = true
  }

  /** What may be shown: what all living readings of a union agree on, or all sides of an intersection say. */
  view(): unknown {
    const view = this.#join()
    // A side that was held back may be shown later, too.
    this.#shown = this.#hasNarrowed || this.mode === 'all' ? this.keep(view) : view
    return this.#shown
  }

  /** Something of it has been shown. */
  get hasShown(): boolean {
    return this.#shown !== ABSENT
  }

  /** `value` with every part that equals what was shown replaced by that. */
  keep(value: unknown): unknown {
    return this.#shown === ABSENT ? value : keepIdentity(this.#shown, value, this.#kept)
  }

  #join(): unknown {
    if (this.node.isAtomic && !this.isDone) return ABSENT
    const join = this.mode === 'all' ? merge : commonValue
    let view: unknown = ABSENT
    for (const [index, lane] of this.alive.entries()) {
      const value = lane.cursor.look()
      if (value === ABSENT && this.mode !== 'all') return ABSENT
      if (index === 0 || view === ABSENT) view = value
      else if (value !== ABSENT) {
        let joined = this.#joined.get(lane)
        if (joined === undefined) this.#joined.set(lane, (joined = { cache: new WeakMap(), shown: undefined }))
        view = joined.shown = join(view, value, joined.cache, joined.shown)
      }
      if (view === ABSENT && this.mode !== 'all') return ABSENT
    }
    // An intersection of anything but objects shows nothing until it is complete.
    return this.mode === 'all' && !this.isDone && (typeof view !== 'object' || Array.isArray(view)) ? ABSENT : view
  }

  /** The value has ended, and at least one reading of a union is alive. */
  outcome(): ForkOutcome {
    const value = this.view()
    switch (this.mode) {
      case 'any':
        return this.#outcomeOfUnion(value)
      case 'all':
        return this.#outcomeOfIntersection(value)
      case 'catch':
        return this.#outcomeOfCatch(value)
      default: {
        const never: never = this.mode
        throw new Error(`unknown fork ${String(never)}`)
      }
    }
  }

  #outcomeOfUnion(value: unknown): ForkOutcome {
    const { core, isAtomic } = this.node
    const isExclusive = core.kind === 'union' && core.isExclusive
    const doubtful = isExclusive ? this.alive : this.alive.slice(0, 1)
    if (doubtful.some(({ cursor }) => cursor.isUndetermined)) return { is: 'unsure', value }
    if (isExclusive && this.alive.length > 1)
      return { is: 'wrong', value, issues: [severalOptionsFit()], wasShown: true }
    return { is: 'read', value: this.keep(this.alive[0]!.cursor.look()), inside: !isAtomic }
  }

  #outcomeOfIntersection(value: unknown): ForkOutcome {
    const { isAtomic } = this.node
    if (this.alive.some(({ cursor }) => cursor.hasViolation)) return { is: 'bad', value: isAtomic ? ABSENT : value }
    if (this.alive.some(({ cursor }) => cursor.isUndetermined)) return { is: 'unsure', value }
    const [left, right] = this.alive.map(({ cursor }) => cursor.look())
    const path = conflictOf(left, right)
    if (path === null) return { is: 'read', value, inside: !isAtomic }
    return { is: 'wrong', value, issues: [sidesDiffer(path)], wasShown: !isAtomic }
  }

  #outcomeOfCatch(value: unknown): ForkOutcome {
    const { core } = this.node
    const lane = this.alive[0]
    if (lane !== undefined)
      return lane.cursor.isUndetermined ? { is: 'unsure', value } : { is: 'read', value, inside: false }
    const made = core.kind === 'catch' ? runUserCode(() => core.fallback()) : ABSENT
    return made instanceof Undetermined ? { is: 'unsure', value: ABSENT } : { is: 'made', value: made }
  }

  beginObject(): void {
    this.depth++
    for (const { cursor } of this.alive) cursor.beginObject()
  }
  comma(): void {
    for (const { cursor } of this.alive) cursor.comma()
  }
  growKey(soFar: string): void {
    for (const { cursor } of this.alive) cursor.growKey(soFar)
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
    shareVerdicts(() => {
      for (const { cursor } of this.alive) cursor.endString(value)
    })
    this.isDone = this.depth === 0
  }
  reopenString(): void {
    for (const { cursor } of this.alive) cursor.reopenString()
    this.isDone = false
  }
  cancelLiteral(): void {
    for (const { cursor } of this.alive) cursor.cancelLiteral()
  }
  growNumber(soFar: string): void {
    this.numberSoFar = soFar
    for (const { cursor } of this.alive) cursor.growNumber(soFar)
  }
  beginNumber(): void {
    this.numberSoFar = ''
    for (const { cursor } of this.alive) cursor.beginNumber()
  }
  endNumber(value: number, text?: string): void {
    shareVerdicts(() => {
      for (const { cursor } of this.alive) cursor.endNumber(value, text)
    })
    this.isDone = this.depth === 0
  }
  beginLiteral(value: boolean | null): void {
    for (const { cursor } of this.alive) cursor.beginLiteral(value)
  }
  endLiteral(value: boolean | null): void {
    shareVerdicts(() => {
      for (const { cursor } of this.alive) cursor.endLiteral(value)
    })
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
