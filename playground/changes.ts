import type { Path } from '../src/path.ts'

/** One difference between two values: a place that is set, a text that has grown, or a place that is gone. */
export type Change = { path: Path; value: unknown } | { path: Path; append: string } | { path: Path; remove: true }

type Container = Record<string | number, unknown>

/**
 * Returns what makes `after` of `before`. What is the same object isn't looked into, so the cost is that of what has
 * changed and of the containers around it.
 */
export function changesBetween(before: unknown, after: unknown): Change[] {
  const changes: Change[] = []
  compare(before, after, [], changes)
  return changes
}

function compare(before: unknown, after: unknown, path: Path, changes: Change[]): void {
  if (Object.is(before, after)) return
  if (typeof before === 'string' && typeof after === 'string' && before !== '' && after.startsWith(before)) {
    changes.push({ path, append: after.slice(before.length) })
    return
  }
  if (!isContainer(before) || !isContainer(after) || Array.isArray(before) !== Array.isArray(after)) {
    changes.push({ path, value: after })
    return
  }
  const keys = keysOf(after)
  const kept = keysOf(before).filter((key) => Object.hasOwn(after, key))
  if (kept.some((key, index) => key !== keys[index])) {
    changes.push({ path, value: after })
    return
  }
  // From the end, so that the indexes before stay what they are.
  for (const key of keysOf(before).toReversed()) {
    if (!Object.hasOwn(after, key)) changes.push({ path: [...path, key], remove: true })
  }
  for (const key of keys) {
    if (Object.hasOwn(before, key)) compare(before[key], after[key], [...path, key], changes)
    else changes.push({ path: [...path, key], value: after[key] })
  }
}

/** Returns `value` with the changes made in copies; what they don't touch is shared. */
export function withChanges(value: unknown, changes: readonly Change[]): unknown {
  return changes.reduce((now, change) => changed(now, change, 0), value)
}

function changed(value: unknown, change: Change, depth: number): unknown {
  const key = change.path[depth]
  if (key === undefined) {
    if ('append' in change) return String(value) + change.append
    return 'value' in change ? change.value : undefined
  }
  const copy = (Array.isArray(value) ? [...(value as unknown[])] : { ...(value as Container) }) as Container
  const isLast = depth === change.path.length - 1
  if (!isLast || !('remove' in change)) {
    // Also for a key such as `__proto__`, an own property.
    const next = changed(copy[key], change, depth + 1)
    Object.defineProperty(copy, key, { value: next, enumerable: true, configurable: true, writable: true })
  } else if (Array.isArray(copy)) copy.splice(Number(key), 1)
  else delete copy[key]
  return copy
}

function keysOf(container: Container): (string | number)[] {
  return Array.isArray(container) ? [...container.keys()] : Object.keys(container)
}

/** Lists and plain objects; dates, maps and the like are values. */
function isContainer(value: unknown): value is Container {
  if (Array.isArray(value)) return true
  if (typeof value !== 'object' || value === null) return false
  const prototype: unknown = Object.getPrototypeOf(value)
  return prototype === Object.prototype || prototype === null
}
