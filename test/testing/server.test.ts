import Anthropic from '@anthropic-ai/sdk'
import { GoogleGenAI } from '@google/genai'
import { Ollama } from 'ollama'
import OpenAI from 'openai'
import { expect, test } from 'vitest'
import { startProviderServer } from '../../src/testing/index.ts'

const message = { role: 'user' as const, content: 'hi' }

test('successive requests get successive replies, and the last one again', async () => {
  await using server = await startProviderServer({ respond: [{ text: 'one' }, { text: 'two' }] })
  const client = new OpenAI({ baseURL: server.openaiBaseURL, apiKey: 'k' })
  const ask = async () =>
    (await client.chat.completions.create({ model: 'm', messages: [message] })).choices[0]!.message.content
  expect([await ask(), await ask(), await ask()]).toEqual(['one', 'two', 'two'])
  server.respondWith((request) => ({ text: `${request.index} ${String(request.body['model'])}` }))
  expect(await ask()).toBe('3 m')
})

test('requests are kept as they came', async () => {
  await using server = await startProviderServer({ respond: { text: 'x' } })
  const client = new Anthropic({ baseURL: server.anthropicBaseURL, apiKey: 'secret' })
  await client.messages.create({ model: 'claude', max_tokens: 5, messages: [message] })
  const [request] = server.requests
  expect(request).toMatchObject({
    index: 0,
    method: 'POST',
    path: '/v1/messages',
    wire: 'anthropic',
    stream: false,
    body: { model: 'claude', max_tokens: 5 },
  })
  expect(request!.headers['user-agent']).toContain('Anthropic')
  expect((await request!.closed).byClient).toBe(false)
})

test('whole answers, in each wire', async () => {
  const respond = { text: '{"a":1}', reasoning: 'hmm', usage: { inputTokens: 3, outputTokens: 4 } }
  await using server = await startProviderServer({ respond })
  const openai = new OpenAI({ baseURL: server.openaiBaseURL, apiKey: 'k' })
  const anthropic = new Anthropic({ baseURL: server.anthropicBaseURL, apiKey: 'k' })
  const google = new GoogleGenAI({ apiKey: 'k', httpOptions: { baseUrl: server.geminiBaseURL } })
  const ollama = new Ollama({ host: server.ollamaHost })

  const chat = await openai.chat.completions.create({ model: 'm', messages: [message] })
  expect(chat.choices[0]!.message.content).toBe('{"a":1}')
  expect(chat.usage).toMatchObject({ prompt_tokens: 3, completion_tokens: 4, total_tokens: 7 })
  const response = await openai.responses.create({ model: 'm', input: 'hi' })
  expect(response.output_text).toBe('{"a":1}')
  expect(response.usage).toMatchObject({ input_tokens: 3, output_tokens: 4 })
  const claude = await anthropic.messages.create({ model: 'm', max_tokens: 9, messages: [message] })
  expect(claude.content.map((block) => block.type)).toEqual(['thinking', 'text'])
  expect(claude.stop_reason).toBe('end_turn')
  const gemini = await google.models.generateContent({ model: 'm', contents: 'hi' })
  expect(gemini.text).toBe('{"a":1}')
  const llama = await ollama.chat({ model: 'm', messages: [message] })
  expect(llama.message).toMatchObject({ content: '{"a":1}', thinking: 'hmm' })
})

test('who wants some JSON gets some JSON', async () => {
  await using server = await startProviderServer()
  const openai = new OpenAI({ baseURL: server.openaiBaseURL, apiKey: 'k' })
  const google = new GoogleGenAI({ apiKey: 'k', httpOptions: { baseUrl: server.geminiBaseURL } })
  const ollama = new Ollama({ host: server.ollamaHost })
  const format = { type: 'json_object' as const }
  const chat = await openai.chat.completions.create({ model: 'm', messages: [message], response_format: format })
  const response = await openai.responses.create({ model: 'm', input: 'json', text: { format } })
  const config = { responseMimeType: 'application/json' }
  const gemini = await google.models.generateContent({ model: 'm', contents: 'hi', config })
  const llama = await ollama.chat({ model: 'm', messages: [message], format: 'json' })
  for (const text of [chat.choices[0]!.message.content, response.output_text, gemini.text, llama.message.content]) {
    expect(JSON.parse(text!)).toEqual({ message: expect.any(String) as string })
  }
})

test('lists of models, in each form', async () => {
  await using server = await startProviderServer({ models: ['alpha', 'beta'] })
  const openai = new OpenAI({ baseURL: server.openaiBaseURL, apiKey: 'k' })
  expect((await openai.models.list()).data.map((model) => model.id)).toEqual(['alpha', 'beta'])
  const anthropic = new Anthropic({ baseURL: server.anthropicBaseURL, apiKey: 'k' })
  expect((await anthropic.models.list()).data.map((model) => model.id)).toEqual(['alpha', 'beta'])
  const llama = await new Ollama({ host: server.ollamaHost }).list()
  expect(llama.models.map((model) => model.name)).toEqual(['alpha', 'beta'])
})

test('keys and models can be demanded', async () => {
  await using server = await startProviderServer({ apiKey: 'right', models: ['m'], respond: { text: 'ok' } })
  const ask = (apiKey: string, model: string) =>
    new OpenAI({ baseURL: server.openaiBaseURL, apiKey }).chat.completions.create({ model, messages: [message] })
  await expect(ask('wrong', 'm')).rejects.toMatchObject({ status: 401, code: 'invalid_api_key' })
  await expect(ask('right', 'other')).rejects.toMatchObject({ status: 404, code: 'model_not_found' })
  expect((await ask('right', 'm')).choices[0]!.message.content).toBe('ok')
  const anthropic = new Anthropic({ baseURL: server.anthropicBaseURL, apiKey: 'wrong' })
  await expect(anthropic.messages.create({ model: 'm', max_tokens: 9, messages: [message] })).rejects.toMatchObject({
    status: 401,
    type: 'authentication_error',
  })
})

test('closing ends every connection, stalled ones too', async () => {
  const server = await startProviderServer({ respond: { text: 'abc', faults: { stallAtByte: 10 } } })
  const response = await fetch(`${server.url}/v1/messages`, { method: 'POST', body: '{"stream":true}' })
  expect(server.openSockets).toBe(1)
  const broken = response.text().catch((error: unknown) => error)
  await server.close()
  expect(await broken).toBeInstanceOf(TypeError)
  expect(server.openSockets).toBe(0)
  expect((await server.requests[0]!.closed).byClient).toBe(false)
  await server.close()
  await expect(fetch(server.url)).rejects.toThrow('fetch failed')
})

test('a port in use is a typed error', async () => {
  await using server = await startProviderServer()
  await expect(startProviderServer({ port: server.port })).rejects.toMatchObject({ code: 'bad_options' })
})

test('other paths and broken bodies get an answer that says so', async () => {
  await using server = await startProviderServer()
  const wrongPath = await fetch(`${server.url}/v2/whatever`, { method: 'POST', body: '{}' })
  expect(wrongPath.status).toBe(404)
  expect(await wrongPath.text()).toContain('POST /v2/whatever')
  const wrongBody = await fetch(`${server.url}/v1/messages`, { method: 'POST', body: '[1' })
  expect(wrongBody.status).toBe(400)
  expect(server.requests).toHaveLength(0)
})

test('several tools of which one must be called: the last, or the named one, carries the answer', async () => {
  await using server = await startProviderServer({ respond: [{ text: '{}' }, { text: '{}', answerTool: 'first' }] })
  const client = new OpenAI({ baseURL: server.openaiBaseURL, apiKey: 'k' })
  const tools = ['first', 'last'].map((name) => ({ type: 'function' as const, function: { name, parameters: {} } }))
  const called = async () => {
    const answer = await client.chat.completions.create({
      model: 'm',
      messages: [message],
      tools,
      tool_choice: 'required',
    })
    const [call] = answer.choices[0]!.message.tool_calls!
    return [answer.choices[0]!.finish_reason, call!.type === 'function' && call!.function.name]
  }
  expect(await called()).toEqual(['tool_calls', 'last'])
  expect(await called()).toEqual(['tool_calls', 'first'])
})

test('the pace is at most what was asked for', async () => {
  await using server = await startProviderServer({
    latency: { headersMs: 10, firstDeltaMs: 10, tokensPerSecond: 500 },
    respond: { text: 'x'.repeat(40), chunking: 4 },
  })
  const start = performance.now()
  const response = await fetch(`${server.url}/v1/messages`, { method: 'POST', body: '{"stream":true}' })
  await response.text()
  // Ten deltas: nine gaps of 2 ms after the first. Timers may fire a millisecond early.
  expect(performance.now() - start).toBeGreaterThan(30)
})
