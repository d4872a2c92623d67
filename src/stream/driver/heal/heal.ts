import { StructStreamError } from '../../../errors.ts'
import type { Failed, Healed, NextAttempt } from '../next-attempt.ts'
import { backoff } from './backoff.ts'
import { patch } from './patch.ts'
import { recover } from './recover.ts'
import { reply, restartPrompt } from './prompts.ts'

/** The remedies, the cheapest first. */
type Remedy = 'recover' | 'patch' | 'restart'

/** What heals a failed attempt; undefined: nothing does, and its error is the run's. */
export async function heal(failed: Failed): Promise<NextAttempt | Healed | undefined> {
  const remedy = remedyFor(failed)
  const wait = backoff(failed.error, failed.run.attempts.length, failed.random)
  // Waiting longer than the run may take would only hide the error in a timeout.
  if (remedy === undefined || wait >= failed.run.timeLeft) return undefined
  const at = { model: nextModel(failed), wait }
  const step = remedy === 'restart' ? undefined : await tried(remedy === 'patch' ? patch : recover, failed, at)
  return step ?? (failed.run.isOver ? undefined : restart(failed, at))
}

function remedyFor({ attempt, step, error, settings }: Failed): Remedy | undefined {
  const { onInvalid } = settings
  const isHealing = onInvalid === 'restart' || onInvalid === 'patch'
  switch (error.code) {
    case 'invalid_data':
      // What user code threw isn't the model's fault.
      if (!isHealing || error.cause !== undefined) return undefined
      // What a patch left wrong, another one will not repair either.
      return step.part?.kind === 'patch' ? 'restart' : onInvalid
    case 'malformed_json':
    case 'no_json':
      return isHealing || step.part?.kind !== undefined ? 'restart' : undefined
    case 'provider_error':
    case 'rate_limited':
      // An HTTP error before anything has come: the SDK has tried again already.
      if (!attempt.hasDelivered && nextModel({ error, step, settings }) === step.model) return undefined
      break
    case 'connection_lost':
    case 'timeout':
    case 'truncated':
      break
    default:
      return undefined
  }
  if (!settings.recover) return undefined
  return step.part?.kind ?? (attempt.hasDelivered ? 'recover' : 'restart')
}

/** The next model after trouble with this one's provider; the same model repairs a wrong or long answer. */
function nextModel({ error, step, settings }: Pick<Failed, 'error' | 'step' | 'settings'>): number {
  switch (error.code) {
    case 'connection_lost':
    case 'provider_error':
    case 'rate_limited':
    case 'timeout':
      return Math.min(step.model + 1, settings.models.length - 1)
    default:
      return step.model
  }
}

/** A schema that cannot be taken apart, for this model or at all, is asked for as a whole. */
async function tried(
  remedy: typeof patch,
  failed: Failed,
  at: { model: number; wait: number },
): Promise<NextAttempt | Healed | undefined> {
  try {
    return await remedy(failed, at)
  } catch (error) {
    if (error instanceof StructStreamError && error.code === 'unsupported_schema') return undefined
    throw error
  }
}

/** The whole answer is asked for again, with what was wrong if that was the model's fault. */
function restart({ run, attempt, error }: Failed, at: { model: number; wait: number }): NextAttempt {
  const issues = [...(error.issues ?? attempt.answer.issues)]
  const waiting = at.wait > 0 && { wait: at.wait }
  run.report({ type: 'restart', attempt: attempt.number + 1, reason: error.message, issues, ...waiting })
  const isWrong = error.code === 'invalid_data' || error.code === 'malformed_json' || error.code === 'no_json'
  const messages = isWrong ? reply(attempt.answer.document, restartPrompt(error, issues)) : []
  return { ...at, kind: 'restart', messages }
}
