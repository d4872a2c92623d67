import type { Issue } from '../../types.ts'

/** From this minor version of Zod 4 on, a key `__proto__` that no one declares is dropped. */
const DROPPED_FROM = 4

/**
 * Issues for what is made of `raw` by a Zod that takes an undeclared key `__proto__` for its object's prototype, so that the
 * answer would say what a value inherits.
 */
export function prototypeIssues({ minor }: { readonly minor: number }, raw: unknown, made: unknown): Issue[] {
  return minor >= DROPPED_FROM ? [] : issuesAt(raw, made, [])
}

function issuesAt(raw: unknown, made: unknown, path: (string | number)[]): Issue[] {
  if (!isObject(raw) || !isObject(made)) return []
  if (Object.hasOwn(raw, '__proto__') && !Object.hasOwn(made, '__proto__') && !hasBuiltInPrototype(made))
    return [{ path, code: 'invalid_key', message: MESSAGE, received: '__proto__' }]
  return Object.keys(raw).flatMap((key) =>
    Object.hasOwn(made, key) ? issuesAt(raw[key], made[key], [...path, Array.isArray(raw) ? Number(key) : key]) : [],
  )
}

/** The prototypes of the language, and those of classes, have a constructor, which JSON can't hold. */
function hasBuiltInPrototype(value: object): boolean {
  const prototype = Object.getPrototypeOf(value) as object | null
  return prototype === null || typeof Object.getOwnPropertyDescriptor(prototype, 'constructor')?.value === 'function'
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null
}

const MESSAGE =
  'Invalid key: this version of Zod makes "__proto__" the prototype of its object. Zod 4.4 and later drop it.'
