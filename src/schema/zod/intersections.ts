import type { $ZodCheck, $ZodType, $ZodTypes } from 'zod/v4/core'

import { inside } from './uneven.ts'

/** A `lazy` may make another schema each time. */
const MAX_SEEN = 1000

/** A union that Zod decides by one key. */
export function isDiscriminated(schema: $ZodType): boolean {
  const { discriminator, unionFallback } = schema._zod.def as { discriminator?: string; unionFallback?: boolean }
  return discriminator !== undefined && unionFallback !== true
}

/** Schemas inside that see the same value. */
function sameValue(schema: $ZodType): readonly $ZodType[] {
  const { def } = (schema as $ZodTypes)._zod
  if (def.type === 'union') return def.options
  if (def.type === 'intersection') return [def.left, def.right]
  if (def.type === 'lazy') return [def.getter()]
  return 'innerType' in def ? [def.innerType] : []
}

/** May refuse a key that the other side of an intersection can make good: strict objects, records of certain keys. */
function refusesKeys(schema: $ZodType, seen: Set<$ZodType> = new Set()): boolean {
  if (seen.has(schema) || seen.size > MAX_SEEN) return false
  seen.add(schema)
  const { def } = (schema as $ZodTypes)._zod
  if (def.type === 'object') return def.catchall?._zod.def.type === 'never'
  if (def.type === 'record') return true
  return sameValue(schema).some((inner) => refusesKeys(inner, seen))
}

/** Kinds that keep a value unchanged, or refuse it. */
const PLAIN: ReadonlySet<string> = new Set(
  (
    'string number boolean null any unknown never enum literal template_literal array object tuple record union ' +
    'intersection optional nonoptional nullable readonly lazy'
  ).split(' '),
)

/** Whether what the schema makes of a value can always be merged with itself: nothing inside makes other values. */
export function mergesWithItself(schema: $ZodType, seen: Set<$ZodType> = new Set()): boolean {
  if (seen.has(schema)) return true
  if (seen.size > MAX_SEEN) return false
  seen.add(schema)
  const { def } = schema._zod
  const { coerce, checks = [] } = def as { coerce?: boolean; checks?: readonly $ZodCheck[] }
  if (!PLAIN.has(def.type) || coerce === true) return false
  if (checks.some((check) => check._zod.def.check === 'overwrite')) return false
  return inside(def).every((part) => mergesWithItself(part, seen))
}

/**
 * Holds a union, not discriminated, of which an option may refuse keys. Inside an intersection Zod takes such an
 * option if it is the only one with nothing worse against it, and the other side may make the keys good.
 */
export function hidesRefusal(schema: $ZodType, seen: Set<$ZodType> = new Set()): boolean {
  if (seen.has(schema) || seen.size > MAX_SEEN) return false
  seen.add(schema)
  const { def } = (schema as $ZodTypes)._zod
  const isPlainUnion = def.type === 'union' && !isDiscriminated(schema)
  if (isPlainUnion && refusesKeys(schema)) return true
  return sameValue(schema).some((inner) => hidesRefusal(inner, seen))
}
