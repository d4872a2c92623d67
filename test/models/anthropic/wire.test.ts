import Anthropic from '@anthropic-ai/sdk'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { anthropic } from '../../../src/models/anthropic/index.ts'
import { defaultMaxTokens } from '../../../src/models/anthropic/request.ts'
import type { ModelRequest } from '../../../src/models/model.ts'
import type { ProviderServer } from '../../../src/testing/index.ts'
import { startProviderServer } from '../../../src/testing/index.ts'
import type { ContentPart } from '../../../src/types.ts'
import { ask, type Collected, formatOf } from '../collect.ts'

let server: ProviderServer
beforeAll(async () => {
  server = await startProviderServer()
})
afterAll(() => server.close())

const model = () => anthropic('claude-test', { apiKey: 'test-key', baseURL: server.url, maxRetries: 0 })

interface WireEvent {
  type: string
  [key: string]: unknown
}

async function read(events: readonly WireEvent[], request?: Partial<ModelRequest>): Promise<Collected> {
  server.respondWith({
    raw: events.map((event) => `event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`).join(''),
  })
  return ask(model(), request)
}

async function sent(request: Partial<ModelRequest>): Promise<Record<string, unknown>> {
  server.respondWith({ data: { marked_property: 'x' } })
  const got = await ask(model(), request)
  if (got.error !== undefined) throw got.error
  return server.requests.at(-1)!.body
}

const start: WireEvent = {
  type: 'message_start',
  message: { model: 'm', usage: { input_tokens: 5, output_tokens: 1 } },
}
const block = (index: number, content_block: object): WireEvent => ({
  type: 'content_block_start',
  index,
  content_block,
})
const delta = (index: number, fields: object): WireEvent => ({ type: 'content_block_delta', index, delta: fields })
const stop = (index: number): WireEvent => ({ type: 'content_block_stop', index })
const end = (stop_reason: string | null, fields: object = {}): WireEvent => ({
  type: 'message_delta',
  delta: { stop_reason, ...fields },
  usage: { output_tokens: 9 },
})
const over: WireEvent = { type: 'message_stop' }

describe('events', () => {
  test.each([
    ['end_turn', 'stop'],
    ['stop_sequence', 'stop'],
    ['max_tokens', 'length'],
    ['model_context_window_exceeded', 'length'],
    ['tool_use', 'tool-calls'],
    ['refusal', 'refusal'],
    ['something_new', 'other'],
  ])('stop reason %s', async (reason, finish) => {
    expect((await read([start, end(reason), over])).finish).toEqual([finish])
  })

  test('pause_turn finishes as other, paused, with the blocks to send back', async () => {
    const tool = { type: 'server_tool_use', id: 's', name: 'web_search', input: {} }
    const got = await read([
      start,
      block(0, tool),
      delta(0, { type: 'input_json_delta', partial_json: '{"q":"x"}' }),
      stop(0),
      end('pause_turn'),
      over,
    ])
    expect(got.events.at(-1)).toEqual({ type: 'finish', reason: 'other', paused: true })
    expect(got.providerData).toEqual({ blocks: [{ ...tool, input: { q: 'x' } }] })
    expect(got.calls).toEqual([])
  })

  test('the reason of a refusal is reported', async () => {
    const details = { stop_details: { type: 'refusal', category: 'cyber', explanation: 'Not this.' } }
    const got = await read([start, end('refusal', details), over])
    expect([got.refusal, got.finish]).toEqual(['Not this.', ['refusal']])
  })

  test.each([
    ['only an empty delta', [delta(0, { type: 'input_json_delta', partial_json: '' })], {}, '{}'],
    ['none at all', [], {}, '{}'],
    ['the input at the start', [], { n: 1 }, '{"n":1}'],
    [
      'pieces',
      [
        delta(0, { type: 'input_json_delta', partial_json: '' }),
        delta(0, { type: 'input_json_delta', partial_json: '{"n":2}' }),
      ],
      {},
      '{"n":2}',
    ],
  ])('the arguments of a call: %s', async (_, deltas, input, wanted) => {
    const got = await read([
      start,
      block(0, { type: 'tool_use', id: 'c', name: 'x', input }),
      ...deltas,
      stop(0),
      end('tool_use'),
      over,
    ])
    expect(got.calls).toEqual([{ id: 'c', name: 'x', arguments: wanted, ended: true }])
  })

  test('in mode tool prose before the call is not the answer', async () => {
    const got = await read(
      [
        start,
        block(0, { type: 'text', text: '' }),
        delta(0, { type: 'text_delta', text: 'Here you are.' }),
        stop(0),
        block(1, { type: 'tool_use', id: 'c', name: 'give_answer', input: {} }),
        delta(1, { type: 'input_json_delta', partial_json: '{"n":2}' }),
        stop(1),
        end('tool_use'),
        over,
      ],
      { format: formatOf('tool') },
    )
    expect([got.text, got.calls, got.finish]).toEqual(['{"n":2}', [], ['stop']])
  })

  test('usage counts what was read from and written to the cache as input', async () => {
    const usage = { input_tokens: 3, cache_read_input_tokens: 20, cache_creation_input_tokens: 7, output_tokens: 1 }
    const got = await read([{ type: 'message_start', message: { usage } }, end('end_turn'), over])
    expect(got.usage).toEqual({
      inputTokens: 30,
      outputTokens: 9,
      totalTokens: 39,
      cachedInputTokens: 20,
      cacheWriteTokens: 7,
    })
  })

  test.each([
    ['overloaded_error', 'rate_limited', true],
    ['rate_limit_error', 'rate_limited', true],
    ['api_error', 'provider_error', true],
    ['invalid_request_error', 'provider_error', false],
  ])('error event %s', async (type, code, retryable) => {
    const got = await read([start, { type: 'error', error: { type, message: 'it broke' } }])
    expect([got.error?.code, got.error?.retryable, got.error?.status]).toEqual([code, retryable, undefined])
    expect(got.error?.message).toContain(type)
    expect(got.usage).toEqual({ inputTokens: 5, outputTokens: 1, totalTokens: 6 })
  })

  test('a stop reason is the end, even if message_stop is missing; so is message_stop without one', async () => {
    expect((await read([start, end('end_turn')])).finish).toEqual(['stop'])
    expect((await read([start, end(null), over])).finish).toEqual(['other'])
  })

  test('unknown events, blocks and deltas are passed over', async () => {
    const got = await read([
      start,
      { type: 'new_event' },
      block(0, { type: 'new_block' }),
      delta(0, { type: 'new_delta' }),
      delta(0, { type: 'text_delta', text: 'of an unknown block' }),
      stop(0),
      stop(7),
      end('end_turn'),
      over,
    ])
    expect([got.text, got.finish, got.error]).toEqual(['', ['stop'], undefined])
  })
})

describe('thinking goes back with its turn', () => {
  const thinking = { type: 'thinking', thinking: 'hm', signature: 'sig' }
  const use = { type: 'tool_use', id: 'c1', name: 'weather', input: { city: 'Rome' } }

  async function turn(changed: object = {}): Promise<unknown> {
    const got = await read([
      start,
      block(0, { type: 'thinking', thinking: '', signature: '' }),
      delta(0, { type: 'thinking_delta', thinking: 'hm' }),
      delta(0, { type: 'signature_delta', signature: 'sig' }),
      stop(0),
      block(1, { type: 'text', text: '' }),
      stop(1),
      block(2, { ...use, input: {} }),
      delta(2, { type: 'input_json_delta', partial_json: '{"city":"Rome"}' }),
      stop(2),
      end('tool_use'),
      over,
    ])
    expect(got.reasoning).toBe('hm')
    expect(got.providerData).toEqual({ blocks: [thinking, use] })
    const body = await sent({
      messages: [
        { role: 'user', content: 'go' },
        {
          role: 'assistant',
          content: '',
          toolCalls: [{ id: 'c1', name: 'weather', arguments: '{"city":"Rome"}' }],
          providerData: { anthropic: got.providerData },
          ...changed,
        },
        { role: 'tool', toolCallId: 'c1', content: 'sun' },
      ],
    })
    return (body['messages'] as { content: unknown }[])[1]!.content
  }

  test('as it came', async () => {
    expect(await turn()).toEqual([thinking, use])
  })

  test('not from another provider', async () => {
    expect(await turn({ providerData: { openai: { items: [] } } })).toEqual([use])
  })

  test('not when the calls were changed since', async () => {
    const content = await turn({ toolCalls: [{ id: 'new', name: 'weather', arguments: '{}' }] })
    expect(content).toEqual([{ ...use, id: 'new', input: {} }])
  })
})

describe('request', () => {
  test('roles are merged, results come first, empty texts are left out', async () => {
    const body = await sent({
      messages: [
        { role: 'system', content: 'A' },
        { role: 'system', content: 'B' },
        { role: 'user', content: 'one' },
        { role: 'user', content: 'two' },
        {
          role: 'assistant',
          content: '',
          toolCalls: [
            { id: 'call.1', name: 'x', arguments: '{"n":1}' },
            { id: 'c2', name: 'y', arguments: 'broken' },
          ],
        },
        { role: 'tool', toolCallId: 'call.1', content: '1' },
        { role: 'tool', toolCallId: 'c2', content: '' },
        { role: 'user', content: 'and?' },
        { role: 'assistant', content: '' },
        { role: 'user', content: 'well?' },
        { role: 'assistant', content: 'I think \n' },
      ],
    })
    expect(body['system']).toBe('A\n\nB')
    expect(body['messages']).toEqual([
      {
        role: 'user',
        content: [
          { type: 'text', text: 'one' },
          { type: 'text', text: 'two' },
        ],
      },
      {
        role: 'assistant',
        content: [
          { type: 'tool_use', id: 'call_1', name: 'x', input: { n: 1 } },
          { type: 'tool_use', id: 'c2', name: 'y', input: { arguments: 'broken' } },
        ],
      },
      {
        role: 'user',
        content: [
          { type: 'tool_result', tool_use_id: 'call_1', content: '1' },
          { type: 'tool_result', tool_use_id: 'c2' },
          { type: 'text', text: 'and?' },
          { type: 'text', text: 'well?' },
        ],
      },
      { role: 'assistant', content: [{ type: 'text', text: 'I think' }] },
    ])
  })

  test('modes', async () => {
    const schema = await sent({ format: formatOf('json-schema') })
    expect(schema['output_config']).toEqual({ format: { type: 'json_schema', schema: formatOf('tool').schema } })
    expect(schema).not.toHaveProperty('tools')
    const tool = await sent({ format: formatOf('tool') })
    expect(tool['tool_choice']).toEqual({ type: 'tool', name: 'give_answer', disable_parallel_tool_use: true })
    expect(tool['tools']).toMatchObject([{ name: 'give_answer', eager_input_streaming: true }])
    const tools = [{ name: 'weather', inputSchema: {} }]
    const beside = await sent({ format: formatOf('tool'), tools })
    expect(beside['tool_choice']).toEqual({ type: 'any' })
    expect(beside['tools']).toMatchObject([
      { name: 'weather', input_schema: { type: 'object' } },
      { name: 'give_answer' },
    ])
  })

  test('a forced tool is not sent together with thinking', async () => {
    const settings = { providerOptions: { anthropic: { thinking: { type: 'enabled', budget_tokens: 1024 } } } }
    const body = await sent({ format: formatOf('tool'), settings })
    expect(body).not.toHaveProperty('tool_choice')
    expect(body['output_config']).toMatchObject({ format: { type: 'json_schema' } })
    expect(body['thinking']).toEqual({ type: 'enabled', budget_tokens: 1024 })
  })

  test('settings', async () => {
    const settings = {
      temperature: 0,
      maxOutputTokens: 5,
      stop: ['x'],
      seed: 3,
      providerOptions: { anthropic: { output_config: { effort: 'low' } } },
    }
    const body = await sent({ settings, format: formatOf('json-schema') })
    expect(body).toMatchObject({
      temperature: 0,
      max_tokens: 5,
      stop_sequences: ['x'],
      output_config: { effort: 'low' },
    })
    expect(body['output_config']).toHaveProperty('format')
    expect(body).not.toHaveProperty('seed')
  })

  test.each([
    ['claude-3-haiku-20240307', 4_096],
    ['claude-3-5-sonnet-20241022', 8_192],
    ['claude-3-7-sonnet-20250219', 32_000],
    ['claude-opus-4-1', 32_000],
    ['claude-sonnet-4-5', 32_000],
  ])('max_tokens of %s', (id, tokens) => {
    expect(defaultMaxTokens(id)).toBe(tokens)
  })

  test('images and documents', async () => {
    const content: ContentPart[] = [
      { type: 'image', image: 'https://host/a.png' },
      { type: 'image', image: Uint8Array.of(1), mediaType: 'image/png' },
      { type: 'file', file: 'https://host/a.pdf', filename: 'a.pdf' },
      { type: 'file', file: Uint8Array.of(2), mediaType: 'application/pdf' },
      { type: 'file', file: 'data:text/plain,K%C3%B6ln' },
      { type: 'text', text: 'see' },
    ]
    const body = await sent({ messages: [{ role: 'user', content }] })
    expect((body['messages'] as { content: unknown }[])[0]!.content).toEqual([
      { type: 'image', source: { type: 'url', url: 'https://host/a.png' } },
      { type: 'image', source: { type: 'base64', media_type: 'image/png', data: 'AQ==' } },
      { type: 'document', source: { type: 'url', url: 'https://host/a.pdf' }, title: 'a.pdf' },
      { type: 'document', source: { type: 'base64', media_type: 'application/pdf', data: 'Ag==' } },
      { type: 'document', source: { type: 'text', media_type: 'text/plain', data: 'Köln' } },
      { type: 'text', text: 'see' },
    ])
  })

  test.each([
    [{ type: 'image', image: Uint8Array.of(1), mediaType: 'image/tiff' }],
    [{ type: 'file', file: Uint8Array.of(1), mediaType: 'application/zip' }],
  ] as const)('a part that is not taken is refused by name: %j', async (part) => {
    const refused = sent({ messages: [{ role: 'user', content: [part] }] })
    await expect(refused).rejects.toMatchObject({ code: 'bad_options', provider: 'anthropic' })
    await expect(refused).rejects.toThrow(part.mediaType)
  })

  test('variables of the environment do not redirect the client', async () => {
    process.env['ANTHROPIC_BASE_URL'] = 'http://127.0.0.1:1'
    try {
      server.respondWith({ text: 'ok' })
      expect((await ask(model())).text).toBe('ok')
    } finally {
      delete process.env['ANTHROPIC_BASE_URL']
    }
  })
})

test('a given client is used unchanged, and its key is not seen in errors', async () => {
  const client = new Anthropic({ apiKey: 'own-key-12345', baseURL: server.url, maxRetries: 0 })
  server.respondWith([{ text: 'ok' }, { faults: { status: 401, message: 'bad own-key-12345' } }])
  expect((await ask(anthropic('m', { client }))).text).toBe('ok')
  const { error } = await ask(anthropic('m', { client }))
  expect(error?.message).toContain('bad [redacted]')
})
