import { isDeepStrictEqual } from 'node:util'
import type { $ZodType, $ZodTypes } from 'zod/v4/core'
import { safeParse } from 'zod/v4/core'
import { hasZod4 } from '../support/zod-version.ts'

/* What the laws say, in the slowest and plainest words: nothing here is shared with the code under test. */

/** No value yet. */
const ABSENT = undefined

/** `a` ⊑ `b`: what `a` shows, `b` shows too (law 1). */
export function isBelow(a: unknown, b: unknown): boolean {
  if (a === ABSENT) return true
  if (typeof a === 'string' && typeof b === 'string') return b.startsWith(a)
  if (Array.isArray(a) && Array.isArray(b))
    return a.length <= b.length && a.every((element, index) => isBelow(element, b[index]))
  if (isPlain(a) && isPlain(b)) return Object.keys(a).every((key) => Object.hasOwn(b, key) && isBelow(a[key], b[key]))
  return isDeepStrictEqual(a, b)
}

function isPlain(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype
}

/** Whether `part` is `whole` with items left out. */
export function isSubsequence(part: readonly unknown[], whole: readonly unknown[]): boolean {
  let at = 0
  return part.every((item) => {
    while (at < whole.length && !isDeepStrictEqual(whole[at], item)) at++
    return at < whole.length
  })
}

/**
 * Whether the schema at `path` makes `value` of what is there in `raw` (law 5). Where a union stands on the way
 * any option may say so, and of an intersection any side that knows the place. `inMade`: what to say of places inside
 * what user code has made, or a default has filled in.
 */
export function makesOf(
  schema: $ZodType,
  raw: unknown,
  path: readonly (string | number)[],
  value: unknown,
  inMade = false,
): boolean {
  if (path.length === 0) {
    const result = verdictOf(schema, raw)
    if (!result.success) return result.isThrown // Zod has no verdict
    return isDeepStrictEqual(result.data, value)
  }
  const { def } = (schema as $ZodTypes)._zod
  const [key, ...rest] = path as [string | number, ...(string | number)[]]
  if (raw === undefined || raw === null) return inMade
  const inside = (inner: $ZodType) =>
    makesOf(inner, (raw as Record<string | number, unknown>)[key], rest, value, inMade)
  switch (def.type) {
    case 'optional':
    case 'nullable':
    case 'default':
    case 'prefault':
    case 'nonoptional':
    case 'readonly':
    case 'catch':
      return makesOf(def.innerType, raw, path, value, inMade)
    case 'lazy':
      return makesOf(def.getter(), raw, path, value, inMade)
    case 'object': {
      const property = Object.hasOwn(def.shape, key) ? def.shape[key] : def.catchall
      return property !== undefined && inside(property)
    }
    case 'array':
      return inside(def.element)
    case 'tuple': {
      const slot = typeof key === 'number' ? (def.items[key] ?? def.rest) : null
      return slot !== null && inside(slot)
    }
    case 'record':
      return inside(def.valueType)
    case 'union':
      return def.options.some((option) => makesOf(option, raw, path, value, inMade))
    case 'intersection':
      return (
        makesOf(def.left, raw, path, value, inMade) ||
        makesOf(def.right, raw, path, value, inMade) ||
        isMergedThere(def.left, def.right, raw, path, value)
      )
    case 'any':
    case 'unknown':
      return isDeepStrictEqual(valueAt(raw, path), value)
    default:
      return inMade
  }
}

/** Both sides know the place and each sees a part of the value. */
function isMergedThere(
  left: $ZodType,
  right: $ZodType,
  raw: unknown,
  path: readonly (string | number)[],
  value: unknown,
): boolean {
  const [a, b] = [verdictOf(left, raw), verdictOf(right, raw)]
  // A side that fails as a whole, for another place or for a key that the other side makes good, leaves no verdict.
  if (!a.success || !b.success) return true
  const [fromLeft, fromRight] = [valueAt(a.data, path), valueAt(b.data, path)]
  if (!isPlain(fromLeft) || !isPlain(fromRight)) return false
  return isDeepStrictEqual(merged(fromLeft, fromRight), value)
}

/** Objects key by key at every level, as an intersection joins them; what else both have is the right one's. */
function merged(left: unknown, right: unknown): unknown {
  if (!isPlain(left) || !isPlain(right)) return right
  const joined = Object.entries(right).map(([key, child]) => [
    key,
    Object.hasOwn(left, key) ? merged(left[key], child) : child,
  ])
  return { ...left, ...Object.fromEntries(joined) }
}

/** The value with its containers made anew; what else it holds (a date, a constructor) is taken over. */
export function copied(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(copied)
  if (!isPlain(value)) return value
  return Object.fromEntries(Object.entries(value).map(([key, child]) => [key, copied(child)]))
}

export function valueAt(value: unknown, path: readonly (string | number)[]): unknown {
  return path.reduce<unknown>((here, key) => (here as Record<string | number, unknown> | undefined)?.[key], value)
}

export interface Place {
  path: readonly (string | number)[]
  object: object
}

/** Every place of a value that holds an object, with what is there. */
export function* placesOf(value: unknown, path: readonly (string | number)[] = []): Generator<Place> {
  if (typeof value !== 'object' || value === null) return
  yield { path, object: value }
  if (!Array.isArray(value) && !isPlain(value)) return
  for (const [key, child] of Object.entries(value))
    yield* placesOf(child, [...path, Array.isArray(value) ? Number(key) : key])
}

/** Every place of a value, with what is there. */
export function* everyPlace(
  value: unknown,
  path: readonly (string | number)[] = [],
): Generator<[path: readonly (string | number)[], value: unknown]> {
  if (value === ABSENT) return
  yield [path, value]
  if (!Array.isArray(value) && !isPlain(value)) return
  for (const [key, child] of Object.entries(value))
    yield* everyPlace(child, [...path, Array.isArray(value) ? Number(key) : key])
}

/** Zod's verdict, unless it throws instead of giving one. */
export type Verdict = { success: true; data: unknown } | { success: false; reason: string; isThrown: boolean }

export function verdictOf(schema: $ZodType, raw: unknown): Verdict {
  try {
    const result = safeParse(schema, raw)
    return result.success ? result : { success: false, reason: result.error.message, isThrown: false }
  } catch (error) {
    // Before 4.4, Zod's own code stumbles over a key `constructor` or `__proto__`, too.
    if (error instanceof Error && (error.message.startsWith('Unmergable intersection') || !hasZod4(4)))
      return { success: false, reason: error.message, isThrown: true }
    throw error
  }
}
