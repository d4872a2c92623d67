import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { gemini } from '../../../src/models/google/index.ts'
import { PartialArgs } from '../../../src/models/google/partial-args.ts'
import type { ModelEvent, ModelRequest } from '../../../src/models/model.ts'
import type { ProviderServer } from '../../../src/testing/index.ts'
import { startProviderServer } from '../../../src/testing/index.ts'
import type { ContentPart } from '../../../src/types.ts'
import { ask, type Collected, formatOf } from '../collect.ts'

let server: ProviderServer
beforeAll(async () => {
  server = await startProviderServer()
})
afterAll(() => server.close())

const model = (id = 'gemini-test') => gemini(id, { apiKey: 'test-key', baseURL: server.url, maxRetries: 0 })

async function read(chunks: readonly object[], request?: Partial<ModelRequest>): Promise<Collected> {
  server.respondWith({ raw: chunks.map((chunk) => `data: ${JSON.stringify(chunk)}\n\n`).join('') })
  return ask(model(), request)
}

const parts = (list: readonly object[], finishReason?: string): object => ({
  candidates: [{ content: { role: 'model', parts: list }, ...(finishReason && { finishReason }) }],
})

describe('events', () => {
  test.each([
    ['STOP', 'stop'],
    ['MAX_TOKENS', 'length'],
    ['SAFETY', 'content-filter'],
    ['RECITATION', 'content-filter'],
    ['PROHIBITED_CONTENT', 'content-filter'],
    ['MALFORMED_FUNCTION_CALL', 'error'],
    ['SOMETHING_NEW', 'other'],
  ])('finish reason %s', async (word, finish) => {
    expect((await read([parts([{ text: 'a' }], word)])).finish).toEqual([finish])
  })

  test('a blocked prompt has no candidates', async () => {
    expect((await read([{ promptFeedback: { blockReason: 'SAFETY' } }])).finish).toEqual(['content-filter'])
  })

  test('thoughts are reasoning, and counted as output', async () => {
    const usageMetadata = {
      promptTokenCount: 4,
      toolUsePromptTokenCount: 1,
      candidatesTokenCount: 2,
      thoughtsTokenCount: 8,
      totalTokenCount: 15,
      cachedContentTokenCount: 3,
    }
    const got = await read([
      parts([{ text: 'hm', thought: true }]),
      { ...parts([{ text: 'A' }], 'STOP'), usageMetadata },
    ])
    expect([got.reasoning, got.text]).toEqual(['hm', 'A'])
    expect(got.usage).toEqual({
      inputTokens: 5,
      outputTokens: 10,
      totalTokens: 15,
      reasoningTokens: 8,
      cachedInputTokens: 3,
    })
  })

  test('an image that the model made', async () => {
    const got = await read([parts([{ inlineData: { mimeType: 'image/png', data: 'AQID' } }], 'STOP')])
    const files = got.events.filter((event): event is ModelEvent & { type: 'file' } => event.type === 'file')
    expect(files.map(({ file }) => [file.mediaType, [...file.data]])).toEqual([['image/png', [1, 2, 3]]])
  })

  test('calls without ids get some', async () => {
    const call = { functionCall: { name: 'x', args: { n: 1 } } }
    const got = await read([parts([call, call]), parts([{ functionCall: { name: 'y' } }], 'STOP')])
    expect(got.calls.map((one) => [one.name, one.arguments])).toEqual([
      ['x', '{"n":1}'],
      ['x', '{"n":1}'],
      ['y', '{}'],
    ])
    expect(new Set(got.calls.map((one) => one.id)).size).toBe(3)
    expect(got.finish).toEqual(['tool-calls'])
  })

  test('an error inside the stream', async () => {
    const got = await read([
      parts([{ text: 'a' }]),
      { error: { code: 503, status: 'UNAVAILABLE', message: 'overloaded' } },
    ])
    expect([got.error?.code, got.error?.status, got.error?.retryable]).toEqual(['provider_error', 503, true])
    expect(got.error?.message).toContain('google answered with status 503 (UNAVAILABLE): overloaded')
  })
})

describe('PartialArgs', () => {
  const put = (...pieces: object[]): unknown => {
    const args = new PartialArgs()
    for (const piece of pieces) args.add([piece])
    return JSON.parse(args.text)
  }

  test('puts pieces in their places', () => {
    const value = put(
      { jsonPath: '$.city', stringValue: 'Bos', willContinue: true },
      { jsonPath: '$.city', stringValue: 'ton' },
      { jsonPath: '$.days[0].high', numberValue: 7 },
      { jsonPath: '$.days[1].dry', boolValue: false },
      { jsonPath: "$['a b'].c", nullValue: 'NULL_VALUE' },
      { jsonPath: '$["d.e"]', stringValue: 'f' },
    )
    expect(value).toEqual({ city: 'Boston', days: [{ high: 7 }, { dry: false }], 'a b': { c: null }, 'd.e': 'f' })
  })

  test('hostile places change no prototype and fill no memory', () => {
    put(
      { jsonPath: '$.__proto__.polluted', boolValue: true },
      { jsonPath: '$.constructor.prototype.polluted', boolValue: true },
    )
    expect(Object.hasOwn(Object.prototype, 'polluted')).toBe(false)
    expect(put({ jsonPath: 'nonsense', stringValue: 'x' }, { stringValue: 'x' })).toEqual({})
    expect(JSON.stringify(put({ jsonPath: '$.a[4294967294]', numberValue: 1 })).length).toBeLessThan(1_000_000)
  })
})

describe('signatures go back with their turn', () => {
  const signed = { functionCall: { id: 'g1', name: 'weather', args: { city: 'Rome' } }, thoughtSignature: 'sig' }

  test('as they came, with the response by name and id', async () => {
    const got = await read([
      parts([{ text: 'Lo', thought: true }, { text: 'Look' }]),
      parts([{ text: 'ing' }, signed], 'STOP'),
    ])
    expect(got.providerData).toEqual({ parts: [{ text: 'Looking' }, signed], callIds: ['g1'] })
    server.respondWith({ text: 'ok' })
    await ask(model(), {
      messages: [
        { role: 'system', content: 'S' },
        { role: 'user', content: 'go' },
        {
          role: 'assistant',
          content: 'Looking',
          toolCalls: [{ id: 'g1', name: 'weather', arguments: '{"city":"Rome"}' }],
          providerData: { google: got.providerData },
        },
        { role: 'tool', toolCallId: 'g1', content: '{"sun":true}' },
      ],
    })
    const { body } = server.requests.at(-1)!
    expect(body['systemInstruction']).toMatchObject({ parts: [{ text: 'S' }] })
    expect(body['contents']).toEqual([
      { role: 'user', parts: [{ text: 'go' }] },
      { role: 'model', parts: [{ text: 'Looking' }, signed] },
      { role: 'user', parts: [{ functionResponse: { id: 'g1', name: 'weather', response: { sun: true } } }] },
    ])
  })

  test('a turn of another provider has none; all results of a turn are one content', async () => {
    server.respondWith({ text: 'ok' })
    await ask(model(), {
      messages: [
        {
          role: 'assistant',
          content: '',
          toolCalls: [
            { id: 'a', name: 'x', arguments: '{"n":1}' },
            { id: 'b', name: 'y', arguments: '[1]' },
          ],
          providerData: { openai: { items: [] } },
        },
        { role: 'tool', toolCallId: 'a', content: 'plain' },
        { role: 'tool', toolCallId: 'b', content: '5' },
        { role: 'user', content: 'and?' },
      ],
    })
    expect(server.requests.at(-1)!.body['contents']).toEqual([
      {
        role: 'model',
        parts: [
          { functionCall: { name: 'x', args: { n: 1 } } },
          { functionCall: { name: 'y', args: { arguments: [1] } } },
        ],
      },
      {
        role: 'user',
        parts: [
          { functionResponse: { name: 'x', response: { output: 'plain' } } },
          { functionResponse: { name: 'y', response: { output: 5 } } },
          { text: 'and?' },
        ],
      },
    ])
  })
})

describe('request', () => {
  const sent = async (request: Partial<ModelRequest>, id?: string): Promise<Record<string, unknown>> => {
    server.respondWith({ data: { marked_property: 'x' } })
    const got = await ask(model(id), request)
    if (got.error !== undefined) throw got.error
    return server.requests.at(-1)!.body
  }
  const tools = [{ name: 'weather', description: 'd', inputSchema: { type: 'object', properties: {} } }]

  test('a schema and settings, with the user’s own fields next to ours', async () => {
    const settings = {
      temperature: 0,
      maxOutputTokens: 5,
      stop: ['x'],
      seed: 3,
      providerOptions: { google: { generationConfig: { thinkingConfig: { thinkingBudget: 0 } } } },
    }
    const body = await sent({ format: formatOf('json-schema'), settings })
    expect(body['generationConfig']).toEqual({
      temperature: 0,
      maxOutputTokens: 5,
      stopSequences: ['x'],
      seed: 3,
      responseMimeType: 'application/json',
      responseJsonSchema: formatOf('tool').schema,
      thinkingConfig: { thinkingBudget: 0 },
    })
  })

  test('a forced tool, alone and next to others', async () => {
    const alone = await sent({ format: formatOf('tool') })
    expect(alone['toolConfig']).toEqual({
      functionCallingConfig: { mode: 'ANY', allowedFunctionNames: ['give_answer'] },
    })
    const beside = await sent({ format: formatOf('tool'), tools })
    expect(beside['toolConfig']).toEqual({ functionCallingConfig: { mode: 'ANY' } })
    expect(beside['tools']).toMatchObject([
      { functionDeclarations: [{ name: 'weather', description: 'd' }, { name: 'give_answer' }] },
    ])
  })

  test('a schema together with tools only where the model takes it', async () => {
    const old = await sent({ format: formatOf('json-schema'), tools }, 'gemini-2.5-flash')
    expect(old).toHaveProperty('toolConfig')
    expect(JSON.stringify(old)).not.toContain('responseJsonSchema')
    const later = await sent({ format: formatOf('json-schema'), tools }, 'gemini-3-pro-preview')
    expect(JSON.stringify(later)).toContain('responseJsonSchema')
    expect(later).not.toHaveProperty('toolConfig')
  })

  test('images and documents', async () => {
    const content: ContentPart[] = [
      { type: 'image', image: Uint8Array.of(1), mediaType: 'image/png' },
      { type: 'file', file: 'https://host/a.pdf', mediaType: 'application/pdf' },
    ]
    const body = await sent({ messages: [{ role: 'user', content }] })
    expect(body['contents']).toEqual([
      {
        role: 'user',
        parts: [
          { inlineData: { mimeType: 'image/png', data: 'AQ==' } },
          { fileData: { fileUri: 'https://host/a.pdf', mimeType: 'application/pdf' } },
        ],
      },
    ])
  })

  test('retries before the first byte', async () => {
    const before = server.requests.length
    server.respondWith([{ faults: { status: 503 } }, { text: 'ok' }])
    const got = await ask(gemini('m', { apiKey: 'test-key', baseURL: server.url, maxRetries: 1 }))
    expect([got.text, server.requests.length - before]).toEqual(['ok', 2])
  })
})
