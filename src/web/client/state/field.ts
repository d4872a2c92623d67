import type { PartialOf } from '../../../schema/types.ts'
import type { Snapshot } from '../../../stream/types.ts'
import type { Issue, Path } from '../../../types.ts'

/**
 * `absent`: nothing has come yet; draw a skeleton. `open`: it is growing, or around what is. `complete`: it is valid and
 * can no longer change. `invalid`: something in it is certainly wrong.
 */
export type FieldStatus = 'absent' | 'open' | 'complete' | 'invalid'

/** One place of the growing value. The same object as long as nothing in it has changed. */
export interface Field<T = unknown> {
  readonly value: T | undefined
  readonly state: FieldStatus
  /** Those at this place and below it. */
  readonly issues: readonly Issue[]
}

/** Type of the value at `P` in the growing `T`; `unknown` for a path that is not known at compile time. */
export type FieldAt<T, P extends Path> = P extends readonly [infer Key, ...infer Rest extends Path]
  ? [ChildAt<NonNullable<T>, Key>] extends [never]
    ? unknown
    : FieldAt<ChildAt<NonNullable<T>, Key>, Rest>
  : number extends P['length']
    ? unknown
    : Exclude<T, undefined>

/** Of a union, what those of its members have that know the key. */
type ChildAt<T, Key> = T extends unknown
  ? Key extends keyof T
    ? T[Key]
    : T extends readonly (infer E)[]
      ? Key extends number
        ? E
        : never
      : never
  : never

/** What fields are read from. */
export interface Circumstance<S> {
  readonly partial: PartialOf<S> | undefined
  readonly issues: readonly Issue[]
  readonly isComplete: Snapshot<S>['isComplete']
}

/** One list for all that are empty: what hasn't changed is the same object. */
export const EMPTY: readonly never[] = Object.freeze([])

/** The place `path` of what is there. `before` is given back when it is still true. */
export function fieldOf<S>({ partial, issues, isComplete }: Circumstance<S>, path: Path, before?: Field): Field {
  const { value, isThere } = look(partial, path)
  const own = issues.length === 0 ? EMPTY : issues.filter((issue) => isBelow(issue.path, path))
  const state = own.length > 0 ? 'invalid' : !isThere ? 'absent' : isComplete(path) ? 'complete' : 'open'
  const isSame =
    before !== undefined &&
    before.value === value &&
    before.state === state &&
    before.issues.length === own.length &&
    before.issues.every((issue, index) => issue === own[index])
  return isSame ? before : { value, state, issues: own }
}

function look(root: unknown, path: Path): { value: unknown; isThere: boolean } {
  let value = root
  for (const key of path) {
    // Only what the model has written: `length` and `constructor` aren't fields.
    const isOwn = typeof value === 'object' && value !== null && Object.hasOwn(value, key)
    if (!isOwn || (Array.isArray(value) && typeof key !== 'number')) return { value: undefined, isThere: false }
    value = (value as Record<string | number, unknown>)[key]
  }
  return { value, isThere: value !== undefined }
}

function isBelow(path: Path, place: Path): boolean {
  return place.length <= path.length && place.every((key, index) => String(key) === String(path[index]))
}
