import { StructStreamError } from '../../errors.ts'
import type { CompiledSchema } from '../../partial/interpreter.ts'
import { showPath } from '../../path.ts'
import type { Issue } from '../../types.ts'
import { userCodeError } from '../../partial/user-code.ts'
import type { Answer } from '../answer.ts'
import type { Attempt } from '../attempt.ts'
import { withValues } from '../issue-values.ts'
import { mergeIssues } from './merge-issues.ts'
import { shareStructure } from '../../json/structural-sharing.ts'

/**
 * What is wrong with a finished attempt before its data are looked at. The order is the point: a cut or cut-short
 * answer isn't a success even if its text parses, and a refusal isn't a JSON error.
 */
export function attemptError(attempt: Attempt, isText: boolean): StructStreamError | undefined {
  const { answer } = attempt
  // A passed limit counts the same whether a consumer was reading along or not.
  answer.read()
  const error = answer.error ?? attempt.error ?? finishError(attempt, isText)
  if (error !== undefined) return error
  answer.end()
  return answer.error ?? (isText ? undefined : documentError(attempt))
}

/**
 * The value that the full schema makes of a finished answer, or `invalid_data` with all issues. `pause` is waited for
 * between the steps, each of which goes through the whole value.
 */
export async function validateAnswer(
  answer: Answer,
  compiled: CompiledSchema,
  pause?: () => Promise<void>,
): Promise<Verdict> {
  const interpreter = answer.end()
  await pause?.()
  try {
    const raw = interpreter.raw()
    const checked = await compiled.validate(raw)
    if (checked.ok) answer.judgeRest(checked.value)
    await answer.judged()
    let { issues } = answer
    if (!checked.ok) issues = mergeIssues(issues, checked.issues, compiled.reportsAlike !== false)
    if (checked.ok && issues.length === 0) {
      await pause?.()
      // What did not change by the validation stays the same object as in the last partial.
      return { ok: true, value: shareStructure(answer.shown(), checked.value), raw }
    }
    return { ok: false, error: misfit(withValues(issues, raw)) }
  } catch (cause) {
    return { ok: false, error: userCodeError(cause) }
  }
}

/** How the validation ended; the value was made of `raw`. */
export type Verdict = { ok: true; value: unknown; raw: unknown } | { ok: false; error: StructStreamError }

/** What the finish reason says, or that there was none. */
function finishError(attempt: Attempt, isText: boolean): StructStreamError | undefined {
  const { finishReason, rawFinish, refusal, model } = attempt
  const who = `The model ${attempt.modelId}`
  if (attempt.isPaused) return new StructStreamError('truncated', `${who} paused before the answer was finished.`)
  switch (finishReason) {
    case undefined:
      return new StructStreamError(
        'connection_lost',
        `The stream of provider "${model.provider}" ended before the answer was finished.`,
      )
    case 'length':
      return new StructStreamError(
        'truncated',
        `${who} reached its output limit before the answer was finished. Raise maxOutputTokens, or ask for less.`,
      )
    case 'content-filter':
      return new StructStreamError(
        'content_filtered',
        `The content filter of provider "${model.provider}" stopped the answer.`,
      )
    case 'refusal':
      return refused(who, refusal)
    case 'error':
      return new StructStreamError(
        'provider_error',
        `${who} ended its answer with an error${rawFinish === undefined ? '' : ` (${rawFinish})`}.`,
      )
    case 'stop':
    case 'tool-calls':
      return refusal === '' ? undefined : refused(who, refusal)
    case 'other': {
      if (refusal !== '') return refused(who, refusal)
      const { isStarted, isDone } = attempt.answer.read()
      const hasCalls = attempt.toolCalls.size > 0
      // A word that isn't known may mean anything; only a document shows that it is whole.
      if (rawFinish === undefined || (!isText && (isDone || (!isStarted && !hasCalls)))) return undefined
      return new StructStreamError(
        'truncated',
        `${who} ended with the unknown finish reason ${JSON.stringify(rawFinish.slice(0, 100))}, and nothing shows that the answer is whole.`,
      )
    }
    default: {
      const never: never = finishReason
      return new StructStreamError('provider_error', `${who} ended with an unknown finish reason: ${String(never)}`)
    }
  }
}

function refused(who: string, refusal: string): StructStreamError {
  return new StructStreamError('refused', `${who} refused to answer${refusal === '' ? '.' : `: ${refusal}`}`)
}

/** What is wrong with the document in an attempt that ended well. */
function documentError({ answer, toolCalls, isRequest }: Attempt): StructStreamError | undefined {
  const called = [...toolCalls.values()].map((call) => call.name)
  return documentErrorOf(answer, isRequest ? 'The model' : 'The text', called)
}

/** What is wrong with the document of a whole answer; `called` are the tools that were called in its place. */
export function documentErrorOf(
  answer: Answer,
  writer: 'The model' | 'The text',
  called: readonly string[] = [],
): StructStreamError | undefined {
  const { failure, isStarted, isDone } = answer.end()
  if (failure !== null) return new StructStreamError(failure.code, failure.message, { ...failure })
  if (isDone) return undefined
  const { length } = answer.deltas
  if (isStarted) {
    const message = `${writer} ended before the JSON document was closed, at character ${length}.`
    return new StructStreamError('malformed_json', message, { position: length })
  }
  return new StructStreamError('no_json', withoutJson(writer, length > 0, called))
}

function withoutJson(writer: 'The model' | 'The text', hasText: boolean, called: readonly string[]): string {
  if (writer === 'The text')
    return hasText ? 'The text holds no JSON.' : 'The text is empty: there is nothing to parse.'
  if (hasText) return 'The model returned text but no JSON.'
  return called.length === 0
    ? 'The model returned nothing.'
    : `The model called tools (${called.join(', ')}) but returned no JSON.`
}

/** The error for an answer with these issues. */
export function misfit(issues: readonly Issue[]): StructStreamError {
  return new StructStreamError('invalid_data', summary(issues), { issues })
}

/** The first issues in words. */
function summary(issues: readonly Issue[]): string {
  const shown = issues.slice(0, 3).map(({ path, message }) => `${showPath(path, 'root')}: ${message}`)
  const more = issues.length > shown.length ? ` (and ${issues.length - shown.length} more)` : ''
  return `The answer does not fit the schema. ${shown.join('; ')}${more}`
}
