import type { Path } from '../../types.ts'
import type { Decoding } from '../document/candidate.ts'

/** What is done to continue a document that was cut, from the inside out. */
export type ResumeStep =
  /** The rest of the open string, which so far is `prefix`. */
  | { kind: 'text'; name: string; path: Path; prefix: string }
  /** The value whose key has come, or that was cut and can't be continued: half a number, half a word of an enum. */
  | { kind: 'value'; name: string; path: Path }
  /** The keys that an open object does not have; it is closed then. */
  | { kind: 'members'; name: string; path: Path }
  /** The elements of an open array from an index on; it is closed then. */
  | { kind: 'elements'; name: string; path: Path; from: number }
  /** Nothing more can come: no model is asked. */
  | { kind: 'close'; isArray: boolean }
  /** An open string that the schema does not know. */
  | { kind: 'end-text'; prefix: string }

export interface ResumePlan {
  readonly steps: readonly ResumeStep[]
  readonly decoding: Decoding | null
}
