import type { OpenDocument } from '../../json/open-document.ts'
import { isMendable } from '../../partial/mendable.ts'
import { interrupt, type Interruption } from '../../partial/resume/interruption.ts'
import type { ResumePlan, ResumeStep } from '../../partial/resume/plan.ts'
import { ResumedInterpreter } from '../../partial/resume/resumed.ts'
import { toJsonSchema } from '../../schema/accept.ts'
import type { JsonSchema } from '../../schema/json-schema/keywords.ts'
import { SchemaParts } from '../../schema/json-schema/parts.ts'
import type { Path } from '../../types.ts'
import { validate } from '../judge.ts'
import type { Failed, Healed, Step } from '../policy.ts'
import { modeFor, pickModel } from '../target.ts'
import { patch } from './patch.ts'
import { nameOf } from './places.ts'
import { requestFor, type Asked } from './request.ts'
import { placeName, reply } from './words.ts'

/** Characters of an open text that the model is reminded of. */
const REMINDER = 80

/**
 * The rest of an answer that was cut is asked for.
 *
 * @param at the model to ask, and when
 * @returns undefined when it cannot be gone on with: only a whole new answer helps
 */
export async function recover(failed: Failed, at: { model: number; wait: number }): Promise<Step | Healed | undefined> {
  const { attempt, schema, settings } = failed
  const { answer } = attempt
  const base = answer.read()
  const start = answer.deltas.length
  if (schema === undefined) {
    announce(failed, at.wait, [[]])
    return {
      ...at,
      kind: 'recover',
      messages: goOn(answer.deltas.text),
      part: { kind: 'recover', answer, format: undefined },
    }
  }
  if (base.isDone && isMendable(base)) return judge(failed, at)
  const interruption = interrupt(base)
  if (interruption === null) return undefined
  const parts = new SchemaParts((await toJsonSchema(schema)).schema)
  const plan = stepsFor(interruption, parts)
  if (plan === null) return undefined
  const { steps, asked } = plan
  if (asked.length === 0) {
    // Only brackets were missing, behind which the schema allows nothing more.
    answer.extend(
      attempt.number,
      (before) => new ResumedInterpreter(interrupt(before)!, { steps, decoding: null }, start),
      () => {},
    )
    return judge(failed, at)
  }
  const target = await pickModel(settings, at.model)
  const mode = modeFor(target, settings.mode)
  const { format, decoding } = await requestFor(asked, parts, { dialect: target.dialect, mode, name: 'rest' })
  const resume: ResumePlan = { steps, decoding }
  announce(
    failed,
    at.wait,
    steps.flatMap((step) => ('path' in step ? [[...step.path]] : [])),
  )
  return {
    ...at,
    kind: 'recover',
    messages: reply(openText(interruption.record), words(asked)),
    part: {
      kind: 'recover',
      answer,
      format,
      join: (before) => new ResumedInterpreter(interrupt(before)!, resume, start),
    },
  }
}

function announce({ run, attempt, error }: Failed, wait: number, paths: (string | number)[][]): void {
  const waiting = wait > 0 && { wait }
  run.log.event({ type: 'recover', attempt: attempt.number + 1, reason: error.message, paths, ...waiting })
  run.wake()
}

/** The document was closed before the connection was lost: nothing is missing, so the schema has the last word. */
async function judge(failed: Failed, at: { model: number; wait: number }): Promise<Step | Healed | undefined> {
  const verdict = await validate(failed.attempt.answer, failed.compiled)
  if (verdict.ok) return { kind: 'healed', value: verdict.value }
  return failed.settings.onInvalid === 'patch' ? patch({ ...failed, error: verdict.error }, at) : undefined
}

/** What is missing, from the inside out; null when the schema does not say what belongs there. */
function stepsFor(
  { record, candidate }: Interruption,
  parts: SchemaParts,
): { steps: ResumeStep[]; asked: Asked[] } | null {
  const { levels, leaf } = record
  const steps: ResumeStep[] = []
  const asked: Asked[] = []
  const names = new Set<string>()
  const known = levels.length - candidate.cursor.passedOver
  const path: (string | number)[] = []
  const schemas: (JsonSchema | null)[] = [parts.root]
  for (const [depth, { container, key }] of levels.entries()) {
    const next = Array.isArray(container) ? container.length : key
    const schema = schemas[depth] ?? null
    if (schema === null && depth < known) return null
    schemas.push(schema === null || next === null ? null : parts.child(schema, container, next))
    if (next !== null) path.push(next)
  }

  // The array's next index belongs to the path only while something is open there.
  const innermost = levels.at(-1)
  const isInArray = Array.isArray(innermost?.container)
  const here = isInArray && leaf === null ? path.slice(0, -1) : path
  const isPassed = known < levels.length || (leaf !== null && candidate.cursor.openLeaf === null)
  if (leaf?.kind === 'string') {
    const prefix = leaf.text
    if (isPassed) steps.push({ kind: 'end-text', prefix })
    else {
      const name = nameOf(['rest', ...here.slice(-1)], null, names)
      steps.push({ kind: 'text', name, path: here, prefix })
      const behind = JSON.stringify(prefix.slice(-REMINDER))
      asked.push({
        name,
        schema: { type: 'string' },
        words: `The rest of the text at ${placeName(here)}, which goes on right behind ${behind}.`,
      })
    }
  } else if (levels.length === 0 || (innermost?.key ?? null) !== null) {
    const schema = schemas.at(-1) ?? null
    if (schema === null && !isPassed) return null
    const name = nameOf(here.slice(-1), null, names)
    steps.push({ kind: 'value', name, path: here })
    asked.push({ name, schema: schema ?? {}, words: `The value at ${placeName(here)}.` })
  }
  for (let depth = levels.length - 1; depth >= 0; depth--) {
    const { container, key } = levels[depth]!
    const at: Path = pathOf(levels, depth)
    const schema = schemas[depth] ?? null
    const isArray = Array.isArray(container)
    // An element that is open comes before the rest.
    const from = isArray ? container.length + (depth < levels.length - 1 || leaf !== null ? 1 : 0) : 0
    const rest =
      depth >= known || schema === null
        ? null
        : isArray
          ? parts.restOfArray(schema, container, from)
          : parts.restOfObject(schema, container, key)
    if (rest === null) {
      steps.push({ kind: 'close', isArray })
      continue
    }
    const name = nameOf(['more', ...at.slice(-1)], null, names)
    if (isArray) steps.push({ kind: 'elements', name, path: at, from })
    else steps.push({ kind: 'members', name, path: at })
    const words = isArray
      ? `The elements of the list at ${placeName(at)} from index ${from} on.`
      : `The keys that the object at ${placeName(at)} does not have yet.`
    asked.push({ name, schema: rest, words })
  }
  return { steps, asked }
}

function pathOf(levels: OpenDocument['levels'], depth: number): (string | number)[] {
  return levels.slice(0, depth).map(({ container, key }) => (Array.isArray(container) ? container.length : key!))
}

function words(asked: readonly Asked[]): string {
  const lines = asked.map(({ name, words: what }) => `- "${name}": ${what}`)
  return `Your answer was cut off. What is above is kept; give only what is missing, as one JSON object with these keys:\n${lines.join('\n')}\nRepeat nothing that is there already.`
}

function goOn(said: string): ReturnType<typeof reply> {
  return reply(said, 'Your answer was cut off. Go on exactly where it stopped, without repeating anything.')
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
