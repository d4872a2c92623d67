import { StructStreamError } from '../errors.ts'
import type { Model } from './model.ts'
import { registeredProvider } from './registry.ts'

/** The adapter, as `structstream/…`, that makes each provider known. */
const adapters: Readonly<Record<string, string>> = {
  openai: 'openai',
  'openai-chat': 'openai',
  azure: 'openai',
  groq: 'openai',
  anthropic: 'anthropic',
  gemini: 'google',
  google: 'google',
  ollama: 'ollama',
}

/**
 * Returns the model that `'provider:id'` names. Everything after the first colon is the id (`ollama:llama3.2:3b`).
 *
 * @throws `bad_options` for an unknown provider, listing the known ones, for a missing id, and for an adapter that can't
 *   be loaded
 */
export async function resolveModel(text: string): Promise<Model> {
  const colon = text.indexOf(':')
  const provider = colon < 0 ? text : text.slice(0, colon)
  const id = colon < 0 ? '' : text.slice(colon + 1)
  if (provider === 'simulate') return simulated()
  if (!Object.hasOwn(adapters, provider)) {
    if (colon < 0) throw bad(`The model "${text}" names no provider. Use 'provider:id', as in 'openai:gpt-5.4'.`)
    const known = [...Object.keys(adapters), 'simulate'].join(', ')
    throw bad(`Unknown provider "${provider}" in the model "${text}". Known: ${known}, as in 'openai:gpt-5.4'.`)
  }
  if (id === '') throw bad(`The model "${text}" names no id: expected '${provider}:id'.`)
  const make = registeredProvider(provider) ?? (await loadProvider(provider, text))
  return make(id)
}

/** The simulated model has one id only, and no peer. */
async function simulated(): Promise<Model> {
  const { simulate } = await import('./simulate/index.ts')
  return simulate()
}

/**
 * Imports the adapter by a name that bundlers can't read, so that a bundle holds only the adapters (and SDKs) that the
 * program imports. Without a bundler, the package finds its own adapters in this way.
 */
async function loadProvider(provider: string, text: string): Promise<(id: string) => Model> {
  const entry = ['structstream', adapters[provider]].join('/')
  let cause: unknown
  try {
    await import(/* webpackIgnore: true */ /* turbopackIgnore: true */ /* @vite-ignore */ entry)
    const make = registeredProvider(provider)
    if (make !== undefined) return make
  } catch (error) {
    cause = error
  }
  const reason = cause instanceof Error ? ` (${cause.message})` : ''
  const remedy = `In a bundled program, add: import '${entry}'`
  throw bad(`The model "${text}" needs the adapter ${entry}, which could not be loaded${reason}. ${remedy}`, cause)
}

function bad(message: string, cause?: unknown): StructStreamError {
  return new StructStreamError('bad_options', message, cause === undefined ? {} : { cause })
}
