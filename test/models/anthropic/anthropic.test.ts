import { anthropic } from '../../../src/models/anthropic/index.ts'
import { describeContract } from '../contract.ts'

describeContract({
  name: 'anthropic',
  provider: 'anthropic',
  modes: ['json-schema', 'tool', 'prompt'],
  keyVariables: ['ANTHROPIC_API_KEY'],
  // A refusal is said in plain text there, and named by the stop reason.
  lacks: ['refusal'],
  lacksFinish: ['content-filter'],
  model: (url, options) => anthropic('claude-test', { baseURL: url, maxRetries: 0, ...options }),
})
