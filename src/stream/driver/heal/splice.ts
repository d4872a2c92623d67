import { setOwn } from '../../../json/growing-container.ts'
import type { Decoding } from '../../../partial/document/candidate.ts'
import { isRepairable } from '../../../partial/interpreter.ts'
import { valueAt } from '../../../path.ts'
import { PatchedInterpreter } from '../../../partial/patch/patched.ts'
import type { PatchHole, PatchPlan } from '../../../partial/patch/plan.ts'
import { interrupt } from '../../../partial/resume/interruption.ts'
import type { ResumeStep } from '../../../partial/resume/plan.ts'
import { ResumedInterpreter } from '../../../partial/resume/resumed.ts'
import type { Path } from '../../../types.ts'
import type { Join, PartKey } from '../../answer.ts'

/**
 * Continues the answer with a document that has what is missing.
 *
 * @param start where the document begins in the answer's text
 */
export function resumeJoin(steps: readonly ResumeStep[], decoding: Decoding | null, start: number): Join {
  return {
    told: { keys: keysOf(steps), dropped: [] },
    decoding,
    apply(base) {
      const interruption = interrupt(base)
      if (interruption === null) throw new Error('The answer that continues is not open any more.')
      return new ResumedInterpreter(interruption, { steps, decoding }, start)
    },
  }
}

/** The keys of the document with which an answer continues. */
export function keysOf(steps: readonly ResumeStep[]): PartKey[] {
  return steps.flatMap((step) => {
    if (!('name' in step)) return []
    const { name, path } = step
    return [step.kind === 'elements' ? { name, path, from: step.from } : { name, path }]
  })
}

/**
 * A document with new values takes the places of what was wrong in the answer.
 *
 * @param raw the answer as plain data
 * @param start where the document begins in the answer's text
 */
export function patchJoin(
  raw: unknown,
  { dropped, places }: { dropped: readonly Path[]; places: readonly PatchHole[] },
  decoding: Decoding | null,
  start: number,
): Join {
  const plan: PatchPlan = {
    raw: dropped.reduce(removed, raw),
    dropped: dropped.map((path) => ({ path: [...path], before: JSON.stringify(valueAt(raw, path)) ?? '' })),
    places,
    decoding,
  }
  const keys = places.map(({ name, path, from }) => ({ name, path, ...(from !== null && { from }) }))
  return {
    told: { keys, dropped },
    decoding,
    apply(base) {
      if (!isRepairable(base)) throw new Error('The answer that is patched is not one that was read by a schema.')
      return new PatchedInterpreter(base, plan, start)
    },
  }
}

/** A copy without the key at `path`; what isn't on the path stays the same. */
function removed(value: unknown, path: Path): unknown {
  const [key, ...rest] = path
  if (typeof value !== 'object' || value === null || key === undefined || !Object.hasOwn(value, key)) return value
  const copy: object = Array.isArray(value) ? [...(value as unknown[])] : { ...value }
  if (rest.length === 0) Reflect.deleteProperty(copy, key)
  else setOwn(copy, String(key), removed(Reflect.get(value, key), rest))
  return copy
}
