import { NOTHING } from '../../json/growing-container.ts'
import type { ValueListeners } from '../listeners.ts'
import type { OpenContainer } from './open-container.ts'
import { isUserMade } from './opaque-values.ts'
import { isPlainObject } from './common-value.ts'

/* Observers get completed values one by one, unless their reading was not known while they came. Then: these. */

/** Everything inside `value`, children before parents, but not `value` itself. */
export function completeInside(observers: ValueListeners, path: (string | number)[], value: unknown): void {
  if (isUserMade(value)) return
  const isArray = Array.isArray(value)
  if (!isArray && !isPlainObject(value)) return
  for (const [key, child] of Object.entries(value))
    announceWhole(observers, [...path, isArray ? Number(key) : key], child)
}

function announceWhole(observers: ValueListeners, path: (string | number)[], value: unknown): void {
  completeInside(observers, path, value)
  completeText(observers, () => path, value)
  observers.completed(path, value)
}

/** A string whose growth was not reported. */
export function completeText(observers: ValueListeners, path: () => (string | number)[], value: unknown): void {
  if (typeof value === 'string') observers.fieldAt(path)?.(value, true)
}

/** What is complete in open containers that another cursor has filled. */
export function completeOpen(observers: ValueListeners, outermost: OpenContainer, innermost: OpenContainer): void {
  const frames: OpenContainer[] = []
  for (let frame = innermost; frame !== outermost; frame = frame.parent!) frames.push(frame)
  for (const frame of [...frames, outermost].reverse()) {
    if (frame.isUndetermined) continue
    const path = frame.path()
    for (const [key, child] of Object.entries(frame.container)) {
      const place = frame.isArray ? Number(key) : key
      const isOpen = frame.attached !== NOTHING && place === (frame.isArray ? frame.count : frame.key)
      if (!isOpen) announceWhole(observers, [...path, place], child)
    }
  }
}
