import { setOwn } from '../../json/growing-container.ts'
import { ABSENT } from '../../schema/node.ts'
import { isUserMade, markUserMade } from './opaque-values.ts'

/** Results by first operand, for the second operand they were made with: so unchanged subtrees are not joined again. */
export type PairCache = WeakMap<object, { other: unknown; result: unknown }>

/** What was made at the same place before, if anything: it is given again where nothing has changed, so it keeps its identity. */
type Former = unknown

/**
 * The greatest value that is ⊑ both: strings by prefix, arrays and objects element by element, everything
 * otherwise only when equal; `ABSENT` when there is none. Gives `a` itself where nothing is lost.
 */
export function commonValue(a: unknown, b: unknown, cache: PairCache, former?: Former): unknown {
  if (Object.is(a, b)) return a
  if (typeof a === 'string' && typeof b === 'string') return commonPrefix(a, b)
  if (Array.isArray(a) && Array.isArray(b)) return cached(a, b, cache, former, meetArrays)
  if (isPlainObject(a) && isPlainObject(b)) return cached(a, b, cache, former, meetObjects)
  return ABSENT
}

function meetArrays(a: readonly unknown[], b: readonly unknown[], cache: PairCache, former: Former): unknown {
  const result: unknown[] = []
  let isSame = true
  for (let index = 0; index < a.length && index < b.length; index++) {
    const element = commonValue(a[index], b[index], cache, childOf(former, index))
    if (element === ABSENT) break
    if (element !== a[index]) isSame = false
    result.push(element)
  }
  return isSame && result.length === a.length ? a : result
}

function meetObjects(
  a: Record<string, unknown>,
  b: Record<string, unknown>,
  cache: PairCache,
  former: Former,
): unknown {
  const result = {}
  let isSame = true
  for (const key of Object.keys(a)) {
    const value = Object.hasOwn(b, key) ? commonValue(a[key], b[key], cache, childOf(former, key)) : ABSENT
    if (value !== a[key]) isSame = false
    if (value !== ABSENT) setOwn(result, key, value)
  }
  return isSame ? a : result
}

/**
 * What both sides of an intersection say of one value: objects joined key by key, arrays as far as both go, everything
 * others must be equal. What they differ in is left out; `ABSENT` where that is all.
 */
export function merge(a: unknown, b: unknown, cache: PairCache, former?: Former): unknown {
  if (isEqualLeaf(a, b)) return a
  if (Array.isArray(a) && Array.isArray(b)) return cached(a, b, cache, former, mergeArrays)
  if (isPlainObject(a) && isPlainObject(b)) return cached(a, b, cache, former, mergeObjects)
  return ABSENT
}

function mergeArrays(a: readonly unknown[], b: readonly unknown[], cache: PairCache, former: Former): unknown {
  const result: unknown[] = []
  for (let index = 0; index < a.length && index < b.length; index++) {
    const element = merge(a[index], b[index], cache, childOf(former, index))
    if (element === ABSENT) break
    result.push(element)
  }
  return isSame(result, a) ? a : result
}

function mergeObjects(
  a: Record<string, unknown>,
  b: Record<string, unknown>,
  cache: PairCache,
  former: Former,
): unknown {
  const result = {}
  for (const key of Object.keys(a)) {
    const isInBoth = Object.hasOwn(b, key)
    const value = isInBoth ? merge(a[key], b[key], cache, childOf(former, key)) : a[key]
    if (value !== ABSENT && (isInBoth || key !== '__proto__')) setOwn(result, key, value)
  }
  // Zod drops a `__proto__` key that it has to join.
  for (const key of Object.keys(b)) if (!Object.hasOwn(a, key) && key !== '__proto__') setOwn(result, key, b[key])
  return isSame(result, a) ? a : result
}

/** Where two complete values cannot be joined; null where they can. Follows Zod's `mergeValues`. */
export function conflictOf(a: unknown, b: unknown): (string | number)[] | null {
  if (isEqualLeaf(a, b)) return null
  const isArrays = Array.isArray(a) && Array.isArray(b) && a.length === b.length
  if (!isArrays && !(isPlainObject(a) && isPlainObject(b))) return []
  for (const [key, child] of Object.entries(a)) {
    const conflict = Object.hasOwn(b, key) ? conflictOf(child, (b as Record<string, unknown>)[key]) : null
    if (conflict !== null) return [isArrays ? Number(key) : key, ...conflict]
  }
  return null
}

function isEqualLeaf(a: unknown, b: unknown): boolean {
  return Object.is(a, b) || (a instanceof Date && b instanceof Date && a.getTime() === b.getTime())
}

function cached<T extends object>(
  a: T,
  b: T,
  cache: PairCache,
  former: Former,
  make: (a: T, b: T, cache: PairCache, former: Former) => unknown,
): unknown {
  const known = cache.get(a)
  if (known?.other === b) return known.result
  const made = make(a, b, cache, former)
  const result = isSame(made, former) ? former : made
  if (isUserMade(a) || isUserMade(b)) markUserMade(result)
  cache.set(a, { other: b, result })
  return result
}

function childOf(former: Former, key: string | number): Former {
  return typeof former === 'object' && former !== null && Object.hasOwn(former, key)
    ? (former as Record<string | number, unknown>)[key]
    : undefined
}

/** Whether two containers hold the same children. */
function isSame(a: unknown, b: unknown): boolean {
  if (Array.isArray(a))
    return Array.isArray(b) && a.length === b.length && a.every((element, index) => Object.is(element, b[index]))
  if (!isPlainObject(a) || !isPlainObject(b)) return false
  const keys = Object.keys(a)
  return (
    keys.length === Object.keys(b).length && keys.every((key) => Object.hasOwn(b, key) && Object.is(a[key], b[key]))
  )
}

function commonPrefix(a: string, b: string): string {
  if (a.startsWith(b)) return b
  if (b.startsWith(a)) return a
  let end = 0
  while (a.charCodeAt(end) === b.charCodeAt(end)) end++
  return a.slice(0, end)
}

export function isPlainObject(value: unknown): value is Record<string, unknown> {
  if (typeof value !== 'object' || value === null) return false
  const prototype: unknown = Object.getPrototypeOf(value)
  return prototype === Object.prototype || prototype === null
}
