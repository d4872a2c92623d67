/**
 * The internal schema tree: what the cursor needs to know of each place of a value. Built from Zod
 * (`zod.ts`) or from JSON Schema (`json-schema/tree.ts`); children are built when the text gets there,
 * so that recursive schemas need nothing special.
 */
import {
  KIND_ANY,
  KIND_ARRAY,
  KIND_BOOLEAN,
  KIND_NULL,
  KIND_NUMBER,
  KIND_OBJECT,
  KIND_STRING,
} from '../json/value-kinds.ts'
import type { ValueRule } from './rules.ts'

export {
  KIND_ANY,
  KIND_ARRAY,
  KIND_BOOLEAN,
  KIND_FALSE,
  KIND_NULL,
  KIND_NUMBER,
  KIND_OBJECT,
  KIND_STRING,
  KIND_TRUE,
} from '../json/value-kinds.ts'

/** An issue below the place it is reported for. */
export interface RelativeIssue {
  path: (string | number)[]
  code: string
  message: string
  expected?: string
  received?: string
}

/** A step's verdict: the value is certainly wrong. */
export class CheckFailure {
  readonly issues: readonly RelativeIssue[]
  constructor(issues: readonly RelativeIssue[]) {
    this.issues = issues
  }
}

/** Rules to start, with the value that they judge; `ABSENT` where only the final validation makes it. */
export interface DueRules {
  readonly rules: readonly ValueRule[]
  readonly value: unknown
}

/** A step's verdict: only the final validation can tell (asynchronous code). `value` is what may be shown until then. */
export class Undetermined {
  readonly value: unknown
  /** Rules that judge it while the stream continues. */
  readonly due: readonly DueRules[]
  constructor(value: unknown, due: readonly DueRules[] = NONE_DUE) {
    this.value = value
    this.due = due
  }
}
const NONE_DUE: readonly DueRules[] = []

/** In `Undetermined` and for absent keys: no value. */
export const ABSENT: unique symbol = Symbol('absent')

/**
 * Takes a complete value to the next one, or to a `CheckFailure` or `Undetermined`. Runs user code, so never on
 * unfinished values. With `rules` it changes nothing: they judge the value as it is there, while the stream continues.
 */
export interface ValueCheck {
  (value: unknown): unknown
  readonly rules?: readonly ValueRule[]
  /** It makes another value. */
  readonly isMaking?: boolean
}

/** The same step, known to make another value. */
export function makingStep(step: ValueCheck): ValueCheck {
  return Object.assign((value: unknown) => step(value), { isMaking: true })
}

/** The step that starts `rules`. */
export function ruleStep(rules: readonly ValueRule[]): ValueCheck {
  return Object.assign((value: unknown) => value, { rules })
}

/** Looks at a string that is still open: a `CheckFailure` when no continuation can be right, otherwise null. `soFar` is a rope: read it only while it is short. */
export type StringWatch = (soFar: string) => CheckFailure | null

/** Follows one string while it is open, piece by piece: a `CheckFailure` when no continuation can be right, otherwise null. */
export type OpenStringWatch = (piece: string, soFar: string) => CheckFailure | null

/** Looks at the text of an open number: a `CheckFailure` when no continuation can be right, otherwise null. */
export type NumberWatch = (soFar: string) => CheckFailure | null

export interface AnyCore {
  kind: 'any'
}
/** Strings, numbers, booleans, null. */
export interface LeafCore {
  kind: 'leaf'
  watch: StringWatch | null
  /** The strings it can be, where these are few. */
  options: readonly string[] | null
  /** Starts to follow the patterns that a string must match. */
  patterns?: () => OpenStringWatch
  /** Looks at the text of a number that is still open. */
  numbers?: NumberWatch
}
export interface ObjectCore {
  kind: 'object'
  properties: ReadonlyMap<string, Property>
  /** What becomes of undeclared keys: dropped, an issue, shown by this node, or what the key itself says (`null`: dropped). */
  rest: 'strip' | 'strict' | Lazy | ((name: string) => Lazy | CheckFailure | null)
  /** Whether an undeclared key that begins like this may be right; absent: only `rest` can tell, of a whole key. */
  mayBeKey?: (beginning: string) => boolean
  /** The first key beyond this many is certainly wrong. */
  maximum: number
  /** Properties with the `required` hint. */
  holding: number
}
export interface ArrayCore {
  kind: 'array'
  element: Lazy
  /** The first element beyond it is certainly wrong. */
  maximum: number
  /** No two elements may be alike. */
  isUnique: boolean
}
export interface TupleCore {
  kind: 'tuple'
  slots: readonly Lazy[]
  rest: Lazy | null
  /** The first element beyond it is certainly wrong. */
  maximum: number
  /** No two elements may be alike. */
  isUnique: boolean
  /** Values for the slots that did not come, or why that is wrong. */
  tail(count: number): unknown[] | CheckFailure | Undetermined
}
export interface RecordCore {
  kind: 'record'
  /** What becomes of a key, or why it is wrong. */
  key(name: string): RecordKey | CheckFailure
  value: Lazy
  /** Whether a key that begins like this may be one of the record's; absent: only `key` can tell. */
  mayBeKey?: (beginning: string) => boolean
  /** What is missing at the end, by key (records over a closed set of keys). */
  missing(has: (key: string) => boolean): [key: string, value: unknown][]
}
/** `name`: where the value is stored, `ABSENT` to drop it. `isChecked`: by the record's value schema, otherwise it is stored as it comes. */
export interface RecordKey {
  name: string | typeof ABSENT
  isChecked: boolean
}
export interface UnionCore {
  kind: 'union'
  options: readonly Lazy[]
  /** Exactly one option may fit. */
  isExclusive: boolean
  /** The whole union over a complete value, for unions with too many readings to follow at once. */
  whole: ValueCheck
}
export interface DiscriminatedCore {
  kind: 'discriminated'
  discriminator: string
  /** Accepts exactly the discriminator's values. */
  tag: SchemaNode
  branches: ReadonlyMap<unknown, Lazy>
}
export interface IntersectionCore {
  kind: 'intersection'
  sides: readonly [Lazy, Lazy]
  whole: ValueCheck
}
export interface CatchCore {
  kind: 'catch'
  inner: Lazy
  fallback(): unknown
}
export type Core =
  | AnyCore
  | LeafCore
  | ObjectCore
  | ArrayCore
  | TupleCore
  | RecordCore
  | UnionCore
  | DiscriminatedCore
  | IntersectionCore
  | CatchCore

export interface Property {
  index: number
  node: Lazy
  /** What the key becomes when it did not come: a value, `ABSENT`, a `CheckFailure` or `Undetermined`. */
  whenAbsent(): unknown
  /** The `required` hint: the object is held back until this key is complete. */
  isHolding: boolean
}

/** A node made on first use. */
export class Lazy {
  #make: (() => SchemaNode) | null
  #node: SchemaNode | null = null
  constructor(make: () => SchemaNode) {
    this.#make = make
  }
  get node(): SchemaNode {
    if (this.#node === null) {
      this.#node = this.#make!()
      this.#make = null
    }
    return this.#node
  }
}

export interface NodeOptions {
  accepts?: number
  isAtomic?: boolean
  steps?: readonly ValueCheck[]
  nullStep?: number
  expected?: string
  code?: string
  takesDigits?: boolean
  isHint?: boolean
}

/** One place of a schema. All nodes have one shape, so that the cursor's reads stay monomorphic. */
export class SchemaNode {
  readonly core: Core
  /** First characters that are not certainly wrong, as a set of bits. */
  readonly accepts: number
  /** Absent from partials until complete. */
  readonly isAtomic: boolean
  /** What begins here is read in one way: no union, intersection or catch. */
  readonly isOneReading: boolean
  /** Run in order over the complete value. */
  readonly steps: readonly ValueCheck[]
  /** Some of its steps start rules. */
  readonly hasRules: boolean
  /** `null` passes by the core and the steps before this one; -1: it is the core's business. */
  readonly nullStep: number
  /** What is wanted, in an issue's words. */
  readonly expected: string
  /** Code of the issue for a value of a wrong kind. */
  readonly code: string
  /** A number that a double can't hold is taken as the text of its digits. */
  readonly takesDigits: boolean
  /** What doesn't fit isn't certainly wrong: the final validation may take it, or make another value of it. */
  readonly isHint: boolean
  #narrowed: (SchemaNode | undefined)[] = []

  constructor(core: Core, options: NodeOptions = {}) {
    this.core = core
    this.accepts = options.accepts ?? KIND_ANY
    this.isAtomic = options.isAtomic ?? false
    this.isOneReading = core.kind !== 'union' && core.kind !== 'intersection' && core.kind !== 'catch'
    this.steps = options.steps ?? []
    this.hasRules = this.steps.some((step) => step.rules !== undefined)
    this.nullStep = options.nullStep ?? -1
    this.expected = options.expected ?? 'a value'
    this.code = options.code ?? 'invalid_type'
    this.takesDigits = options.takesDigits ?? false
    this.isHint = options.isHint ?? false
  }

  /** The same place with something changed. */
  with(options: NodeOptions): SchemaNode {
    return new SchemaNode(this.core, { ...this.#options(), ...options })
  }

  /** The same place with more to do once the value is complete. */
  andThen(steps: readonly ValueCheck[], isAtomic = false): SchemaNode {
    if (steps.length === 0 && (!isAtomic || this.isAtomic)) return this
    return this.with({ steps: [...this.steps, ...steps], isAtomic: this.isAtomic || isAtomic })
  }

  /** What is left of a union once the kind of the value is known: one option, or a union of those that accept it. */
  narrow(kind: number): SchemaNode {
    const core = this.core
    if (core.kind !== 'union' || (kind === KIND_NULL && this.nullStep >= 0)) return this
    return (this.#narrowed[kind] ??= this.#narrowUnion(core, kind))
  }

  #options(): Required<NodeOptions> {
    const { accepts, isAtomic, steps, nullStep, expected, code, takesDigits, isHint } = this
    return { accepts, isAtomic, steps, nullStep, expected, code, takesDigits, isHint }
  }

  #narrowUnion(core: UnionCore, kind: number): SchemaNode {
    const alive = core.options.filter((option) => (option.node.accepts & kind) !== 0)
    if (alive.length === 1) return alive[0]!.node.andThen(this.steps, this.isAtomic).narrow(kind)
    return new SchemaNode({ ...core, options: alive }, { ...this.#options(), nullStep: -1 })
  }
}

export const ANY: SchemaNode = new SchemaNode({ kind: 'any' })
const HINTED_ANY = ANY.with({ isHint: true, steps: [(value) => new Undetermined(value)] })
/** Node of what is inside of a value of which the schema says nothing. */
export function childOfAny(node: SchemaNode): SchemaNode {
  return node.isHint ? HINTED_ANY : ANY
}
export const NEVER: SchemaNode = new SchemaNode({ kind: 'any' }, { accepts: 0, expected: 'never' })

/** Hidden until complete, then whatever `step` makes of it: schemas whose inside no one can follow. */
export function opaque(step: ValueCheck): SchemaNode {
  return new SchemaNode({ kind: 'any' }, { isAtomic: true, steps: [step] })
}

/** What a union wants, in words, each once. Unions of the same unions would double it at each level. */
export function eitherOf(expected: readonly string[]): string {
  const words = [...new Set(expected)].join(' | ')
  return words.length <= MAX_WORDS ? words : `${words.slice(0, MAX_WORDS)} …`
}
const MAX_WORDS = 2000

const KIND_NAMES: [number, string][] = [
  [KIND_STRING, 'string'],
  [KIND_NUMBER, 'number'],
  [KIND_BOOLEAN, 'boolean'],
  [KIND_NULL, 'null'],
  [KIND_OBJECT, 'object'],
  [KIND_ARRAY, 'array'],
]

export function kindName(kind: number): string {
  return KIND_NAMES.find(([bits]) => (bits & kind) !== 0)?.[1] ?? 'nothing'
}
