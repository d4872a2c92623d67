import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { runStream, tool, type RunOptions } from '../../src/index.ts'
import type { Model, ModelEvent } from '../../src/models/model.ts'
import type { ToolOptions } from '../../src/stream/types.ts'
import { drain, pushed, says, scripted, type Step } from './scripted.ts'

const City = z.object({ city: z.string() })
const Answer = z.object({ ok: z.boolean() })

/** An eager tool that notes what happens to it, and gives its result when `finish` is called. */
function lookUp(options: Partial<ToolOptions<typeof City>> = {}) {
  const seen = { ran: [] as string[], signals: [] as AbortSignal[], finish: (_result?: unknown): void => {} }
  const eager = tool<typeof City>({
    name: 'lookUp',
    input: City,
    eager: true,
    execute: ({ city }, { signal }) => {
      seen.ran.push(city)
      seen.signals.push(signal)
      return new Promise((resolve) => (seen.finish = resolve))
    },
    ...options,
  })
  return { eager, seen }
}

const start = (id = 'a', name = 'lookUp'): ModelEvent => ({ type: 'tool-call-start', id, name })
const args = (text: string, id = 'a'): ModelEvent => ({ type: 'tool-call-delta', id, text })
const end = (id = 'a'): ModelEvent => ({ type: 'tool-call-end', id })
const unknown: ModelEvent = { type: 'finish', reason: 'other', raw: 'weird' }
const finish = (reason: 'tool-calls' | 'length' = 'tool-calls'): ModelEvent => ({ type: 'finish', reason })
const oslo = '{"city":"Oslo"}'

/** Modules may have to be loaded first. */
const soon = (value: () => unknown) => expect.poll(value, { timeout: 10_000, interval: 5 })

/** A model that makes the turns of `scripts`, one for each call. */
function turns(...scripts: Step[][]) {
  const models = scripts.map((script) => scripted(script))
  let call = 0
  return {
    ...models[0]!,
    stream: (...given: Parameters<(typeof models)[0]['stream']>) => models[call++]!.stream(...given),
  }
}

describe('A call of an eager tool', () => {
  test('starts with the brace that ends its arguments, before the wire reports their end.', async () => {
    const { eager, seen } = lookUp()
    const { model, push } = pushed()
    const stream = runStream('?', Answer, { model, tools: [eager] })
    void stream.getData().catch(() => {})
    await push(start(), args('{"city":"Os'))
    await new Promise((resolve) => setTimeout(resolve))
    await push(args('lo {}'))
    expect(seen.ran).toEqual([])
    await push(args('"}'))
    await soon(() => seen.ran).toEqual(['Oslo {}'])
    stream.abort()
    expect(seen.signals[0]!.aborted).toBe(true)
    expect(seen.signals[0]!.reason).toMatchObject({ code: 'aborted' })
  })

  test.each([
    ['sloppy JSON', ["{city: 'Oslo'", '}']],
    ['no arguments', []],
    ['arguments in brackets', ['[1]']],
  ])('with %s starts when the wire reports the end of the call.', async (_what, pieces) => {
    const { eager, seen } = lookUp({ input: z.object({ city: z.string().default('Bergen') }) as never })
    const { model, push } = pushed()
    const stream = runStream('?', Answer, { model, tools: [eager] })
    void stream.getData().catch(() => {})
    await push(start(), ...pieces.map((piece) => args(piece)))
    await new Promise((resolve) => setTimeout(resolve, 5))
    expect(seen.ran).toEqual([])
    await push(end())
    const expected = { "{city: 'Oslo'}": ['Oslo'], '': ['Bergen'], '[1]': [] }[pieces.join('')]
    await soon(() => seen.ran).toEqual(expected)
    stream.abort()
  })

  test('does not start in the last step, whose results would reach no one.', async () => {
    const { eager, seen } = lookUp()
    const model = scripted([start(), args(oslo), end(), finish()])
    const { error } = await drain(runStream('?', Answer, { model, tools: [eager], maxSteps: 1 }).streamEvents())
    expect(error).toMatchObject({ code: 'tool_failed', message: expect.stringContaining('last step') as string })
    expect(seen.ran).toEqual([])
  })

  test.each([
    ['wrong arguments', { input: City }, '{"city":7}', /do not fit/],
    ['a refusal of the tool', { approve: () => 'not now' }, oslo, /not now/],
  ])('with %s is not executed, and the model learns why.', async (_what, options, text, reason) => {
    const { eager, seen } = lookUp(options)
    const model = turns([start(), args(text), end(), finish()], says('{"ok":true}'))
    const { items } = await drain(runStream('?', Answer, { model, tools: [eager] }).streamEvents())
    const result = items.find(({ type }) => type === 'tool-result')
    expect(result).toMatchObject({ error: expect.stringMatching(reason) as string })
    expect(seen.ran).toEqual([])
  })

  test('is approved by the tool and then by the run, while the model is still writing.', async () => {
    const asked: string[] = []
    const { eager, seen } = lookUp({ approve: () => asked.push('tool') > 0 })
    const { model, push } = pushed()
    const approve: RunOptions['approve'] = () => asked.push('run') > 0
    const stream = runStream('?', Answer, { model, tools: [eager], approve })
    void stream.getData().catch(() => {})
    await push(start(), args(oslo))
    await soon(() => seen.ran).toEqual(['Oslo'])
    expect(asked).toEqual(['tool', 'run'])
    stream.abort()
  })

  test('reports its result after the turn, and its input is checked while it is read and at its end.', async () => {
    let checked = 0
    const input = City.refine(() => ++checked > 0)
    const eager = tool({ name: 'lookUp', input, eager: true, execute: ({ city }) => `Rain in ${city}` })
    const model = turns(
      [start(), args(oslo), { type: 'text-delta', text: 'So.' }, end(), finish()],
      says('{"ok":true}'),
    )
    const stream = runStream('?', Answer, { model, tools: [eager] })
    await stream.getData()
    expect(checked).toBe(2)
    const { items } = await drain(stream.streamEvents())
    const order = items.map(({ type }) => type)
    expect(order.indexOf('tool-result')).toBeGreaterThan(order.indexOf('finish'))
    expect(items).toContainEqual(expect.objectContaining({ type: 'tool-result', output: 'Rain in Oslo' }))
  })

  test('that fails the run does so when the turn has ended well.', async () => {
    const cause = new Error('no data')
    const { eager } = lookUp({ onError: 'fail', execute: () => Promise.reject(cause) })
    const { model, push } = pushed()
    const stream = runStream('?', Answer, { model, tools: [eager] })
    void stream.getData().catch(() => {})
    await push(start(), args(oslo))
    await new Promise((resolve) => setTimeout(resolve, 5))
    expect(stream.status).toBe('streaming')
    await push(end(), finish())
    await expect(stream.getData()).rejects.toMatchObject({ code: 'tool_failed', cause })
  })
})

describe('A turn that ends with a word that is not known', () => {
  test('cancels the calls that have started, and runs none: more of them may have been to come.', async () => {
    const { eager, seen } = lookUp()
    const { model, push } = pushed()
    const stream = runStream('?', Answer, { model, tools: [eager] })
    void stream.getData().catch(() => {})
    await push(start(), args(oslo))
    await soon(() => seen.ran).toEqual(['Oslo'])
    await push(end(), unknown)
    await expect(stream.getData()).rejects.toMatchObject({
      code: 'truncated',
      message: expect.stringContaining('"weird"'),
    })
    expect(seen.signals[0]!.aborted).toBe(true)

    const late = lookUp({ eager: false })
    const script = [start(), args(oslo), end(), unknown]
    await expect(runStream('?', Answer, { model: turns(script), tools: [late.eager] }).getData()).rejects.toMatchObject(
      { code: 'truncated' },
    )
    expect(late.seen.ran).toEqual([])
  })

  test('and holds a complete document counts, as one without calls does.', async () => {
    const whole: Step[] = [{ type: 'text-delta', text: '{"ok":true}' }, unknown]
    expect(await runStream('?', Answer, { model: scripted(whole) }).getData()).toEqual({ ok: true })
  })
})

describe('Arguments that continue after they were complete', () => {
  const outcome = async (...more: ModelEvent[]) => {
    const ran: string[] = []
    const eager = tool({
      name: 'lookUp',
      input: City,
      eager: true,
      execute: ({ city }) => {
        ran.push(city)
        return `Rain in ${city}`
      },
    })
    const model = turns([start(), args(oslo), ...more, end(), finish()], says('{"ok":true}'))
    const { items } = await drain(runStream('?', Answer, { model, tools: [eager] }).streamEvents())
    return { ran, result: items.find(({ type }) => type === 'tool-result') }
  }

  test('with space use the result of the one call.', async () => {
    const { ran, result } = await outcome(args(' \n'))
    expect(ran).toEqual(['Oslo'])
    expect(result).toMatchObject({ output: 'Rain in Oslo' })
  })

  test('with text that changes nothing use the result of the one call.', async () => {
    const { ran, result } = await outcome(args('\n```'))
    expect(ran).toEqual(['Oslo'])
    expect(result).toMatchObject({ output: 'Rain in Oslo' })
  })

  test('with another document are an error for the model, and nothing runs twice.', async () => {
    const { ran, result } = await outcome(args('{"city":"Rome"}'))
    expect(ran).toEqual(['Oslo'])
    expect(result).toMatchObject({ error: expect.any(String) as string })
  })
})

describe('What an eager tool has begun is canceled', () => {
  test.each<[string, ModelEvent[]]>([
    ['as soon as the model refuses', [{ type: 'refusal-delta', text: 'I' }]],
    ['as soon as the turn is cut short', [finish('length')]],
    ['when two calls have one id', [start()]],
  ])('%s.', async (_when, events) => {
    const { eager, seen } = lookUp()
    const { model, push } = pushed()
    const stream = runStream('?', Answer, { model, tools: [eager] })
    void stream.getData().catch(() => {})
    await push(start(), args(oslo))
    await soon(() => seen.ran).toEqual(['Oslo'])
    await push(...events)
    expect(seen.signals[0]!.aborted).toBe(true)
    expect(seen.signals[0]!.reason).toMatchObject({
      message: expect.stringContaining('cut, refused or replaced') as string,
    })
    stream.abort()
  })

  test('when the answer is asked for again; the call of the new attempt is a separate call.', async () => {
    const { eager, seen } = lookUp()
    const again: Step[] = [start('b'), args('{"city":"Rome"}', 'b'), end('b'), finish()]
    const first = pushed()
    const rest = turns(again, says('{"ok":true}'))
    let calls = 0
    const model: Model = {
      ...first.model,
      stream: (...given) => (calls++ === 0 ? first.model : rest).stream(...given),
    }
    const stream = runStream('?', Answer, { model, tools: [eager], onInvalid: 'restart' })
    const events = drain(stream.streamEvents())
    await first.push(start(), args(oslo), end())
    await soon(() => seen.ran).toEqual(['Oslo'])
    await first.push({ type: 'text-delta', text: '{"ok":"no' })
    await soon(() => seen.ran).toEqual(['Oslo', 'Rome'])
    expect(seen.signals.map(({ aborted }) => aborted)).toEqual([true, false])
    seen.finish('Sun in Rome')
    expect(await stream.getData()).toEqual({ ok: true })
    const results = (await events).items.filter(({ type }) => type === 'tool-result')
    expect(results).toEqual([{ type: 'tool-result', attempt: 2, id: 'b', name: 'lookUp', output: 'Sun in Rome' }])
    expect(seen.ran).toEqual(['Oslo', 'Rome'])
  })
})

test('`eager` must be true or false.', () => {
  expect(() => tool({ name: 'lookUp', input: City, execute: () => 1, eager: 'yes' as never })).toThrow(
    expect.objectContaining({ code: 'bad_options', message: expect.stringContaining('`eager`') as string }),
  )
})
