import { isRepairable } from '../../../partial/interpreter.ts'
import { PatchedInterpreter } from '../../../partial/patch/patched.ts'
import { toJsonSchema } from '../../../schema/libraries/to-json-schema.ts'
import { Subschemas } from '../../../schema/json-schema/subschemas.ts'
import { validateAnswer } from '../validate-answer.ts'
import type { Failed, Healed, NextAttempt } from '../next-attempt.ts'
import { modeFor, pickModel } from '../choose-model.ts'
import { patchJoin } from './splice.ts'
import { choosePatchTargets } from './patch-targets.ts'
import { requestFor } from './parts-request.ts'
import { patchPrompt, placeName, reply } from './prompts.ts'

/**
 * Only the invalid and missing places are asked for.
 *
 * @param at the model to ask, and when
 * @returns undefined when patching can't repair the answer: only a whole new one can
 */
export async function patch(
  failed: Failed,
  at: { model: number; wait: number },
): Promise<NextAttempt | Healed | undefined> {
  const { run, attempt, schema, compiled, settings } = failed
  const { answer } = attempt
  const base = answer.read()
  if (schema === undefined || !isRepairable(base)) return undefined
  let { issues } = failed.error
  if (failed.error.code !== 'invalid_data') {
    // A patch that was cut: what it brought stays, and what is wrong still is asked for again.
    const verdict = await validateAnswer(answer, compiled)
    if (verdict.ok) return { ...verdict, kind: 'healed' }
    issues = verdict.error.issues
  }
  const parts = new Subschemas((await toJsonSchema(schema)).schema)
  const raw = base.raw()
  const inVain = base instanceof PatchedInterpreter ? base.places : []
  const mending = choosePatchTargets(issues ?? [], raw, parts, base.node, inVain)
  if (mending === null) return undefined

  const { dropped, places } = mending
  const start = answer.deltas.length
  if (places.length === 0) {
    if (dropped.length === 0) return undefined
    answer.extend(attempt.number, patchJoin(raw, mending, null, start))
    const verdict = await validateAnswer(answer, compiled)
    return verdict.ok ? { ...verdict, kind: 'healed' } : undefined
  }
  const target = await pickModel(settings, at.model)
  const mode = modeFor(target, settings.mode)
  const asked = places.map((place) => ({ ...place, words: `${placeName(place)}.` }))
  const { format, decoding } = await requestFor(asked, parts, { dialect: target.dialect, mode, name: 'patch' })
  const paths = places.map(({ path }) => [...path])
  run.report({ type: 'patch', attempt: attempt.number + 1, paths, ...(at.wait > 0 && { wait: at.wait }) })
  return {
    ...at,
    kind: 'patch',
    messages: reply(JSON.stringify(raw), patchPrompt(mending)),
    part: { kind: 'patch', answer, format, join: patchJoin(raw, mending, decoding, start) },
  }
}
