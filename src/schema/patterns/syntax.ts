import type { CharSet } from './char-set.ts'

/** A regular expression as a tree. */
export type PatternNode =
  /** Takes nothing, and always matches. */
  | { type: 'empty' }
  | { type: 'set'; set: CharSet }
  | { type: 'sequence'; parts: readonly PatternNode[] }
  | { type: 'choice'; options: readonly PatternNode[] }
  /** `maximum` may be `Infinity`. */
  | { type: 'repeat'; inner: PatternNode; minimum: number; maximum: number }
  | { type: 'assertion'; kind: Assertion }
  | { type: 'lookahead'; inner: PatternNode; isNegative: boolean }

/** What looks at the characters around a position and takes none. */
export type Assertion = 'start' | 'end' | 'line-start' | 'line-end' | 'boundary' | 'no-boundary'

/** What a parsed pattern says. */
export interface ParsedPattern {
  root: PatternNode
  /** Characters are code points (flags `u` and `v`), otherwise UTF-16 code units. */
  isUnicode: boolean
  /** What `\b` takes for letters. */
  word: CharSet
  /**
   * False where a part can't be followed (a backreference, a lookbehind) and was replaced by one that matches more:
   * what the tree refuses, the expression refuses too, but not the other way round.
   */
  isExact: boolean
}

/** Syntax that this parser doesn't know. The engine may know it, so nothing can be said of the pattern. */
export class UnknownSyntax extends Error {}
