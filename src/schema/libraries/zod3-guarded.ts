import { partsOf, type Zod3Def, type Zod3Schema } from './zod3-view.ts'

/** A copy of a schema for one validation, in which the user's code never throws. */
export interface Guarded {
  readonly schema: Zod3Schema
  /**
   * Throws what the user's code threw first, if it threw. Nothing of the user's code has run after that, and what the
   * copy made of the value doesn't count.
   */
  rethrow(): void
}

/**
 * Copies a schema for one asynchronous validation. Zod 3 validates the keys of an object side by side and awaits them
 * one after the other: of two promises that reject, one rejects unhandled, which ends a Node process.
 */
export function guarded(schema: Zod3Schema): Guarded {
  const failures: { cause: unknown }[] = []
  const copies = new Map<Zod3Schema, Zod3Schema>()

  const note = (cause: unknown): void => {
    failures.push({ cause })
  }
  const guard =
    (code: (...given: unknown[]) => unknown) =>
    (...given: unknown[]): unknown => {
      if (failures.length > 0) return undefined
      try {
        const result = code(...given)
        return isThenable(result) ? Promise.resolve(result).catch(note) : result
      } catch (cause) {
        note(cause)
        return undefined
      }
    }
  const copyOf = (original: Zod3Schema): Zod3Schema => {
    let copy = copies.get(original)
    if (copy === undefined) copies.set(original, (copy = copied(original, copyOf, guard)))
    return copy
  }

  return {
    schema: copyOf(schema),
    rethrow() {
      if (failures.length > 0) throw failures[0]!.cause
    },
  }
}

type Guard = (code: (...given: unknown[]) => unknown) => (...given: unknown[]) => unknown

/** A schema that holds neither schemas nor code of the user's is its own copy. */
function copied(schema: Zod3Schema, copyOf: (schema: Zod3Schema) => Zod3Schema, guard: Guard): Zod3Schema {
  const def = schema._def
  const parts = partsOf(def, copyOf)
  const { effect, catchValue, defaultValue, optionsMap } = def
  if (typeof effect === 'object') parts['effect'] = guardedEffect(effect, guard)
  if (typeof catchValue === 'function') parts['catchValue'] = guard(catchValue as () => unknown)
  if (typeof defaultValue === 'function') parts['defaultValue'] = guard(defaultValue as () => unknown)
  if (optionsMap instanceof Map)
    parts['optionsMap'] = new Map([...(optionsMap as Map<unknown, Zod3Schema>)].map(([tag, one]) => [tag, copyOf(one)]))
  if (Object.keys(parts).length === 0) return schema
  const { constructor } = schema as unknown as { constructor: new (def: Zod3Def) => Zod3Schema }
  return new constructor({ ...def, ...parts })
}

function guardedEffect(effect: NonNullable<Zod3Def['effect']>, guard: Guard): object {
  const guarded: Record<string, unknown> = { ...effect }
  for (const name of ['refinement', 'transform'])
    if (typeof guarded[name] === 'function') guarded[name] = guard(guarded[name] as () => unknown)
  return guarded
}

function isThenable(value: unknown): value is PromiseLike<unknown> {
  return typeof value === 'object' && value !== null && typeof (value as { then?: unknown }).then === 'function'
}
