import type { $ZodType } from 'zod/v4/core'

import { StructStreamError } from '../errors.ts'

/** `atomic`: shown only when complete. `required`: its parent is shown only when this is complete. */
export type Hint = 'atomic' | 'required'

/** In a schema's definition, because that is what Zod copies when a schema is refined or described. */
const HINTS: unique symbol = Symbol.for('structstream.hints') as never

/**
 * Holds a value back from partials until it is complete.
 *
 * @example z.object({ code: atomic(z.string()) })
 */
export function atomic<S>(schema: S): S {
  return withHint(schema, 'atomic')
}

/**
 * Holds the parent object back from partials until this key is complete.
 *
 * @example z.object({ id: required(z.string()), text: z.string() })
 */
export function required<S>(schema: S): S {
  return withHint(schema, 'required')
}

export function hasHint(schema: $ZodType, hint: Hint): boolean {
  return hintsOf(schema)?.includes(hint) === true
}

function hintsOf(schema: $ZodType): readonly Hint[] | undefined {
  return (schema._zod.def as { [HINTS]?: readonly Hint[] })[HINTS]
}

function withHint<S>(schema: S, hint: Hint): S {
  if (typeof schema !== 'object' || schema === null || !('_zod' in schema)) {
    throw new StructStreamError(
      'bad_options',
      `${hint}() takes a Zod 4 or Zod Mini schema; in other schema libraries put the hint into a jsonSchema({ … }) as "x-structstream": "${hint}".`,
    )
  }
  const zod = schema as unknown as $ZodType
  const definition = { ...zod._zod.def, [HINTS]: [...(hintsOf(zod) ?? []), hint] }
  // What Zod's own clone() does, without loading Zod where no one uses it.
  const { constr } = zod._zod as unknown as { constr: new (definition: object) => S }
  return new constr(definition)
}
