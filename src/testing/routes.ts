import { anthropic } from './wires/anthropic.ts'
import { gemini } from './wires/gemini.ts'
import { ollama } from './wires/ollama.ts'
import { openaiChat } from './wires/openai-chat.ts'
import { openaiResponses } from './wires/openai-responses.ts'
import type { Wire } from './wires/wire.ts'

/** The wire that `path` belongs to, whatever prefix its base URL has. */
export function wireOf(method: string, path: string): Wire | undefined {
  if (method !== 'POST') return undefined
  const route = path.split('?')[0]!
  if (route.endsWith('/chat/completions')) return openaiChat
  if (route.endsWith('/responses')) return openaiResponses
  if (route.endsWith('/messages')) return anthropic
  if (route.endsWith('/api/chat')) return ollama
  if (/:(streamGenerateContent|generateContent)$/.test(route)) return gemini
  return undefined
}

/** The list of models in the form of the provider whose path this is, or nothing when it is another path. */
export function modelsOf(method: string, path: string, ids: readonly string[]): unknown {
  if (method !== 'GET') return undefined
  const route = path.split('?')[0]!
  if (route.endsWith('/api/tags')) return { models: ids.map((id) => ({ name: id, model: id, size: 0, details: {} })) }
  if (route.endsWith('/v1beta/models')) return { models: ids.map((id) => ({ name: `models/${id}`, displayName: id })) }
  if (!route.endsWith('/models')) return undefined
  const data = ids.map((id) => ({ id, object: 'model', type: 'model', display_name: id, created: 0, owned_by: 'test' }))
  return { object: 'list', data, has_more: false }
}
