import type { PaceOptions } from '../json/snapshot-pace.ts'
import type { TokenSink } from '../json/token-sink.ts'
import type { SchemaNode } from '../schema/node.ts'
import type { Path, PathPattern } from '../path.ts'
import type { Issue, Repair } from '../types.ts'
import type { PathUse } from './resolve-path.ts'
import type { FieldListener, ListenerHub } from './listeners.ts'
import type { RuleHost, RuleRuns } from './rule-runs.ts'

/**
 * One attempt's text on its way to a value: document finder → tokenizer → cursor.
 * Everything is synchronous. `push` costs O(new characters); it throws nothing but programming errors:
 * what is wrong with the text is in `issues` and `failure`.
 */
export interface Interpreter {
  /** Feed more of the answer's text. */
  push(text: string): void
  /** The text is over; a number at the root is complete now. Judges nothing about the finish reason. */
  end(): void

  /** The newest visible value; identical (`===`) while nothing visible changed, `undefined` when there is none yet. */
  snapshot(exact?: boolean): unknown
  /** The place that was growing at the time of the last `snapshot()`; `null` when the root was complete or absent. */
  openPlace(): OpenPath | null
  /** True once the document is complete. */
  readonly isDone: boolean
  /** True as soon as the start of a document has been found. */
  readonly isStarted: boolean
  /** Certain violations so far, in the order found. Only grows. */
  readonly issues: readonly Issue[]
  /** Places that only the final validation can judge (asynchronous code): neither complete nor wrong yet. Only grows. */
  readonly unsure: readonly Path[]
  /** Repairs so far. Only grows. */
  readonly repairs: readonly Repair[]
  /** The documents of the text that were shown, in order; each takes the place of the one before. Only grows. */
  readonly documents: readonly ShownDocument[]
  /** Set once, when nothing that follows can matter: the text is not JSON here, or a limit was passed. */
  readonly failure: InterpreterFailure | null

  /** The whole document as plain JSON data in the user's shape, repaired and decoded: the input of the final validation. Call after `end()` when `isDone`. */
  raw(): unknown
  /** What was written so far as plain data in the user's shape, repaired; a string that is open with what it has. */
  written(): unknown

  /** Its listeners, which belong to the answer: completed values and elements are reported to them. */
  readonly hub: ListenerHub
  /** The user's schema, by which it can be continued or patched; null: it can't. */
  readonly node: SchemaNode | null
  readonly options: InterpreterOptions
  /** Elements of the array at `path` that are complete and valid already. */
  completedElements(path: Path): unknown[]
  /** Text of the string at `path` from now on (the first piece is what is there already); returns what stops it. */
  watchField(path: Path, listener: FieldListener): () => void
}

/** A place that is still growing. `isAmbiguous`: nothing below it is complete either, whatever is shown. */
export interface OpenPath {
  readonly path: Path
  readonly isAmbiguous: boolean
}

/** A document of an answer that was shown. Offsets are UTF-16 units of the answer's text. */
export interface ShownDocument {
  readonly start: number
  /** Offset up to which text was read when it was shown. */
  readonly from: number
  /** Where further elements begin, if it is a list that came as its elements, one document after the other. */
  readonly rows: number[]
  /** Why it has taken the place of the one before; null for the first. */
  readonly reason: string | null
}

export interface InterpreterFailure {
  code: 'malformed_json' | 'limit_exceeded'
  message: string
  position: number
  path: (string | number)[]
}

/** What the stream needs of a compiled schema; see `compileTree`. */
export interface CompiledSchema<T = unknown> {
  interpreter(options: InterpreterOptions, surroundings?: InterpreterHost): Interpreter
  /** Makes tokens in the provider's shape tokens in the user's; absent where the two are the same. */
  translate?: ((inner: TokenSink) => TokenSink) | undefined
  /** When the keys of a finished answer, which is `json`, began and ended. */
  fieldTimes?:
    | ((
        segments: Iterable<TimedSegment>,
        options: InterpreterOptions,
        json: unknown,
      ) => Record<string, { start: number; end: number }>)
    | undefined
  /** What runs the schema's rules; absent where it has none. */
  rules?: ((host: RuleHost) => RuleRuns) | undefined
  /** What the user's schema knows of plain data that it found valid; absent where that is all of it. */
  known?: ((raw: unknown) => unknown) | undefined
  /** False: what `validate` finds has other codes than the same fault has while the answer is read. */
  reportsAlike?: boolean
  /**
   * The path as it is in this schema's values, with `'*'` as `EVERY` where it is used for elements.
   * @throws `bad_options` where the schema can't have it
   */
  resolvePath(path: Path, use: PathUse): PathPattern
  /** The full schema, once, over plain data (async refinements included). Throws only what user code threw. */
  validate(raw: unknown): Promise<{ ok: true; value: T } | { ok: false; issues: Issue[] }>
}

/** Makes tokens in a provider's shape tokens in the user's. */
export interface Translation {
  sink(inner: TokenSink): TokenSink
}

/** A part of an answer's text, in the pieces that arrived together. */
export interface TimedSegment {
  readonly pieces: Iterable<{ text: string; time: number }>
  /** Set where it is a document that has only parts of the answer. */
  readonly parts: { keys: readonly { name: string; path: Path }[]; decoding: Translation | null } | undefined
}

export interface InterpreterOptions {
  repair: boolean
  /** 'one': the text has to hold exactly one document. @defaultValue 'best': the one that the text supports best counts */
  documents?: 'best' | 'one'
  maxDepth: number
  maxIssues: number
  /** What measures the copies of wide containers. */
  pace?: PaceOptions
}

/** What an interpreter gets from the one who keeps the answer. */
export interface InterpreterHost {
  /** @defaultValue nothing listens */
  readonly hub?: ListenerHub
  /** Gives all that has been pushed, and perhaps more, where the caller keeps it anyway. @defaultValue a copy is kept */
  readonly text?: () => string
}

/** An interpreter from which a further one can continue: with the same listeners, the same schema and the same options. */
export interface Repairable extends Interpreter {
  readonly node: SchemaNode
}

export function isRepairable(interpreter: Interpreter): interpreter is Repairable {
  return interpreter.node !== null
}
