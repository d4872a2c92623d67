import type { Message } from './types.ts'
import { startRun } from './stream/driver/start-run.ts'
import { Run } from './stream/run.ts'
import { StructuredStream } from './stream/structured-stream.ts'
import type { RunOptions, RunResult } from './stream/types.ts'
import type { SchemaLike } from './schema/types.ts'

/**
 * Asks a model and gives the handle of its answer at once; the request starts at once, too.
 *
 * @param prompt the question, or messages of which the last is the question
 * @param schema any Standard Schema, or `jsonSchema(...)`; without one the answer is text
 * @returns a handle; all errors, wrong options included, come through it, and nothing is thrown here
 * @example
 * await using stream = runStream('Recommend a film', Movie, { model: 'openai:gpt-5.4' })
 * for await (const movie of stream.streamPartial()) render(movie)
 * const movie = await stream.getData()
 */
export function runStream<S extends SchemaLike | undefined = undefined, C = unknown>(
  prompt: string | readonly Message[],
  schema?: S,
  options: RunOptions<C> = {},
): StructuredStream<S> {
  return begin<S>(new Run().calledBy(runStream), prompt, schema, options as RunOptions)
}

/**
 * Asks a model and gives the result when it is there.
 *
 * @throws StructStreamError
 */
export function run<S extends SchemaLike | undefined = undefined, C = unknown>(
  prompt: string | readonly Message[],
  schema?: S,
  options: RunOptions<C> = {},
): Promise<RunResult<S>> {
  return begin<S>(new Run().calledBy(run), prompt, schema, options as RunOptions).getResult()
}

function begin<S>(run: Run, prompt: unknown, schema: unknown, options: RunOptions): StructuredStream<S> {
  void startRun(run, prompt, schema, options)
  return new StructuredStream<S>(run)
}
