import { openai, openaiCompatible } from '../../src/models/openai.ts'
import { describeContract } from './contract.ts'

const ALL = ['json-schema', 'tool', 'json-object', 'prompt'] as const

describeContract({
  name: 'openai, Responses',
  provider: 'openai',
  modes: ALL,
  keyVariables: ['OPENAI_API_KEY'],
  model: (url, options) => openai('test-model', { baseURL: `${url}/v1`, maxRetries: 0, ...options }),
})

describeContract({
  name: 'openai, Chat',
  provider: 'openai',
  modes: ALL,
  keyVariables: ['OPENAI_API_KEY'],
  model: (url, options) => openai('test-model', { api: 'chat', baseURL: `${url}/v1`, maxRetries: 0, ...options }),
})

describeContract({
  name: 'openaiCompatible',
  provider: 'openai-compatible',
  modes: ALL,
  model: (url, options) => openaiCompatible('test-model', { baseURL: `${url}/v1`, maxRetries: 0, ...options }),
})
