import { EXAMPLE_MODELS } from '../src/models/example-models.ts'
import type { ProviderInfo } from './protocol.ts'

/** By the name in 'provider:id': a model to suggest, and the variables of which one must hold the key. */
const providers: Record<string, { example: string; variables: readonly string[] }> = {
  openai: { example: EXAMPLE_MODELS.openai, variables: ['OPENAI_API_KEY'] },
  'openai-chat': { example: EXAMPLE_MODELS.openai, variables: ['OPENAI_API_KEY'] },
  anthropic: { example: EXAMPLE_MODELS.anthropic, variables: ['ANTHROPIC_API_KEY'] },
  gemini: { example: EXAMPLE_MODELS.gemini, variables: ['GEMINI_API_KEY', 'GOOGLE_API_KEY'] },
  groq: { example: EXAMPLE_MODELS.groq, variables: ['GROQ_API_KEY'] },
  azure: { example: 'my-deployment', variables: ['AZURE_OPENAI_API_KEY'] },
  ollama: { example: EXAMPLE_MODELS.ollama, variables: [] },
}

/** The providers, and whether the environment has what each needs. */
export function providersIn(env: Record<string, string | undefined>): ProviderInfo[] {
  return Object.entries(providers).map(([name, { example, variables }]) => ({
    name,
    example: `${name}:${example}`,
    isReady: variables.length === 0 || variables.some((variable) => env[variable]?.trim()),
    needs: variables.length === 0 ? 'a local server' : variables.join(' or '),
  }))
}
