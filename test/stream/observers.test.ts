import { afterEach, describe, expect, test, vi } from 'vitest'
import { z } from 'zod'

import {
  configure,
  createSession,
  runStream,
  tool,
  type Model,
  type RunObserver,
  type RunOptions,
} from '../../src/index.ts'
import { property, runSize } from '../support/property.ts'
import { TELEMETRY, type TelemetryObserver } from '../../src/stream/observers.ts'
import { drain, pushed, says, scripted, stop, text, type Step } from './scripted.ts'
import type { AnySchema } from '../../src/schema/types.ts'

const Film = z.object({ title: z.string(), year: z.int().min(1888) })
const good = JSON.stringify({ title: 'Blade Runner', year: 1982 })

/** Writes down what it hears. */
function listener(name = ''): RunObserver & { heard: string[]; calls: [string, ...unknown[]][] } {
  const heard: string[] = []
  const calls: [string, ...unknown[]][] = []
  return {
    heard,
    calls,
    start(run) {
      heard.push(`${name}start`)
      calls.push(['start', run])
    },
    event(event, run) {
      heard.push(`${name}${event.type}`)
      calls.push(['event', event, run])
    },
    end(outcome, run) {
      heard.push(`${name}end`)
      calls.push(['end', outcome, run])
    },
  }
}

const once = (heard: readonly string[]): void => {
  expect(heard[0]).toBe('start')
  expect(heard.at(-1)).toBe('end')
  expect(heard.filter((one) => one === 'start' || one === 'end')).toHaveLength(2)
}

let warned: unknown[] = []
const warn = vi.spyOn(process, 'emitWarning').mockImplementation((warning) => void warned.push(warning))
afterEach(() => {
  warned = []
  warn.mockClear()
  configure({ observe: undefined, model: undefined })
})

describe('every kind of end', () => {
  const ends: [string, () => Promise<void>][] = []
  const ending = (name: string, code: string | undefined, act: (observe: RunObserver) => Promise<unknown>): void => {
    const one = listener()
    ends.push([
      name,
      async () => {
        await act(one)
        once(one.heard)
        const [, outcome] = one.calls.at(-1)!
        expect(outcome).toMatchObject(code === undefined ? { ok: true } : { ok: false, error: { code } })
      },
    ])
  }
  const settled = (options: RunOptions, schema: AnySchema = Film, prompt: unknown = 'q'): Promise<unknown> =>
    runStream(prompt as string, schema, options)
      .getData()
      .catch(() => {})
  ending('success', undefined, (observe) => settled({ observe, model: scripted(says(good)) }))
  ending('wrong data', 'invalid_data', (observe) => settled({ observe, model: scripted(says('{"title":1}')) }))
  ending('a lost connection', 'connection_lost', (observe) => settled({ observe, model: scripted([text('{')]) }))
  ending('a wrong option', 'bad_options', (observe) => settled({ observe, linger: -1 }))
  ending('an unknown option', 'bad_options', (observe) => settled({ observe, lingr: 1 } as RunOptions))
  ending('a wrong prompt', 'bad_options', (observe) => settled({ observe, model: scripted([]) }, Film, 7))
  ending('options where the schema belongs', 'bad_options', (observe) =>
    settled({ observe }, { model: 'a:b' } as never),
  )
  ending('no model', 'no_model', (observe) => settled({ observe }))
  ending('an unknown provider', 'bad_options', (observe) => settled({ observe, model: 'nonsense:1' }))
  ending('a wrong schema', 'unsupported_schema', (observe) =>
    settled({ observe, model: scripted([]) }, { nonsense: true } as never),
  )
  ending('an aborted signal', 'aborted', (observe) =>
    settled({ observe, model: scripted([]), signal: AbortSignal.abort() }),
  )
  ending('abort()', 'aborted', async (observe) => {
    const stream = runStream('q', Film, { observe, model: scripted([text('{"ti'), 'hang']) })
    await stream.streamText().next()
    stream.abort()
  })
  ending('a timeout', 'timeout', (observe) => settled({ observe, model: scripted(['hang']), timeout: 5 }))
  ending('no one listening any more', 'aborted', async (observe) => {
    const stream = runStream('q', Film, { observe, linger: 0, model: scripted([text('{"ti'), 'hang']) })
    for await (const _ of stream.streamText()) break
    await vi.waitFor(() => expect(stream.status).toBe('failed'))
  })
  ending('no one listening at all', undefined, async (observe) => {
    const stream = runStream('q', Film, { observe, model: scripted(says(good)) })
    await vi.waitFor(() => expect(stream.status).toBe('done'))
  })
  test.each(ends)('start and then end are called once for %s', (_, act) => act())
})

test('An observer hears the events of streamEvents(), in the same order, with and without another reader', () =>
  property(runSize('LAWS', 60), async (choices) => {
    const size = 1 + choices.below(12)
    const sloppy = choices.pick([good, `Sure: ${good}`, good.replaceAll('"', "'"), '{"title":3,"year":2}', '{"title":'])
    const script: Step[] = [{ type: 'reasoning-delta', text: 'hm' }, ...says(sloppy, size)]
    const onInvalid = choices.pick(['collect', 'abort', 'restart'] as const)
    const one = listener()
    const stream = runStream('q', Film, { model: scripted(script), observe: one, onInvalid })
    const reads = choices.chance(50)
    const partials = reads ? drain(stream.streamPartial()) : undefined
    const early = choices.chance(50) ? drain(stream.streamEvents()) : undefined
    await stream.getData().catch(() => {})
    await partials
    const events = (await (early ?? drain(stream.streamEvents()))).items
    expect(one.calls.filter(([kind]) => kind === 'event').map(([, event]) => event)).toEqual(events)
    once(one.heard)
  }))

test('Observing changes nothing: with an observer that throws everywhere, the run ends as without one', () =>
  property(runSize('LAWS', 60), async (choices) => {
    const throwing: RunObserver = {
      start() {
        throw new Error('start')
      },
      event: () => Promise.reject(new Error('event')) as unknown as void,
      end() {
        throw new Error('end')
      },
    }
    const answer = choices.pick([good, `${good} trailing`, '{"title":3}', '', 'no'])
    const onInvalid = choices.pick(['collect', 'abort', 'restart', 'patch'] as const)
    const script = [
      ...says(answer, 1 + choices.below(9)),
      ...(choices.chance(30) ? [{ throws: new Error('late') }] : []),
    ]
    const outcome = async (observe: RunObserver | undefined): Promise<unknown> => {
      const stream = runStream('q', Film, { model: scripted(script), observe, onInvalid })
      const { items, error } = await drain(stream.streamSnapshots())
      const facts = error as Record<string, unknown> | undefined
      const told = items.map(({ value, attempt, isFinal }) => ({ value, attempt, isFinal }))
      return {
        told,
        code: facts?.['code'],
        text: facts?.['text'],
        issues: facts?.['issues'],
        message: facts?.['message'],
      }
    }
    const bare = await outcome(undefined)
    expect(await outcome(throwing)).toEqual(bare)
    expect(warned.length).toBeGreaterThan(1)
  }))

test('the text is not read for telemetry: it hears what the text causes only where others do, and the sum at the end', async () => {
  const telemetry = (): TelemetryObserver & { heard: string[]; texts: string[] } => {
    const heard: string[] = []
    const texts: string[] = []
    return {
      heard,
      texts,
      event: (event) => {
        heard.push(event.type)
        if (event.type === 'text-delta') texts.push(event.text)
      },
      [TELEMETRY]: {
        around: (_attempt, _run, call) => call(),
        traced: () => {},
        summary: ({ repairs, fields }) => void heard.push(`${repairs()} ${Object.keys(fields()).join()}`),
      },
    }
  }
  const script = says(good.replace('}', ',}'), 5)
  const alone = telemetry()
  await runStream('q', Film, { model: scripted(script), observe: alone }).getData()
  const beside = telemetry()
  await runStream('q', Film, { model: scripted(script), observe: [beside, listener()] }).getData()
  const caused = ['value-complete', 'repair']
  expect(alone.heard.filter((type) => caused.includes(type))).toEqual([])
  expect(beside.heard.filter((type) => caused.includes(type))).not.toEqual([])
  expect([alone.heard.at(-1), beside.heard.at(-1)]).toEqual(['1 title,year', '1 title,year'])
  expect(beside.texts).toEqual(script.flatMap((step) => ('text' in step ? [step.text] : [])))
  expect(alone.texts.join('')).toBe(beside.texts.join(''))
})

test('What an observer throws is a warning of the process that names it', async () => {
  const observe: RunObserver = {
    end() {
      throw new RangeError('my bug')
    },
  }
  await runStream('q', Film, { model: scripted(says(good)), observe }).getData()
  expect(warned).toEqual([expect.stringMatching(/An observer of structstream threw: RangeError: my bug/)])
})

test('Without process.emitWarning, it goes to the console', async () => {
  const said = vi.spyOn(console, 'error').mockImplementation(() => {})
  vi.stubGlobal('process', { env: {} })
  const observe: RunObserver = { end: () => Promise.reject(new Error('later')) as unknown as void }
  await runStream('q', Film, { model: scripted(says(good)), observe }).getData()
  await Promise.resolve()
  vi.unstubAllGlobals()
  expect(said).toHaveBeenCalledWith(expect.stringContaining('later'))
  said.mockRestore()
})

test('Observers of configure(), the session and the run add up, outermost first', async () => {
  const heard: string[] = []
  const named = (name: string): RunObserver => ({ end: () => void heard.push(name) })
  configure({ observe: named('configure') })
  const session = createSession({ model: scripted(says(good)), observe: [named('session 1'), named('session 2')] })
  await session.run('q', Film, { observe: named('run') })
  expect(heard).toEqual(['configure', 'session 1', 'session 2', 'run'])
  heard.length = 0
  await session
    .runStream('q', Film, { linger: -1 })
    .getData()
    .catch(() => {})
  expect(heard).toEqual(['configure', 'session 1', 'session 2'])
})

test.each([
  ['a function', () => {}],
  ['an object that hears nothing', {}],
  ['a misspelled call', { ends: () => {} }],
  ['a list with something else in it', [{ end() {} }, 7]],
])('%s in place of an observer is bad_options', async (_, observe) => {
  const stream = runStream('q', Film, { model: scripted(says(good)), observe: observe as RunObserver })
  await expect(stream.getData()).rejects.toMatchObject({
    code: 'bad_options',
    message: expect.stringMatching(/observe/),
  })
})

test('The run says what is known of it at each moment', async () => {
  const { model, push, end } = pushed()
  const at: Record<string, unknown> = {}
  const observe: RunObserver = {
    start: (run) => void (at['start'] = { ...run }),
    event: ({ type }, run) => void (at[type] ??= { ...run }),
    end: (_, run) => void (at['end'] = { ...run }),
  }
  const session = createSession({ id: 's1', context: { user: 7 } })
  const stream = session.runStream('q', Film, { model, observe, system: 'Be brief.', temperature: 0.5 })
  expect(at['start']).toEqual({
    id: expect.stringMatching(/^[\w-]{8,}$/),
    startedAt: expect.any(Number),
    sessionId: 's1',
    context: { user: 7 },
  })
  await vi.waitFor(() => expect(at['attempt-start']).toBeDefined())
  expect(at['attempt-start']).toMatchObject({
    model: 'pushed-1',
    provider: 'pushed',
    request: {
      mode: 'json-schema',
      settings: { temperature: 0.5 },
      tools: [],
      messages: [
        { role: 'system', content: 'Be brief.' },
        { role: 'user', content: 'q' },
      ],
    },
  })
  await push({ type: 'metadata', model: 'pushed-1-2026', requestId: 'r1' }, text(good), stop)
  await end()
  await stream.getData()
  expect(at['text-delta']).toMatchObject({ model: 'pushed-1-2026', responseId: 'r1' })
  expect(at['end']).toMatchObject({ model: 'pushed-1-2026', responseId: 'r1', startedAt: expect.any(Number) })
})

test('The context of the run is passed on, and all calls get the same object', async () => {
  const one = listener()
  const context = { user: 7 }
  await runStream('q', Film, { model: scripted(says(good)), observe: one, context }).getData()
  const runs = new Set(one.calls.map((call) => call.at(-1)))
  expect(runs.size).toBe(1)
  expect([...runs][0]).toMatchObject({ context })
})

test('Each attempt has its own request, set before its attempt-start', async () => {
  const requests: unknown[] = []
  const scripts = [says('{"title":3,"year":1}'), says(good)]
  const model: Model = { ...scripted([]), stream: (...args) => scripted(scripts.shift()!).stream(...args) }
  const observe: RunObserver = {
    event: ({ type }, run) => void (type === 'attempt-start' && requests.push(run.request?.messages.length)),
  }
  await runStream('q', Film, { model, observe, onInvalid: 'restart' }).getData()
  expect(requests).toEqual([1, 3])
})

test('What an observer does with the request does not reach the model', async () => {
  const model = scripted(says(good))
  const observe: RunObserver = {
    event(_, run) {
      ;(run.request!.messages as unknown[]).length = 0
      run.request!.settings.temperature = 2
    },
  }
  await runStream('q', Film, { model, observe, temperature: 0 }).getData()
  expect(model.requests[0]!.messages).toHaveLength(1)
  expect(model.requests[0]!.settings.temperature).toBe(0)
})

test('The tools that the model may call are named', async () => {
  const one = listener()
  const look = tool({ name: 'look', input: z.object({}), execute: () => 1 })
  await runStream('q', Film, { model: scripted(says(good)), observe: one, tools: [look] }).getData()
  expect(one.calls.find(([, event]) => (event as { type?: string }).type === 'attempt-start')![2]).toMatchObject({
    request: { tools: ['look'] },
  })
})

test('An observer that ends the run from inside an event hears the rest and the end', async () => {
  const heard: string[] = []
  const stream: { abort(): void } = runStream('q', Film, {
    model: scripted([text('{"title":"'), text('x'), 'hang']),
    observe: {
      event({ type }) {
        heard.push(type)
        if (type === 'text-delta') stream.abort()
      },
      end: (outcome) => void heard.push(outcome.ok ? 'ok' : outcome.error.code),
    },
  })
  await vi.waitFor(() => expect(heard.at(-1)).toBe('aborted'))
  expect(heard.filter((one) => one === 'aborted')).toHaveLength(1)
})

test('An observer keeps no run alive', async () => {
  const one = listener()
  const stream = runStream('q', Film, { model: scripted([text('{'), 'hang']), observe: one, linger: 0 })
  for await (const _ of stream.streamText()) break
  await vi.waitFor(() => expect(one.heard.at(-1)).toBe('end'))
})

test('Where no observer hears events, the text is not read for them', async () => {
  let checks = 0
  const Counted = z.object({ title: z.string().refine(() => ++checks > 0), year: z.int() })
  const { model, push, end } = pushed()
  const stream = runStream('q', Counted, { model, observe: { start() {}, end() {} } })
  const done = stream.getData()
  await vi.waitFor(() => expect(stream.status).toBe('starting'))
  await push(text('{"title":"x","ye'))
  expect(checks).toBe(0)
  await push(text('ar":1}'), stop)
  await end()
  await done
})
