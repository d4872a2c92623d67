import type { AnySchema } from './schema/types.ts'
import type { WarmOptions, WarmResult } from './warming/types.ts'

/**
 * Sends one cheap request, so that the provider compiles the schema before a user waits for it: OpenAI (and Azure) and
 * Anthropic make a grammar of a schema at its first request, and keep it. For other providers, and modes in which a schema
 * is only described, nothing is sent, and the result says so. It is worth its tokens when the program starts, or when a
 * user is about to ask.
 *
 * @returns what was done, and what it cost
 * @throws StructStreamError (rejects): `no_model`, `bad_options`, `unsupported_schema`, and whatever a request can end in
 * but for the answer itself, which is cut after a few words
 * @example
 * await warm(Movie, { model: 'openai:gpt-5.4' })
 */
export async function warm(schema: AnySchema, options: WarmOptions = {}): Promise<WarmResult> {
  const { warmUp } = await import('./warming/warm-up.ts')
  return warmUp(schema, options)
}
