import { setOwn } from '../../json/growing-container.ts'
import { isPlainObject } from './common-value.ts'

/** What became of values that were kept before, so that nothing is compared twice. */
export type KeptValues = WeakMap<object, unknown>

/**
 * `next` with every part that equals what was shown at its place replaced by that, so that what hasn't changed stays the
 * same object though another reading has made it. Neither value is changed.
 */
export function keepIdentity(shown: unknown, next: unknown, known: KeptValues): unknown {
  if (Object.is(shown, next) || typeof next !== 'object' || next === null) return next
  if (typeof shown !== 'object' || shown === null) return next
  const before = known.get(next)
  if (before !== undefined) return before
  let kept: unknown = next
  if (Array.isArray(next)) {
    if (Array.isArray(shown)) kept = keepArray(shown, next, known)
  } else if (isPlainObject(next) && isPlainObject(shown)) kept = keepObject(shown, next, known)
  known.set(next, kept)
  return kept
}

function keepArray(shown: readonly unknown[], next: readonly unknown[], known: KeptValues): readonly unknown[] {
  let isSame = shown.length === next.length
  let copy: unknown[] | null = null
  for (let index = 0; index < next.length; index++) {
    const element = index < shown.length ? keepIdentity(shown[index], next[index], known) : next[index]
    isSame &&= Object.is(element, shown[index])
    if (!Object.is(element, next[index])) (copy ??= next.slice())[index] = element
  }
  return result(shown, next, isSame, copy)
}

function keepObject(
  shown: Record<string, unknown>,
  next: Record<string, unknown>,
  known: KeptValues,
): Record<string, unknown> {
  const keys = Object.keys(next)
  let isSame = keys.length === Object.keys(shown).length
  let copy: Record<string, unknown> | null = null
  for (const key of keys) {
    const isShown = Object.hasOwn(shown, key)
    const child = isShown ? keepIdentity(shown[key], next[key], known) : next[key]
    isSame &&= isShown && Object.is(child, shown[key])
    if (!Object.is(child, next[key])) setOwn((copy ??= { ...next }), key, child)
  }
  return result(shown, next, isSame, copy)
}

/** What was shown stays even where the reading that is left has frozen its own; a copy is frozen as that is. */
function result<T extends object>(shown: T, next: T, isSame: boolean, copy: T | null): T {
  if (isSame) return shown
  if (copy === null) return next
  return Object.isFrozen(next) ? Object.freeze(copy) : copy
}
