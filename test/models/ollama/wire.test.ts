import { Ollama } from 'ollama'
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest'
import type { ModelRequest } from '../../../src/models/model.ts'
import { ollama } from '../../../src/models/ollama/index.ts'
import type { ProviderServer } from '../../../src/testing/index.ts'
import { startProviderServer } from '../../../src/testing/index.ts'
import { ask, type Collected, formatOf } from '../collect.ts'

let server: ProviderServer
beforeAll(async () => {
  server = await startProviderServer()
})
afterAll(() => server.close())
afterEach(() => {
  vi.restoreAllMocks()
})

const model = () => ollama('test-model', { host: server.ollamaHost })

async function read(lines: readonly object[], request?: Partial<ModelRequest>, tail = '\n'): Promise<Collected> {
  server.respondWith({ raw: lines.map((line) => JSON.stringify(line)).join('\n') + tail })
  return ask(model(), request)
}

const line = (message: object): object => ({ model: 'm', message: { role: 'assistant', ...message }, done: false })
const done = {
  model: 'm',
  message: { content: '' },
  done: true,
  done_reason: 'stop',
  prompt_eval_count: 3,
  eval_count: 4,
}

describe('events', () => {
  test('text, thinking, calls and counts', async () => {
    const got = await read([
      line({ content: '', thinking: 'hm' }),
      line({ content: 'A' }),
      line({
        content: '',
        tool_calls: [{ function: { name: 'x', arguments: { n: 1 } } }, { function: { name: 'x' } }],
      }),
      done,
    ])
    expect([got.reasoning, got.text]).toEqual(['hm', 'A'])
    expect(got.calls.map((call) => [call.name, call.arguments, call.ended])).toEqual([
      ['x', '{"n":1}', true],
      ['x', '{}', true],
    ])
    expect(got.usage).toEqual({ inputTokens: 3, outputTokens: 4, totalTokens: 7 })
    expect(got.finish).toEqual(['tool-calls'])
  })

  test('an error line under status 200', async () => {
    const got = await read([line({ content: 'A' }), { error: 'model runner has stopped' }])
    expect(got.error?.code).toBe('provider_error')
    expect(got.error?.message).toContain('model runner has stopped')
  })

  test('the last line may lack its newline', async () => {
    expect((await read([line({ content: 'A' }), done], {}, '')).finish).toEqual(['stop'])
  })

  test('nothing is printed, whatever goes wrong', async () => {
    const printed = ['log', 'warn', 'error'].map((name) =>
      vi.spyOn(console, name as 'log').mockImplementation(() => {}),
    )
    server.respondWith([
      { faults: { status: 500, body: 'no JSON' } },
      { faults: { status: 404, message: 'no such model' } },
      { text: 'a long enough answer', faults: { cutAtByte: 150 } },
    ])
    const codes = [await ask(model()), await ask(model()), await ask(model())].map((got) => got.error?.code)
    expect(codes).toEqual(['provider_error', 'provider_error', 'connection_lost'])
    for (const spy of printed) expect(spy).not.toHaveBeenCalled()
  })
})

describe('lines that are not JSON', () => {
  const json = (value: object): string => JSON.stringify(value)

  test.each<[string, string[], string | undefined]>([
    [
      'with `data:` before them are read',
      [`data: ${json(line({ content: 'a' }))}`, '', `data: ${json(done)}`],
      undefined,
    ],
    ['that are comments are passed over', [': waiting', json(line({ content: 'a' })), json(done)], undefined],
    [
      'are an error with a sample',
      [json(line({ content: 'a' })), '<html>Sign in</html>', json(done)],
      '<html>Sign in</html>',
    ],
  ])('%s, and nothing is printed', async (_, lines, sample) => {
    const printed = ['log', 'warn', 'error'] as const
    const spies = printed.map((name) => vi.spyOn(console, name).mockImplementation(() => {}))
    server.respondWith({ raw: `${lines.join('\n')}\n`, faults: { writeBytes: 7 } })
    const got = await ask(model())
    for (const spy of spies) {
      expect(spy).not.toHaveBeenCalled()
      spy.mockRestore()
    }
    expect(got.text).toBe('a')
    expect(got.error?.code).toBe(sample === undefined ? undefined : 'provider_error')
    expect(got.error?.message ?? '').toContain(sample ?? '')
  })
})

describe('request', () => {
  const sent = async (request: Partial<ModelRequest>): Promise<Record<string, unknown>> => {
    server.respondWith({ data: { marked_property: 'x' } })
    const got = await ask(model(), request)
    if (got.error !== undefined) throw got.error
    return server.requests.at(-1)!.body
  }

  test('a schema, settings and the user’s own fields', async () => {
    const settings = {
      temperature: 0,
      maxOutputTokens: 5,
      stop: ['x'],
      seed: 3,
      providerOptions: { ollama: { think: true, options: { num_ctx: 8_192 } } },
    }
    expect(await sent({ format: formatOf('json-schema'), settings })).toEqual({
      model: 'test-model',
      messages: [{ role: 'user', content: 'Say something' }],
      stream: true,
      format: formatOf('tool').schema,
      options: { temperature: 0, num_predict: 5, stop: ['x'], seed: 3, num_ctx: 8_192 },
      think: true,
    })
    expect(await sent({ format: formatOf('json-object') })).toMatchObject({ format: 'json' })
  })

  test('with tools the answer is a tool as well, and a plain answer counts', async () => {
    const tools = [{ name: 'weather', inputSchema: { type: 'object' } }]
    const body = await sent({ format: formatOf('json-schema'), tools })
    expect(body).not.toHaveProperty('format')
    expect(body['tools']).toMatchObject([{ function: { name: 'weather' } }, { function: { name: 'give_answer' } }])
    const got = await read([line({ content: '{"a":1}' }), done], { format: formatOf('json-schema'), tools })
    expect([got.text, got.finish]).toEqual(['{"a":1}', ['stop']])
  })

  test('messages', async () => {
    const body = await sent({
      messages: [
        { role: 'system', content: 'S' },
        {
          role: 'user',
          content: [
            { type: 'text', text: 'a' },
            { type: 'image', image: Uint8Array.of(1), mediaType: 'image/png' },
            { type: 'text', text: 'b' },
          ],
        },
        { role: 'assistant', content: '', toolCalls: [{ id: 'c', name: 'x', arguments: '{"n":1}' }] },
        { role: 'tool', toolCallId: 'c', content: 'r' },
      ],
    })
    expect(body['messages']).toEqual([
      { role: 'system', content: 'S' },
      { role: 'user', content: 'a\nb', images: ['AQ=='] },
      { role: 'assistant', content: '', tool_calls: [{ function: { name: 'x', arguments: { n: 1 } } }] },
      { role: 'tool', content: 'r', tool_name: 'x' },
    ])
  })

  test.each([
    [{ type: 'image', image: 'https://host/a.png' }],
    [{ type: 'file', file: Uint8Array.of(1), mediaType: 'application/pdf' }],
  ] as const)('a part that is not taken is refused by name: %j', async (part) => {
    const refused = sent({ messages: [{ role: 'user', content: [part] }] })
    await expect(refused).rejects.toMatchObject({ code: 'bad_options' })
    await expect(refused).rejects.toThrow(`"${part.type}"`)
  })
})

test('a given client is used unchanged, and stopped by an abort', async () => {
  const client = new Ollama({ host: server.ollamaHost })
  server.respondWith([{ text: 'ok' }, { text: 'slow', faults: { stallAfterEvent: 1 } }])
  expect((await ask(ollama('m', { client }))).text).toBe('ok')
  const controller = new AbortController()
  const before = server.requests.length
  const reading = ask(ollama('m', { client }), {}, controller.signal)
  while ((server.requests[before]?.bytesSent ?? 0) === 0) await new Promise((resolve) => setTimeout(resolve, 2))
  await new Promise((resolve) => setTimeout(resolve, 20))
  controller.abort()
  expect((await reading).error).toBeUndefined()
  expect((await server.requests[before]!.closed).byClient).toBe(true)
})
