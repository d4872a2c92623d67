import { registerProviders } from '../registry.ts'
import { anthropic } from './index.ts'

export * from './index.ts'

registerProviders({ anthropic: (id) => anthropic(id) })
