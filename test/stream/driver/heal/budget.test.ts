import { describe, expect, test } from 'vitest'
import { z } from 'zod'

import { StructStreamError } from '../../../../src/errors.ts'
import { runStream } from '../../../../src/index.ts'
import type { SimulatedFaults } from '../../../../src/models/simulate/index.ts'
import { runAtOnce } from '../../../support/run-at-once.ts'
import { drain, says, scripted } from '../../scripted.ts'
import { keeping, saying } from './saying.ts'

const Movie = z.object({ title: z.string(), year: z.int() })
const movie = { title: 'Solaris', year: 1972 }
const text = JSON.stringify(movie)
const overloaded = (retryAfter?: number) => new StructStreamError('rate_limited', 'overloaded', { retryAfter })

/** Cut after `{"title":"Sol`, then the rest. */
const cut = (faults: SimulatedFaults) =>
  keeping({ responses: [text, { rest_title: 'aris', more: { year: 1972 } }], faults: [faults] })

describe('what a run may cost', () => {
  test.each<[string, SimulatedFaults, string]>([
    ['a clean end in the middle', { cutAt: 13 }, 'connection_lost'],
    ['a reset', { errorAt: 13 }, 'connection_lost'],
    ['an overloaded provider', { errorAt: 13, error: overloaded() }, 'rate_limited'],
    [
      'another error of the provider',
      { errorAt: 13, error: new StructStreamError('provider_error', 'x') },
      'provider_error',
    ],
    ['a stall', { stallAt: 13 }, 'timeout'],
    ['the output limit', { finish: 'length', finishAt: 13 }, 'truncated'],
    ['no terminal event', { dropFinish: true }, 'connection_lost'],
  ])('%s is recovered from, and is the run’s error without recover', async (_, faults, code) => {
    const timeout = { idle: 'stallAt' in faults ? 300 : Infinity }
    const { data, attempts } = await runAtOnce('q', Movie, { model: cut(faults), recover: true, timeout }).getResult()
    expect(data).toEqual(movie)
    expect(attempts[0]).toMatchObject({ kind: 'first', error: code })
    for (const onInvalid of ['collect', 'restart', 'patch'] as const) {
      const model = cut(faults)
      await expect(runAtOnce('q', Movie, { model, onInvalid, timeout }).getData()).rejects.toMatchObject({ code })
      expect(model.requests).toHaveLength(1)
    }
  })

  test('without an answer that is open no one is asked for its rest', async () => {
    const model = keeping({ response: text, faults: [{ dropFinish: true }] })
    const result = await runAtOnce('q', Movie, { model, recover: true }).getResult()
    expect(result.data).toEqual(movie)
    expect(model.requests).toHaveLength(1)
    expect(result.attempts).toMatchObject([{ error: 'connection_lost' }])
  })

  test('text continues, too', async () => {
    const model = keeping({ responses: ['one two three', ' three'], faults: [{ cutAt: 7 }] })
    const stream = runAtOnce('q', undefined, { model, recover: true })
    const partials = await drain(stream.streamPartial())
    expect(await stream.getText()).toBe('one two three')
    expect(partials.items.at(-1)).toBe('one two three')
    expect(model.requests[1]!.messages.map(({ role, content }) => [role, content])).toMatchObject([
      ['user', 'q'],
      ['assistant', 'one two'],
      ['user', expect.stringContaining('Repeat its last words, "one two", then continue')],
    ])
  })

  test('the next model continues with what the first began', async () => {
    const first = keeping({ response: text, faults: [{ cutAt: 13 }] }, { id: 'a' })
    const second = keeping({ response: { rest_title: 'aris', more: { year: 1972 } } }, { id: 'b' })
    const stream = runAtOnce('q', Movie, { model: [first, second], recover: true })
    const { items } = await drain(stream.streamPartial())
    expect(items.at(-1)).toEqual(movie)
    expect([first.requests.length, second.requests.length]).toEqual([1, 1])
    for (const [index, { title = '' }] of items.entries())
      expect(title.startsWith(items[index - 1]?.title ?? '')).toBe(true)
  })

  test('maxAttempts counts every call but those of models that deliver nothing', async () => {
    const dead = keeping({ faults: { status: 503 } })
    const cutting = keeping({ response: text, faults: { cutAt: 13 } })
    const failed = runAtOnce('q', Movie, { model: [dead, cutting], recover: true, maxAttempts: 2 }).getData()
    await expect(failed).rejects.toMatchObject({ code: 'connection_lost' })
    expect([dead.requests.length, cutting.requests.length]).toEqual([1, 2])
  })

  test('Retry-After is waited for, and told', async () => {
    const model = cut({ errorAt: 13, error: overloaded(60) })
    const stream = runAtOnce('q', Movie, { model, recover: true })
    const { items } = await drain(stream.streamEvents())
    expect(await stream.getData()).toEqual(movie)
    expect(items.find(({ type }) => type === 'recover')).toMatchObject({ wait: 60 })
  })

  test('what would have to wait longer than the run may take ends at once, with its own error', async () => {
    const model = cut({ errorAt: 13, error: overloaded(60_000) })
    const failed = runAtOnce('q', Movie, { model, recover: true, timeout: 5_000 }).getData()
    await expect(failed).rejects.toMatchObject({ code: 'rate_limited', retryAfter: 60_000 })
    expect(model.requests).toHaveLength(1)
  })

  test('an abort ends the waiting', async () => {
    const model = cut({ errorAt: 13, error: overloaded(60_000) })
    const stream = runAtOnce('q', Movie, { model, recover: true })
    let error: unknown
    try {
      for await (const event of stream.streamEvents()) if (event.type === 'recover') stream.abort('enough')
    } catch (thrown) {
      error = thrown
    }
    expect(error).toMatchObject({ code: 'aborted', cause: 'enough', partial: { title: 'Sol' } })
    expect(model.requests).toHaveLength(1)
  })

  test('timeout.total covers all attempts', async () => {
    const model = keeping({ responses: [{ ...movie, year: 'x' }, text], faults: [undefined, { stallAt: 3 }] })
    const failed = runStream('q', Movie, { model, onInvalid: 'restart', timeout: { total: 80 } }).getData()
    await expect(failed).rejects.toMatchObject({ code: 'timeout', attempts: [{ kind: 'first' }, { kind: 'restart' }] })
  })

  test('an abort while the patch is coming leaves nothing open', async () => {
    const model = keeping({ responses: [{ title: 'Solaris' }, { year: 1972 }], faults: [undefined, { stallAt: 4 }] })
    const controller = new AbortController()
    const stream = runStream('q', Movie, { model, onInvalid: 'patch', signal: controller.signal })
    const events = drain(stream.streamEvents())
    while (model.requests.length < 2) await new Promise((resolve) => setTimeout(resolve, 1))
    controller.abort('enough')
    expect((await events).error).toMatchObject({ code: 'aborted', cause: 'enough', partial: { title: 'Solaris' } })
  })
})

describe('limits', () => {
  const many = z.object({ items: z.array(z.int()) })
  test.each<[string, string, object, RegExp]>([
    ['size', `{"title":"${'ab'.repeat(400)}`, { maxChars: 500 }, /limits\.maxChars/],
    ['whitespace', `{"title":${' '.repeat(400)}`, { maxRepeat: 100 }, /limits\.maxRepeat/],
    ['digits', `{"year":${'7'.repeat(400)}`, { maxRepeat: 100 }, /limits\.maxRepeat/],
    ['the same text', `{"title":"${'as I said, '.repeat(500)}`, { maxRepeat: 100 }, /limits\.maxRepeat/],
    ['depth', `{"items":${'['.repeat(400)}`, { maxDepth: 50 }, /50/],
    ['issues', `{"items":["${'a","'.repeat(400)}`, { maxIssues: 20 }, /limits\.maxIssues/],
  ])('%s: the request is stopped, and no remedy follows', async (_, said, limits, message) => {
    const schema = said.includes('items') ? many : Movie
    const model = scripted([...says(said, 7).slice(0, -2), 'hang'])
    const options = { model, onInvalid: 'patch', recover: true, repair: false, limits } as const
    await expect(runAtOnce('q', schema, options).getData()).rejects.toMatchObject({
      code: 'limit_exceeded',
      message: expect.stringMatching(message),
      attempts: [{ attempt: 1 }],
    })
    expect(model.signals.map(({ aborted }) => aborted)).toEqual([true])
  })

  test('a patch has separate limits', async () => {
    const model = saying({ title: 'x' }, `{"year":${' '.repeat(300)}1}`)
    const failed = runAtOnce('q', Movie, { model, onInvalid: 'patch', limits: { maxRepeat: 100 } }).getData()
    await expect(failed).rejects.toMatchObject({ code: 'limit_exceeded', partial: { title: 'x' } })
  })
})
