import type { OpenDocument } from '../../../json/sinks/open-document.ts'
import { isRepairable } from '../../../partial/interpreter.ts'
import { interrupt } from '../../../partial/resume/interruption.ts'
import { RepeatedText } from '../../../partial/resume/repeated-text.ts'
import { toJsonSchema } from '../../../schema/libraries/to-json-schema.ts'
import { Subschemas } from '../../../schema/json-schema/subschemas.ts'
import { validateAnswer } from '../validate-answer.ts'
import type { Failed, Healed, NextAttempt } from '../next-attempt.ts'
import { modeFor, pickModel } from '../choose-model.ts'
import { keysOf, resumeJoin } from './splice.ts'
import { missingIn } from './missing-parts.ts'
import { patch } from './patch.ts'
import { requestFor } from './parts-request.ts'
import { continuePrompt, recoverPrompt, reply } from './prompts.ts'

/**
 * The rest of an answer that was cut is asked for.
 *
 * @param at the model to ask, and when
 * @returns undefined when it can't be continued: only a whole new answer helps
 */
export async function recover(
  failed: Failed,
  at: { model: number; wait: number },
): Promise<NextAttempt | Healed | undefined> {
  const { attempt, schema, settings } = failed
  const { answer } = attempt
  const base = answer.read()
  const start = answer.deltas.length
  if (schema === undefined) {
    announce(failed, at.wait, [[]])
    return {
      ...at,
      kind: 'recover',
      messages: reply(answer.deltas.text, continuePrompt(answer.deltas.text)),
      part: { kind: 'recover', answer, format: undefined, repeated: new RepeatedText(answer.deltas.text) },
    }
  }
  if (base.isDone && isRepairable(base)) return judge(failed, at)
  const interruption = interrupt(base)
  if (interruption === null) return undefined
  const parts = new Subschemas((await toJsonSchema(schema)).schema)
  const missing = missingIn(interruption, parts)
  if (missing === null) return undefined
  const { steps, asked } = missing
  if (asked.length === 0) {
    // Only brackets were missing, after which the schema allows nothing more.
    answer.extend(attempt.number, resumeJoin(steps, null, start))
    return judge(failed, at)
  }
  const target = await pickModel(settings, at.model)
  const mode = modeFor(target, settings.mode)
  const { format, decoding } = await requestFor(asked, parts, { dialect: target.dialect, mode, name: 'rest' })
  const join = resumeJoin(steps, decoding, start)
  announce(
    failed,
    at.wait,
    keysOf(steps).map(({ path }) => [...path]),
  )
  return {
    ...at,
    kind: 'recover',
    messages: reply(openText(interruption.record), recoverPrompt(asked)),
    part: { kind: 'recover', answer, format, join },
  }
}

function announce({ run, attempt, error }: Failed, wait: number, paths: (string | number)[][]): void {
  const waiting = wait > 0 && { wait }
  run.report({ type: 'recover', attempt: attempt.number + 1, reason: error.message, paths, ...waiting })
}

/** The document was closed before the connection was lost: nothing is missing, so the schema has the last word. */
async function judge(failed: Failed, at: { model: number; wait: number }): Promise<NextAttempt | Healed | undefined> {
  const verdict = await validateAnswer(failed.attempt.answer, failed.compiled)
  if (verdict.ok) return { ...verdict, kind: 'healed' }
  return failed.settings.onInvalid === 'patch' ? patch({ ...failed, error: verdict.error }, at) : undefined
}

/** The document as JSON text, as far as it has come. */
function openText({ levels, leaf }: OpenDocument): string {
  let text = ''
  for (const { container, key } of levels) {
    const inside = JSON.stringify(container).slice(0, -1)
    const isEmpty = inside.length === 1
    if (Array.isArray(container)) text += isEmpty ? inside : `${inside},`
    else if (key === null) text += isEmpty ? inside : `${inside},`
    else text += `${inside}${isEmpty ? '' : ','}${JSON.stringify(key)}:`
  }
  return leaf?.kind === 'string' ? text + JSON.stringify(leaf.text).slice(0, -1) : text
}
