import { jsonSchema } from '../../../../src/schema/index.ts'
import type { JsonSchemaObject } from '../../../../src/types.ts'
import { ARKTYPE } from './arktype.ts'
import { EFFECT } from './effect.ts'
import { JSON_SCHEMA } from './json-schema.ts'
import type { Kinds } from './places.ts'
import { VALIBOT } from './valibot.ts'
import { MINI, ZOD4 } from './zod.ts'
import { ZOD3 } from './zod3.ts'

/** Every library with its kinds. */
export const KINDS: readonly Kinds[] = [ZOD4, MINI, ZOD3, VALIBOT, ARKTYPE, EFFECT, JSON_SCHEMA]

/** The schema as its user would pass it. */
export function finished(library: string, schema: unknown): unknown {
  return library === 'JSON Schema' ? jsonSchema(schema as JsonSchemaObject) : schema
}
