import type { SnapshotPace } from '../../json/snapshot-pace.ts'
import type { RelativeIssue } from '../../schema/node.ts'
import type { ValueRule } from '../../schema/rules.ts'
import type { ValueListeners } from '../listeners.ts'

/** Keeps account of values that were read as something else. */
export interface Lenience {
  /** @param position UTF-16 offset in the answer */
  repaired(kind: string, path: (string | number)[], before: unknown, after: unknown, position: number): void
}

/**
 * A number that a double can't hold. `exact-digits`: it is read as the text of its digits. `rounded-number`: it is read as
 * the nearest double.
 */
export interface InexactReading {
  kind: 'exact-digits' | 'rounded-number'
  path: (string | number)[]
  text: string
  value: number
  /** UTF-16 offset in the answer. */
  position: number
}

/** What a cursor needs from outside. Lanes of a fork get separate contexts. */
export interface CursorContext {
  /** UTF-16 offset of the character being read. */
  position(): number
  /**
   * A violation; the path is relative to this cursor's root. False: it does not count unless the other side of an
   * intersection says the same.
   */
  report(issue: RelativeIssue): boolean
  /** Only the final validation can tell whether the value at `path` is right. */
  reportUnsure(path: (string | number)[]): void
  noteNumber(reading: InexactReading): void
  /** The value at `path` is complete: rules of the user's judge it while the stream continues. */
  startRules(rules: readonly ValueRule[], path: (string | number)[], value: unknown): void
  readonly observers: ValueListeners | null
  /** Values of another form than the schema's are read as what they mean, and that is noted here; null: strict. */
  readonly lenience: Lenience | null
  /** Measures the copies of wide containers, over all forks; absent: the cursor makes one. */
  readonly pace?: SnapshotPace
  /** One side of an intersection, which must not be judged before a key is whole: the other side may know it. */
  readonly isSide?: boolean
  /** Readings followed at once, over all forks. */
  readonly lanes: { open: number }
}
