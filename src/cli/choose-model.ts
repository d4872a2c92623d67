import { anthropic } from '../models/anthropic.ts'
import type { Model } from '../models/model.ts'
import { openai, openaiCompatible } from '../models/openai.ts'
import { UsageError } from './usage-error.ts'

/** What the command line and the environment say of the model; nothing when they say nothing. */
export function chosenModel(
  options: { model?: string; 'base-url'?: string },
  env: Record<string, string | undefined>,
): Model | string | undefined {
  const name = options.model ?? env['STRUCTSTREAM_MODEL']
  const baseURL = options['base-url']
  if (baseURL === undefined) return name || undefined
  if (!name) throw new UsageError('--base-url needs --model with the id that the server knows the model by')
  const colon = name.indexOf(':')
  const [provider, id] = [name.slice(0, colon), name.slice(colon + 1)]
  switch (provider) {
    case 'openai':
      return openai(id, { baseURL })
    case 'openai-chat':
      return openai(id, { baseURL, api: 'chat' })
    case 'anthropic':
      return anthropic(id, { baseURL })
    default:
      // Local ids have colons of their own (`llama3.2:3b`).
      return openaiCompatible(name, { baseURL, apiKey: env['STRUCTSTREAM_API_KEY'] })
  }
}
