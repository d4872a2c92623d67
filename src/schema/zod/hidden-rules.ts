import type { $ZodType } from 'zod/v4/core'
import { StructStreamError } from '../../errors.ts'
import { rulesOf } from '../rules.ts'

/**
 * Refuses rules inside of a schema whose inside can't be followed: they would never be called.
 *
 * @throws `unsupported_schema`
 */
export function refuseHiddenRules(schema: $ZodType): void {
  const seen = new Set<unknown>([schema])
  if (partsOf(schema).some((part) => holdsRules(part, seen))) {
    throw new StructStreamError(
      'unsupported_schema',
      `check() is inside of a value that only Zod can read (${schema._zod.def.type}: preprocess, coercion, or the second half of a pipe). Put it around that value.`,
      { path: [] },
    )
  }
}

function holdsRules(part: unknown, seen: Set<unknown>): boolean {
  if (typeof part !== 'object' || part === null || seen.has(part)) return false
  seen.add(part)
  if (!('_zod' in part)) return Object.values(part).some((inside) => holdsRules(inside, seen))
  const schema = part as $ZodType
  return rulesOf(schema._zod.def).length > 0 || partsOf(schema).some((inside) => holdsRules(inside, seen))
}

/** What a definition holds, a `lazy` resolved. */
function partsOf({ _zod }: $ZodType): unknown[] {
  const { checks: _, getter, ...parts } = _zod.def as { checks?: unknown; getter?: () => unknown }
  return getter === undefined ? Object.values(parts) : [getter()]
}
