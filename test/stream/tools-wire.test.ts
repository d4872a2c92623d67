import { createOpenAI } from '@ai-sdk/openai'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { z } from 'zod'
import { createSession, runStream, tool, type Message, type Model } from '../../src/index.ts'
import { fromAiSdk } from '../../src/models/ai-sdk/language-model.ts'
import { anthropic } from '../../src/models/anthropic/index.ts'
import { gemini } from '../../src/models/google/index.ts'
import { ollama } from '../../src/models/ollama/index.ts'
import { groq, openai, openaiCompatible } from '../../src/models/openai/index.ts'
import { startProviderServer, type ProviderServer, type Reply } from '../../src/testing/index.ts'
import { deferred } from '../../src/async/deferred.ts'
import { drain } from './scripted.ts'

let server: ProviderServer
beforeAll(async () => {
  server = await startProviderServer()
})
afterAll(() => server.close())

const Answer = z.object({ warmer: z.string(), by: z.number() })
const answer = { warmer: 'Rome', by: 22 }

const weather = tool({
  name: 'weather',
  description: 'The weather in a city, now',
  input: z.object({ city: z.string(), unit: z.enum(['C', 'F']).optional() }),
  execute: ({ city }) => ({ city, degrees: city === 'Oslo' ? 3 : 25 }),
})
const subtract = tool({
  name: 'subtract',
  input: z.object({ a: z.number(), b: z.number() }),
  execute: ({ a, b }) => a - b,
})
const tools = [weather, subtract]
const system = 'Be exact.'
const question = 'Which is warmer, Oslo or Rome, and by how much?'

/** Two calls side by side, one more, then the answer; there is reasoning before each. */
const steps: Reply[] = [
  {
    reasoning: 'two cities',
    toolCalls: [
      { id: 'call_a', name: 'weather', arguments: { city: 'Oslo' } },
      { id: 'call_b', name: 'weather', arguments: { city: 'Rome' } },
    ],
  },
  { reasoning: 'so', toolCalls: [{ id: 'call_c', name: 'subtract', arguments: { a: 25, b: 3 } }] },
  { reasoning: 'done', data: answer },
]
const OSLO = '{"city":"Oslo","degrees":3}'
const ROME = '{"city":"Rome","degrees":25}'

/** The bodies of the requests that `run` makes. */
async function bodiesOf(replies: readonly Reply[], run: () => Promise<unknown>): Promise<Record<string, unknown>[]> {
  const from = server.requests.length
  server.respondWith(replies)
  await run()
  return server.requests.slice(from).map((request) => request.body)
}

interface Wire {
  name: string
  model(): Model
  /** The answer comes as a call of this tool, although the request does not force one. */
  answerTool?: string
  /** Where in the body the conversation is. */
  messages: 'messages' | 'input' | 'contents'
  /** The conversation in the third request. */
  expected: unknown
  /** What goes along with the tools. */
  settings: object
}

const key = { apiKey: 'test-key', maxRetries: 0 }
const call = (id: string, name: string, args: object): object => ({
  id,
  type: 'function',
  function: { name, arguments: JSON.stringify(args) },
})
const use = (id: string, name: string, input: object): object => ({ type: 'tool_use', id, name, input })
const signature = expect.stringMatching(/^[\w+/=]{20,}$/) as string
const thinking = (text: string): object => ({ type: 'thinking', thinking: text, signature })

const chatMessages = [
  { role: 'system', content: system },
  { role: 'user', content: question },
  {
    role: 'assistant',
    reasoning_content: 'two cities',
    content: null,
    tool_calls: [call('call_a', 'weather', { city: 'Oslo' }), call('call_b', 'weather', { city: 'Rome' })],
  },
  { role: 'tool', tool_call_id: 'call_a', content: OSLO },
  { role: 'tool', tool_call_id: 'call_b', content: ROME },
  {
    role: 'assistant',
    reasoning_content: 'so',
    content: null,
    tool_calls: [call('call_c', 'subtract', { a: 25, b: 3 })],
  },
  { role: 'tool', tool_call_id: 'call_c', content: '22' },
]

/** As a wire without a place for it has them. */
function withoutReasoning(messages: readonly object[]): object[] {
  return messages.map((message) => ({ ...message, reasoning_content: undefined }))
}

const geminiContents = (signature: object): object[] => [
  { role: 'user', parts: [{ text: question }] },
  {
    role: 'model',
    parts: [
      { functionCall: { name: 'weather', args: { city: 'Oslo' } }, ...signature },
      { functionCall: { name: 'weather', args: { city: 'Rome' } } },
    ],
  },
  {
    role: 'user',
    parts: [
      { functionResponse: { name: 'weather', response: { city: 'Oslo', degrees: 3 } } },
      { functionResponse: { name: 'weather', response: { city: 'Rome', degrees: 25 } } },
    ],
  },
  { role: 'model', parts: [{ functionCall: { name: 'subtract', args: { a: 25, b: 3 } }, ...signature }] },
  { role: 'user', parts: [{ functionResponse: { name: 'subtract', response: { output: 22 } } }] },
]

const wires: Wire[] = [
  {
    name: 'a compatible server: the answer is a tool',
    model: () => openaiCompatible('qwen', { maxRetries: 0, baseURL: server.openaiBaseURL }),
    messages: 'messages',
    expected: chatMessages,
    settings: { tool_choice: 'required' },
  },
  {
    name: 'a compatible server that takes both',
    model: () => openaiCompatible('qwen', { maxRetries: 0, baseURL: server.openaiBaseURL, formatWithTools: true }),
    messages: 'messages',
    expected: chatMessages,
    settings: { response_format: expect.objectContaining({ type: 'json_schema' }) as object },
  },
  {
    name: 'OpenAI Chat',
    model: () => openai('gpt-5.4', { ...key, api: 'chat', baseURL: server.openaiBaseURL }),
    messages: 'messages',
    expected: chatMessages,
    settings: { response_format: expect.objectContaining({ type: 'json_schema' }) as object },
  },
  {
    name: 'an AI SDK model',
    model: () => fromAiSdk(createOpenAI({ apiKey: 'test-key', baseURL: `${server.url}/v1` }).chat('test-model')),
    messages: 'messages',
    expected: withoutReasoning(chatMessages),
    settings: { response_format: expect.objectContaining({ type: 'json_schema' }) as object },
  },
  {
    name: 'OpenAI Responses',
    model: () => openai('gpt-5.4', { ...key, baseURL: server.openaiBaseURL }),
    messages: 'input',
    expected: [
      { role: 'system', content: system },
      { role: 'user', content: question },
      expect.objectContaining({ type: 'reasoning', id: expect.stringMatching(/^rs_/) as string }),
      expect.objectContaining({ type: 'function_call', call_id: 'call_a', name: 'weather' }),
      expect.objectContaining({ type: 'function_call', call_id: 'call_b', name: 'weather' }),
      { type: 'function_call_output', call_id: 'call_a', output: OSLO },
      { type: 'function_call_output', call_id: 'call_b', output: ROME },
      expect.objectContaining({ type: 'reasoning' }),
      expect.objectContaining({ type: 'function_call', call_id: 'call_c', arguments: '{"a":25,"b":3}' }),
      { type: 'function_call_output', call_id: 'call_c', output: '22' },
    ],
    settings: { text: { format: expect.objectContaining({ type: 'json_schema' }) as object } },
  },
  {
    name: 'Anthropic',
    model: () => anthropic('claude-opus-4-6', { ...key, baseURL: server.anthropicBaseURL }),
    messages: 'messages',
    expected: [
      { role: 'user', content: [{ type: 'text', text: question }] },
      {
        role: 'assistant',
        content: [
          thinking('two cities'),
          use('call_a', 'weather', { city: 'Oslo' }),
          use('call_b', 'weather', { city: 'Rome' }),
        ],
      },
      {
        role: 'user',
        content: [
          { type: 'tool_result', tool_use_id: 'call_a', content: OSLO },
          { type: 'tool_result', tool_use_id: 'call_b', content: ROME },
        ],
      },
      { role: 'assistant', content: [thinking('so'), use('call_c', 'subtract', { a: 25, b: 3 })] },
      { role: 'user', content: [{ type: 'tool_result', tool_use_id: 'call_c', content: '22' }] },
    ],
    settings: { output_config: { format: expect.objectContaining({ type: 'json_schema' }) as object } },
  },
  {
    name: 'Gemini 3',
    model: () => gemini('gemini-3-pro', { ...key, baseURL: server.geminiBaseURL }),
    messages: 'contents',
    // The server signs nothing, as a provider other than Gemini would not.
    expected: geminiContents({ thoughtSignature: 'skip_thought_signature_validator' }),
    settings: {
      generationConfig: expect.objectContaining({ responseJsonSchema: expect.any(Object) as object }) as object,
    },
  },
  {
    name: 'Gemini 2.5: the answer is a tool',
    model: () => gemini('gemini-2.5-pro', { ...key, baseURL: server.geminiBaseURL }),
    messages: 'contents',
    expected: geminiContents({}),
    settings: { toolConfig: { functionCallingConfig: { mode: 'ANY' } }, generationConfig: {} },
  },
  {
    name: 'Ollama: the answer is a tool',
    model: () => ollama('qwen3', { host: server.ollamaHost }),
    answerTool: 'answer',
    messages: 'messages',
    expected: [
      { role: 'system', content: system },
      { role: 'user', content: question },
      {
        role: 'assistant',
        content: '',
        tool_calls: [
          { function: { name: 'weather', arguments: { city: 'Oslo' } } },
          { function: { name: 'weather', arguments: { city: 'Rome' } } },
        ],
      },
      { role: 'tool', content: OSLO, tool_name: 'weather' },
      { role: 'tool', content: ROME, tool_name: 'weather' },
      { role: 'assistant', content: '', tool_calls: [{ function: { name: 'subtract', arguments: { a: 25, b: 3 } } }] },
      { role: 'tool', content: '22', tool_name: 'subtract' },
    ],
    settings: {},
  },
  {
    name: 'Groq: the answer is a tool',
    model: () => groq('llama-4', { ...key, baseURL: server.openaiBaseURL }),
    messages: 'messages',
    expected: chatMessages,
    settings: { tool_choice: 'required' },
  },
]

describe.each(wires)('$name', ({ model, messages, expected, settings, answerTool }) => {
  const replies = steps.map((step) =>
    step.data === undefined || answerTool === undefined ? step : { ...step, answerTool },
  )

  test('several steps, parallel calls, reasoning in between, then the structured answer', async () => {
    const stream = runStream(question, Answer, { model: model(), tools, system })
    const events = drain(stream.streamEvents())
    const bodies = await bodiesOf(replies, () => stream.getData())
    expect(await stream.getData()).toEqual(answer)
    expect(bodies).toHaveLength(3)
    expect(bodies[2]![messages]).toEqual(expected)
    // Each request is the one before and what came since.
    const [first, second, third] = bodies.map((body) => body[messages] as unknown[])
    expect([first, second]).toEqual([third!.slice(0, first!.length), third!.slice(0, second!.length)])
    expect(first!.length).toBeLessThan(second!.length)
    for (const body of bodies) {
      expect(body).toMatchObject(settings)
      expect(JSON.stringify(body['tools'])).toContain('The weather in a city, now')
      expect('response_format' in body || 'format' in body).toBe('response_format' in settings)
    }

    const { attempts, usage, text, messages: said } = await stream.getResult()
    expect(attempts.map(({ kind, finishReason }) => [kind, finishReason])).toEqual([
      ['first', 'tool-calls'],
      ['tool-step', 'tool-calls'],
      ['tool-step', 'stop'],
    ])
    expect(usage.outputTokens).toBe(attempts.reduce((sum, attempt) => sum + attempt.usage!.outputTokens!, 0))
    expect(JSON.parse(text)).toEqual(answer)
    expect(said.map(({ role }) => role)).toEqual([
      'user',
      'assistant',
      'tool',
      'tool',
      'assistant',
      'tool',
      'assistant',
    ])

    const told = (await events).items.filter(({ type }) => type.startsWith('tool-') && type !== 'tool-call-delta')
    const named = told.map((event) => [event.type, event.attempt, 'name' in event ? event.name : ''])
    expect(named.filter(([type]) => type === 'tool-call-start').map(([, attempt, name]) => [attempt, name])).toEqual([
      [1, 'weather'],
      [1, 'weather'],
      [2, 'subtract'],
    ])
    expect(told).toContainEqual(expect.objectContaining({ type: 'tool-call-end', input: { city: 'Oslo' } }))
    expect(told).toContainEqual(
      expect.objectContaining({ type: 'tool-result', name: 'weather', output: { city: 'Rome', degrees: 25 } }),
    )
    expect(named.slice(-2)).toEqual([
      ['tool-call-end', 2, 'subtract'],
      ['tool-result', 2, 'subtract'],
    ])
  })

  test('a failed call goes back as an error, and its id with it', async () => {
    const failing = tool({
      name: 'weather',
      input: z.object({ city: z.string() }),
      execute: () => {
        throw new Error('no such city')
      },
    })
    const wrong: Reply = { toolCalls: [{ id: 'call_x', name: 'weather', arguments: { city: 'Atlantis' } }] }
    const bodies = await bodiesOf([wrong, replies.at(-1)!], () =>
      runStream(question, Answer, { model: model(), tools: [failing] }).getData(),
    )
    const sent = JSON.stringify((bodies[1]![messages] as unknown[]).at(-1))
    expect(sent).toContain('no such city')
    expect(sent).toMatch(/call_x|"weather"/)
    expect(sent.includes('"is_error":true')).toBe(messages === 'messages' && 'output_config' in bodies[1]!)
  })

  test('an eager tool has started before the turn is over, and is canceled when the turn is cut.', async () => {
    const begun = deferred<AbortSignal>()
    const canceled = deferred<unknown>()
    const ran: string[] = []
    const lookUp = tool({
      name: 'lookUp',
      input: z.object({ city: z.string() }),
      eager: true,
      execute: ({ city }, { signal }) => {
        ran.push(city)
        signal.addEventListener('abort', () => canceled.resolve(signal.reason))
        begun.resolve(signal)
        return new Promise(() => {})
      },
    })
    const book = tool({ name: 'book', input: z.object({ city: z.string() }), execute: ({ city }) => ran.push(city) })
    server.respondWith({
      toolCalls: [
        { id: 'call_a', name: 'lookUp', arguments: { city: 'Oslo' } },
        { id: 'call_b', name: 'book', arguments: { city: 'Rome' } },
      ],
      // Everything but the end of the turn comes, and the socket stays open.
      faults: { withoutFinish: true, stallAfterEvent: 10_000 },
    })
    const stream = runStream(question, Answer, { model: model(), tools: [lookUp, book], timeout: 10_000 })
    stream.getData().catch((error: unknown) => begun.reject(error))
    expect((await begun.promise).aborted).toBe(false)
    expect(stream.status).toBe('streaming')
    stream.abort()
    await canceled.promise
    expect(ran).toEqual(['Oslo'])
  })
})

test('arguments in the shape of a provider are decoded for the tool', async () => {
  const seen: unknown[] = []
  const odd = tool({
    name: 'odd',
    input: z.object({ tags: z.record(z.string(), z.number()), unit: z.string().optional() }),
    execute: (input) => void seen.push(input),
  })
  const model = openai('gpt-5.4', { ...key, baseURL: server.openaiBaseURL })
  const args = { tags: [{ key: 'a', value: 1 }], unit: null }
  const bodies = await bodiesOf([{ toolCalls: [{ name: 'odd', arguments: args }] }, { text: 'done' }], () =>
    runStream('', undefined, { model, tools: [odd] }).getData(),
  )
  expect(seen).toEqual([{ tags: { a: 1 } }])
  expect(bodies[1]!['input']).toContainEqual(expect.objectContaining({ output: 'null' }))
  expect(bodies[0]!['tools']).toMatchObject([{ strict: true }])
})

test('Gemini: thought signatures come back where they were', async () => {
  const event = (parts: object[], finishReason?: string): string =>
    `data: ${JSON.stringify({ candidates: [{ content: { role: 'model', parts }, ...(finishReason && { finishReason }) }] })}\n\n`
  const functionCall = (city: string): object => ({ functionCall: { name: 'weather', args: { city } } })
  const raw =
    event([{ text: 'hm', thought: true }]) +
    event([{ ...functionCall('Oslo'), thoughtSignature: 'c2lnbmVk' }]) +
    event([functionCall('Rome')], 'STOP')
  const model = gemini('gemini-3-pro', { ...key, baseURL: server.geminiBaseURL })
  const bodies = await bodiesOf([{ raw }, { data: answer }], () =>
    runStream(question, Answer, { model, tools }).getData(),
  )
  expect(bodies[1]!['contents']).toMatchObject([
    { role: 'user' },
    { role: 'model', parts: [{ ...functionCall('Oslo'), thoughtSignature: 'c2lnbmVk' }, functionCall('Rome')] },
    { role: 'user', parts: [{ functionResponse: { name: 'weather' } }, { functionResponse: { name: 'weather' } }] },
  ])
})

test('Anthropic: thinking is sent back with its signature even when the answer would have been a forced tool', async () => {
  const model = anthropic('claude-opus-4-6', { ...key, baseURL: server.anthropicBaseURL })
  const providerOptions = { anthropic: { thinking: { type: 'adaptive' } } }
  const bodies = await bodiesOf(steps, () =>
    runStream('', Answer, { model, tools, mode: 'tool', providerOptions }).getData(),
  )
  expect(bodies[2]).toMatchObject({ thinking: { type: 'adaptive' }, output_config: { format: {} } })
  expect(bodies[2]).not.toHaveProperty('tool_choice')
  expect(JSON.stringify(bodies[2])).toContain('"signature"')
})

test('Anthropic: a paused turn is asked to continue, and the text continues', async () => {
  const model = anthropic('claude-opus-4-6', { ...key, baseURL: server.anthropicBaseURL })
  const stream = runStream('Search.', undefined, { model })
  const texts = drain(stream.streamText({ cumulative: true }))
  const bodies = await bodiesOf(
    [{ reasoning: 'hm', text: 'I search.', wireFinish: 'pause_turn' }, { text: ' Found.' }],
    () => stream.getData(),
  )
  expect(await stream.getData()).toBe('I search. Found.')
  expect((await texts).items.at(-1)).toBe('I search. Found.')
  expect(bodies[1]!['messages']).toEqual([
    { role: 'user', content: [{ type: 'text', text: 'Search.' }] },
    { role: 'assistant', content: [thinking('hm'), { type: 'text', text: 'I search.' }] },
  ])
  const messages = await stream.getMessages()
  expect(messages.map(({ role, content }) => [role, content])).toEqual([
    ['user', 'Search.'],
    ['assistant', 'I search.'],
    ['assistant', ' Found.'],
  ])
  expect((await stream.getResult()).attempts.map(({ kind }) => kind)).toEqual(['first', 'tool-step'])
})

test('a root that is not an object, where no format goes next to tools, is described in words', async () => {
  const model = ollama('qwen3', { host: server.ollamaHost })
  const bodies = await bodiesOf([steps[0]!, { data: ['a', 'b'] }], async () => {
    expect(await runStream('', z.array(z.string()), { model, tools }).getData()).toEqual(['a', 'b'])
  })
  expect(JSON.stringify(bodies[0]!['messages'])).toContain('JSON Schema')
  expect(bodies[0]).not.toHaveProperty('format')
})

describe('a session that wanders from provider to provider', () => {
  test('every provider takes the history of all others', async () => {
    const session = createSession({ tools, system })
    for (const { model, answerTool } of wires) {
      server.respondWith(
        steps.map((step) => (answerTool === undefined || step.data === undefined ? step : { ...step, answerTool })),
      )
      expect((await session.run(question, Answer, { model: model() })).data).toEqual(answer)
    }
    // Each of them once more, now with the history of all.
    const saved = createSession({
      ...(JSON.parse(JSON.stringify(session)) as { id: string; messages: Message[] }),
      tools,
    })
    for (const { name, model, messages } of wires) {
      const [body] = await bodiesOf([{ text: 'ok' }], () => saved.run('And?', undefined, { model: model() }))
      checkPairs(name, body![messages] as Record<string, unknown>[])
    }
    expect(saved.messages.filter(({ role }) => role === 'tool')).toHaveLength(wires.length * 3)
  })

  /** Each provider's own rule: every call is answered, at once and in order. */
  function checkPairs(name: string, list: Record<string, unknown>[]): void {
    let open: unknown[] = []
    let calls = 0
    const ask = (ids: unknown[]): void => {
      expect(open, name).toEqual([])
      open = ids
      calls += ids.length
    }
    const reply = (id: unknown): void => expect(open.shift(), name).toEqual(id)
    for (const item of list) {
      const parts = (item['content'] ?? item['parts']) as Record<string, Record<string, unknown>>[]
      if (item['type'] === 'function_call') {
        open.push(item['call_id'])
        calls++
      } else if (item['type'] === 'function_call_output') reply(item['call_id'])
      else if (item['role'] === 'tool') reply(item['tool_call_id'] ?? item['tool_name'])
      else if (item['tool_calls'] !== undefined)
        ask(
          (item['tool_calls'] as { id?: string; function: { name: string } }[]).map(
            (one) => one.id ?? one.function.name,
          ),
        )
      else if (Array.isArray(parts)) {
        const asked = parts.flatMap((part) =>
          (part['type'] as unknown) === 'tool_use'
            ? [part['id']]
            : part['functionCall']
              ? [part['functionCall']['name']]
              : [],
        )
        if (asked.length > 0) ask(asked)
        for (const part of parts) {
          if ((part['type'] as unknown) === 'tool_result') reply(part['tool_use_id'])
          else if (part['functionResponse']) reply(part['functionResponse']['name'])
        }
      }
    }
    expect(open, name).toEqual([])
    expect(calls, name).toBe(wires.length * 3)
  }
})

test('images and documents in every form that a provider has', async () => {
  const png = Uint8Array.from([0x89, 0x50, 0x4e, 0x47, 1, 2, 3])
  const content: Message[] = [
    {
      role: 'user',
      content: [
        { type: 'text', text: 'What does it cost?' },
        { type: 'image', image: png },
      ],
    },
  ]
  const base64 = Buffer.from(png).toString('base64')
  for (const { name, model } of wires) {
    const [body] = await bodiesOf([{ data: answer }], () => runStream(content, Answer, { model: model() }).getData())
    expect(JSON.stringify(body), name).toContain(base64)
  }
  const pdf: Message[] = [{ role: 'user', content: [{ type: 'file', file: 'https://example.com/a.pdf' }] }]
  const refused = wires.filter(({ name }) => /Chat|compatible|Groq|Ollama/.test(name)).map(({ model }) => model())
  for (const model of refused) {
    await expect(runStream(pdf, Answer, { model }).getData()).rejects.toMatchObject({
      code: 'bad_options',
      message: expect.stringMatching(/part of type "file" cannot go to/) as string,
    })
  }
})
