import { jsonSchema } from '../../../../src/schema/index.ts'
import type { JsonSchemaObject } from '../../../../src/types.ts'
import { ARKTYPE } from './arktype.ts'
import { EFFECT } from './effect.ts'
import { JSON_SCHEMA } from './json-schema.ts'
import type { Kinds } from './places.ts'
import { LENT, STRANGER, lentSchema, strangerSchema } from './strangers.ts'
import { VALIBOT } from './valibot.ts'
import { MINI, ZOD4 } from './zod.ts'
import { ZOD3 } from './zod3.ts'

/** Every library with its kinds. */
export const KINDS: readonly Kinds[] = [ZOD4, MINI, ZOD3, VALIBOT, ARKTYPE, EFFECT, JSON_SCHEMA, STRANGER, LENT]

/** The schema as its user would pass it. */
export function finished(library: string, schema: unknown): unknown {
  switch (library) {
    case JSON_SCHEMA.library:
      return jsonSchema(schema as JsonSchemaObject)
    case STRANGER.library:
      return strangerSchema(schema as Parameters<typeof strangerSchema>[0])
    case LENT.library:
      return lentSchema(schema as Parameters<typeof lentSchema>[0])
    default:
      return schema
  }
}
