import type { $ZodType } from 'zod/v4/core'

import { CheckFailure } from '../node.ts'
import { runSchema } from './checks.ts'
import { failing, passing, variant } from './probe.ts'

import { isFormat } from './strings.ts'

/** A `lazy` may make another schema each time. */
const MAX_SEEN = 1000

/**
 * Whether this Zod judges keys that only one side of an intersection refuses in a way that the cursor doesn't follow,
 * and a side may refuse a key. Before 4.3 one refusal was enough. In 4.3 and 4.4 the other side could make good a key of
 * an object, even one further inside, but not the key of a record. Since 4.5 it makes good both, at the same place only:
 * the rule that the cursor knows.
 */
export function refusesKeysUnevenly(intersection: $ZodType, left: $ZodType, right: $ZodType): boolean {
  return !knowsTheRule(intersection) && (mayRefuseKey(left) || mayRefuseKey(right))
}

/** By constructor: two copies of Zod may be loaded. */
const known = new WeakMap<object, boolean>()

function knowsTheRule(intersection: $ZodType): boolean {
  const { constr } = intersection._zod as unknown as { constr: object }
  let knows = known.get(constr)
  if (knows === undefined) {
    const isMadeGood = (issue: object): boolean => {
      const probe = variant(intersection, { left: failing(issue), right: passing() })
      return !(runSchema(probe)({ a: 1 }) instanceof CheckFailure)
    }
    knows =
      isMadeGood({ code: 'unrecognized_keys', keys: ['a'] }) &&
      isMadeGood({ code: 'invalid_key', origin: 'record', issues: [], path: ['a'] }) &&
      !isMadeGood({ code: 'unrecognized_keys', keys: ['a'], path: ['inside'] })
    known.set(constr, knows)
  }
  return knows
}

function mayRefuseKey(schema: $ZodType, seen: Set<$ZodType> = new Set()): boolean {
  if (seen.has(schema)) return false
  if (seen.size > MAX_SEEN) return true
  seen.add(schema)
  const def = schema._zod.def as Parts
  if (def.type === 'object' && def.catchall?._zod.def.type === 'never') return true
  if (def.type === 'record' && !takesEveryKey(def.keyType as $ZodType)) return true
  return inside(def).some((inner) => mayRefuseKey(inner, seen))
}

function takesEveryKey(keyType: $ZodType): boolean {
  return keyType._zod.def.type === 'string' && (keyType._zod.def.checks ?? []).length === 0 && !isFormat(keyType)
}

/** What a schema is made of, as far as this Zod names it. */
interface Parts {
  type: string
  shape?: Record<string, $ZodType>
  catchall?: $ZodType
  options?: readonly $ZodType[]
  items?: readonly $ZodType[]
  getter?: () => $ZodType
  [part: string]: unknown
}

/** Schemas that a schema is made of. */
export function inside(definition: object): $ZodType[] {
  const def = definition as Parts
  const single = ['catchall', 'element', 'rest', 'left', 'right', 'innerType', 'in', 'out', 'valueType']
  return [
    ...Object.values(def.shape ?? {}),
    ...(def.options ?? []),
    ...(def.items ?? []),
    ...single.flatMap((part) => (def[part] as $ZodType | null | undefined) ?? []),
    ...(def.type === 'lazy' && def.getter !== undefined ? [def.getter()] : []),
  ]
}
