import { anthropic } from '../../src/models/anthropic.ts'
import { describeContract } from './contract.ts'

describeContract({
  name: 'anthropic',
  provider: 'anthropic',
  modes: ['json-schema', 'tool', 'prompt'],
  keyVariables: ['ANTHROPIC_API_KEY'],
  model: (url, options) => anthropic('claude-test', { baseURL: url, maxRetries: 0, ...options }),
})
