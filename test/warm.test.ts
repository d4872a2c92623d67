import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { z } from 'zod'

import { warm } from '../src/index.ts'
import { anthropic } from '../src/models/anthropic/index.ts'
import { gemini } from '../src/models/google/index.ts'
import { ollama } from '../src/models/ollama/index.ts'
import { azureOpenAI, openai } from '../src/models/openai/index.ts'
import { runStream } from '../src/run-stream.ts'
import { startProviderServer, type ProviderServer } from '../src/testing/index.ts'

let server: ProviderServer
beforeAll(async () => {
  server = await startProviderServer()
})
beforeEach(() => server.respondWith({ data: FILM, usage: { inputTokens: 40, outputTokens: 16 } }))
afterAll(() => server.close())

const FILM = { title: 'Metropolis', year: 1927 }
const Film = z.object({ title: z.string(), year: z.int() })
const key = { apiKey: 'test-key', maxRetries: 0 }
const MODELS = {
  openai: () => openai('gpt-5-test', { ...key, baseURL: server.openaiBaseURL }),
  'openai, Chat Completions': () => openai('gpt-5-test', { ...key, baseURL: server.openaiBaseURL, api: 'chat' }),
  azure: () => azureOpenAI('films', { ...key, endpoint: server.azureEndpoint }),
  'azure, Responses': () => azureOpenAI('films', { ...key, endpoint: server.azureEndpoint, api: 'responses' }),
  'azure, a dated version': () =>
    azureOpenAI('films', { ...key, endpoint: server.azureEndpoint, apiVersion: '2024-10-21' }),
  anthropic: () => anthropic('claude-test', { ...key, baseURL: server.url }),
}

/** Where the schema is on each wire. */
function schemaIn(body: Record<string, unknown>): unknown {
  const { text, response_format: chat, output_config: output } = body as Record<string, any>
  return text?.format.schema ?? chat?.json_schema.schema ?? output?.format.schema
}

test.each(Object.entries(MODELS))('%s: one small request has the schema as a run has it', async (_, model) => {
  const before = server.requests.length
  const result = await warm(Film, { model: model() })
  expect(result).toMatchObject({ sent: true, mode: 'json-schema', usage: { requests: 1, inputTokens: 40 } })
  expect(server.requests.length).toBe(before + 1)
  const { body } = server.requests.at(-1)!
  expect([body['max_output_tokens'], body['max_completion_tokens'], body['max_tokens']]).toContain(16)
  await runStream('A film', Film, { model: model() }).getData()
  expect(schemaIn(body)).toEqual(schemaIn(server.requests.at(-1)!.body))
  expect(schemaIn(body)).toHaveProperty('properties.title')
})

test.each(Object.entries(MODELS))('%s: an answer that is cut or refused has done its work', async (_, model) => {
  for (const reply of [{ text: '{"title":"Metro', finish: 'length' as const }, { refusal: 'I would rather not.' }]) {
    server.respondWith({ ...reply, usage: { inputTokens: 40, outputTokens: 16 } })
    expect(await warm(Film, { model: model() })).toMatchObject({ sent: true, usage: { requests: 1, inputTokens: 40 } })
  }
})

test.each([
  ['google', gemini('gemini-test', { apiKey: 'test-key' }), 'auto'],
  ['ollama', ollama('llama-test'), 'auto'],
  ['openai, which only reads the schema in this mode', openai('gpt-5-test', key), 'prompt'],
] as const)('%s: nothing is sent, and the result says so', async (_, model, mode) => {
  const before = server.requests.length
  const result = await warm(Film, { model, mode })
  expect(result).toMatchObject({ sent: false, duration: 0, usage: { requests: 0 }, model: model.id })
  expect(result.reason).toContain('nothing was sent')
  expect(server.requests.length).toBe(before)
})

test('Errors of the request and of the call are typed', async () => {
  const model = MODELS.openai()
  server.respondWith({ faults: { status: 429 } })
  await expect(warm(Film, { model })).rejects.toMatchObject({ code: 'rate_limited' })
  await expect(warm(Film, { model, mode: 'json-objekt' as never })).rejects.toMatchObject({ code: 'bad_options' })
  await expect(warm(undefined as never, { model })).rejects.toMatchObject({ code: 'bad_options' })
  await expect(warm(z.object({ a: z.date() }), { model })).rejects.toMatchObject({ code: 'unsupported_schema' })
  await expect(warm(Film)).rejects.toMatchObject({ code: 'no_model' })
})

test('A signal stops it', async () => {
  const controller = new AbortController()
  server.respondWith({ data: FILM, latency: { headersMs: 60_000 } })
  const pending = warm(Film, { model: MODELS.anthropic(), signal: controller.signal })
  controller.abort()
  await expect(pending).rejects.toMatchObject({ code: 'aborted' })
})
