import { describe, expect, test } from 'vitest'
import { z } from 'zod'

import { configure, run, runStream, type RunOptions } from '../../../src/index.ts'
import { says, scripted } from '../scripted.ts'

const Answer = z.object({ a: z.int() }).describe('The answer').meta({ title: 'My Answer!' })
const good = '{"a":1}'

describe('wrong options', () => {
  test.each<[string, unknown, RegExp]>([
    ['an unknown name', { temprature: 1 }, /Unknown option `temprature`\. Did you mean `temperature`\?/],
    ['a name that is like none', { nonsense: 1 }, /Unknown option `nonsense`\. Known: model, /],
    ['an inherited name', { constructor: 1 }, /Unknown option `constructor`/],
    [
      'an unknown limit',
      { limits: { maxChar: 1 } },
      /Unknown option `limits\.maxChar`\. Did you mean `limits\.maxChars`\?/,
    ],
    ['a limit of 0', { limits: { maxDepth: 0 } }, /`limits\.maxDepth` must be an integer ≥ 1, got 0\./],
    ['a limit that is not a number', { limits: { maxIssues: '3' } }, /maxIssues.*got "3"/],
    ['limits that are not an object', { limits: 5 }, /limits.*object with maxChars/],
    [
      'a timeout that is not a number',
      { timeout: 'soon' },
      /`timeout` must be milliseconds \(a number ≥ 0\), or an object with total, firstDelta, idle, got "soon"/,
    ],
    ['a negative timeout', { timeout: -5 }, /timeout.*-5/],
    ['a timeout that is NaN', { timeout: { idle: Number.NaN } }, /idle.*NaN/],
    ['a mode', { mode: 'strict' }, /mode.*one of auto, json-schema/],
    ['a policy', { onInvalid: 'explode' }, /onInvalid.*one of collect, abort/],
    ['a model', { model: 7 }, /model.*'provider:id'/],
    ['no models', { model: [] }, /model.*a list/],
    ['messages', { messages: [{ role: 'robot', content: 'x' }] }, /messages/],
    ['a signal', { signal: {} }, /AbortSignal/],
    ['a system', { system: 7 }, /system.*string or a function/],
    ['stop', { stop: 'END' }, /stop.*list of strings/],
    ['a temperature', { temperature: 'hot' }, /temperature.*"hot"/],
    ['options that are not an object', 'fast', /options must be an object/],
    ['attempts that are none', { maxAttempts: 0 }, /maxAttempts.*integer ≥ 1/],
  ])('%s', async (_, options, message) => {
    const model = scripted(says(good))
    const given = typeof options === 'string' ? options : { model, ...(options as object) }
    await expect(runStream('q', Answer, given as RunOptions).getData()).rejects.toMatchObject({
      code: 'bad_options',
      message: expect.stringMatching(message),
    })
  })

  test.each([undefined, 7, null, {}, [7], [{ role: 'user' }]])('the prompt %j', async (prompt) => {
    const stream = runStream(prompt as never, undefined, { model: scripted(says('x')) })
    await expect(stream.getData()).rejects.toMatchObject({
      code: 'bad_options',
      message: expect.stringContaining('prompt'),
    })
  })

  test('options in the place of the schema', async () => {
    const stream = runStream('q', { model: scripted(says('x')) } as never)
    await expect(stream.getData()).rejects.toMatchObject({
      code: 'bad_options',
      message: expect.stringContaining('runStream(prompt, undefined, options)'),
    })
  })

  test('configure() throws at once and changes nothing then', async () => {
    expect(() => configure({ lingr: 1 } as RunOptions)).toThrow(expect.objectContaining({ code: 'bad_options' }))
    expect(await runStream('q', undefined, { model: scripted(says('x')) }).getData()).toBe('x')
  })

  test('undefined is as good as absent', async () => {
    const options: RunOptions = {
      model: scripted(says(good)),
      timeout: undefined,
      limits: { maxChars: undefined },
      mode: undefined,
    }
    expect(await runStream('q', Answer, options).getData()).toEqual({ a: 1 })
  })
})

describe('the request', () => {
  test('system, earlier messages and the prompt, in this order', async () => {
    const model = scripted(says('x'))
    const earlier = [
      { role: 'user', content: 'one' },
      { role: 'assistant', content: 'two' },
    ] as const
    await run([{ role: 'user', content: 'three' }], undefined, {
      model,
      messages: earlier,
      system: () => Promise.resolve('brief'),
    })
    expect(model.requests[0]).toMatchObject({
      messages: [{ role: 'system', content: 'brief' }, ...earlier, { role: 'user', content: 'three' }],
      settings: {},
    })
    expect(model.requests[0]).not.toHaveProperty('format')
  })

  test('the settings that were given, and no others', async () => {
    const model = scripted(says('x'))
    const settings = { temperature: 0, maxOutputTokens: 9, stop: ['END'], seed: 3, providerOptions: { x: 1 } }
    await run('q', undefined, { model, ...settings })
    expect(model.requests[0]!.settings).toEqual(settings)
  })

  test('auto takes the strongest mode; a named mode is taken', async () => {
    const model = scripted(says(good))
    await run('q', Answer, { model })
    expect(model.requests[0]!.format).toMatchObject({ mode: 'json-schema', schema: { type: 'object' } })
    expect(model.requests[0]!.messages).toEqual([{ role: 'user', content: 'q' }])
    await run('q', Answer, { model, mode: 'prompt', system: 'brief' })
    const [system] = model.requests[1]!.messages
    expect(system).toMatchObject({
      role: 'system',
      content: expect.stringMatching(/^brief\n\n.*JSON Schema:\n\{.*"a"/s),
    })
    expect(model.requests[1]!.format).toMatchObject({ mode: 'prompt' })
  })

  test('the name of the format is one that every provider takes', async () => {
    const model = scripted(says(good))
    await run('q', Answer, { model })
    expect(model.requests[0]!.format!.name).toMatch(/^[a-zA-Z0-9_-]{1,64}$/)
  })
})

test('run() gives the result', async () => {
  const result = await run('q', Answer, { model: scripted(says(good)) })
  expect(result.data.a).toBe(1)
  await expect(run('q', Answer, { model: scripted([]) })).rejects.toMatchObject({ code: 'connection_lost' })
})
