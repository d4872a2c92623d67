import { prepareSchema } from './partial/compile-schema.ts'
import type { SchemaLike } from './schema/types.ts'
import { settleReading, type ReaderOptions } from './stream/options/parse-options.ts'
import { checkSchemaPlace } from './stream/options/run-options.ts'
import { type PartialReader, TextReader } from './stream/partial-reader.ts'
import { plainText } from './stream/plain-text.ts'

export { StructStreamError, type ErrorCode } from './errors.ts'
export type { ReaderOptions } from './stream/options/parse-options.ts'
export type { PartialReader } from './stream/partial-reader.ts'

/**
 * Opens a reader that shows unfinished JSON as typed, validated data: what `streamPartial()` is made of, without a
 * model, a stream or a timer.
 *
 * @param schema any Standard Schema, or `jsonSchema(...)`; without one the value is the text
 * @throws `unsupported_schema`, `bad_options` (rejects)
 * @example
 * const reader = await openPartial(Film)
 * for await (const delta of deltas) {
 *   reader.push(delta)
 *   render(reader.value)
 * }
 * const { data } = await reader.end()
 */
export async function openPartial<S extends SchemaLike | undefined = undefined>(
  schema?: S,
  options: ReaderOptions = {},
): Promise<PartialReader<S>> {
  const settings = settleReading(options, 'openPartial()')
  checkSchemaPlace(schema)
  const compiled =
    schema === undefined
      ? plainText
      : (await prepareSchema(schema, { dialect: 'json-schema', mode: 'prompt' })).compiled
  return new TextReader<S>(compiled, settings)
}
