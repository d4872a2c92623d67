import Anthropic from '@anthropic-ai/sdk'
import { GoogleGenAI } from '@google/genai'
import { Ollama } from 'ollama'
import OpenAI, { AzureOpenAI } from 'openai'
import { expect, test } from 'vitest'
import type { Faults, Reply } from '../../src/testing/index.ts'
import { startProviderServer } from '../../src/testing/index.ts'

const messages = [{ role: 'user' as const, content: 'hi' }]

/** All events that a provider's own SDK gives for one reply; rejects with what the SDK throws. */
const readers = {
  async chat(url: string) {
    const client = new OpenAI({ baseURL: `${url}/v1`, apiKey: 'k', maxRetries: 0 })
    const options = { include_usage: true }
    return collect(
      await client.chat.completions.create({ model: 'm', stream: true, messages, stream_options: options }),
    )
  },
  async responses(url: string) {
    const client = new OpenAI({ baseURL: `${url}/v1`, apiKey: 'k', maxRetries: 0 })
    return collect(await client.responses.create({ model: 'm', stream: true, input: 'hi' }))
  },
  async anthropic(url: string) {
    const client = new Anthropic({ baseURL: url, apiKey: 'k', maxRetries: 0 })
    return collect(await client.messages.create({ model: 'm', max_tokens: 9, stream: true, messages }))
  },
  async gemini(url: string) {
    const client = new GoogleGenAI({ apiKey: 'k', httpOptions: { baseUrl: url } })
    return collect(await client.models.generateContentStream({ model: 'm', contents: 'hi' }))
  },
  async ollama(url: string) {
    return collect(await new Ollama({ host: url }).chat({ model: 'm', stream: true, messages }))
  },
}

async function collect<T>(events: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = []
  for await (const event of events) all.push(event)
  return all
}

async function ask<K extends keyof typeof readers>(
  wire: K,
  respond: Reply,
): Promise<Awaited<ReturnType<(typeof readers)[K]>>> {
  await using server = await startProviderServer({ respond })
  return (await readers[wire](server.url)) as Awaited<ReturnType<(typeof readers)[K]>>
}

test('an error inside the stream is the error that each SDK knows', async () => {
  const errorEvent = { status: 529, message: 'too busy', type: 'overloaded_error' }
  const reply = (faults: Faults): Reply => ({ text: 'a longer text', faults })
  await expect(ask('chat', reply({ errorEvent }))).rejects.toMatchObject({
    type: 'overloaded_error',
    status: undefined,
  })
  const asEvent = { ...errorEvent, form: 'event' as const, fields: { failed_generation: '{"a":' } }
  await expect(ask('chat', reply({ errorEvent: asEvent }))).rejects.toMatchObject({
    error: { failed_generation: '{"a":', message: 'too busy' },
  })
  await expect(ask('responses', reply({ errorEvent }))).rejects.toMatchObject({ type: 'overloaded_error' })
  await expect(ask('anthropic', reply({ errorEvent }))).rejects.toMatchObject({ type: 'overloaded_error' })
  await expect(ask('gemini', reply({ errorEvent }))).rejects.toMatchObject({ status: 529 })
  await expect(ask('ollama', reply({ errorEvent }))).rejects.toThrow('too busy')

  // The flat form passes through the SDK as an event.
  const flat = await ask('responses', reply({ errorEvent: { ...errorEvent, form: 'flat' } }))
  expect(flat.slice(-2)).toMatchObject([
    { type: 'error', message: 'too busy' },
    { type: 'response.failed', response: { status: 'failed', error: { message: 'too busy' } } },
  ])
})

test('HTTP errors are the errors that each SDK knows, with their request ids', async () => {
  const limited: Reply = { requestId: 'req_abc', faults: { status: 429, message: 'slow down' } }
  await expect(ask('chat', limited)).rejects.toMatchObject({
    status: 429,
    code: 'rate_limit_exceeded',
    requestID: 'req_abc',
    message: expect.stringContaining('slow down') as string,
  })
  await expect(ask('responses', limited)).rejects.toMatchObject({ status: 429, requestID: 'req_abc' })
  await expect(ask('anthropic', limited)).rejects.toMatchObject({
    status: 429,
    requestID: 'req_abc',
    type: 'rate_limit_error',
  })
  await expect(ask('gemini', limited)).rejects.toMatchObject({ status: 429 })
  await expect(ask('ollama', limited)).rejects.toMatchObject({ status_code: 429, error: 'slow down' })
  const overloaded: Reply = { faults: { status: 529 } }
  await expect(ask('anthropic', overloaded)).rejects.toMatchObject({ type: 'overloaded_error' })
})

test('a refusal in each form', async () => {
  const refusal = 'I will not do that.'
  const chat = await ask('chat', { refusal })
  expect(chat.map((chunk) => chunk.choices[0]?.delta.refusal ?? '').join('')).toBe(refusal)
  expect(chat.find((chunk) => chunk.choices[0]?.finish_reason)?.choices[0]!.finish_reason).toBe('stop')

  const responses = await ask('responses', { refusal })
  expect(responses.flatMap((event) => (event.type === 'response.refusal.delta' ? [event.delta] : [])).join('')).toBe(
    refusal,
  )
  expect(responses.at(-1)).toMatchObject({ type: 'response.completed' })

  const anthropic = await ask('anthropic', { refusal })
  expect(anthropic.at(-2)).toMatchObject({ delta: { stop_reason: 'refusal', stop_details: { explanation: refusal } } })

  const gemini = await ask('gemini', { refusal })
  expect(gemini.at(-1)!.candidates![0]!.finishReason).toBe('PROHIBITED_CONTENT')
})

test("finish reasons, in the wire's own words where ours have none", async () => {
  const filtered = { text: 'x', finish: 'content-filter' } as const
  expect((await ask('chat', filtered)).at(-2)!.choices[0]!.finish_reason).toBe('content_filter')
  expect((await ask('responses', filtered)).at(-1)).toMatchObject({
    response: { status: 'incomplete', incomplete_details: { reason: 'content_filter' } },
  })
  expect((await ask('gemini', filtered)).at(-1)!.candidates![0]!.finishReason).toBe('SAFETY')
  expect((await ask('anthropic', { text: 'x', wireFinish: 'pause_turn' })).at(-2)).toMatchObject({
    delta: { stop_reason: 'pause_turn' },
  })
  expect((await ask('gemini', { text: 'x', wireFinish: 'RECITATION' })).at(-1)!.candidates![0]!.finishReason).toBe(
    'RECITATION',
  )
  // `other` on Chat: an end without a word, as some servers send it.
  const silent = await ask('chat', { text: 'x', finish: 'other' })
  expect(silent.every((chunk) => (chunk.choices[0]?.finish_reason ?? null) === null)).toBe(true)
})

test('usage is reported in the terms of each wire', async () => {
  const usage = { inputTokens: 100, cachedInputTokens: 40, outputTokens: 30, reasoningTokens: 10 }
  const reply: Reply = { text: 'x', reasoning: 'y', usage }
  expect((await ask('chat', reply)).at(-1)!.usage).toMatchObject({
    prompt_tokens: 100,
    completion_tokens: 30,
    total_tokens: 130,
    prompt_tokens_details: { cached_tokens: 40 },
    completion_tokens_details: { reasoning_tokens: 10 },
  })
  expect((await ask('responses', reply)).at(-1)).toMatchObject({
    response: { usage: { input_tokens: 100, input_tokens_details: { cached_tokens: 40 }, output_tokens: 30 } },
  })
  // Anthropic and Gemini leave something out of their counts.
  expect((await ask('anthropic', reply)).at(-2)).toMatchObject({
    usage: { input_tokens: 60, cache_read_input_tokens: 40, output_tokens: 30 },
  })
  expect((await ask('gemini', reply)).at(-1)!.usageMetadata).toMatchObject({
    promptTokenCount: 100,
    candidatesTokenCount: 20,
    thoughtsTokenCount: 10,
    cachedContentTokenCount: 40,
    totalTokenCount: 130,
  })
  expect((await ask('chat', { text: 'x', usage: null })).some((chunk) => chunk.usage)).toBe(false)
})

test('Azure begins with a chunk that has no choices, on its deployment paths only', async () => {
  await using server = await startProviderServer({ respond: { text: 'x' } })
  const azure = new AzureOpenAI({
    endpoint: server.azureEndpoint,
    deployment: 'd',
    apiVersion: '2024-10-21',
    apiKey: 'k',
  })
  const [first] = await collect(await azure.chat.completions.create({ model: 'd', stream: true, messages }))
  expect(first).toMatchObject({ id: '', choices: [], prompt_filter_results: [{ prompt_index: 0 }] })
  const v1 = new OpenAI({ baseURL: `${server.azureEndpoint}/openai/v1/`, apiKey: 'k' })
  const [other] = await collect(await v1.chat.completions.create({ model: 'd', stream: true, messages }))
  expect(other!.choices).toHaveLength(1)
  expect(server.requests.map(({ path }) => path.split('?')[0])).toEqual([
    '/openai/deployments/d/chat/completions',
    '/openai/v1/chat/completions',
  ])
})

test('tool arguments that are not JSON: text where the wire has text, otherwise the end that the provider gives', async () => {
  const toolCalls = [{ id: 'c', name: 'f', arguments: '{"a":' }]
  const chat = await ask('chat', { toolCalls, finish: 'length' })
  expect(chat.map((chunk) => chunk.choices[0]?.delta.tool_calls?.[0]?.function?.arguments ?? '').join('')).toBe('{"a":')
  expect((await ask('gemini', { toolCalls })).at(-1)!.candidates![0]!.finishReason).toBe('MALFORMED_FUNCTION_CALL')
})

test('pings are what each SDK passes over', async () => {
  await using server = await startProviderServer({ respond: { text: 'abcdef', chunking: 1, pings: 1 } })
  const raw = await fetch(`${server.url}/v1/messages`, { method: 'POST', body: '{"stream":true}' })
  const body = await raw.text()
  expect(body.match(/event: ping/g)!.length).toBe(body.match(/event: (?!ping)/g)!.length)
})
