import { azureOpenAI, groq, openai, openaiCompatible } from '../../../src/models/openai/index.ts'
import { describeContract } from '../contract.ts'

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

for (const api of ['chat', 'responses'] as const) {
  describeContract({
    name: `azureOpenAI, version 1, ${api}`,
    provider: 'azure',
    modes: ALL,
    keyVariables: ['AZURE_OPENAI_API_KEY'],
    model: (url, options) => azureOpenAI('test-model', { api, endpoint: url, maxRetries: 0, ...options }),
  })
}

describeContract({
  name: 'azureOpenAI, dated version',
  provider: 'azure',
  modes: ALL,
  keyVariables: ['AZURE_OPENAI_API_KEY'],
  model: (url, options) =>
    azureOpenAI('test-model', { endpoint: `${url}/`, apiVersion: '2024-10-21', maxRetries: 0, ...options }),
})

describeContract({
  name: 'groq',
  provider: 'groq',
  modes: ['tool', 'json-schema', 'json-object', 'prompt'],
  keyVariables: ['GROQ_API_KEY'],
  model: (url, options) => groq('openai/gpt-oss-120b', { baseURL: `${url}/openai/v1`, maxRetries: 0, ...options }),
})
