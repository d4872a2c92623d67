import type { StructStreamError } from '../../errors.ts'
import type { ResponseFormat } from '../../models/model.ts'
import type { CompiledSchema } from '../../partial/interpreter.ts'
import type { RepeatedText } from '../../partial/resume/repeated-text.ts'
import type { AttemptResult, Message } from '../../types.ts'
import type { Answer, Join } from '../answer.ts'
import type { Attempt } from '../attempt.ts'
import type { RunSettings } from '../options/run-options.ts'
import type { Run } from '../run.ts'

/** One model call to make. */
export interface NextAttempt {
  kind: AttemptResult['kind']
  /** Index into the list of models. */
  model: number
  /** What the model gets after the prompt: what it said before, and what was wrong with that. */
  messages?: readonly Message[]
  /** Only parts of an answer that is there are asked for; absent: a whole new one. */
  part?: PartialRequest
  /** Milliseconds before the call. */
  wait?: number
}

/** Parts of an answer, as one model is asked for them. */
export interface PartialRequest {
  /** Absent: the model had only paused. */
  kind?: 'patch' | 'recover'
  answer: Answer
  /** Absent where the answer is text. */
  format: ResponseFormat | undefined
  /** How the reading of the answer continues with what the model will say; absent: as if there had been no break. */
  join?: Join
  /** Takes from text that continues the answer what it repeats of it. */
  repeated?: RepeatedText
}

/** No further call is needed: this is the validated value. */
export interface Healed {
  kind: 'healed'
  value: unknown
  /** What the value was made of. */
  raw: unknown
}

/** A failed attempt with all that can be known about it. */
export interface Failed {
  run: Run
  attempt: Attempt
  step: NextAttempt
  error: StructStreamError
  settings: RunSettings
  /** The user's; undefined: the answer is text. */
  schema: unknown
  compiled: CompiledSchema
  /** From 0 to below 1. */
  random: () => number
}

/**
 * What comes after a failed attempt: the next model, when this one failed before it had delivered anything; what
 * `onInvalid` and `recover` say, while `maxAttempts` allows it; otherwise nothing, and its error is the run's.
 */
export async function nextAttempt(failed: Failed): Promise<NextAttempt | Healed | undefined> {
  const { run, attempt, step, settings } = failed
  const { models, onInvalid, recover, maxAttempts } = settings
  const isUntold = !attempt.hasDelivered && step.model + 1 < models.length
  if (isUntold && step.part === undefined) return { ...step, kind: 'fallback', model: step.model + 1, wait: 0 }
  if (onInvalid !== 'restart' && onInvalid !== 'patch' && !recover) return undefined
  const calls = run.attempts.filter(({ kind }) => kind !== 'fallback' && kind !== 'tool-step').length
  if (calls >= maxAttempts) return undefined
  const { heal } = await import('./heal/heal.ts')
  return heal(failed)
}
