/**
 * The model that examples, help texts and messages name for each provider: the one place to change when one of them is
 * retired. `test/models/example-models.test.ts` compares them with the SDKs' own lists, and every text with this table.
 */
export const EXAMPLE_MODELS = {
  openai: 'gpt-5.4',
  anthropic: 'claude-sonnet-5-5',
  gemini: 'gemini-3-flash',
  groq: 'openai/gpt-oss-120b',
  ollama: 'llama3.2',
} as const
