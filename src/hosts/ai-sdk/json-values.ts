/**
 * Whether JSON can say `next`. Parts that it shares with `previous`, for which that was so, aren't looked at again:
 * following a growing value costs what is new in it.
 */
export function isJsonValue(next: unknown, previous: unknown, above: readonly unknown[] = []): boolean {
  if (next === previous) return true
  if (!isContainer(next)) return isJsonLeaf(next)
  if (above.includes(next)) return false
  const path = [...above, next]
  if (Array.isArray(next)) {
    const before: readonly unknown[] = Array.isArray(previous) ? previous : []
    // Without a call for each element: a list has grown at its end.
    return next.every((element, index) => element === before[index] || isJsonValue(element, before[index], path))
  }
  const before: Record<string, unknown> = isContainer(previous) ? previous : {}
  return Object.keys(next).every((key) =>
    isJsonValue(next[key], Object.hasOwn(before, key) ? before[key] : undefined, path),
  )
}

/**
 * Returns a copy of what JSON can say of a value: objects without the keys that it can't, lists up to the first such
 * element. `undefined` if nothing is left.
 */
export function jsonPartOf(value: unknown, above: readonly unknown[] = []): unknown {
  if (!isContainer(value)) return isJsonLeaf(value) ? value : undefined
  if (above.includes(value)) return undefined
  const path = [...above, value]
  if (Array.isArray(value)) {
    const parts = value.map((element) => jsonPartOf(element, path))
    const end = parts.indexOf(undefined)
    return end < 0 ? parts : parts.slice(0, end)
  }
  const entries = Object.entries(value).map(([key, item]) => [key, jsonPartOf(item, path)] as const)
  return Object.fromEntries(entries.filter(([, item]) => item !== undefined))
}

/** Plain objects and arrays: what a snapshot is made of. A transform may make anything. */
function isContainer(value: unknown): value is Record<string, unknown> {
  if (typeof value !== 'object' || value === null || 'toJSON' in value) return false
  if (Array.isArray(value)) return true
  const prototype: unknown = Object.getPrototypeOf(value)
  return prototype === Object.prototype || prototype === null
}

function isJsonLeaf(value: unknown): boolean {
  if (value === null || (typeof value !== 'object' && typeof value !== 'bigint')) return true
  try {
    JSON.stringify(value)
    return true
  } catch {
    return false
  }
}
