import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { ModelRequest } from '../../../src/models/model.ts'
import { openai } from '../../../src/models/openai/index.ts'
import type { ProviderServer } from '../../../src/testing/index.ts'
import { startProviderServer } from '../../../src/testing/index.ts'
import { ask, type Collected, formatOf } from '../collect.ts'

let server: ProviderServer
beforeAll(async () => {
  server = await startProviderServer()
})
afterAll(() => server.close())

const model = (id = 'gpt-5-test') => openai(id, { apiKey: 'test-key', baseURL: server.openaiBaseURL, maxRetries: 0 })

/** The events of these wire events. */
async function read(events: readonly { type: string }[], request?: Partial<ModelRequest>): Promise<Collected> {
  server.respondWith({
    raw: events.map((event) => `event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`).join(''),
  })
  return ask(model(), request)
}

const completed = { type: 'response.completed', response: { status: 'completed' } }
const added = (index: number, item: object) => ({ type: 'response.output_item.added', output_index: index, item })
const done = (index: number, item: object) => ({ type: 'response.output_item.done', output_index: index, item })
const text = (index: number, delta: string) => ({
  type: 'response.output_text.delta',
  output_index: index,
  content_index: 0,
  delta,
})

describe('events', () => {
  test('several messages are one text, commentary is reasoning', async () => {
    const got = await read([
      added(0, { type: 'message', phase: 'commentary' }),
      text(0, 'Looking.'),
      added(1, { type: 'message', phase: 'final_answer' }),
      text(1, 'A'),
      added(2, { type: 'message' }),
      text(2, 'B'),
      completed,
    ])
    expect([got.reasoning, got.text, got.finish]).toEqual(['Looking.', 'AB', ['stop']])
  })

  test('text that comes only at the end', async () => {
    const whole = { type: 'response.output_text.done', output_index: 0, content_index: 0, text: 'AB' }
    expect((await read([whole, completed])).text).toBe('AB')
    expect((await read([text(0, 'A'), text(0, 'B'), whole, completed])).text).toBe('AB')
  })

  test('arguments that come only at the end, of the call or of the item', async () => {
    const item = { type: 'function_call', call_id: 'c', name: 'x', arguments: '' }
    const argumentsDone = { type: 'response.function_call_arguments.done', output_index: 0, arguments: '{"n":1}' }
    const wanted = [{ id: 'c', name: 'x', arguments: '{"n":1}', ended: true }]
    expect((await read([added(0, item), argumentsDone, completed])).calls).toEqual(wanted)
    const got = await read([done(0, { ...item, arguments: '{"n":1}' }), completed])
    expect([got.calls, got.finish]).toEqual([wanted, ['tool-calls']])
  })

  test('calls are distinguished by where they stand, not by ids that repeat', async () => {
    const piece = (index: number, delta: string) => ({
      type: 'response.function_call_arguments.delta',
      output_index: index,
      item_id: 'same',
      delta,
    })
    const got = await read([
      added(0, { type: 'function_call', call_id: 'a', name: 'x' }),
      added(1, { type: 'function_call', call_id: 'b', name: 'y' }),
      piece(0, '{"x"'),
      piece(1, '{"y"'),
      piece(0, ':1}'),
      piece(1, ':2}'),
      completed,
    ])
    expect(got.calls.map((call) => [call.id, call.arguments])).toEqual([
      ['a', '{"x":1}'],
      ['b', '{"y":2}'],
    ])
  })

  test.each([
    ['max_output_tokens', 'length'],
    ['content_filter', 'content-filter'],
    ['something', 'other'],
  ])('incomplete by %s', async (reason, finish) => {
    const incomplete = { type: 'response.incomplete', response: { incomplete_details: { reason } } }
    const got = await read([text(0, 'half'), incomplete])
    expect([got.text, got.finish]).toEqual(['half', [finish]])
  })

  test.each([
    ['nested', { type: 'error', error: { code: 'server_error', message: 'broke' } }],
    ['flat', { type: 'error', code: 'server_error', message: 'broke', param: null, sequence_number: 3 }],
    [
      'as response.failed',
      { type: 'response.failed', response: { error: { code: 'server_error', message: 'broke' } } },
    ],
  ])('an error, %s', async (_, event) => {
    const got = await read([text(0, 'half'), event, completed])
    expect([got.error?.code, got.error?.retryable, got.finish]).toEqual(['provider_error', true, []])
    expect(got.error?.message).toContain('broke')
    expect(got.error?.message).toContain('server_error')
  })

  test('usage of a response that failed', async () => {
    const response = {
      error: { code: 'rate_limit_exceeded', message: 'slow' },
      usage: { input_tokens: 5, output_tokens: 1 },
    }
    const got = await read([{ type: 'response.failed', response } as { type: string }])
    expect(got.usage).toEqual({ inputTokens: 5, outputTokens: 1, totalTokens: 6 })
    expect(got.error?.code).toBe('rate_limited')
  })

  test('events of unknown kinds are passed over', async () => {
    expect((await read([{ type: 'response.something.new' }, text(0, 'A'), completed])).text).toBe('A')
  })

  test('a refusal in pieces, and whole', async () => {
    const piece = { type: 'response.refusal.delta', output_index: 0, content_index: 0, delta: 'No.' }
    const whole = { type: 'response.refusal.done', output_index: 0, content_index: 0, refusal: 'No.' }
    expect((await read([piece, whole, completed])).refusal).toBe('No.')
    const got = await read([whole, completed])
    expect([got.refusal, got.finish]).toEqual(['No.', ['refusal']])
  })
})

describe('reasoning goes back with its turn', () => {
  const reasoning = { type: 'reasoning', id: 'rs_1', summary: [], encrypted_content: 'gAAA' }
  const call = {
    type: 'function_call',
    id: 'fc_1',
    call_id: 'c1',
    name: 'weather',
    arguments: '{}',
    status: 'completed',
  }

  async function turn(changed: object = {}, settings = {}): Promise<unknown> {
    const got = await read([done(0, reasoning), done(1, call), completed])
    expect(got.providerData).toEqual({ items: [reasoning, call] })
    const toolCalls = [{ id: 'c1', name: 'weather', arguments: '{}' }]
    const providerData = { openai: got.providerData, anthropic: { blocks: [] } }
    server.respondWith({ text: 'ok' })
    await ask(model(), {
      settings,
      messages: [
        { role: 'user', content: 'go' },
        { role: 'assistant', content: '', toolCalls, providerData, ...changed },
        { role: 'tool', toolCallId: 'c1', content: 'sun' },
      ],
    })
    return server.requests.at(-1)!.body['input']
  }
  const first = { role: 'user', content: 'go' }
  const result = { type: 'function_call_output', call_id: 'c1', output: 'sun' }
  const neutral = { type: 'function_call', call_id: 'c1', name: 'weather', arguments: '{}' }

  test('as it came', async () => {
    expect(await turn()).toEqual([first, reasoning, call, result])
  })

  test('without ids when nothing is stored', async () => {
    const { id: _id, ...rest } = call
    expect(await turn({}, { providerOptions: { openai: { store: false } } })).toEqual([first, reasoning, rest, result])
    expect(server.requests.at(-1)!.body).toMatchObject({ store: false, include: ['reasoning.encrypted_content'] })
  })

  test('not when the calls were changed since, nor from another provider', async () => {
    expect(await turn({ providerData: { anthropic: { blocks: [] } } })).toEqual([first, neutral, result])
    const toolCalls = [{ id: 'other', name: 'weather', arguments: '{}' }]
    expect(await turn({ toolCalls })).toEqual([first, { ...neutral, call_id: 'other' }, result])
  })

  test('none is yielded for the answer tool', async () => {
    const answer = { ...call, name: 'give_answer', arguments: '{"a":1}' }
    const got = await read([done(0, reasoning), done(1, answer), completed], { format: formatOf('tool') })
    expect([got.text, got.providerData, got.finish]).toEqual(['{"a":1}', undefined, ['stop']])
  })
})

describe('request', () => {
  test('a schema, tools and a document', async () => {
    server.respondWith({ text: '{}' })
    const format = formatOf('json-schema')
    await ask(model('gpt-4o'), {
      format,
      tools: [{ name: 'weather', description: 'd', inputSchema: { type: 'object' } }],
      settings: { maxOutputTokens: 7, providerOptions: { openai: { text: { verbosity: 'low' }, store: false } } },
      messages: [
        {
          role: 'user',
          content: [
            { type: 'text', text: 'see' },
            { type: 'image', image: 'https://host/a.png' },
            { type: 'file', file: 'https://host/a.pdf' },
            { type: 'file', file: Uint8Array.of(1), mediaType: 'application/pdf' },
          ],
        },
      ],
    })
    expect(server.requests.at(-1)!.body).toEqual({
      model: 'gpt-4o',
      stream: true,
      store: false,
      max_output_tokens: 7,
      input: [
        {
          role: 'user',
          content: [
            { type: 'input_text', text: 'see' },
            { type: 'input_image', image_url: 'https://host/a.png', detail: 'auto' },
            { type: 'input_file', file_url: 'https://host/a.pdf' },
            { type: 'input_file', filename: 'file', file_data: 'data:application/pdf;base64,AQ==' },
          ],
        },
      ],
      text: {
        format: { type: 'json_schema', name: 'give_answer', strict: true, schema: format.schema },
        verbosity: 'low',
      },
      tools: [{ type: 'function', name: 'weather', description: 'd', parameters: { type: 'object' }, strict: false }],
    })
  })

  test('stop sequences are refused, for this wire has none', async () => {
    const { error } = await ask(model(), { settings: { stop: ['x'] } })
    expect([error?.code, error?.message.includes('api')]).toEqual(['bad_options', true])
  })
})
