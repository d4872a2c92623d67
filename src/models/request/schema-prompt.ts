import type { Message } from '../../types.ts'
import type { ResponseFormat } from '../model.ts'

/**
 * The messages with the schema in words, for the modes in which the provider is not told it: compactly, in the
 * system message. (Some providers' JSON mode also demands that the word JSON occurs in the messages.)
 */
export function withFormat(messages: readonly Message[], format: ResponseFormat | undefined): readonly Message[] {
  if (format?.mode !== 'prompt' && format?.mode !== 'json-object') return messages
  const words = `Answer with one JSON document and nothing else: no other text, no code fence. It must fit this JSON Schema:\n${JSON.stringify(format.schema)}`
  const [first, ...rest] = messages
  if (first?.role !== 'system') return [{ role: 'system', content: words }, ...messages]
  return [{ ...first, content: `${first.content}\n\n${words}` }, ...rest]
}
