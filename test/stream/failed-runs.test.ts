import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { z } from 'zod'

import { run } from '../../src/index.ts'
import { anthropic } from '../../src/models/anthropic/index.ts'
import { gemini } from '../../src/models/google/index.ts'
import type { Model, ResponseFormat } from '../../src/models/model.ts'
import { ollama } from '../../src/models/ollama/index.ts'
import { azureOpenAI, groq, openai, openaiCompatible } from '../../src/models/openai/index.ts'
import { withFormat } from '../../src/models/request/schema-prompt.ts'
import { startProviderServer, type ProviderServer } from '../../src/testing/index.ts'

const Movie = z.object({ title: z.string(), year: z.int() })

let server: ProviderServer
beforeAll(async () => {
  server = await startProviderServer()
})
afterAll(() => server.close())

const key = { apiKey: 'test-key-1', maxRetries: 0 }
const models: Record<string, () => Model> = {
  'OpenAI Responses': () => openai('m', { ...key, baseURL: `${server.url}/v1` }),
  'OpenAI Chat': () => openai('m', { ...key, api: 'chat', baseURL: `${server.url}/v1` }),
  Azure: () => azureOpenAI('m', { ...key, endpoint: server.url }),
  Groq: () => groq('openai/gpt-oss-120b', { ...key, baseURL: `${server.url}/openai/v1` }),
  'a compatible server': () => openaiCompatible('m', { ...key, baseURL: `${server.url}/v1` }),
  Anthropic: () => anthropic('m', { ...key, baseURL: server.url }),
  Gemini: () => gemini('gemini-test', { ...key, baseURL: server.url }),
  Ollama: () => ollama('m', { host: server.url }),
}

describe.each(Object.entries(models))('%s', (name, model) => {
  test('a run that fails tells usage, finish reason, model and request id', async () => {
    const usage = { inputTokens: 100, outputTokens: 40, totalTokens: 140 }
    // The provider ignores the schema, and answers something else.
    server.respondWith({ text: '{"titel":7}', usage, model: 'model-that-answered', requestId: 'req_of_test' })
    await expect(run('q', Movie, { model: model() })).rejects.toMatchObject({
      code: 'invalid_data',
      usage,
      finishReason: 'stop',
      attempts: [expect.objectContaining({ model: 'model-that-answered' })],
      ...(name !== 'Ollama' && { requestId: 'req_of_test' }),
    })
  })
})

test('mode prompt: the schema is in the system message, without a space to spare', () => {
  const schema = { type: 'object', properties: { a: { type: 'string' } } }
  const format: ResponseFormat = { mode: 'prompt', name: 'answer', schema, strict: false }
  const [system, user] = withFormat([{ role: 'user', content: 'q' }], format)
  expect(system).toMatchObject({ role: 'system', content: expect.stringContaining(JSON.stringify(schema)) })
  expect(user).toEqual({ role: 'user', content: 'q' })
  expect(withFormat([{ role: 'user', content: 'q' }], { ...format, mode: 'json-schema' })).toHaveLength(1)
})
