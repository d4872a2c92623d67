import { schemas, type SchemaEntry } from '../schemas/index.ts'
import { compileSchema, jsonSchema } from '../src/schema/index.ts'
import type { AnySchema } from '../src/schema/types.ts'
import { GIVEN, type GivenSchema, type PlayRequest } from './protocol.ts'
import { RefusedRequest } from './refusal.ts'

/** The schema that the server was started with, and how the command line calls it. */
export interface NamedSchema {
  name: string
  schema: AnySchema
}

/** What the page chose, and an answer that fits it, where one is known. */
export interface SchemaChoice {
  schema: AnySchema
  sample?: unknown
}

/**
 * Returns the schema that the page chose. What is wrong inside a JSON Schema is reported by the run.
 * @throws {@link RefusedRequest} 400 for a schema that the server doesn't have
 */
export function choiceOf(choice: PlayRequest['schema'], given: NamedSchema | undefined): SchemaChoice {
  if (choice === GIVEN) {
    if (given === undefined) throw new RefusedRequest(400, 'The server was started without --schema.')
    return { schema: given.schema }
  }
  if (typeof choice !== 'string') return { schema: jsonSchema(choice) }
  const { schema, sample }: SchemaEntry = schemas[choice]
  return { schema, sample }
}

/**
 * Returns what the page learns of a schema.
 * @throws `unsupported_schema` for one that can't be used
 */
export async function outlineOf({ name, schema }: NamedSchema): Promise<GivenSchema> {
  return { name, jsonSchema: (await compileSchema(schema, { target: 'json-schema' })).jsonSchema }
}
