import { gemini } from '../../../src/models/google/index.ts'
import { describeContract } from '../contract.ts'

describeContract({
  name: 'gemini',
  provider: 'google',
  modes: ['json-schema', 'tool', 'json-object', 'prompt'],
  keyVariables: ['GEMINI_API_KEY', 'GOOGLE_API_KEY'],
  // There is no field for a refusal.
  lacks: ['refusal', 'cache-write-usage'],
  model: (url, options) => gemini('gemini-test', { baseURL: url, maxRetries: 0, ...options }),
})
