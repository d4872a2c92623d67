import { backoff } from './backoff.ts'
import type { Failed, Healed, Step } from '../policy.ts'
import { reply, restartWords } from './words.ts'

/** What heals a failed attempt, while there is budget; undefined: nothing does. */
export async function heal(failed: Failed): Promise<Step | Healed | undefined> {
  const { error, settings } = failed
  switch (error.code) {
    case 'invalid_data':
    case 'malformed_json':
    case 'no_json':
      // What user code threw is no fault of the model's.
      if (error.cause !== undefined) return undefined
      return settings.onInvalid === 'restart' || settings.onInvalid === 'patch' ? restart(failed) : undefined
    default:
      return undefined
  }
}

/** The whole answer is asked for again. */
function restart(failed: Failed): Step | undefined {
  const { run, attempt, step, error, settings, random } = failed
  const wait = backoff(error, run.attempts.length, random)
  if (wait >= run.timeLeft) return undefined
  const issues = [...(error.issues ?? attempt.answer.issues)]
  run.log.event({
    type: 'restart',
    attempt: attempt.number + 1,
    reason: error.message,
    issues,
    ...(wait > 0 && { wait }),
  })
  run.wake()
  const { models } = settings
  return {
    kind: 'restart',
    model: Math.min(step.model, models.length - 1),
    messages: reply(attempt.answer.deltas.text, restartWords(error, issues)),
    wait,
  }
}
