/** Deeper values are compared by identity only: documents are at most `maxDepth` deep, but transforms may build anything. */
const DEEPEST = 512

/**
 * `next` with every part that deep-equals its counterpart in `previous` replaced by that counterpart, so that what
 * did not change stays `===`. Linear; only plain objects and arrays are looked into, and neither value is changed.
 */
export function shareStructure(previous: unknown, next: unknown, depth = 0): unknown {
  if (Object.is(previous, next) || depth > DEEPEST) return next
  if (Array.isArray(previous) && Array.isArray(next)) {
    let shared = next
    let isEqual = previous.length === next.length
    for (let i = 0; i < next.length; i++) {
      const item = i < previous.length ? shareStructure(previous[i], next[i], depth + 1) : next[i]
      if (!Object.is(item, previous[i])) isEqual = false
      if (Object.is(item, next[i])) continue
      if (shared === next) shared = next.slice()
      shared[i] = item
    }
    if (isEqual) return previous
    return shared !== next && Object.isFrozen(next) ? Object.freeze(shared) : shared
  }
  if (!isPlain(previous) || !isPlain(next)) return next
  const keys = Object.keys(next)
  let shared = next
  let isEqual = keys.length === Object.keys(previous).length
  for (const key of keys) {
    const isShared = Object.hasOwn(previous, key)
    const item = isShared ? shareStructure(previous[key], next[key], depth + 1) : next[key]
    if (!isShared || !Object.is(item, previous[key])) isEqual = false
    if (Object.is(item, next[key])) continue
    if (shared === next) shared = copy(next)
    put(shared, key, item)
  }
  if (isEqual) return previous
  return shared !== next && Object.isFrozen(next) ? Object.freeze(shared) : shared
}

type Plain = Record<string, unknown>

function isPlain(value: unknown): value is Plain {
  if (typeof value !== 'object' || value === null) return false
  const prototype: unknown = Object.getPrototypeOf(value)
  return (prototype === Object.prototype || prototype === null) && Object.getOwnPropertySymbols(value).length === 0
}

/** A key may be `__proto__`, which assignment would not make an own property. */
function put(target: Plain, key: string, value: unknown): void {
  Object.defineProperty(target, key, { value, writable: true, enumerable: true, configurable: true })
}

/** Not frozen, even if `value` is. */
function copy(value: Plain): Plain {
  const properties = Object.getOwnPropertyDescriptors(value)
  for (const property of Object.values(properties)) {
    property.configurable = true
    if ('value' in property) property.writable = true
  }
  return Object.create(Object.getPrototypeOf(value) as object | null, properties) as Plain
}
