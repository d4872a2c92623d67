import { StructStreamError } from '../errors.ts'
import type { Model } from './model.ts'

/** Looks a model up by its id; the adapter is loaded only then, and its SDK only when it is used. */
type Loader = (id: string) => Promise<Model>

const loaders: Record<string, Loader> = {
  openai: async (id) => (await import('./openai.ts')).openai(id),
  'openai-chat': async (id) => (await import('./openai.ts')).openai(id, { api: 'chat' }),
  anthropic: async (id) => (await import('./anthropic.ts')).anthropic(id),
  simulate: async () => (await import('./simulate.ts')).simulate(),
}

/**
 * The model that `'provider:id'` names. Everything after the first colon is the id (`ollama:llama3.2:3b`).
 *
 * @throws `bad_options` for an unknown provider or a missing id, listing what is known
 */
export async function resolveModel(name: string): Promise<Model> {
  const colon = name.indexOf(':')
  const provider = colon < 0 ? name : name.slice(0, colon)
  const id = colon < 0 ? '' : name.slice(colon + 1)
  const known = Object.keys(loaders)
  if (!Object.hasOwn(loaders, provider)) {
    throw new StructStreamError(
      'bad_options',
      `Unknown provider "${provider}" in the model "${name}". Known: ${known.join(', ')}, as in 'openai:gpt-5.4'.`,
    )
  }
  if (id === '' && provider !== 'simulate') {
    throw new StructStreamError('bad_options', `The model "${name}" names no id: expected '${provider}:id'.`)
  }
  return loaders[provider]!(id)
}
