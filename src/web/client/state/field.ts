import type { PartialOf } from '../../../schema/types.ts'
import type { Snapshot } from '../../../stream/types.ts'
import { startsWith, valueAt, type Path } from '../../../path.ts'
import type { Issue } from '../../../types.ts'

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

/** What fields are read from. */
export interface Circumstance<S> {
  readonly partial: PartialOf<S> | undefined
  readonly issues: readonly Issue[]
  readonly isComplete: Snapshot<S>['isComplete']
  /** Throws `bad_options` for a path that the schema can't have, once the schema is known. */
  readonly checkPath?: ((path: Path) => void) | undefined
}

/** One list for all that are empty: what hasn't changed is the same object. */
export const EMPTY: readonly never[] = Object.freeze([])

/** @throws `bad_options` for a path that the schema can't have */
export function checkField<S>({ partial, checkPath }: Circumstance<S>, path: Path): void {
  if (valueAt(partial, path) === undefined) checkPath?.(path)
}

/** The place `path` of what is there. `before` is given back when it is still true. */
export function fieldOf<S>(from: Circumstance<S>, path: Path, before?: Field): Field {
  const { partial, issues, isComplete } = from
  const value = valueAt(partial, path)
  const own = issues.length === 0 ? EMPTY : issues.filter((issue) => startsWith(issue.path, path))
  const state = own.length > 0 ? 'invalid' : value === undefined ? 'absent' : isComplete(path) ? 'complete' : 'open'
  const isSame =
    before !== undefined &&
    before.value === value &&
    before.state === state &&
    before.issues.length === own.length &&
    before.issues.every((issue, index) => issue === own[index])
  return isSame ? before : { value, state, issues: own }
}
