import type { OpenPath } from '../partial/interpreter.ts'
import { lookUp, startsWith, type Path } from '../path.ts'
import type { Issue } from '../types.ts'
import type { Answer } from './answer.ts'
import type { Snapshot, StreamStatus } from './types.ts'

/** What of a value may still change, or is wrong. The lists only grow. */
export interface SnapshotContext {
  open: OpenPath | null
  unsure: readonly Path[]
  issues: readonly Issue[]
}

const NONE: readonly never[] = Object.freeze([])

/** A snapshot of `answer`, whose newest value is `value`. What could change later is copied. */
export function takeSnapshot<S>(answer: Answer, value: unknown, status: StreamStatus): Snapshot<S> {
  const { open, unsure, issues } = answer.circumstances()
  const now = { open, unsure: copy(unsure), issues: copy(issues) }
  return {
    value: value as Snapshot<S>['value'],
    attempt: answer.attempt,
    status,
    issues: now.issues,
    isComplete: (path) => isComplete(path, value, now),
    isFinal: status === 'done',
  }
}

/**
 * Whether the value at `path` is there, neither is nor holds what is still growing, and has no issue in it: an
 * issue makes everything around it incomplete.
 */
export function isComplete(path: Path, value: unknown, { open, unsure, issues }: SnapshotContext): boolean {
  if (value === undefined) return false
  if (open !== null && (startsWith(open.path, path) || (open.isAmbiguous && startsWith(path, open.path)))) return false
  if (lookUp(value, path) === undefined) return false
  return !issues.some((issue) => startsWith(issue.path, path)) && !unsure.some((place) => startsWith(place, path))
}

function copy<T>(items: readonly T[]): readonly T[] {
  return items.length === 0 ? NONE : items.slice()
}
