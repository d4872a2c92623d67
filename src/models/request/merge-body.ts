import type { WireObject } from '../events/wire-value.ts'

/** Without the keys whose value is `undefined`: a provider is never sent a setting that was not given. */
export function compact(body: { [key: string]: unknown }): { [key: string]: unknown } {
  return Object.fromEntries(Object.entries(body).filter(([, value]) => value !== undefined))
}

/**
 * The body with the user's own fields (`providerOptions[provider]`) put over it: objects are joined key by key, so that
 * `{ text: { verbosity: 'low' } }` keeps the format next to it, `tools` are added to ours, anything else replaces ours,
 * and `undefined` takes a field away.
 */
export function mergeBody(body: { [key: string]: unknown }, options: unknown): { [key: string]: unknown } {
  if (!isPlainObject(options)) return body
  const merged = new Map(Object.entries(body))
  for (const [key, value] of Object.entries(options)) {
    const own = merged.get(key)
    if (value === undefined) merged.delete(key)
    else if (isPlainObject(own) && isPlainObject(value)) merged.set(key, mergeBody({ ...own }, value))
    else if (key === 'tools' && Array.isArray(own) && Array.isArray(value)) merged.set(key, [...own, ...value])
    else merged.set(key, value)
  }
  return Object.fromEntries(merged)
}

function isPlainObject(value: unknown): value is WireObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
