import { registerProviders } from '../registry.ts'
import { gemini } from './index.ts'

export * from './index.ts'

registerProviders({ gemini: (id) => gemini(id), google: (id) => gemini(id) })
