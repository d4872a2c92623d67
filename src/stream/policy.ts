import type { AttemptResult } from '../types.ts'
import type { Attempt } from './attempt.ts'
import type { Settings } from './options.ts'

/** One model call to make. */
export interface Step {
  kind: AttemptResult['kind']
  /** Index into the list of models. */
  model: number
}

/**
 * What comes after a failed attempt: the next model, when this one failed before it had delivered anything; else
 * nothing, and its error is the run's.
 */
export function nextStep(failed: Attempt, step: Step, { models }: Settings): Step | undefined {
  if (failed.hasDelivered || step.model + 1 >= models.length) return undefined
  return { kind: 'fallback', model: step.model + 1 }
}
