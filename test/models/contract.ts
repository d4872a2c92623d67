import { getEventListeners } from 'node:events'
import { createServer } from 'node:net'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Mode, Model, ModelRequest, ToolDefinition } from '../../src/models/model.ts'
import type { ProviderServer, Reply } from '../../src/testing/index.ts'
import { startProviderServer } from '../../src/testing/index.ts'
import type { FinishReason } from '../../src/types.ts'
import { ask, collect, type Collected, everythingOf, formatOf, requestOf } from './collect.ts'

/** What the suite may set on an adapter, whatever it calls its options. */
export interface HarnessOptions {
  apiKey?: string
  headers?: Record<string, string>
}

/** One adapter as the suite sees it. */
export interface Harness {
  name: string
  provider: string
  /** Makes the model at this address, without retries. */
  model(url: string, options?: HarnessOptions): Model
  modes: readonly Mode[]
  /** Where its key comes from when none is given; absent when it needs none. */
  keyVariables?: readonly string[]
  /** What the wire cannot say. */
  lacks?: readonly Feature[]
  /** Finish reasons that the wire cannot say. */
  lacksFinish?: readonly FinishReason[]
}

export type Feature =
  | 'reasoning'
  | 'refusal'
  | 'request-id'
  | 'activity'
  | 'cut-usage'
  | 'cached-usage'
  | 'cache-write-usage'
  | 'reasoning-usage'
  | 'error-event'
  | 'rate-event'
  | 'provider-options'
  | 'unknown-finish'
  | 'api-key'
  | 'headers'
  | 'response-headers'

const CANARY = 'canary-4f9e2b7a61d84c05'
const HEADER_CANARY = 'canary-header-c1770b5d93aa'

const tools: ToolDefinition[] = [
  { name: 'weather', description: 'Tells the weather', inputSchema: objectSchema('city') },
  { name: 'time', inputSchema: objectSchema('zone') },
]

function objectSchema(property: string): ToolDefinition['inputSchema'] {
  return { type: 'object', properties: { [property]: { type: 'string' } }, required: [property] }
}

/** Cuts of a stream for each kind of fault. */
const CUTS = 15

const TEXT = 'Grüße aus Köln — 東京 🚀 and "quotes" \\ too.'

/** The contract of `Model` (src/models/model.ts), for any adapter. */
export function describeContract(harness: Harness): void {
  const has = (feature: Feature): boolean => !(harness.lacks ?? []).includes(feature)

  describe(`contract: ${harness.name}`, () => {
    let server: ProviderServer
    beforeAll(async () => {
      server = await startProviderServer()
    })
    afterAll(() => server.close())

    const modelAt = (options?: HarnessOptions): Model => harness.model(server.url, { apiKey: 'test-key', ...options })
    const answer = (reply: Reply, request?: Partial<ModelRequest>): Promise<Collected> => {
      server.respondWith(reply)
      return ask(modelAt(), request)
    }

    test('names itself', () => {
      expect(modelAt().provider).toBe(harness.provider)
      expect(modelAt().modes).toEqual(harness.modes)
    })

    test('text comes as it was written, without empty deltas, and finishes once', async () => {
      const got = await answer({ text: TEXT, chunking: 3 })
      expect(got.error).toBeUndefined()
      expect(got.text).toBe(TEXT)
      expect(got.finish).toEqual(['stop'])
      expect(got.events.filter((event) => event.type === 'text-delta' && event.text === '')).toEqual([])
      expect(got.events.filter((event) => event.type === 'text-delta').length).toBeGreaterThan(5)
    })

    test('every byte may come alone, also inside a character', async () => {
      const text = 'ü 東 🚀 "\\'
      const got = await answer({ text, chunking: 'byte', faults: { splitUtf8: true } })
      expect(got.text).toBe(text)
      expect(got.finish).toEqual(['stop'])
    })

    test.each(harness.modes)(
      'mode %s: the answer is text, and the schema is sent where the wire has a place',
      async (mode) => {
        const data = { marked_property: TEXT }
        const before = server.requests.length
        const got = await answer({ data }, { format: formatOf(mode) })
        expect(got.error).toBeUndefined()
        expect(JSON.parse(got.text)).toEqual(data)
        expect(got.calls).toEqual([])
        expect(got.finish).toEqual(['stop'])
        const sent = JSON.stringify(server.requests[before]!.body)
        expect(sent.includes('marked_property')).toBe(mode === 'json-schema' || mode === 'tool')
      },
    )

    test('settings that are not given are not sent', async () => {
      await answer({ text: 'ok' })
      const sent = JSON.stringify(server.requests.at(-1)!.body)
      expect(sent).not.toMatch(/temperature|seed|"stop|null|undefined/)
    })

    test.runIf(has('provider-options'))('providerOptions go into the body', async () => {
      const settings = { providerOptions: { [harness.provider]: { own_field: { deep: 7 } } }, temperature: 0.25 }
      await answer({ text: 'ok' }, { settings })
      const sent = JSON.stringify(server.requests.at(-1)!.body)
      expect(sent).toContain('"own_field":{"deep":7}')
      expect(sent).toContain('0.25')
    })

    test('tool calls come apart, each with its id, and finish with tool-calls', async () => {
      const toolCalls = [
        { name: 'weather', arguments: { city: 'Köln' } },
        { name: 'time', arguments: { zone: 'CET' } },
      ]
      const got = await answer({ toolCalls, chunking: 2 }, { tools })
      expect(got.error).toBeUndefined()
      expect(got.text).toBe('')
      expect(got.calls.map((call) => [call.name, JSON.parse(call.arguments), call.ended])).toEqual([
        ['weather', { city: 'Köln' }, true],
        ['time', { zone: 'CET' }, true],
      ])
      expect(new Set(got.calls.map((call) => call.id)).size).toBe(2)
      expect(got.finish).toEqual(['tool-calls'])
      expect(JSON.stringify(server.requests.at(-1)!.body)).toContain('Tells the weather')
    })

    test.runIf(harness.modes.includes('tool'))(
      'in mode tool other tools are reported, the answer tool is not',
      async () => {
        const toolCalls = [{ name: 'weather', arguments: { city: 'Rome' } }]
        const got = await answer({ toolCalls }, { tools, format: formatOf('tool') })
        expect(got.calls.map((call) => call.name)).toEqual(['weather'])
        expect(got.finish).toEqual(['tool-calls'])
        expect(JSON.stringify(server.requests.at(-1)!.body)).toContain('give_answer')
      },
    )

    test('a history with tool calls and results is sent', async () => {
      const got = await answer(
        { text: 'done' },
        {
          tools,
          messages: [
            { role: 'system', content: 'Be brief.' },
            { role: 'user', content: 'Weather?' },
            {
              role: 'assistant',
              content: 'Looking it up.',
              toolCalls: [{ id: 'call_a', name: 'weather', arguments: '{"city":"Oslo"}' }],
            },
            { role: 'tool', toolCallId: 'call_a', content: '{"degrees":-3}' },
            { role: 'user', content: 'And?' },
          ],
        },
      )
      expect(got.text).toBe('done')
      const sent = JSON.stringify(server.requests.at(-1)!.body)
      for (const part of ['Be brief.', 'Weather?', 'Looking it up.', 'Oslo', 'degrees', 'And?']) {
        expect(sent).toContain(part)
      }
    })

    test.runIf(has('reasoning'))('reasoning stays apart from the answer', async () => {
      const got = await answer({ reasoning: 'Let me think 🤔.', text: 'The answer.' })
      expect(got.reasoning).toBe('Let me think 🤔.')
      expect(got.text).toBe('The answer.')
    })

    test.runIf(has('refusal'))('a refusal is not text', async () => {
      const got = await answer({ refusal: 'I cannot help with that.' })
      expect(got.refusal).toBe('I cannot help with that.')
      expect(got.text).toBe('')
      expect(got.finish).toEqual(['refusal'])
    })

    test('usage is in totals, model and request id are reported', async () => {
      const usage = {
        inputTokens: 100,
        outputTokens: 40,
        totalTokens: 140,
        cachedInputTokens: 60,
        reasoningTokens: 15,
        cacheWriteTokens: 7,
      }
      const got = await answer({ text: 'ok', usage, model: 'model-that-answered', requestId: 'req_of_test' })
      const { cachedInputTokens, cacheWriteTokens, reasoningTokens, ...totals } = usage
      expect(got.usage).toEqual({
        ...totals,
        ...(has('cached-usage') && { cachedInputTokens }),
        ...(has('cache-write-usage') && { cacheWriteTokens }),
        ...(has('reasoning-usage') && { reasoningTokens }),
      })
      expect(got.model).toBe('model-that-answered')
      if (has('request-id')) expect(got.requestId).toBe('req_of_test')
    })

    const finishes = (['length', 'content-filter'] as const).filter((one) => !harness.lacksFinish?.includes(one))
    test.each(finishes)('finish reason %s', async (finish) => {
      const got = await answer({ text: 'half an ans', finish })
      expect(got.finish).toEqual([finish])
      expect(got.text).toBe('half an ans')
    })

    test.runIf(has('unknown-finish'))('an unknown finish reason is "other"', async () => {
      const got = await answer({ text: 'hm', wireFinish: 'something_new' })
      expect(got.finish).toEqual(['other'])
    })

    test('a clean end without the terminal event is a lost connection', async () => {
      const got = await answer({ text: TEXT, faults: { withoutFinish: true } })
      expect(got.finish).toEqual([])
      expect(got.error?.code).toBe('connection_lost')
    })

    test.each([
      ['cutAtByte', 0],
      ['dropAtByte', 1 / 3],
      ['resetAtByte', 2 / 3],
    ] as const)('%s: never a finish before the terminal event', async (fault, phase) => {
      const full = await answer({ text: TEXT })
      const length = server.requests.at(-1)!.bytesSent
      // An odd step, so that the samples fall on other places of the events each time.
      const step = Math.max(1, Math.floor(length / CUTS) | 1)
      let lost = 0
      for (let at = Math.floor(step * phase); at < length; at += step) {
        const got = await answer({ text: TEXT, faults: { [fault]: at } })
        expect(full.text.startsWith(got.text), `text at byte ${at}`).toBe(true)
        if (got.finish.length > 0) {
          expect(got.text, `text when finished at byte ${at}`).toBe(TEXT)
          expect(got.error, `error at byte ${at}`).toBeUndefined()
        } else {
          expect(got.error?.code, `error at byte ${at}`).toBe('connection_lost')
          expect(got.error?.retryable).toBe(true)
          lost++
        }
      }
      expect(lost).toBeGreaterThan(CUTS / 2)
    })

    test('an abort ends a stalled stream and closes its socket', async () => {
      server.respondWith({ text: TEXT, faults: { stallAfterEvent: 3 } })
      const controller = new AbortController()
      const before = server.requests.length
      const reading = collect(modelAt().stream(requestOf(), controller.signal))
      await until(() => (server.requests[before]?.bytesSent ?? 0) > 0)
      controller.abort(new Error('enough'))
      const got = await reading
      expect(got.error).toBeUndefined()
      expect(got.finish).toEqual([])
      expect((await server.requests[before]!.closed).byClient).toBe(true)
      expect(getEventListeners(controller.signal, 'abort')).toEqual([])
    })

    test('an abort before the headers closes the socket too', async () => {
      server.respondWith({ faults: { beforeHeaders: 'stall' } })
      const controller = new AbortController()
      const before = server.requests.length
      const reading = collect(modelAt().stream(requestOf(), controller.signal))
      await until(() => server.requests.length > before)
      controller.abort()
      expect((await reading).events).toEqual([])
      expect((await server.requests[before]!.closed).byClient).toBe(true)
    })

    test('return() takes effect while the provider is silent', async () => {
      server.respondWith({ text: TEXT, faults: { stallAfterEvent: 3 } })
      const controller = new AbortController()
      const before = server.requests.length
      const iterator = modelAt().stream(requestOf(), controller.signal)[Symbol.asyncIterator]()
      const reading = collect({ [Symbol.asyncIterator]: () => ({ next: () => iterator.next() }) })
      await until(() => (server.requests[before]?.bytesSent ?? 0) > 0)
      expect(await iterator.return?.()).toEqual({ done: true, value: undefined })
      expect((await reading).error).toBeUndefined()
      expect((await server.requests[before]!.closed).byClient).toBe(true)
      expect(await iterator.next()).toEqual({ done: true, value: undefined })
      expect(getEventListeners(controller.signal, 'abort')).toEqual([])
    })

    test('a consumer that breaks off stops the request', async () => {
      server.respondWith({ text: TEXT.repeat(20), faults: { dripMs: 2 } })
      const before = server.requests.length
      for await (const event of modelAt().stream(requestOf(), new AbortController().signal)) {
        if (event.type === 'text-delta') break
      }
      expect((await server.requests[before]!.closed).byClient).toBe(true)
    })

    test('nothing starts before next(), nor with a signal that is already aborted', async () => {
      server.respondWith({ text: 'ok' })
      const before = server.requests.length
      modelAt().stream(requestOf(), new AbortController().signal)[Symbol.asyncIterator]()
      const got = await ask(modelAt(), {}, AbortSignal.abort())
      expect(got.events).toEqual([])
      expect(got.error).toBeUndefined()
      expect(server.requests.length).toBe(before)
    })

    test('a signal keeps no listener after success and after failure', async () => {
      const { signal } = new AbortController()
      server.respondWith([{ text: 'ok' }, { faults: { status: 400 } }, { text: TEXT, faults: { cutAfterEvent: 2 } }])
      for (let index = 0; index < 3; index++) {
        await ask(modelAt(), {}, signal)
        expect(getEventListeners(signal, 'abort')).toEqual([])
      }
    })

    test.each([400, 401, 403, 404, 409, 422, 429, 500, 503, 529])('status %i', async (status) => {
      const message = `said with ${status}`
      const headers = { 'retry-after': '7', 'x-should-retry': 'false' }
      const got = await answer({ faults: { status, message, headers }, requestId: 'req_failed' })
      const limited = status === 429 || status === 529
      expect(got.events.filter((event) => event.type === 'finish')).toEqual([])
      expect(got.error?.code).toBe(limited ? 'rate_limited' : 'provider_error')
      expect(got.error?.status).toBe(status)
      expect(got.error?.message).toContain(message)
      expect(got.error?.provider).toBe(harness.provider)
      expect(got.error?.retryable).toBe(status === 409 || status >= 429)
      if (has('response-headers')) expect(got.error?.retryAfter).toBe(7_000)
      if (has('request-id')) expect(got.error?.requestId).toBe('req_failed')
    })

    test('an error page that is not JSON is reported in full', async () => {
      const got = await answer({
        faults: { status: 502, body: '<h1>Bad gateway</h1>', headers: { 'x-should-retry': 'false' } },
      })
      expect(got.error?.code).toBe('provider_error')
      expect(got.error?.status).toBe(502)
    })

    test.runIf(has('error-event'))("an error inside the stream ends it with the provider's own words", async () => {
      const got = await answer({
        text: TEXT,
        faults: { errorEvent: { afterEvent: 4, message: 'went wrong inside', status: 500 } },
      })
      expect(got.finish).toEqual([])
      expect(got.error?.code).toBe('provider_error')
      expect(got.error?.message).toContain('went wrong inside')
    })

    test.runIf(has('rate-event'))('a rate limit inside the stream is rate_limited', async () => {
      const got = await answer({
        text: TEXT,
        faults: { errorEvent: { afterEvent: 4, message: 'too much', status: 429 } },
      })
      expect(got.error?.code).toBe('rate_limited')
      expect(got.error?.retryable).toBe(true)
    })

    test('a server that is not there is a lost connection', async () => {
      const url = await closedAddress()
      const got = await ask(harness.model(url, { apiKey: 'test-key' }))
      expect(got.error?.code).toBe('connection_lost')
      expect(got.error?.retryable).toBe(true)
    })

    test.runIf(has('activity'))('keep-alives that are not events count as activity', async () => {
      let activity = 0
      server.respondWith({ text: TEXT, pings: 1, faults: { writeBytes: 40 } })
      const got = await ask(modelAt(), { onActivity: () => activity++ })
      expect(got.text).toBe(TEXT)
      expect(activity).toBeGreaterThan(got.events.length)
    })

    test.runIf(harness.keyVariables !== undefined)('without a key it says how to give one', async () => {
      const saved = harness.keyVariables!.map((name) => [name, process.env[name]] as const)
      for (const [name] of saved) delete process.env[name]
      try {
        const got = await ask(harness.model(server.url))
        expect(got.error?.code).toBe('bad_options')
        expect(got.error?.message).toContain('apiKey')
        expect(got.error?.message).toContain(harness.keyVariables![0])
      } finally {
        for (const [name, value] of saved) if (value !== undefined) process.env[name] = value
      }
    })

    test('a key is never seen in an error, even when the server echoes it', async () => {
      const options: HarnessOptions = {
        ...(has('api-key') && { apiKey: CANARY }),
        ...(has('headers') && { headers: { 'x-own-secret': HEADER_CANARY, cookie: `session=${HEADER_CANARY}` } }),
      }
      const model = harness.model(server.url, options)
      const echo = `You sent ${CANARY} and ${HEADER_CANARY}, ${encodeURIComponent(CANARY)}, Bearer ${CANARY}`
      const replies: Reply[] = [
        {
          faults: { status: 401, message: echo, headers: { 'x-should-retry': 'false', 'x-echo': CANARY } },
          requestId: CANARY,
        },
        {
          faults: {
            status: 500,
            body: { error: { [CANARY]: echo, code: CANARY } },
            headers: { 'x-should-retry': 'false' },
          },
        },
        { faults: { status: 400, body: `no JSON: ${echo}` } },
        ...(has('error-event')
          ? [
              {
                text: TEXT,
                faults: { errorEvent: { message: echo, type: CANARY, fields: { failed_generation: echo } } },
              },
            ]
          : []),
        { text: TEXT, faults: { cutAfterEvent: 2 }, requestId: CANARY },
        { text: TEXT, faults: { resetAfterEvent: 2 } },
      ]
      for (const reply of replies) {
        server.respondWith(reply)
        const got = await ask(model)
        expect(got.error).toBeDefined()
        if (has('api-key')) expect(everythingOf(got.error)).not.toContain(CANARY)
        if (has('headers')) expect(everythingOf(got.error)).not.toContain(HEADER_CANARY)
      }
      const sent = JSON.stringify([server.requests.at(-1)!.headers, server.requests.at(-1)!.path])
      if (has('api-key')) expect(sent).toContain(CANARY)
      if (has('headers')) expect(sent).toContain(HEADER_CANARY)
    })
  })
}

/** Waits for something that another part of the process does; gives up before the runner does. */
async function until(condition: () => boolean): Promise<void> {
  for (let waited = 0; !condition(); waited += 2) {
    if (waited > 10_000) throw new Error(`waited in vain for ${condition.toString()}`)
    await new Promise((resolve) => setTimeout(resolve, 2))
  }
}

/** An address where no one listens. */
async function closedAddress(): Promise<string> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  await new Promise((resolve) => server.close(resolve))
  return `http://127.0.0.1:${port}`
}
