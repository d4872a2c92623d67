import type { AttemptResult, FinishReason, Path } from '../../src/types.ts'

/** One call of the model. Times in milliseconds from the click on. */
export interface AttemptLog {
  number: number
  kind: AttemptResult['kind']
  provider: string
  model: string
  from: number
  to: number | undefined
  /** Characters of text. */
  chars: number
  outputTokens: number | undefined
  finishReason: FinishReason | undefined
  /** It was stopped because something in it was certainly wrong, or because the user wanted it. */
  isStopped: boolean
}

/** A field of the root, or an element where the root is a list. */
export interface FieldLog {
  key: string | number
  from: number
  /** When it was complete. */
  to: number | undefined
  /** When places inside it were complete. */
  inside: number[]
}

/** Something that is worth a line. */
export interface Note {
  at: number
  kind: 'issue' | 'repair' | 'restart' | 'patch' | 'recover'
  /** What it is called: an issue's code, a repair's kind. */
  code: string
  path: Path | undefined
  text: string
  before?: string
  after?: string
}

/** What has happened so far. A new object when something has changed; its lists only grow. */
export interface LogState {
  readonly isRunning: boolean
  /** Of `performance.now()`. */
  readonly startedAt: number
  readonly endedAt: number | undefined
  readonly firstDelta: number | undefined
  readonly firstPartial: number | undefined
  readonly attempts: readonly AttemptLog[]
  readonly fields: readonly FieldLog[]
  readonly notes: readonly Note[]
  /** Characters of the whole first answer, where the server knows them. */
  readonly wholeLength: number | undefined
  /** Milliseconds that the time line shows, where they are known beforehand. @defaultValue all so far */
  readonly span?: number | undefined
}

/** What happens in a run, live or played. */
export interface LogSource {
  readonly getState: () => LogState
  readonly subscribe: (listener: () => void) => () => void
  /** Where text goes from now on. */
  attach(sink: TextSink): () => void
}

/** Text as it came, for who writes it into the page. */
/** `unread`: the model would have been stopped before it. */
export type TextPiece =
  | { type: 'attempt'; attempt: AttemptLog }
  | { type: 'text' | 'reasoning' | 'unread'; text: string }

export interface TextSink {
  clear(): void
  push(pieces: readonly TextPiece[]): void
  end(): void
}

/** Before anything was asked. */
export const nothing: LogState = {
  isRunning: false,
  startedAt: 0,
  endedAt: undefined,
  firstDelta: undefined,
  firstPartial: undefined,
  attempts: [],
  fields: [],
  notes: [],
  wholeLength: undefined,
}
