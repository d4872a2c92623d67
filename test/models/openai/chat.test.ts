import { OpenAI } from 'openai'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { ModelRequest } from '../../../src/models/model.ts'
import { openai, openaiCompatible, groq } from '../../../src/models/openai/index.ts'
import type { ProviderServer, Reply } from '../../../src/testing/index.ts'
import { startProviderServer } from '../../../src/testing/index.ts'
import { ask, type Collected, formatOf } from '../collect.ts'

let server: ProviderServer
beforeAll(async () => {
  server = await startProviderServer()
})
afterAll(() => server.close())

const model = () =>
  openai('gpt-test', { api: 'chat', apiKey: 'test-key', baseURL: server.openaiBaseURL, maxRetries: 0 })

/** The events of these chunks, given as JSON values or as raw lines. */
async function read(chunks: readonly unknown[], request?: Partial<ModelRequest>): Promise<Collected> {
  const raw = chunks.map((chunk) => (typeof chunk === 'string' ? chunk : `data: ${JSON.stringify(chunk)}\n\n`)).join('')
  server.respondWith({ raw })
  return ask(model(), request)
}

const delta = (fields: object, finish: string | null = null): object => ({
  choices: [{ index: 0, delta: fields, finish_reason: finish }],
})
const call = (fields: object): object => delta({ tool_calls: [fields] })
const stop = delta({}, 'stop')

describe('tolerance', () => {
  test.each([
    ['empty finish_reason is none', [delta({ content: 'a' }, ''), delta({ content: 'b' }), stop], 'ab'],
    ['choices missing, empty or null', [{}, { choices: [] }, { choices: null }, delta({ content: 'a' }), stop], 'a'],
    ['a choice without delta', [{ choices: [{ index: 0 }] }, delta({ content: 'a' }), stop], 'a'],
    ['a choice without index', [{ choices: [{ delta: { content: 'a' }, finish_reason: 'stop' }] }], 'a'],
    [
      'another choice',
      [{ choices: [{ index: 1, delta: { content: 'no' }, finish_reason: 'stop' }] }, delta({ content: 'a' }), stop],
      'a',
    ],
    [
      'content as a list',
      [
        delta({
          content: [
            { type: 'text', text: 'a' },
            { type: 'text', text: 'b' },
          ],
        }),
        stop,
      ],
      'ab',
    ],
    [
      'comments and padded lines',
      [': waiting\n\n', `data:   ${JSON.stringify(delta({ content: 'a' }))}   \n\n`, stop],
      'a',
    ],
    ['leading newlines are text', [delta({ content: '\n\n' }), delta({ content: 'a' }), stop], '\n\na'],
    [
      'chunks that are not objects',
      ['data: 1\n\n', 'data: null\n\n', 'data: []\n\n', delta({ content: 'a' }), stop],
      'a',
    ],
  ])('%s', async (_, chunks, text) => {
    const got = await read([...chunks, 'data: [DONE]\n\n'])
    expect(got.error).toBeUndefined()
    expect([got.text, got.finish]).toEqual([text, ['stop']])
  })

  test('[DONE] without a finish reason is an end with reason other', async () => {
    const got = await read([delta({ content: 'a' }), 'data: [DONE]\n\n'])
    expect([got.text, got.finish, got.error]).toEqual(['a', ['other'], undefined])
  })

  test('[DONE] inside the answer is not an end', async () => {
    const got = await read([delta({ content: '\ndata: [DONE]\n' })])
    expect([got.finish, got.error?.code]).toEqual([[], 'connection_lost'])
  })

  test.each([
    ['reasoning_content', { reasoning_content: 'hm' }],
    ['reasoning', { reasoning: 'hm' }],
    ['both', { reasoning_content: 'hm', reasoning: 'hm' }],
    ['thinking parts', { content: [{ type: 'thinking', thinking: [{ type: 'text', text: 'hm' }] }] }],
  ])('reasoning in %s', async (_, fields) => {
    const got = await read([delta(fields), delta({ content: 'a' }), stop])
    expect([got.reasoning, got.text]).toEqual(['hm', 'a'])
  })

  test.each([
    [
      'by index',
      [
        { index: 0, id: 'a', function: { name: 'x', arguments: '{"n"' } },
        { index: 0, function: { arguments: ':1}' } },
      ],
    ],
    [
      'index from 1',
      [
        { index: 1, id: 'a', function: { name: 'x', arguments: '' } },
        { index: 1, function: { arguments: '{"n":1}' } },
      ],
    ],
    [
      'no index, by id',
      [
        { id: 'a', function: { name: 'x', arguments: '{"n"' } },
        { id: 'a', function: { arguments: ':1}' } },
      ],
    ],
    ['no index and no id', [{ id: 'a', function: { name: 'x' } }, { function: { arguments: '{"n":1}' } }]],
    [
      'the name again, and empty',
      [
        { index: 0, id: 'a', function: { name: 'x', arguments: '{' } },
        { index: 0, id: 'a', function: { name: 'x', arguments: '"n":1}' } },
        { index: 0, function: { name: '' } },
      ],
    ],
    [
      'the name late',
      [
        { index: 0, id: 'a', function: { arguments: '{"n"' } },
        { index: 0, function: { name: 'x', arguments: ':1}' } },
      ],
    ],
    [
      'arguments null, then an object',
      [
        { index: 0, id: 'a', function: { name: 'x', arguments: null } },
        { index: 0, function: { arguments: { n: 1 } } },
      ],
    ],
    ['a hostile index', [{ index: '__proto__', id: 'a', function: { name: 'x', arguments: '{"n":1}' } }]],
  ])('one tool call: %s', async (_, calls) => {
    const got = await read([...calls.map(call), delta({}, 'tool_calls')])
    expect(got.calls).toEqual([{ id: 'a', name: 'x', arguments: '{"n":1}', ended: true }])
    expect(got.finish).toEqual(['tool-calls'])
  })

  test.each([
    [
      'ids without index',
      [
        { id: 'a', function: { name: 'x', arguments: '{}' } },
        { id: 'b', function: { name: 'x', arguments: '{}' } },
      ],
    ],
    [
      'the same index for each',
      [
        { index: 0, id: 'a', function: { name: 'x', arguments: '{}' } },
        { index: 0, id: 'b', function: { name: 'x', arguments: '{}' } },
      ],
    ],
  ])('two tool calls: %s', async (_, calls) => {
    const got = await read([...calls.map(call), delta({}, 'tool_calls')])
    expect(got.calls.map((one) => [one.id, one.arguments])).toEqual([
      ['a', '{}'],
      ['b', '{}'],
    ])
  })

  test('tool calls that finish with stop', async () => {
    const got = await read([call({ index: 0, id: 'a', function: { name: 'x', arguments: '{}' } }), stop])
    expect(got.finish).toEqual(['tool-calls'])
  })

  test.each([
    ['model_length', 'length'],
    ['max_tokens', 'length'],
    ['eos', 'stop'],
    ['content_filter', 'content-filter'],
    ['function_call', 'tool-calls'],
    ['insufficient_system_resource', 'error'],
    ['constructor', 'other'],
  ])('finish reason %s', async (word, reason) => {
    expect((await read([delta({ content: 'a' }, word)])).finish).toEqual([reason])
  })

  test.each([
    ['separate', { usage: { prompt_tokens: 3, completion_tokens: 4, prompt_tokens_details: { cached_tokens: 2 } } }],
    [
      'of Groq',
      { x_groq: { usage: { prompt_tokens: 3, completion_tokens: 4, prompt_tokens_details: { cached_tokens: 2 } } } },
    ],
    ['of DeepSeek', { usage: { prompt_tokens: 3, completion_tokens: 4, prompt_cache_hit_tokens: 2 } }],
  ])('usage %s', async (_, fields) => {
    const got = await read([{ ...stop, ...fields }])
    expect(got.usage).toEqual({ inputTokens: 3, outputTokens: 4, totalTokens: 7, cachedInputTokens: 2 })
  })

  test('usage that stands next to an error is not lost', async () => {
    const got = await read([
      delta({ content: 'a' }),
      { error: { code: 502, message: 'upstream' }, usage: { prompt_tokens: 3 } },
    ])
    expect(got.usage).toEqual({ inputTokens: 3 })
    expect(got.error?.code).toBe('provider_error')
    expect(got.error?.status).toBe(502)
  })
})

describe('failures', () => {
  test('an event that is not JSON is not taken for a cut', async () => {
    const got = await read([
      delta({ content: 'a' }),
      'data: {broken}\n\n',
      `data: ${JSON.stringify(stop)}\n\n`.repeat(2_000),
    ])
    expect(got.error?.code).toBe('provider_error')
  })

  test.each([
    ['a page of a proxy', 'text/html; charset=utf-8', '<h1>Sign in</h1>'],
    ['an answer in one piece', 'application/json', '{"choices":[{"message":{"content":"hi"}}]}'],
  ])('%s under status 200 is reported as what it is', async (_, type, raw) => {
    server.respondWith({ raw, faults: { headers: { 'content-type': type } } })
    const { error } = await ask(model())
    expect([error?.code, error?.retryable]).toEqual(['provider_error', false])
    expect(error?.message).toContain(type)
    expect(error?.message).toContain(raw)
  })

  test('a connection lost after the finish reason has lost nothing', async () => {
    server.respondWith({ text: 'abc', faults: { resetAfterEvent: 3 }, chunking: 3 })
    const got = await ask(model())
    expect([got.text, got.finish, got.error]).toEqual(['abc', ['stop'], undefined])
  })

  test('failed_generation of Groq is reported', async () => {
    const event = {
      error: { message: 'tool failed', code: 'tool_use_failed', failed_generation: '{"bad":1}', status_code: 400 },
    }
    server.respondWith({ raw: `event: error\ndata: ${JSON.stringify(event)}\n\n` })
    const got = await ask(groq('m', { apiKey: 'test-key', baseURL: server.openaiBaseURL, maxRetries: 0 }))
    expect(got.error?.message).toContain('{"bad":1}')
    expect(got.error?.status).toBe(400)
    expect(got.error?.cause).toMatchObject({ body: { failed_generation: '{"bad":1}' } })
  })

  test('the SDK tries again before the first byte, as often as its option says', async () => {
    const before = server.requests.length
    const failing: Reply = { faults: { status: 503, headers: { 'retry-after-ms': '1' } } }
    server.respondWith([failing, failing, { text: 'at last' }])
    const options = { api: 'chat', apiKey: 'test-key', baseURL: server.openaiBaseURL } as const
    expect((await ask(openai('m', options))).text).toBe('at last')
    expect(server.requests.length).toBe(before + 3)
  })

  test('an abort during the SDK’s wait before a retry ends at once', async () => {
    server.respondWith({ faults: { status: 429, headers: { 'retry-after': '2' } } })
    const controller = new AbortController()
    const before = server.requests.length
    const reading = ask(openai('m', { api: 'chat', apiKey: 'k', baseURL: server.openaiBaseURL }), {}, controller.signal)
    while (server.requests.length === before) await new Promise((resolve) => setTimeout(resolve, 2))
    await server.requests[before]!.closed
    controller.abort()
    expect((await reading).error).toBeUndefined()
    expect(server.requests.length).toBe(before + 1)
  })

  test('a time limit for the headers is a timeout', async () => {
    server.respondWith({ faults: { beforeHeaders: 'stall' } })
    const options = { api: 'chat', apiKey: 'k', baseURL: server.openaiBaseURL, maxRetries: 0, timeout: 30 } as const
    expect((await ask(openai('m', options))).error?.code).toBe('timeout')
  })
})

describe('request', () => {
  const sent = async (request: Partial<ModelRequest>): Promise<Record<string, unknown>> => {
    server.respondWith({ text: '{}' })
    const got = await ask(model(), request)
    if (got.error !== undefined) throw got.error
    return server.requests.at(-1)!.body
  }

  test('a schema', async () => {
    const format = { ...formatOf('json-schema'), description: 'What it is' }
    expect(await sent({ format, settings: { maxOutputTokens: 9, stop: ['x'], seed: 1, temperature: 0 } })).toEqual({
      model: 'gpt-test',
      messages: [{ role: 'user', content: 'Say something' }],
      stream: true,
      stream_options: { include_usage: true },
      temperature: 0,
      max_completion_tokens: 9,
      stop: ['x'],
      seed: 1,
      response_format: {
        type: 'json_schema',
        json_schema: { name: 'give_answer', description: 'What it is', strict: true, schema: format.schema },
      },
    })
  })

  test('a forced tool, alone and next to others', async () => {
    const alone = await sent({ format: formatOf('tool') })
    expect(alone['tool_choice']).toEqual({ type: 'function', function: { name: 'give_answer' } })
    expect(alone['parallel_tool_calls']).toBe(false)
    expect(alone['tools']).toMatchObject([{ type: 'function', function: { name: 'give_answer', strict: true } }])
    const tools = [{ name: 'weather', inputSchema: { type: 'object' } }]
    const beside = await sent({ format: formatOf('tool'), tools })
    expect(beside['tool_choice']).toBe('required')
    expect(beside['tools']).toMatchObject([{ function: { name: 'weather' } }, { function: { name: 'give_answer' } }])
  })

  test('messages with images, files, sound, calls and results', async () => {
    const pdf = Uint8Array.from(Buffer.from('%PDF-1'))
    const body = await sent({
      messages: [
        { role: 'system', content: 'S' },
        {
          role: 'user',
          content: [
            { type: 'text', text: 'see' },
            { type: 'image', image: 'https://host/a.png' },
            { type: 'image', image: Uint8Array.of(1, 2), mediaType: 'image/png' },
            { type: 'file', file: pdf, filename: 'a.pdf' },
            { type: 'file', file: Uint8Array.of(3), mediaType: 'audio/mpeg' },
          ],
        },
        { role: 'assistant', content: '', toolCalls: [{ id: 'c', name: 'x', arguments: '{}' }] },
        { role: 'tool', toolCallId: 'c', content: 'r' },
      ],
    })
    expect(body['messages']).toEqual([
      { role: 'system', content: 'S' },
      {
        role: 'user',
        content: [
          { type: 'text', text: 'see' },
          { type: 'image_url', image_url: { url: 'https://host/a.png' } },
          { type: 'image_url', image_url: { url: 'data:image/png;base64,AQI=' } },
          { type: 'file', file: { filename: 'a.pdf', file_data: 'data:application/pdf;base64,JVBERi0x' } },
          { type: 'input_audio', input_audio: { data: 'Aw==', format: 'mp3' } },
        ],
      },
      {
        role: 'assistant',
        content: null,
        tool_calls: [{ id: 'c', type: 'function', function: { name: 'x', arguments: '{}' } }],
      },
      { role: 'tool', tool_call_id: 'c', content: 'r' },
    ])
  })

  test('a file by URL is refused by name', async () => {
    const content = [{ type: 'file' as const, file: 'https://host/a.pdf' }]
    await expect(sent({ messages: [{ role: 'user', content }] })).rejects.toMatchObject({ code: 'bad_options' })
    await expect(sent({ messages: [{ role: 'user', content }] })).rejects.toThrow('"file"')
  })

  test('a tool with the answer tool’s name, and an answer tool that is not an object, are refused', async () => {
    const tools = [{ name: 'give_answer', inputSchema: { type: 'object' } }]
    await expect(sent({ format: formatOf('tool'), tools })).rejects.toMatchObject({ code: 'bad_options' })
    const format = { ...formatOf('tool'), schema: { type: 'array' } }
    await expect(sent({ format })).rejects.toThrow('"array"')
  })

  test('variables of the environment do not redirect the client', async () => {
    process.env['OPENAI_BASE_URL'] = 'http://127.0.0.1:1/v1'
    try {
      server.respondWith({ text: 'ok' })
      expect((await ask(model())).text).toBe('ok')
    } finally {
      delete process.env['OPENAI_BASE_URL']
    }
  })
})

describe('openaiCompatible', () => {
  test('speaks the older words, and sends no key that was not given', async () => {
    process.env['OPENAI_API_KEY'] = 'key-of-someone-else'
    process.env['OPENAI_ORG_ID'] = 'org-of-someone-else'
    try {
      server.respondWith({ text: 'ok' })
      const own = openaiCompatible('m', { baseURL: server.openaiBaseURL, streamUsage: false, provider: 'vllm' })
      const settings = { maxOutputTokens: 5, providerOptions: { vllm: { top_k: 3 }, openai: { top_k: 4 } } }
      expect((await ask(own, { settings })).text).toBe('ok')
      const { body, headers } = server.requests.at(-1)!
      expect(body).toMatchObject({ max_tokens: 5, top_k: 3 })
      expect(body).not.toHaveProperty('stream_options')
      expect(JSON.stringify(headers)).not.toMatch(/authorization|someone-else/)
    } finally {
      delete process.env['OPENAI_API_KEY']
      delete process.env['OPENAI_ORG_ID']
    }
  })

  test('needs an address', () => {
    expect(() => openaiCompatible('m', {} as never)).toThrow('baseURL')
    expect(() => openaiCompatible('m', { baseURL: 'localhost:1' })).toThrow('baseURL')
  })
})

describe('a given client', () => {
  test('is used as it is', async () => {
    server.respondWith({ text: 'ok', requestId: 'req_own' })
    const client = new OpenAI({ apiKey: 'own-key-12345', baseURL: server.openaiBaseURL, maxRetries: 0 })
    const got = await ask(openai('m', { client, api: 'chat' }))
    expect([got.text, got.requestId]).toEqual(['ok', 'req_own'])
    expect(server.requests.at(-1)!.headers.authorization).toBe('Bearer own-key-12345')
  })

  test('its key and headers are not seen in errors', async () => {
    const client = new OpenAI({
      apiKey: 'own-key-12345',
      baseURL: server.openaiBaseURL,
      maxRetries: 0,
      defaultHeaders: { 'x-own': 'own-header-9876' },
    })
    server.respondWith({ faults: { status: 401, message: 'own-key-12345 with own-header-9876' } })
    const { error } = await ask(openai('m', { client, api: 'chat' }))
    expect(error?.message).toContain('[redacted] with [redacted]')
  })
})

describe('groq', () => {
  const groqModel = () =>
    groq('openai/gpt-oss-20b', { apiKey: 'test-key', baseURL: server.openaiBaseURL, maxRetries: 0 })
  const tools = [{ name: 'weather', inputSchema: { type: 'object' } }]

  test('has schemas only on the models that take them', () => {
    expect(groqModel().modes).toContain('json-schema')
    expect(groq('llama-3.3-70b-versatile').modes).toEqual(['tool', 'json-object', 'prompt'])
  })

  test.each(['json-schema', 'json-object'] as const)('never sends a response format with tools (%s)', async (mode) => {
    server.respondWith({ text: '{}' })
    await ask(groqModel(), { format: formatOf(mode), tools })
    const { body } = server.requests.at(-1)!
    expect(body).not.toHaveProperty('response_format')
    expect(body['tool_choice']).toBe(mode === 'json-schema' ? 'required' : undefined)
  })
})
