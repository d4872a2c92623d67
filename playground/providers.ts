import type { ProviderInfo } from './protocol.ts'

/** By the name in 'provider:id': a model to suggest, and the variables of which one must hold the key. */
const providers: Record<string, { example: string; variables: readonly string[] }> = {
  openai: { example: 'gpt-5.4', variables: ['OPENAI_API_KEY'] },
  'openai-chat': { example: 'gpt-5.4', variables: ['OPENAI_API_KEY'] },
  anthropic: { example: 'claude-sonnet-4-6', variables: ['ANTHROPIC_API_KEY'] },
  gemini: { example: 'gemini-3-flash', variables: ['GEMINI_API_KEY', 'GOOGLE_API_KEY'] },
  groq: { example: 'openai/gpt-oss-120b', variables: ['GROQ_API_KEY'] },
  azure: { example: 'my-deployment', variables: ['AZURE_OPENAI_API_KEY'] },
  ollama: { example: 'llama3.2', variables: [] },
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
