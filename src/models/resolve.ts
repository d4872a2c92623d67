import { StructStreamError } from '../errors.ts'
import type { Model } from './model.ts'

/** An adapter's module: each export makes a model from its id. */
type Adapter = Record<string, (id: string, options?: object) => Model>

interface Provider {
  /** Loads the adapter; its SDK is loaded only when the model is asked. */
  load: () => Promise<unknown>
  /** The adapter's export. */
  name: string
  options?: object
}

/* oxlint-disable typescript/no-unnecessary-type-assertion -- it does something: */
// `as string` keeps the adapters, which use what only servers have, out of the main entry's type check
// (tsconfig.core.json); bundlers see the plain literal.
const openai = (): Promise<unknown> => import('./openai/index.ts' as string)
const google = (): Promise<unknown> => import('./google/index.ts' as string)

/** The simulated model has one id only. */
const simulated = async (): Promise<() => Model> => {
  const { simulate } = await import('./simulate/index.ts')
  return () => simulate()
}

const providers: Record<string, Provider> = {
  openai: { load: openai, name: 'openai' },
  'openai-chat': { load: openai, name: 'openai', options: { api: 'chat' } },
  azure: { load: openai, name: 'azureOpenAI' },
  groq: { load: openai, name: 'groq' },
  anthropic: { load: () => import('./anthropic/index.ts' as string), name: 'anthropic' },
  gemini: { load: google, name: 'gemini' },
  google: { load: google, name: 'gemini' },
  ollama: { load: () => import('./ollama/index.ts' as string), name: 'ollama' },
  simulate: { load: async () => ({ simulate: await simulated() }), name: 'simulate' },
}

/**
 * The model that `'provider:id'` names. Everything after the first colon is the id (`ollama:llama3.2:3b`).
 *
 * @throws `bad_options` for an unknown provider, listing the known ones, or a missing id
 */
export async function resolveModel(text: string): Promise<Model> {
  const colon = text.indexOf(':')
  const provider = colon < 0 ? text : text.slice(0, colon)
  const id = colon < 0 ? '' : text.slice(colon + 1)
  if (!Object.hasOwn(providers, provider)) {
    const known = Object.keys(providers).join(', ')
    throw bad(`Unknown provider "${provider}" in the model "${text}". Known: ${known}, as in 'openai:gpt-5.4'.`)
  }
  if (id === '' && provider !== 'simulate') throw bad(`The model "${text}" names no id: expected '${provider}:id'.`)
  const { load, name, options } = providers[provider]!
  const adapter = (await load()) as Adapter
  return adapter[name]!(id, options)
}

function bad(message: string): StructStreamError {
  return new StructStreamError('bad_options', message)
}
