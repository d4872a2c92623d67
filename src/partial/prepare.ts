import { toJSONSchema, type $ZodType } from 'zod/v4/core'

import { StructStreamError } from '../errors.ts'
import { toIssue } from '../schema/zod-checks.ts'
import { zodNode } from '../schema/zod.ts'
import type { Dialect, Issue, JsonSchemaObject, Mode } from '../types.ts'
import { DocumentInterpreter } from './document.ts'
import type { CompiledSchema } from './interpreter.ts'
import { safeParseAsync } from 'zod/v4/core'

/** A user's schema made ready for one model: what is sent, and how the answer is read. */
export interface PreparedSchema<T = unknown> {
  /** In the model's dialect. */
  jsonSchema: JsonSchemaObject
  /** Everything in it is inside the provider's strict subset. */
  strict: boolean
  title: string | undefined
  description: string | undefined
  warnings: { path: (string | number)[]; message: string }[]
  compiled: CompiledSchema<T>
}

/**
 * Rejects with `unsupported_schema` (its `path` points into the schema). Cached by the schema's identity.
 */
export async function prepareSchema(schema: unknown, target: { dialect: Dialect; mode: Mode }): Promise<PreparedSchema> {
  if (typeof schema !== 'object' || schema === null || !('_zod' in schema)) throw new StructStreamError('unsupported_schema', `${target.dialect}: not a schema`)
  const zod = schema as unknown as $ZodType
  const node = zodNode(zod)
  return {
    jsonSchema: toJSONSchema(zod, { io: 'input', unrepresentable: 'any' }) as JsonSchemaObject,
    strict: true,
    title: undefined,
    description: undefined,
    warnings: [],
    compiled: {
      interpreter: (options) => new DocumentInterpreter(node, null, options),
      async validate(raw) {
        const result = await safeParseAsync(zod, raw)
        return result.success ? { ok: true, value: result.data } : { ok: false, issues: result.error.issues.map((issue) => toIssue(issue as never) as Issue) }
      },
    },
  }
}
