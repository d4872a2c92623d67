import type { ModelRequest } from '../model.ts'
import { withFormat } from './schema-prompt.ts'

/**
 * The request for a model that takes no response format next to tools. The answer is a tool as well then; where the
 * schema's root is not an object, which every tool's input has to be, the schema is described in words.
 */
export function formatBesideTools(request: ModelRequest): ModelRequest {
  const { format, tools = [], messages } = request
  if (format === undefined || tools.length === 0) return request
  switch (format.mode) {
    case 'json-schema': {
      const { type } = format.schema
      if (type === undefined || type === 'object') return { ...request, format: { ...format, mode: 'tool' } }
      const inWords = { ...format, mode: 'prompt' as const }
      return { ...request, format: inWords, messages: withFormat(messages, inWords) }
    }
    case 'json-object':
      // The words are there already.
      return { ...request, format: { ...format, mode: 'prompt' } }
    case 'tool':
    case 'prompt':
      return request
    default: {
      const never: never = format.mode
      return never
    }
  }
}
