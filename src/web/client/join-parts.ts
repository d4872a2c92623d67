import { isRepairable, type Interpreter, type Repairable } from '../../partial/interpreter.ts'
import { valueAt } from '../../path.ts'
import { nodeAt } from '../../partial/patch/node-at.ts'
import { interrupt } from '../../partial/resume/interruption.ts'
import { toJsonSchema } from '../../schema/libraries/to-json-schema.ts'
import { locate, Subschemas } from '../../schema/json-schema/subschemas.ts'
import type { Join, PartKey } from '../../stream/answer.ts'
import { patchJoin, resumeJoin } from '../../stream/driver/heal/splice.ts'
import { missingIn } from '../../stream/driver/heal/missing-parts.ts'
import { requestFor, type RequestedPart } from '../../stream/driver/heal/parts-request.ts'
import type { WireEvent } from '../protocol.ts'

type Start = Extract<WireEvent, { type: 'attempt-start' }>

/**
 * How parts of an answer are joined into it, found out as the server has: from the answer so far, the schema, and the
 * keys that were given.
 *
 * @param at where they begin in the answer's text
 * @returns undefined when this end does not get the same: another schema, or another version of this library
 */
export async function joinParts(
  base: Interpreter,
  { kind, parts: told, dialect = 'json-schema', mode = 'prompt' }: Start,
  schema: unknown,
  at: number,
): Promise<Join | undefined> {
  if (told === undefined || !isRepairable(base)) return undefined
  try {
    const parts = new Subschemas((await toJsonSchema(schema)).schema)
    const decodingFor = async (asked: readonly RequestedPart[]) =>
      (await requestFor(asked, parts, { dialect, mode, name: 'parts' })).decoding
    if (kind === 'patch') {
      const raw = base.raw()
      const places = told.keys.map((key) => placeOf(key, raw, parts, base))
      return patchJoin(raw, { dropped: told.dropped, places }, await decodingFor(places), at)
    }
    const interruption = interrupt(base)
    const missing = interruption === null ? null : missingIn(interruption, parts)
    if (missing === null) return undefined
    const join = resumeJoin(missing.steps, await decodingFor(missing.asked), at)
    return JSON.stringify(join.told) === JSON.stringify(told) ? join : undefined
  } catch {
    return undefined
  }
}

/** A place that was asked for again, with what the schema says of it. */
function placeOf({ name, path, from }: PartKey, raw: unknown, parts: Subschemas, { node: root }: Repairable) {
  const { schema, isOptional, path: known } = locate(parts, raw, path)
  if (known.length === 0 || known.length !== path.length) throw new RangeError('There is no such place.')
  const place = { name, path, words: '', node: nodeAt(root, raw, path, from ?? null) }
  if (from === undefined) return { ...place, from: null, schema, isOptional }
  const rest = parts.restOfArray(schema, valueAt(raw, path) as unknown[], from)
  return { ...place, from, schema: rest ?? {}, isOptional: false }
}
