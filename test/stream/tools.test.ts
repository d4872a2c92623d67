import { getEventListeners } from 'node:events'
import { describe, expect, expectTypeOf, test, vi } from 'vitest'
import { z } from 'zod'
import { runStream, StructStreamError, tool, type RunOptions, type StreamEvent, type Tool } from '../../src/index.ts'
import type { ModelRequest } from '../../src/models/model.ts'
import { DocumentInterpreter } from '../../src/partial/document/document-interpreter.ts'
import { simulate } from '../../src/models/simulate/index.ts'
import { drain, pushed, says, scripted, type Step } from './scripted.ts'

const Answer = z.object({ ok: z.boolean() })
const City = z.object({ city: z.string() })

const weather = tool({ name: 'weather', input: City, execute: ({ city }) => `Rain in ${city}` })

/** A model that makes these calls, then answers. */
const calling = (...toolCalls: { name: string; arguments?: unknown; id?: string }[]) =>
  simulate({ responses: [{ toolCalls }, { ok: true }] })

interface Outcome {
  events: StreamEvent[]
  results: { name: string; output?: unknown; error?: string }[]
  /** What the model was given for each call. */
  told: string[]
  error: StructStreamError | undefined
}

async function outcomeOf(options: RunOptions): Promise<Outcome> {
  const stream = runStream('?', Answer, options)
  const { items, error } = await drain(stream.streamEvents())
  const results = items.flatMap((event) => (event.type === 'tool-result' ? [event] : []))
  const messages = error === undefined ? await stream.getMessages() : []
  return {
    events: items,
    results: results.map(({ type: _type, attempt: _attempt, id: _id, ...result }) => result),
    told: messages.flatMap((message) => (message.role === 'tool' ? [message.content] : [])),
    error: error as StructStreamError | undefined,
  }
}

describe('a call', () => {
  test('grows as a typed partial, ends with its input, and has a result', async () => {
    const Input = z.object({ city: z.string(), days: z.array(z.enum(['monday', 'tuesday'])) })
    const tool1 = tool({ name: 'plan', input: Input, execute: ({ days }) => days.length })
    const model = simulate({
      chunkSize: 1,
      responses: [
        { toolCalls: [{ name: 'plan', arguments: { city: 'Oslo', days: ['monday', 'tuesday'] } }] },
        { ok: true },
      ],
    })
    const { events, results } = await outcomeOf({ model, tools: [tool1] })
    const partials = events.flatMap((event) => (event.type === 'tool-call-delta' ? [event.partial] : []))
    expect(partials).toContainEqual({ city: 'Os' })
    expect(partials).toContainEqual({ city: 'Oslo', days: ['monday'] })
    // Never half an enum word.
    expect(JSON.stringify(partials)).not.toContain('"mon"')
    expect(partials.at(-1)).toEqual({ city: 'Oslo', days: ['monday', 'tuesday'] })
    const end = events.find((event) => event.type === 'tool-call-end')
    expect(end).toMatchObject({ name: 'plan', input: { city: 'Oslo', days: ['monday', 'tuesday'] } })
    expect(results).toEqual([{ name: 'plan', output: 2 }])
    const order = events.map((event) => event.type)
    expect(order.indexOf('finish')).toBeLessThan(order.indexOf('tool-result'))
    expect(order.indexOf('tool-result')).toBeLessThan(order.lastIndexOf('attempt-start'))
  })

  test('that no one follows is read once, in whole; who comes late sees it grow all the same', async () => {
    const push = vi.spyOn(DocumentInterpreter.prototype, 'push')
    const model = simulate({
      chunkSize: 1,
      responses: [{ toolCalls: [{ name: 'weather', arguments: { city: 'Oslo' } }] }, { ok: true }],
    })
    const stream = runStream('?', Answer, { model, tools: [weather] })
    await stream.getData()
    expect(push.mock.calls).toEqual([['{"city":"Oslo"}'], ['{"ok":true}']])
    push.mockRestore()
    const [first, second] = await Promise.all([drain(stream.streamEvents()), drain(stream.streamEvents())])
    const partials = first.items.flatMap((event) => (event.type === 'tool-call-delta' ? [event.partial] : []))
    expect(partials).toContainEqual({ city: 'Os' })
    expect(second).toEqual(first)
  })

  test('gets the validated input, the context, a signal and its id', async () => {
    const seen: unknown[] = []
    const dated = tool({
      name: 'dated',
      input: z.object({ day: z.coerce.date(), count: z.int().default(3) }),
      execute(input, call) {
        expectTypeOf(input).toEqualTypeOf<{ day: Date; count: number }>()
        seen.push(input, call.context, call.signal.aborted, call.id)
      },
    })
    const model = calling({ id: 'call_7', name: 'dated', arguments: { day: '2026-01-02' } })
    await outcomeOf({ model, tools: [dated], context: { user: 'Ada' } })
    expect(seen).toEqual([{ day: new Date('2026-01-02'), count: 3 }, { user: 'Ada' }, false, 'call_7'])
  })

  test('without arguments has an empty input', async () => {
    const clock = tool({ name: 'clock', input: z.object({}), execute: (input) => ({ input }) })
    const { results } = await outcomeOf({ model: calling({ name: 'clock', arguments: '' }), tools: [clock] })
    expect(results).toEqual([{ name: 'clock', output: { input: {} } }])
  })

  test('of several runs next to the others; results are reported in the order of the calls', async () => {
    let release = (): void => {}
    const slow = tool({
      name: 'slow',
      input: z.object({}),
      execute: () => new Promise<string>((resolve) => (release = () => resolve('slow'))),
    })
    const fast = tool({
      name: 'fast',
      input: z.object({}),
      execute() {
        setTimeout(release, 5)
        return 'fast'
      },
    })
    const model = calling({ name: 'slow' }, { name: 'fast' })
    const { results, told } = await outcomeOf({ model, tools: [slow, fast] })
    expect(results.map(({ output }) => output)).toEqual(['fast', 'slow'])
    expect(told).toEqual(['slow', 'fast'])
  })

  test('of sloppy JSON is read like an answer, and goes into the history as JSON', async () => {
    const model = calling({ name: 'weather', arguments: "{city: 'Oslo',}" })
    const stream = runStream('?', Answer, { model, tools: [weather] })
    const assistant = (await stream.getMessages())[1]
    expect(assistant).toMatchObject({ toolCalls: [{ name: 'weather', arguments: '{"city":"Oslo"}' }] })
    expect((await stream.getMessages())[2]).toMatchObject({ content: 'Rain in Oslo' })
  })
})

describe('what goes wrong in a call goes back to the model', () => {
  const failing = (execute: Tool['execute'], timeout?: number): Tool[] => [
    tool({ name: 'weather', input: City, execute: execute as () => unknown, timeout }),
  ]
  const circular: Record<string, unknown> = {}
  circular['self'] = circular

  test.each<[string, Tool[], unknown, RegExp]>([
    ['it throws', failing(() => Promise.reject(new Error('no data'))), { city: 'Oslo' }, /^no data$/],
    [
      'it throws at once, and no error',
      failing(() => {
        const nope: unknown = 'nope'
        throw nope
      }),
      { city: 'Oslo' },
      /^nope$/,
    ],
    ['it hangs', failing(() => new Promise(() => {}), 20), { city: 'Oslo' }, /longer than 20 ms/],
    ['it returns a bigint', failing(() => ({ n: 1n })), { city: 'Oslo' }, /cannot be written as JSON/],
    ['it returns a cycle', failing(() => circular), { city: 'Oslo' }, /cannot be written as JSON/],
    ['it returns a function', failing(() => () => 1), { city: 'Oslo' }, /a function has no form in JSON/],
    ['it returns a map', failing(() => [new Map()]), { city: 'Oslo' }, /a Map has no form in JSON/],
    ['it returns bytes', failing(() => new Uint8Array(3)), { city: 'Oslo' }, /a Uint8Array has no form in JSON/],
    ['arguments that do not fit', [weather], { city: 5 }, /do not fit the schema of the tool\. city: .*string/],
    ['arguments that are missing', [weather], {}, /city: /],
    ['arguments that are not JSON', [weather], 'Oslo, please', /not the JSON that was expected: Oslo, please/],
    ['arguments that were never closed', [weather], '{"city":"Os', /not the JSON that was expected/],
    [
      'no such tool',
      [tool({ name: 'rain', input: City, execute: () => 1 })],
      {},
      /no tool "weather"\. There are: rain/,
    ],
    [
      'code of its schema throws',
      [
        tool({
          name: 'weather',
          input: City.refine(() => {
            throw new Error('broken check')
          }),
          execute: () => 1,
        }),
      ],
      { city: 'Oslo' },
      /could not be checked: .*broken check/,
    ],
  ])('%s', async (_what, tools, args, message) => {
    const model = calling({ name: 'weather', arguments: args })
    const { results, told, error } = await outcomeOf({ model, tools })
    expect(error).toBeUndefined()
    expect(results).toEqual([{ name: 'weather', error: expect.stringMatching(message) as string }])
    expect(told).toEqual([JSON.stringify({ error: results[0]!.error })])
  })

  test('asynchronous refinements count', async () => {
    const Checked = City.refine(({ city }) => Promise.resolve(city !== 'Atlantis'), 'unknown city')
    const tools = [tool({ name: 'weather', input: Checked, execute: () => 1 })]
    const wrong = await outcomeOf({ model: calling({ name: 'weather', arguments: { city: 'Atlantis' } }), tools })
    const right = await outcomeOf({ model: calling({ name: 'weather', arguments: { city: 'Oslo' } }), tools })
    expect([wrong.results[0]!.error, right.results[0]!.output]).toEqual([
      expect.stringContaining('unknown city') as string,
      1,
    ])
  })

  test('one failure leaves the calls next to it alone', async () => {
    const model = calling({ name: 'weather', arguments: { city: 'Oslo' } }, { name: 'nothing' })
    const { results } = await outcomeOf({ model, tools: [weather] })
    expect(results).toContainEqual({ name: 'weather', output: 'Rain in Oslo' })
    expect(results).toHaveLength(2)
  })

  test('the hanging call is asked to stop, and what becomes of it concerns no one', async () => {
    let reason: unknown
    const hanging = tool({
      name: 'weather',
      input: City,
      timeout: 10,
      execute: (_input, { signal }) =>
        new Promise((_resolve, reject) => {
          signal.addEventListener('abort', () => {
            reason = signal.reason
            reject(new Error('late'))
          })
        }),
    })
    await outcomeOf({ model: calling({ name: 'weather', arguments: { city: 'Oslo' } }), tools: [hanging] })
    expect(reason).toMatchObject({ code: 'timeout' })
  })
})

describe('tool_failed', () => {
  const call = { name: 'weather', arguments: { city: 'Oslo' } }

  test("a tool with onError: 'fail' that fails", async () => {
    const cause = new Error('no data')
    const tools = [tool({ name: 'weather', input: City, onError: 'fail', execute: () => Promise.reject(cause) })]
    const { error } = await outcomeOf({ model: calling(call), tools })
    expect(error).toMatchObject({ code: 'tool_failed', message: 'The tool "weather" failed: no data', cause })
    expect(error!.attempts).toHaveLength(1)
  })

  test('wrong arguments are reported to the model even then', async () => {
    const tools = [tool({ name: 'weather', input: City, onError: 'fail', execute: () => 1 })]
    const { error } = await outcomeOf({ model: calling({ name: 'weather', arguments: {} }), tools })
    expect(error).toBeUndefined()
  })

  test('a tool that throws it', async () => {
    const own = new StructStreamError('tool_failed', 'The account is locked.')
    const tools = [tool({ name: 'weather', input: City, execute: () => Promise.reject(own) })]
    const { error } = await outcomeOf({ model: calling(call), tools })
    expect(error).toMatchObject({ code: 'tool_failed', message: 'The account is locked.' })
  })

  test('stops the calls next to it', async () => {
    let isStopped = false
    const tools = [
      tool({ name: 'weather', input: City, onError: 'fail', execute: () => Promise.reject(new Error('no data')) }),
      tool({
        name: 'beside',
        input: z.object({}),
        execute: (_input, { signal }) =>
          new Promise((resolve) => {
            signal.addEventListener('abort', () => resolve((isStopped = true)))
          }),
      }),
    ]
    await outcomeOf({ model: calling({ name: 'beside' }, call), tools })
    expect(isStopped).toBe(true)
  })

  test.each([1, 2, 5])('a model that only ever calls tools, in %i steps', async (maxSteps) => {
    let runs = 0
    const tools = [tool({ name: 'weather', input: City, execute: () => ++runs })]
    const model = simulate({ response: { toolCalls: [call] } })
    const { error, events } = await outcomeOf({ model, tools, maxSteps })
    expect(error).toMatchObject({ code: 'tool_failed', message: expect.stringContaining('maxSteps') as string })
    expect(error!.attempts).toHaveLength(maxSteps)
    // No one would hear of what the calls of the last step give.
    expect(runs).toBe(maxSteps - 1)
    expect(events.filter(({ type }) => type === 'finish')).toHaveLength(maxSteps)
  })
})

describe('approve', () => {
  const call = { id: 'call_1', name: 'weather', arguments: { city: 'Oslo' } }

  test('sees the valid input, and lets the call run', async () => {
    const asked: unknown[] = []
    const { results } = await outcomeOf({
      model: calling(call),
      tools: [weather],
      context: 'me',
      approve({ id, name, input, context, signal }) {
        asked.push({ id, name, input, context, isAborted: signal.aborted })
        return Promise.resolve(true)
      },
    })
    expect(asked).toEqual([{ id: 'call_1', name: 'weather', input: { city: 'Oslo' }, context: 'me', isAborted: false }])
    expect(results).toEqual([{ name: 'weather', output: 'Rain in Oslo' }])
  })

  test.each([
    [false, 'The user did not allow this call.'],
    ['too dear', 'The user did not allow this call: too dear'],
  ])('a refusal (%j) goes back to the model', async (answer, error) => {
    let runs = 0
    const tools = [tool({ name: 'weather', input: City, execute: () => ++runs })]
    const { results, told } = await outcomeOf({ model: calling(call), tools, approve: () => answer })
    expect(results).toEqual([{ name: 'weather', error }])
    expect(told).toEqual([JSON.stringify({ error })])
    expect(runs).toBe(0)
  })

  test('of the tool is asked first, then the one of the run, and one refusal is enough', async () => {
    const asked: string[] = []
    const answers: [boolean | string, boolean | string, string[], object][] = [
      [true, true, ['tool', 'run'], { output: 'Rain in Oslo' }],
      [true, 'no', ['tool', 'run'], { error: 'The user did not allow this call: no' }],
      ['no', true, ['tool'], { error: 'The user did not allow this call: no' }],
      [false, false, ['tool'], { error: 'The user did not allow this call.' }],
    ]
    for (const [own, general, order, result] of answers) {
      asked.length = 0
      const guarded = tool({
        name: 'weather',
        input: City,
        execute: ({ city }) => `Rain in ${city}`,
        approve({ input, context, signal, id }) {
          expect({ city: input.city.toUpperCase(), context, id }).toEqual({ city: 'OSLO', context: 'me', id: 'call_1' })
          expect(signal.aborted).toBe(false)
          asked.push('tool')
          return own
        },
      })
      const approve = (): boolean | string => asked.push('run') > 0 && general
      const { results } = await outcomeOf({ model: calling(call), tools: [guarded], context: 'me', approve })
      expect(results).toEqual([{ name: 'weather', ...result }])
      expect(asked).toEqual(order)
    }
  })

  test('of the tool that throws ends the run', async () => {
    const cause = new Error('no terminal')
    const guarded = tool({ name: 'weather', input: City, execute: () => 1, approve: () => Promise.reject(cause) })
    const { error } = await outcomeOf({ model: calling(call), tools: [guarded] })
    expect(error).toMatchObject({ code: 'tool_failed', cause, message: /`approve` function of "weather"/ })
  })

  test('of the tool that is not a function is bad_options', () => {
    expect(() => tool({ name: 'weather', input: City, execute: () => 1, approve: true as never })).toThrow(
      expect.objectContaining({ code: 'bad_options', message: expect.stringContaining('approve') }),
    )
  })

  test('is not asked about calls that cannot run', async () => {
    let asked = 0
    const model = calling({ name: 'weather', arguments: {} }, { name: 'nothing' })
    await outcomeOf({ model, tools: [weather], approve: () => ++asked > 0 })
    expect(asked).toBe(0)
  })

  test('that throws ends the run', async () => {
    const cause = new Error('no terminal')
    const { error } = await outcomeOf({ model: calling(call), tools: [weather], approve: () => Promise.reject(cause) })
    expect(error).toMatchObject({ code: 'tool_failed', cause })
  })

  test('that never answers is left when the run is aborted', async () => {
    const stream = runStream('?', Answer, {
      model: calling(call),
      tools: [weather],
      approve: () => new Promise(() => {}),
    })
    for await (const event of stream.streamEvents()) if (event.type === 'finish') break
    stream.abort()
    await expect(stream.getData()).rejects.toMatchObject({ code: 'aborted' })
  })
})

describe('the run around the tools', () => {
  const call: Step[] = [
    { type: 'tool-call-start', id: 'a', name: 'weather' },
    { type: 'tool-call-delta', id: 'a', text: '{"city":"Oslo"}' },
    { type: 'tool-call-end', id: 'a' },
    { type: 'finish', reason: 'tool-calls' },
  ]

  test('text said before a call is not the answer', async () => {
    const model = simulate({
      responses: [{ text: 'Let me see.', toolCalls: [{ name: 'weather', arguments: { city: 'Oslo' } }] }, 'It rains.'],
    })
    const stream = runStream('?', undefined, { model, tools: [weather] })
    const texts = await drain(stream.streamText())
    expect(texts.items.join('')).toBe('Let me see.It rains.')
    expect(await stream.getText()).toBe('It rains.')
    const said = (await stream.getMessages()).map(({ role, content }) => [role, content])
    expect(said).toEqual([
      ['user', '?'],
      ['assistant', 'Let me see.'],
      ['tool', 'Rain in Oslo'],
      ['assistant', 'It rains.'],
    ])
  })

  test('an abort while a tool runs stops it, and every consumer', async () => {
    const controller = new AbortController()
    let reason: unknown
    const tools = [
      tool({
        name: 'weather',
        input: City,
        execute: (_input, { signal }) =>
          new Promise((_resolve, reject) => {
            signal.addEventListener('abort', () => {
              reason = signal.reason
              reject(new Error('late'))
            })
            controller.abort('enough')
          }),
      }),
    ]
    const stream = runStream('?', Answer, {
      model: calling({ name: 'weather', arguments: { city: 'Oslo' } }),
      tools,
      signal: controller.signal,
    })
    const { error } = await drain(stream.streamPartial())
    expect(error).toMatchObject({ code: 'aborted', cause: 'enough' })
    await expect(stream.getData()).rejects.toBe(error)
    expect(reason).toBe(error)
    expect(getEventListeners(controller.signal, 'abort')).toEqual([])
  })

  test('idle is not counted while a tool runs, total is', async () => {
    const slow = (ms: number): Tool =>
      tool({ name: 'weather', input: City, execute: () => new Promise((resolve) => setTimeout(resolve, ms, 'ok')) })
    const model = (): ReturnType<typeof calling> => calling({ name: 'weather', arguments: { city: 'Oslo' } })
    const patient = await outcomeOf({ model: model(), tools: [slow(60)], timeout: { idle: 30, firstDelta: 30 } })
    expect(patient.error).toBeUndefined()
    const hasty = await outcomeOf({ model: model(), tools: [slow(10_000)], timeout: 40 })
    expect(hasty.error).toMatchObject({ code: 'timeout', message: expect.stringContaining('timeout.total') as string })
  })

  test.each<[string, Step[], string]>([
    ['a cut stream', call.slice(0, -1), 'connection_lost'],
    ['a length limit', [...call.slice(0, 1), { type: 'finish', reason: 'length' }], 'truncated'],
    ['a content filter', [...call.slice(0, -1), { type: 'finish', reason: 'content-filter' }], 'content_filtered'],
  ])('calls of %s are not run', async (_what, script, code) => {
    let runs = 0
    const tools = [tool({ name: 'weather', input: City, execute: () => ++runs })]
    const { error } = await outcomeOf({ model: scripted(script), tools })
    expect(error).toMatchObject({ code })
    expect(runs).toBe(0)
  })

  test('runaway arguments stop the model', async () => {
    const endless = simulate({
      response: { toolCalls: [{ name: 'weather', arguments: `{"city":"Oslo"${' '.repeat(5_000)}` }] },
    })
    const { error } = await outcomeOf({ model: endless, tools: [weather], limits: { maxRepeat: 1_000 } })
    expect(error).toMatchObject({
      code: 'limit_exceeded',
      message: expect.stringContaining('1000 whitespace') as string,
    })
  })

  test('who is asked only for what was wrong is offered no tools', async () => {
    const offered: (number | undefined)[] = []
    const answer = (value: unknown) => (request: ModelRequest) => {
      offered.push(request.tools?.length)
      return value
    }
    const Two = z.object({ a: z.string(), b: z.int() })
    const model = simulate({ responses: [answer({ a: 'x', b: 'y' }), answer({ b: 2 })] })
    const stream = runStream('?', Two, { model, tools: [weather], onInvalid: 'patch' })
    await stream.getData().catch(() => {})
    expect(offered.slice(0, 2)).toEqual([1, undefined])
  })

  test('without tools, calls are shown and nothing is run', async () => {
    const { error, events } = await outcomeOf({ model: scripted(call) })
    expect(error).toMatchObject({ code: 'no_json' })
    expect(events).toContainEqual(expect.objectContaining({ type: 'tool-call-end', input: { city: 'Oslo' } }))
  })

  test('the next model takes over in the middle of the steps', async () => {
    const first = simulate({
      responses: [{ toolCalls: [{ name: 'weather', arguments: { city: 'Oslo' } }] }],
      faults: [undefined, { status: 503 }],
    })
    const stream = runStream('?', Answer, { model: [first, simulate({ response: { ok: true } })], tools: [weather] })
    const { attempts, data } = await stream.getResult()
    expect(data).toEqual({ ok: true })
    expect(attempts.map(({ kind, error }) => [kind, error])).toEqual([
      ['first', undefined],
      ['tool-step', 'provider_error'],
      ['fallback', undefined],
    ])
  })

  test('a wrong answer after tools is asked for again, with all that was said', async () => {
    const model = simulate({
      responses: [{ toolCalls: [{ name: 'weather', arguments: { city: 'Oslo' } }] }, { ok: 'maybe' }, { ok: true }],
    })
    const stream = runStream('?', Answer, { model, tools: [weather], onInvalid: 'restart', maxAttempts: 2 })
    expect(await stream.getData()).toEqual({ ok: true })
    expect((await stream.getResult()).attempts.map(({ kind }) => kind)).toEqual(['first', 'tool-step', 'restart'])
  })

  test('usage adds up over the steps', async () => {
    const model = calling({ name: 'weather', arguments: { city: 'Oslo' } })
    const { usage, attempts } = await runStream('?', Answer, { model, tools: [weather] }).getResult()
    expect(attempts).toHaveLength(2)
    expect(usage.totalTokens).toBe(attempts[0]!.usage!.totalTokens! + attempts[1]!.usage!.totalTokens!)
  })

  test('system is asked before each step, with the context', async () => {
    const contexts: unknown[] = []
    const system = (context: { user: string }): string => `${context.user} ${contexts.push(context)}`
    const model = scripted(says('{"ok":true}'))
    await runStream('?', Answer, { model, system, context: { user: 'Ada' } }).getData()
    expect(model.requests[0]!.messages[0]).toEqual({ role: 'system', content: 'Ada 1' })
    const contextual = calling({ name: 'weather', arguments: { city: 'Oslo' } })
    await runStream('?', Answer, { model: contextual, system, context: { user: 'Ada' }, tools: [weather] }).getData()
    expect(contexts).toHaveLength(3)
  })

  test('a history with dangling calls is sent without them', async () => {
    const model = scripted(says('{"ok":true}'))
    const toolCalls = [
      { id: 'a', name: 'weather', arguments: '{}' },
      { id: 'b', name: 'weather', arguments: '{}' },
    ]
    await runStream('And?', Answer, {
      model,
      messages: [
        { role: 'tool', toolCallId: 'gone', content: 'its call was cut off' },
        { role: 'assistant', content: '', toolCalls },
        { role: 'tool', toolCallId: 'b', content: '2' },
      ],
    }).getData()
    const sent = model.requests[0]!.messages.map((message) =>
      'toolCallId' in message ? message.toolCallId : message.role,
    )
    expect(sent).toEqual(['assistant', 'b', 'a', 'user'])
    expect(model.requests[0]!.messages[2]).toMatchObject({ isError: true })
  })

  test('files are events and part of the result and of the last chunk', async () => {
    const file = { mediaType: 'image/png', data: new Uint8Array([1, 2]), filename: 'a.png' }
    const stream = runStream('Draw.', undefined, { model: simulate({ response: { text: 'Here.', files: [file] } }) })
    const chunks = (await drain(stream)).items
    expect(chunks.at(-1)).toMatchObject({ isFinal: true, files: [file] })
    expect(chunks.filter(({ files }) => files !== undefined)).toHaveLength(1)
    expect((await drain(stream.streamEvents())).items).toContainEqual({ type: 'file', attempt: 1, file })
  })
})

describe('mistakes of the caller', () => {
  test.each([
    [
      { ...weather, name: 'two words' },
      /`(?:tools\[0\]\.)?name` must be 1 to 64 letters, digits, "_" or "-", got "two words"/,
    ],
    [{ ...weather, input: undefined }, /input` must be a schema of an object, such as .*, got null/],
    [{ ...weather, execute: undefined }, /execute` must be a function, got null/],
    [{ ...weather, timeout: 0 }, /timeout` must be milliseconds \(a number > 0\), got 0/],
    [{ ...weather, onError: 'ignore' }, /onError` must be 'tell' or 'fail', got "ignore"/],
    [{ ...weather, description: 5 }, /description` must be a string, got 5/],
    [{ ...weather, parameters: {} }, /Unknown option `(?:tools\[0\]\.)?parameters`\. Known: name, /],
    [null, /tool\(\).*got null/],
  ])('tool(%j) throws at once, and as an option it fails the run', async (definition, message) => {
    expect(() => tool(definition as never)).toThrow(message)
    const stream = runStream('?', Answer, { model: simulate(), tools: [definition as never] })
    await expect(stream.getData()).rejects.toMatchObject({
      code: 'bad_options',
      message: expect.stringMatching(message) as string,
    })
  })

  test('two tools of one name', async () => {
    const stream = runStream('?', Answer, { model: simulate(), tools: [weather, weather] })
    await expect(stream.getData()).rejects.toMatchObject({ code: 'bad_options' })
  })

  test('an input that is not an object', async () => {
    const tools = [tool({ name: 'weather', input: z.string(), execute: () => 1 })]
    await expect(runStream('?', Answer, { model: simulate(), tools }).getData()).rejects.toMatchObject({
      code: 'unsupported_schema',
      message: expect.stringMatching(/Tool "weather": The root of the input must be an object/) as string,
    })
  })
})

test('types: tools know the context they need', () => {
  interface User {
    name: string
  }
  const greet = tool({
    name: 'greet',
    input: City,
    execute: (_input, { context }: { context: User; signal: AbortSignal; id: string }) => context.name,
  })
  expectTypeOf(greet).toEqualTypeOf<Tool<User>>()
  const options: RunOptions<User> = { tools: [greet, weather], context: { name: 'Ada' }, system: ({ name }) => name }
  expect(options.tools).toHaveLength(2)
  // @ts-expect-error the context is of another type
  const wrong: RunOptions<{ age: number }> = { tools: [greet] }
  expect(wrong.tools).toHaveLength(1)
})

test('nothing is left over: timers, listeners', async () => {
  const timers = (): number => process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length
  const before = timers()
  const controller = new AbortController()
  for (let i = 0; i < 50; i++) {
    const model = calling({ name: 'weather', arguments: { city: 'Oslo' } })
    await runStream('?', Answer, { model, tools: [weather], signal: controller.signal, timeout: 60_000 }).getData()
  }
  expect(getEventListeners(controller.signal, 'abort')).toEqual([])
  expect(timers()).toBe(before)
})

test('a call that is reported while the run waits for its model shows up at once', async () => {
  const { model, push, end } = pushed()
  const stream = runStream('?', Answer, { model, tools: [weather] })
  const events = stream.streamEvents()
  const next = async (): Promise<string | undefined> => (await events.next()).value?.type
  expect(await next()).toBe('attempt-start')
  const waiting = next()
  await push({ type: 'tool-call-start', id: 'a', name: 'weather' })
  expect(await waiting).toBe('tool-call-start')
  stream.abort()
  await end()
})
