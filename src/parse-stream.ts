import { notLoaded } from './stream/internal-error.ts'
import { observeRun } from './stream/observe-run.ts'
import { observersOf } from './stream/observers.ts'
import { currentDefaults } from './stream/options/configured.ts'
import type { ParseOptions, PieceOptions } from './stream/options/parse-options.ts'
import { Run } from './stream/run.ts'
import type { PieceSource, TextSource } from './stream/source/text-source.ts'
import { StructuredStream } from './stream/structured-stream.ts'
import type { SchemaLike } from './schema/types.ts'

/**
 * Gives the handle of text that you already have or that is still coming: from your own `fetch`, another library's
 * stream, a file, or standard input. Every member works as it does on a run, and no model is asked.
 *
 * 1. Bytes are UTF-8, cut anywhere; a leading byte order mark is left out. With `repair`, bytes that are not UTF-8
 *    become U+FFFD and are listed in `repairs`; otherwise they are `malformed_json` with the byte's position.
 * 2. A source that ends is a finished answer. One that throws ends the run with `connection_lost` or
 *    `provider_error` and the cause.
 * 3. The source belongs to the run: it is read at once, and `abort()` or a failure cancels it.
 *
 * @param source a string, a `Response`, or an iterable, async iterable or web stream of strings or bytes
 * @param schema any Standard Schema, or `jsonSchema(...)`; without one the text is passed on
 * @returns a handle; all errors, wrong options included, come through it, and nothing is thrown here
 * @example
 * const stream = parseStream(await fetch('https://example.com/films.json'), z.array(Film))
 * for await (const film of stream.streamElements()) render(film)
 */
export function parseStream<S extends SchemaLike | undefined = undefined>(
  source: TextSource,
  schema?: S,
  options?: ParseOptions,
): StructuredStream<S>

/**
 * The same over pieces that hold text, such as the events of an SDK's stream: `text` takes it out of each.
 *
 * @example
 * const events = await openai.chat.completions.create({ stream: true, model, messages })
 * const stream = parseStream(events, Film, { text: (event) => event.choices[0]?.delta.content })
 */
export function parseStream<S extends SchemaLike | undefined, Piece>(
  source: PieceSource<Piece>,
  schema: S,
  options: PieceOptions<Piece>,
): StructuredStream<S>

export function parseStream<S extends SchemaLike | undefined = undefined>(
  source: TextSource | PieceSource<unknown>,
  schema?: S,
  options: ParseOptions = {},
): StructuredStream<S> {
  const run = new Run().calledBy(parseStream)
  observeRun(run, [...observersOf(currentDefaults()), ...observersOf(options)], undefined)
  void load().then(
    ({ startParsing }) => startParsing(run, source as TextSource, schema, options),
    (cause: unknown) => run.fail(notLoaded(cause)),
  )
  return new StructuredStream<S>(run)
}

/** Runs of models need none of it. */
const load = (): Promise<typeof import('./stream/driver/start-parsing.ts')> =>
  import('./stream/driver/start-parsing.ts')
