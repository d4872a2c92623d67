import type { Dialect, JsonSchemaObject, Mode } from '../types.ts'
import type { CompiledSchema } from './interpreter.ts'

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
  throw new Error(`not built yet: ${String(schema)} ${target.dialect}`)
}
