import type { $ZodType } from 'zod/v4/core'

/** Returns the same kind of schema with another definition and no checks, made by the constructor of the Zod copy that made it. */
export function variant(schema: $ZodType, changes: Record<string, unknown>): $ZodType {
  const { constr, def } = schema._zod as unknown as { constr: new (def: object) => $ZodType; def: object }
  return new constr({ ...def, checks: [], ...changes })
}

/**
 * Returns a stand-in for a schema that takes any value, and hands it on or replaces it by `as`. It may be absent where `like` may:
 * what is around it asks.
 */
export function passing(as?: unknown, like?: $ZodType): $ZodType {
  const run = (payload: { value: unknown }): unknown => {
    if (as !== undefined) payload.value = as
    return payload
  }
  const { optin, optout } = like?._zod ?? {}
  const traits = new Set(['$ZodType'])
  return { _zod: { def: { type: 'any' }, traits, run, parse: run, optin, optout } } as unknown as $ZodType
}

/** Returns a stand-in for a schema that reports `issue`. */
export function failing(issue: object): $ZodType {
  const run = (payload: { value: unknown; issues: unknown[] }): unknown => {
    payload.issues.push({ input: payload.value, ...issue })
    return payload
  }
  return { _zod: { def: { type: 'any' }, traits: new Set(['$ZodType']), run, parse: run } } as unknown as $ZodType
}
