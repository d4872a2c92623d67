import { registerProviders } from '../registry.ts'
import { ollama } from './index.ts'

export * from './index.ts'

registerProviders({ ollama: (id) => ollama(id) })
