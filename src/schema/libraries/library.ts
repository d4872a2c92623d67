import type { Issue, JsonSchemaObject } from '../../types.ts'
import type { SchemaNode } from '../node.ts'
import type { Warning } from '../types.ts'

/** A schema library. To support another one, implement this in its own file and list it in `library-of.ts`. */
export interface SchemaLibrary {
  readonly name: string
  /** The verdict's issues have the codes and paths that the same faults have while the answer is read. */
  readonly reportsAlike: boolean
  /** Whether a schema is this library's: by what it carries, never by its class, since several copies may be loaded. */
  matches(schema: object): boolean
  /**
   * Returns what a provider is asked for: the JSON Schema of what may be fed to the schema. Runs no code of the user's
   * but getters of recursive schemas.
   *
   * @throws `unsupported_schema` (rejects) for what the library can't convert
   */
  toJsonSchema(schema: object): Promise<ConvertedSchema>
  /**
   * Returns how an answer is followed. Only the library rejects: where the node is built from a JSON Schema that merely
   * approximates what the library accepts, the place is marked (json-schema/judges.ts) and left to `validate`.
   */
  node(schema: object): Promise<SchemaNode>
  /** Returns the library's own verdict on a complete answer. */
  validate(schema: object, raw: unknown): Promise<LibraryVerdict>
}

/** A JSON Schema, and what of the schema it can't say. */
export interface ConvertedSchema {
  readonly schema: JsonSchemaObject
  readonly warnings: readonly Warning[]
  /** Some place of it has rules (`check()`). */
  readonly hasRules?: boolean
}

/** What a library makes of a complete answer. */
export type LibraryVerdict = { ok: true; value: unknown } | { ok: false; issues: Issue[] }
