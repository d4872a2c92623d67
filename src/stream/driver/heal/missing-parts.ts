import type { OpenDocument } from '../../../json/sinks/open-document.ts'
import type { Interruption } from '../../../partial/resume/interruption.ts'
import { lastWords } from '../../../partial/resume/repeated-text.ts'
import type { ResumeStep } from '../../../partial/resume/plan.ts'
import type { JsonSchema } from '../../../schema/json-schema/keywords.ts'
import type { Subschemas } from '../../../schema/json-schema/subschemas.ts'
import type { Path } from '../../../types.ts'
import { nameOf } from './patch-targets.ts'
import type { RequestedPart } from './parts-request.ts'
import { pathName } from './prompts.ts'

/** What is missing, from the inside out; null when the schema does not say what belongs there. */
export function missingIn(
  { record, candidate }: Interruption,
  parts: Subschemas,
): { steps: ResumeStep[]; asked: RequestedPart[] } | null {
  const { levels, leaf } = record
  const steps: ResumeStep[] = []
  const asked: RequestedPart[] = []
  const names = new Set<string>()
  const known = levels.length - candidate.cursor.open.passedOver
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
  const isPassed = known < levels.length || (leaf !== null && candidate.cursor.open.leaf === null)
  if (leaf?.kind === 'string') {
    const prefix = leaf.text
    if (isPassed) steps.push({ kind: 'end-text', prefix })
    else {
      const name = nameOf(['rest', ...here.slice(-1)], null, names)
      steps.push({ kind: 'text', name, path: here, prefix })
      asked.push({
        name,
        schema: { type: 'string' },
        words: remainderOf(here, prefix),
      })
    }
  } else if (levels.length === 0 || (innermost?.key ?? null) !== null) {
    const schema = schemas.at(-1) ?? null
    if (schema === null && !isPassed) return null
    const name = nameOf(here.slice(-1), null, names)
    steps.push({ kind: 'value', name, path: here })
    asked.push({ name, schema: schema ?? {}, words: `The value at ${pathName(here)}.` })
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
      ? `The elements of the list at ${pathName(at)} from index ${from} on.`
      : `The keys that the object at ${pathName(at)} does not have yet.`
    asked.push({ name, schema: rest, words })
  }
  return { steps, asked }
}

/** A few repeated words show whether the model continues at the right place. */
function remainderOf(path: Path, prefix: string): string {
  const last = lastWords(prefix)
  const where = `The remainder of the string at ${pathName(path)}`
  return last === ''
    ? `${where}.`
    : `${where}. Start by repeating its last words, ${JSON.stringify(last)}, then continue.`
}

function pathOf(levels: OpenDocument['levels'], depth: number): (string | number)[] {
  return levels.slice(0, depth).map(({ container, key }) => (Array.isArray(container) ? container.length : key!))
}
