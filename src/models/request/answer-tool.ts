import { StructStreamError } from '../../errors.ts'
import type { ModelRequest, ToolDefinition } from '../model.ts'

/**
 * The tools to send: those of the request, and in mode `tool` the answer tool after them.
 *
 * @throws `bad_options` when a tool has the answer tool's name, or the answer's schema is not of an object: every
 *   provider demands one for a tool's arguments
 */
export function toolsOf(request: ModelRequest, provider: string): readonly ToolDefinition[] {
  const { format, tools = [] } = request
  if (format?.mode !== 'tool') return tools
  const { type } = format.schema
  if (type !== undefined && type !== 'object') {
    throw new StructStreamError(
      'bad_options',
      `Mode "tool" needs a schema whose root is an object, and this one's is ${JSON.stringify(type)}. Wrap it in an object, or use mode "json-schema".`,
      { provider },
    )
  }
  if (tools.some((tool) => tool.name === format.name)) {
    throw new StructStreamError(
      'bad_options',
      `The tool "${format.name}" has the name of the answer tool. Rename the tool, or the schema.`,
      { provider },
    )
  }
  const answer: ToolDefinition = {
    name: format.name,
    description: format.description ?? 'Gives the final answer. Call it once, with the whole answer.',
    inputSchema: format.schema,
    strict: format.strict,
  }
  return [...tools, answer]
}
