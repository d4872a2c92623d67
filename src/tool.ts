import type { SchemaLike } from './schema/types.ts'
import { checkTool } from './stream/tools/check-tool.ts'
import type { Tool, ToolOptions } from './stream/types.ts'

/**
 * A function that the model may call while it answers, typed by its input's schema. The input is validated before
 * `execute` gets it; the model gets what went wrong in a call, and may try again.
 *
 * @throws `bad_options` at once
 * @example
 * const weather = tool({
 *   name: 'weather',
 *   description: 'The weather in a city, now',
 *   input: z.object({ city: z.string() }),
 *   execute: ({ city }, { signal }) => fetchWeather(city, signal),
 * })
 * runStream('Shall I take an umbrella in Oslo?', Advice, { tools: [weather] })
 */
export function tool<S extends SchemaLike, C = unknown>(definition: ToolOptions<S, C>): Tool<C> {
  checkTool(definition)
  return definition
}
