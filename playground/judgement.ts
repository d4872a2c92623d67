import type { ErrorCode } from '../src/errors.ts'
import type { Path } from '../src/path.ts'
import type { FieldTimes } from '../src/stream/types.ts'
import type { Issue, Repair } from '../src/types.ts'
import type { Change } from './changes.ts'

/** How an answer that was there already is read by a schema and a policy: what the server sends, and the page plays. */
export interface Judgement {
  model: { provider: string; id: string }
  frames: Frame[]
  outcome: Outcome
  /** When each top-level key began and ended, in the recording's time. */
  fields: FieldTimes
}

/** One event of the recording, and what it caused. The last one is the end of the recording. */
export interface Frame {
  /** Milliseconds from the call's start. */
  at: number
  /** A model event's, or `end`. */
  type: string
  /** A delta's text; of other events what there is to say. */
  text: string
  /** The model would have been stopped before it. */
  isUnread?: true
  /** Of what is shown. */
  changes?: Change[]
  /** Places that were complete and valid. */
  completed?: Path[]
  issues?: Pick<Issue, 'path' | 'code' | 'message' | 'position'>[]
  repairs?: Omit<Repair, 'call'>[]
  /** Another document of the text has become the answer, for this reason. */
  replaced?: string
  outputTokens?: number
  finishReason?: string
  /** The recording ends otherwise than well: it threw, was cut off, or was stopped. */
  isFault?: true
}

/** How the run ends. Positions are in characters of the answer's text. */
export interface Outcome {
  /** Absent where the answer fits. */
  error?: { code: ErrorCode; message: string }
  /** The frame at which the model would have been stopped. */
  stoppedAt?: number
  /** Characters that were read, and that were recorded. */
  read: number
  recorded: number
}
