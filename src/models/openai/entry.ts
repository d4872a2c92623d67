import { registerProviders } from '../registry.ts'
import { azureOpenAI, groq, openai } from './index.ts'

export * from './index.ts'

registerProviders({
  openai: (id) => openai(id),
  'openai-chat': (id) => openai(id, { api: 'chat' }),
  azure: (id) => azureOpenAI(id),
  groq: (id) => groq(id),
})
