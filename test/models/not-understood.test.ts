import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { anthropic } from '../../src/models/anthropic/index.ts'
import { gemini } from '../../src/models/google/index.ts'
import type { Model } from '../../src/models/model.ts'
import { ollama } from '../../src/models/ollama/index.ts'
import { openai } from '../../src/models/openai/index.ts'
import { runStream } from '../../src/run-stream.ts'
import { jsonSchema } from '../../src/schema/json-schema/definition.ts'
import type { Faults, ProviderServer } from '../../src/testing/index.ts'
import { startProviderServer } from '../../src/testing/index.ts'
import { ask, type Collected } from './collect.ts'

let server: ProviderServer
beforeAll(async () => {
  server = await startProviderServer()
})
afterAll(() => server.close())

const shared = { apiKey: 'test-key', maxRetries: 0 }
const models: Record<string, () => Model> = {
  chat: () => openai('m', { ...shared, api: 'chat', baseURL: server.openaiBaseURL }),
  responses: () => openai('m', { ...shared, baseURL: server.openaiBaseURL }),
  anthropic: () => anthropic('m', { ...shared, baseURL: server.url }),
  gemini: () => gemini('m', { ...shared, baseURL: server.url }),
  ollama: () => ollama('m', { host: server.url }),
}

/** An answer "abc" of each wire, as events. */
const events: Record<string, object[]> = {
  chat: [
    { object: 'chat.completion.chunk', choices: [{ index: 0, delta: { content: 'ab' }, finish_reason: null }] },
    { object: 'chat.completion.chunk', choices: [{ index: 0, delta: { content: 'c' }, finish_reason: 'stop' }] },
  ],
  responses: [
    { type: 'response.output_text.delta', item_id: 'm', output_index: 0, content_index: 0, delta: 'ab' },
    { type: 'response.output_text.delta', item_id: 'm', output_index: 0, content_index: 0, delta: 'c' },
    { type: 'response.completed', response: { status: 'completed' } },
  ],
  anthropic: [
    { type: 'message_start', message: { model: 'm', content: [] } },
    { type: 'content_block_start', index: 0, content_block: { type: 'text', text: '' } },
    { type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text: 'abc' } },
    { type: 'content_block_stop', index: 0 },
    { type: 'message_delta', delta: { stop_reason: 'end_turn' } },
    { type: 'message_stop' },
  ],
  gemini: [
    { candidates: [{ content: { parts: [{ text: 'ab' }] } }] },
    { candidates: [{ content: { parts: [{ text: 'c' }] }, finishReason: 'STOP' }] },
  ],
}

/** A whole answer "abc" of each wire, as one document. */
const wholes: Record<string, object> = {
  chat: {
    object: 'chat.completion',
    choices: [{ index: 0, message: { role: 'assistant', content: 'abc' }, finish_reason: 'stop' }],
    usage: { prompt_tokens: 1, completion_tokens: 2 },
  },
  responses: {
    object: 'response',
    status: 'completed',
    output: [{ type: 'message', id: 'm', content: [{ type: 'output_text', text: 'abc' }] }],
  },
  anthropic: {
    type: 'message',
    role: 'assistant',
    content: [{ type: 'text', text: 'abc' }],
    stop_reason: 'end_turn',
    usage: { input_tokens: 1, output_tokens: 2 },
  },
  gemini: { candidates: [{ content: { parts: [{ text: 'abc' }] }, finishReason: 'STOP' }] },
}

const named = (event: object): string => ('type' in event ? `event: ${String(event.type)}\n` : '')
const data = (event: object): string => `data: ${JSON.stringify(event)}`

/** How the events of an answer may be written, each in a way that leaves no doubt. */
const forms: Record<string, (wire: string) => string> = {
  'lines of JSON without `data:`': (wire) => events[wire]!.map((event) => `${JSON.stringify(event)}\n`).join(''),
  'JSON documents over several lines': (wire) =>
    events[wire]!.map((event) => `${JSON.stringify(event, null, 2)}\n`).join(''),
  'a list of JSON': (wire) => JSON.stringify(events[wire], null, 1),
  'one newline between events': (wire) => events[wire]!.map((event) => `${named(event)}${data(event)}\n`).join(''),
  'no event names': (wire) => events[wire]!.map((event) => `${data(event)}\n\n`).join(''),
  'carriage returns': (wire) =>
    events[wire]!.map((event) => `${named(event)}${data(event)}\n\n`.replaceAll('\n', '\r\n')).join(''),
  'a byte order mark and comments': (wire) =>
    `\uFEFF: hello\n\n${events[wire]!.map((event) => `${named(event)}${data(event)}\n\n: ping\n\n`).join('')}`,
  'a whole completion': (wire) => JSON.stringify(wholes[wire]),
  'a whole completion over several lines': (wire) => JSON.stringify(wholes[wire], null, 2),
}

async function read(wire: string, raw: string, faults: Faults = {}): Promise<Collected> {
  server.respondWith({ raw, faults })
  return ask(models[wire]!())
}

describe('bytes in an unusual form are understood where that is certain', () => {
  for (const wire of Object.keys(events)) {
    test.each(Object.keys(forms))(`${wire}: %s`, async (form) => {
      const raw = forms[form]!(wire)
      for (const faults of [{}, { writeBytes: 5 }, { writeBytes: 1 }]) {
        const got = await read(wire, raw, faults)
        expect(got.error).toBeUndefined()
        expect([got.text, got.finish]).toEqual(['abc', ['stop']])
      }
    })
  }

  test('a whole completion as application/json', async () => {
    for (const wire of Object.keys(wholes)) {
      const got = await read(wire, JSON.stringify(wholes[wire]), { headers: { 'content-type': 'application/json' } })
      expect([wire, got.text, got.finish, got.error]).toEqual([wire, 'abc', ['stop'], undefined])
    }
  })

  test('JSON inside of the answer is not taken for events', async () => {
    const content = '\ndata: {"choices":[]}\n\n{"a":1}\n'
    const chunk = (delta: object, finish: string | null) => ({ choices: [{ index: 0, delta, finish_reason: finish }] })
    const got = await read(
      'chat',
      [chunk({ content }, null), chunk({}, 'stop')].map((one) => `${data(one)}\n\n`).join(''),
    )
    expect(got.text).toBe(content)
  })

  test('data over several lines are one event', async () => {
    const lines = JSON.stringify(events['chat']![1], null, 2).split('\n')
    const got = await read('chat', `${lines.map((line) => `data: ${line}\n`).join('')}\n`, { writeBytes: 3 })
    expect([got.text, got.finish]).toEqual(['c', ['stop']])
  })

  test.each([
    ['a string as index', [{ choices: [{ index: '0', delta: { content: 'abc' }, finish_reason: 'stop' }] }]],
    ['a lone choice 1', [{ choices: [{ index: 1, delta: { content: 'abc' }, finish_reason: 'stop' }] }]],
  ])('chat: %s', async (_, chunks) => {
    const got = await read('chat', chunks.map((chunk) => `${data(chunk)}\n\n`).join(''))
    expect([got.text, got.finish, got.error]).toEqual(['abc', ['stop'], undefined])
  })

  test('a further choice is reported, and is not part of the answer', async () => {
    const piece = (index: number, content: string, finish: string | null = null) => ({
      choices: [{ index, delta: { content }, finish_reason: finish }],
    })
    const chunks = [piece(1, '{"b":'), piece(0, '{"a":'), piece(1, '2}', 'stop'), piece(0, '1}', 'stop')]
    const got = await read('chat', chunks.map((chunk) => `${data(chunk)}\n\n`).join(''))
    expect([got.text, got.extras, got.error]).toEqual(['{"a":1}', ['{"b":2}'], undefined])
  })
})

describe('bytes of which nothing is understood are an error with a sample, which isn’t retryable', () => {
  const page = '<!doctype html>\n<title>Sign in</title>\n<p>Please sign in.</p>\n'
  for (const wire of ['chat', 'responses', 'anthropic', 'gemini', 'ollama']) {
    test.each<[string, string, string]>([
      ['a login page', page, 'Sign in'],
      ['plain text', 'upstream connect failure, reset before headers\n', 'upstream connect failure'],
    ])(`${wire}: %s`, async (_, raw, sample) => {
      for (const type of ['text/event-stream', 'text/html']) {
        const got = await read(wire, raw, { headers: { 'content-type': type } })
        expect([got.error?.code, got.error?.retryable, got.finish]).toEqual(['provider_error', false, []])
        expect(got.error?.message).toContain(sample)
      }
    })
  }

  test.each(['chat', 'responses', 'gemini', 'anthropic'])('%s: events of another wire', async (wire) => {
    const foreign = wire === 'gemini' ? 'anthropic' : 'gemini'
    const got = await read(wire, events[foreign]!.map((event) => `event: message\n${data(event)}\n\n`).join(''))
    expect([got.error?.code, got.error?.retryable]).toEqual(['provider_error', false])
    expect(got.error?.message).toMatch(/sent \d events, and none of it was understood/)
    expect(got.error?.message).toContain(JSON.stringify(events[foreign]![0]).slice(0, 40))
  })

  test('a body that was cut, or has only comments, is still a lost connection', async () => {
    const first = `${data(events['chat']![0]!)}\n\n`
    for (const raw of ['', ': waiting\n\n', 'data: {"cho', first]) {
      expect((await read('chat', raw)).error?.code).toBe('connection_lost')
    }
  })
})

describe('errors inside a stream, in every shape, end with the provider’s words', () => {
  const words = 'the model is on fire'
  const shapes: Record<string, string> = {
    'error object': `data: ${JSON.stringify({ error: { message: words } })}\n\n`,
    'error text': `data: ${JSON.stringify({ error: words })}\n\n`,
    'object: error': `data: ${JSON.stringify({ object: 'error', message: words, type: 'BadRequestError', code: 400 })}\n\n`,
    detail: `data: ${JSON.stringify({ detail: words })}\n\n`,
    'detail list': `data: ${JSON.stringify({ detail: [{ loc: ['body'], msg: words }] })}\n\n`,
    'bare Gemini error': `data: ${JSON.stringify({ code: 503, message: words, status: 'UNAVAILABLE' })}\n\n`,
    'event: error with an object': `event: error\ndata: ${JSON.stringify({ error: { message: words } })}\n\n`,
    'event: error, flat': `event: error\ndata: ${JSON.stringify({ message: words })}\n\n`,
    'event: error with a text': `event: error\ndata: ${words}\n\n`,
    'a bare error line': `error: ${words}\n\n`,
    'a bare line of JSON': `{"error":{"message":"${words}"}}\n`,
  }
  for (const wire of ['chat', 'responses', 'gemini', 'anthropic']) {
    test.each(Object.entries(shapes))(`${wire}: %s`, async (name, raw) => {
      const before = events[wire]!.slice(0, -1)
        .slice(0, 1)
        .map((event) => `${named(event)}${data(event)}\n\n`)
      const shape = wire === 'anthropic' && raw.startsWith('data:') ? `event: error\n${raw}` : raw
      for (const start of ['', before.join('')]) {
        const got = await read(wire, `${start}${shape}`)
        expect([name, start === '', got.error?.code]).toEqual([name, start === '', 'provider_error'])
        expect(got.error?.message).toContain(words)
        expect(got.finish).toEqual([])
      }
    })
  }

  test('chat: an error inside a choice', async () => {
    const chunk = {
      choices: [{ index: 0, delta: { content: '' }, error: { code: 502, message: words }, finish_reason: 'error' }],
    }
    const got = await read('chat', `${data(chunk)}\n\n`)
    expect([got.error?.code, got.error?.status]).toEqual(['provider_error', 502])
    expect(got.error?.message).toContain(words)
  })
})

describe('finish reasons', () => {
  const chat = (word: string) => [
    { choices: [{ index: 0, delta: { content: '{"a":1' }, finish_reason: null }] },
    { choices: [{ index: 0, delta: {}, finish_reason: word }] },
  ]
  test.each([
    ['stop', 'stop'],
    ['STOP', 'stop'],
    ['End-Turn', 'stop'],
    ['COMPLETE', 'stop'],
    ['MAX_TOKENS', 'length'],
    ['max-tokens', 'length'],
    ['model_context_window_exceeded', 'length'],
    ['sensitive', 'content-filter'],
    ['SAFETY', 'content-filter'],
    ['RECITATION', 'content-filter'],
    ['guardrail_intervened', 'content-filter'],
    ['content_filtered', 'content-filter'],
    ['refusal', 'refusal'],
    ['network_error', 'error'],
    ['abort', 'error'],
    ['cancelled', 'error'],
    ['interrupted', 'error'],
    ['Tool_Use', 'tool-calls'],
    ['toString', 'other'],
    ['stop_early', 'other'],
  ])('%s is %s', async (word, reason) => {
    const got = await read(
      'chat',
      chat(word)
        .map((chunk) => `${data(chunk)}\n\n`)
        .join(''),
    )
    expect(got.finish).toEqual([reason])
  })

  test('a word that is not known makes no success of an answer without a schema', async () => {
    server.respondWith({
      raw: chat('stop_early')
        .map((chunk) => `${data(chunk)}\n\n`)
        .join(''),
    })
    const run = runStream('x', undefined, { model: models['chat']!() }).getData()
    await expect(run).rejects.toMatchObject({ code: 'truncated', finishReason: 'other' })
    await expect(run).rejects.toThrow('"stop_early"')
  })

  test('a word that is not known makes no success of an open document, but may follow a whole one', async () => {
    const schema = jsonSchema<{ a: number }>({
      type: 'object',
      properties: { a: { type: 'number' } },
      required: ['a'],
      additionalProperties: false,
    })
    const answer = (content: string) => {
      const chunks = [
        { choices: [{ index: 0, delta: { content }, finish_reason: null }] },
        { choices: [{ index: 0, delta: {}, finish_reason: 'stop_early' }] },
      ]
      server.respondWith({ raw: chunks.map((chunk) => `${data(chunk)}\n\n`).join('') })
      return runStream('x', schema, { model: models['chat']!() }).getData()
    }
    await expect(answer('{"a":1')).rejects.toMatchObject({ code: 'truncated' })
    expect(await answer('{"a":1}')).toEqual({ a: 1 })
  })

  test('`recover` continues after a word that is not known', async () => {
    const raw = chat('stop_early').map((chunk) => `${data(chunk)}\n\n`)
    server.respondWith([{ raw: raw.join('') }, { text: '}' }])
    const options = { model: models['chat']!(), recover: true }
    const { attempts } = await runStream('x', undefined, options).getResult()
    expect(attempts.map(({ kind, finishReason }) => [kind, finishReason])).toEqual([
      ['first', 'other'],
      ['recover', 'stop'],
    ])
  })

  test('[DONE] without a reason ends an answer without a schema', async () => {
    server.respondWith({ raw: `${data(chat('x')[0]!)}\n\ndata: [DONE]\n\n` })
    expect(await runStream('x', undefined, { model: models['chat']!() }).getData()).toBe('{"a":1')
  })
})
