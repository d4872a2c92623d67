import { anthropic } from '../models/anthropic/index.ts'
import { gemini } from '../models/google/index.ts'
import type { Model } from '../models/model.ts'
import { ollama } from '../models/ollama/index.ts'
import { groq, openai, openaiCompatible } from '../models/openai/index.ts'
import { UsageError } from './usage-error.ts'

/** Providers whose address can be changed. */
const elsewhere: Record<string, (id: string, baseURL: string) => Model> = {
  openai: (id, baseURL) => openai(id, { baseURL }),
  'openai-chat': (id, baseURL) => openai(id, { baseURL, api: 'chat' }),
  anthropic: (id, baseURL) => anthropic(id, { baseURL }),
  gemini: (id, baseURL) => gemini(id, { baseURL }),
  groq: (id, baseURL) => groq(id, { baseURL }),
  ollama: (id, baseURL) => ollama(id, { host: baseURL }),
}

/**
 * What the command line and the environment say of the model; nothing when they say nothing.
 * @throws {@link UsageError}
 */
export function chosenModel(
  options: { model?: string; 'base-url'?: string },
  env: Record<string, string | undefined>,
): Model | string | undefined {
  const name = options.model ?? env['STRUCTSTREAM_MODEL']
  const baseURL = options['base-url']
  if (baseURL === undefined) return name || undefined
  if (!name) throw new UsageError('--base-url needs --model with the id that the server knows the model by')
  const colon = name.indexOf(':')
  const provider = name.slice(0, Math.max(colon, 0))
  if (Object.hasOwn(elsewhere, provider)) return elsewhere[provider]!(name.slice(colon + 1), baseURL)
  // Local ids contain colons (`llama3.2:3b`).
  return openaiCompatible(name, { baseURL, apiKey: env['STRUCTSTREAM_API_KEY'] })
}
