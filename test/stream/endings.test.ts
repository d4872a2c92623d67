import { setMaxListeners } from 'node:events'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { z } from 'zod'

import { StructStreamError } from '../../src/errors.ts'
import { runStream } from '../../src/index.ts'
import type { Model } from '../../src/models/model.ts'
import { drain, pushed, says, scripted, stop, text, type Step } from './scripted.ts'

const Movie = z.object({ title: z.string() })
const good = '{"title":"x"}'
/** A leak shows in any number; `STREAMS=10000` is for the scoreboard. */
const STREAMS = Number(process.env['STREAMS'] ?? 1_000)

/** Counts the listeners that are on a signal. */
function counted(): { controller: AbortController; listeners(): number } {
  const controller = new AbortController()
  const { signal } = controller
  setMaxListeners(0, signal)
  let listeners = 0
  const add = signal.addEventListener.bind(signal)
  const remove = signal.removeEventListener.bind(signal)
  signal.addEventListener = (...args: Parameters<typeof add>) => (listeners++, add(...args))
  signal.removeEventListener = (...args: Parameters<typeof remove>) => (listeners--, remove(...args))
  return { controller, listeners: () => listeners }
}

describe('abort', () => {
  test('before the start no request is made', async () => {
    const model = scripted(says(good))
    const stream = runStream('q', Movie, { model, signal: AbortSignal.abort('early') })
    await expect(stream.getData()).rejects.toMatchObject({ code: 'aborted', cause: 'early', attempts: [] })
    expect(model.requests).toEqual([])
  })

  test('in the middle, by the signal: the model is closed, what there was is kept', async () => {
    const model = scripted([text('{"title":"ab'), 'hang'])
    const { controller, listeners } = counted()
    const stream = runStream('q', Movie, { model, signal: controller.signal })
    const partials = stream.streamPartial()
    await partials.next()
    expect(listeners()).toBe(1)
    const waiting = partials.next()
    controller.abort('user')
    await expect(waiting).rejects.toMatchObject({ code: 'aborted', cause: 'user', partial: { title: 'ab' } })
    expect(model.signals[0]!.aborted).toBe(true)
    expect(model.returned).toBe(1)
    expect(listeners()).toBe(0)
  })

  test('after the end it changes nothing', async () => {
    const { controller, listeners } = counted()
    const stream = runStream('q', Movie, { model: scripted(says(good)), signal: controller.signal })
    await stream.getData()
    expect(listeners()).toBe(0)
    controller.abort()
    stream.abort()
    await stream[Symbol.asyncDispose]()
    expect(await stream.getData()).toEqual({ title: 'x' })
    expect(stream.status).toBe('done')
  })

  test('while the schema is being checked', async () => {
    const never = Movie.refine(() => new Promise<boolean>(() => {}))
    const stream = runStream('q', never, { model: scripted(says(good)) })
    await vi.waitFor(() => expect(stream.status).toBe('validating'))
    stream.abort()
    await expect(stream.getData()).rejects.toMatchObject({ code: 'aborted' })
  })

  test('leaving an await-using block stops the request', async () => {
    const model = scripted([text('{'), 'hang'])
    let data: Promise<unknown>
    {
      await using stream = runStream('q', Movie, { model })
      data = stream.getData()
      await stream.streamText().next()
    }
    expect(model.signals[0]!.aborted).toBe(true)
    await expect(data).rejects.toMatchObject({ code: 'aborted' })
  })

  test('a model whose cleaning up hangs, throws or rejects does not matter', async () => {
    for (const ending of [
      () => new Promise<never>(() => {}),
      () => Promise.reject(new Error('no')),
      () => {
        throw new Error('no')
      },
    ]) {
      const model: Model = {
        ...scripted([]),
        stream: () => ({ [Symbol.asyncIterator]: () => ({ next: () => new Promise(() => {}), return: ending }) }),
      }
      const stream = runStream('q', Movie, { model })
      for (let i = 0; i < 10; i++) await Promise.resolve()
      await stream[Symbol.asyncDispose]()
      await expect(stream.getData()).rejects.toMatchObject({ code: 'aborted' })
    }
  })
})

test('a model that throws synchronously, or gives nothing to iterate', async () => {
  const broken = (stream: unknown): Model => ({ ...scripted([]), stream: stream as Model['stream'] })
  const thrown = new Error('at once')
  const throwing = broken(() => {
    throw thrown
  })
  await expect(runStream('q', Movie, { model: throwing }).getData()).rejects.toMatchObject({
    code: 'provider_error',
    cause: thrown,
  })
  await expect(runStream('q', Movie, { model: broken(() => undefined) }).getData()).rejects.toMatchObject({
    code: 'provider_error',
  })
})

describe('leaving', () => {
  test('one iterator leaves the others alive', async () => {
    const stream = runStream('q', Movie, { model: scripted(says(good, 1)) })
    const other = drain(stream.streamText())
    for await (const _ of stream.streamPartial()) break
    expect((await other).items.join('')).toBe(good)
    expect(await stream.getData()).toEqual({ title: 'x' })
  })
})

describe('with a clock', () => {
  beforeEach(() => void vi.useFakeTimers())
  afterEach(() => void vi.useRealTimers())

  test('linger: the request is stopped when all have left', async () => {
    const { model, push } = pushed()
    const stream = runStream('q', Movie, { model, linger: 500 })
    const partials = stream.streamPartial()
    await push(text('{'))
    await partials.next()
    await partials.return()
    await vi.advanceTimersByTimeAsync(499)
    expect(stream.status).toBe('streaming')
    await vi.advanceTimersByTimeAsync(1)
    expect(stream.status).toBe('failed')
    await expect(stream.getData()).rejects.toMatchObject({
      code: 'aborted',
      message:
        'Aborted: no consumers were left for 500 ms (`linger`). Call getData() before leaving the loop, or raise `linger`.',
    })
    expect(vi.getTimerCount()).toBe(0)
  })

  test.each([0, 900, 1_200, 3_600_000])('break, then %i ms of work, then getData() gives the data', async (work) => {
    const { model, push, end } = pushed()
    const stream = runStream('q', Movie, { model, timeout: { idle: Infinity } })
    await push(text('{"title":'))
    for await (const _ of stream.streamText()) break
    await vi.advanceTimersByTimeAsync(work)
    expect(stream.status).toBe('streaming')
    expect(vi.getTimerCount()).toBe(0)
    const data = stream.getData()
    await push(text('"x"}'), stop)
    await end()
    expect(await data).toEqual({ title: 'x' })
  })

  test('break, then work that outlasts the answer, then getData() gives the data', async () => {
    const { model, push, end } = pushed()
    const stream = runStream('q', Movie, { model })
    await push(text('{"title":'))
    for await (const _ of stream.streamText()) break
    await push(text('"x"}'), stop)
    await end()
    await vi.advanceTimersByTimeAsync(3_600_000)
    expect(await stream.getData()).toEqual({ title: 'x' })
  })

  test.each([
    ['a new consumer', (stream: ReturnType<typeof runStream>) => void stream.streamText().next()],
    ['getData()', (stream: ReturnType<typeof runStream>) => void stream.getData()],
    ['getMessages()', (stream: ReturnType<typeof runStream>) => void stream.getMessages()],
  ])('linger: %s keeps it going', async (_, ask) => {
    const { model, push } = pushed()
    const stream = runStream('q', undefined, { model, linger: 500 })
    const left = stream.streamText()
    await push(text('a'))
    await left.next()
    await left.return()
    await vi.advanceTimersByTimeAsync(400)
    ask(stream)
    await vi.advanceTimersByTimeAsync(5_000)
    expect(stream.status).toBe('streaming')
    stream.abort()
    expect(vi.getTimerCount()).toBe(0)
  })

  test('linger: never without consumers, with Infinity, or when the data were asked for before', async () => {
    const runs = [
      { ask: false, join: false, linger: 10 },
      { ask: false, join: true, linger: Infinity },
      { ask: true, join: true, linger: 10 },
    ].map(async ({ ask, join, linger }) => {
      const { model, push } = pushed()
      const stream = runStream('q', undefined, { model, linger })
      if (ask) void stream.getData()
      await push(text('a'))
      if (join) for await (const _ of stream.streamText()) break
      return stream
    })
    const streams = await Promise.all(runs)
    await vi.advanceTimersByTimeAsync(10_000)
    for (const stream of streams) {
      expect(stream.status).toBe('streaming')
      stream.abort()
    }
  })

  const timeout = (script: readonly Step[], limits: object, wait: number): Promise<unknown> => {
    const stream = runStream('q', Movie, { model: scripted(script), timeout: limits })
    const error = stream.getData().catch((reason: unknown) => reason)
    return vi.advanceTimersByTimeAsync(wait).then(() => {
      stream.abort('too late')
      return error
    })
  }

  test('timeouts say which', async () => {
    expect(await timeout(['hang'], { total: 100 }, 100)).toMatchObject({
      code: 'timeout',
      message: expect.stringContaining('timeout.total'),
    })
    expect(await timeout(['hang'], { firstDelta: 100 }, 100)).toMatchObject({
      message: expect.stringContaining('timeout.firstDelta'),
    })
    expect(await timeout([text('{'), 'hang'], { idle: 100 }, 100)).toMatchObject({
      code: 'timeout',
      message: expect.stringContaining('timeout.idle'),
      text: '{',
      retryable: true,
    })
    expect(await timeout(['hang'], {}, 299_999)).toMatchObject({ code: 'aborted' })
    expect(await timeout(['hang'], {}, 300_000)).toMatchObject({ code: 'timeout' })
    expect(await timeout([text('{'), 'hang'], { firstDelta: 100, idle: Infinity }, 1e9)).toMatchObject({
      code: 'aborted',
    })
    expect(vi.getTimerCount()).toBe(0)
  })

  test('each event and each sign of activity resets idle', async () => {
    const { model, push } = pushed()
    let ping: (() => void) | undefined
    const pinging: Model = {
      ...model,
      stream: (request, signal) => ((ping = request.onActivity), model.stream(request, signal)),
    }
    const stream = runStream('q', Movie, { model: pinging, timeout: { idle: 100 } })
    await push(text('{'))
    for (let i = 0; i < 5; i++) {
      await vi.advanceTimersByTimeAsync(90)
      if (i % 2 === 0) ping!()
      else await push(text(' '))
    }
    expect(stream.status).toBe('streaming')
    await vi.advanceTimersByTimeAsync(100)
    expect(stream.status).toBe('failed')
    await expect(stream.getData()).rejects.toMatchObject({ code: 'timeout' })
  })

  test('a number is the total; it counts the validation too', async () => {
    const never = Movie.refine(() => new Promise<boolean>(() => {}))
    const stream = runStream('q', never, { model: scripted(says(good)), timeout: 1_000 })
    const error = stream.getData().catch((reason: unknown) => reason)
    await vi.advanceTimersByTimeAsync(1_000)
    expect(await error).toMatchObject({ code: 'timeout', message: expect.stringContaining('total') })
  })

  test('a server that does not close after the terminal event does not matter', async () => {
    const stream = runStream('q', Movie, { model: scripted([text(good), stop, 'hang']), timeout: { idle: 60_000 } })
    const data = stream.getData()
    await vi.advanceTimersByTimeAsync(2_000)
    expect(await data).toEqual({ title: 'x' })
    expect(vi.getTimerCount()).toBe(0)
  })
})

test('a model that never lets timers run is stopped in time', async () => {
  const model: Model = {
    ...scripted([]),
    stream: () => {
      const usage = { type: 'usage', usage: {} } as const
      return { [Symbol.asyncIterator]: () => ({ next: () => Promise.resolve({ value: usage, done: false }) }) }
    },
  }
  await expect(runStream('q', Movie, { model, timeout: 30 }).getData()).rejects.toMatchObject({ code: 'timeout' })
})

describe('a list of models', () => {
  test('the next is used when one fails before it has delivered anything', async () => {
    const limited = scripted([{ throws: new StructStreamError('rate_limited', 'later', { status: 429 }) }], { id: 'a' })
    const silent = scripted([], { id: 'b' })
    const stream = runStream('q', Movie, { model: [limited, silent, scripted(says(good), { id: 'c' })] })
    const { items } = await drain(stream.streamEvents())
    const result = await stream.getResult()
    expect(result.data).toEqual({ title: 'x' })
    expect(result.model).toBe('c')
    expect(result.attempts).toMatchObject([
      { attempt: 1, kind: 'first', model: 'a', error: 'rate_limited', message: 'later' },
      { attempt: 2, kind: 'fallback', model: 'b', error: 'connection_lost' },
      { attempt: 3, kind: 'fallback', model: 'c', finishReason: 'stop' },
    ])
    expect(items.filter((event) => event.type === 'attempt-start')).toMatchObject([
      { model: 'a' },
      { model: 'b' },
      { model: 'c' },
    ])
    expect((await drain(stream.streamText())).items.join('')).toBe(good)
    expect((await drain(stream.streamSnapshots())).items.at(-1)).toMatchObject({ attempt: 3, isFinal: true })
  })

  test('but not after its first delta', async () => {
    const second = scripted(says(good))
    const stream = runStream('q', Movie, { model: [scripted([text('{')]), second] })
    await expect(stream.getData()).rejects.toMatchObject({ code: 'connection_lost', attempts: [{ attempt: 1 }] })
    expect(second.requests).toEqual([])
  })

  test('the last error counts, with all attempts', async () => {
    const failing = (message: string): Model => scripted([{ throws: new StructStreamError('provider_error', message) }])
    await expect(runStream('q', Movie, { model: [failing('one'), failing('two')] }).getData()).rejects.toMatchObject({
      message: 'two',
      attempts: [{ message: 'one' }, { message: 'two' }],
    })
  })

  test('a first-delta timeout counts as failing, an abort does not', async () => {
    const stream = runStream('q', Movie, {
      model: [scripted(['hang']), scripted(says(good))],
      timeout: { firstDelta: 5 },
    })
    expect(await stream.getData()).toEqual({ title: 'x' })
    const second = scripted(says(good))
    const aborted = runStream('q', Movie, { model: [scripted(['hang']), second] })
    await Promise.resolve()
    aborted.abort()
    await expect(aborted.getData()).rejects.toMatchObject({ code: 'aborted' })
    expect(second.requests).toEqual([])
  })
})

describe('nothing is left over', () => {
  test(`after ${STREAMS} streams: no listener, no timer, no handle`, async () => {
    const { controller, listeners } = counted()
    const scripts: (readonly Step[])[] = [
      says(good),
      [text('{')],
      [{ throws: new Error('x') }],
      [text('{"title":7}'), stop],
      [text('{'), 'hang'],
    ]
    const before = process.getActiveResourcesInfo().length
    for (let batch = 0; batch < STREAMS / 100; batch++) {
      await Promise.all(
        Array.from({ length: 100 }, async (_, i) => {
          const timeout = { total: 60_000, firstDelta: 60_000, idle: 60_000 }
          const stream = runStream('q', Movie, { model: scripted(scripts[i % 5]!), signal: controller.signal, timeout })
          const reads = [
            drain(stream.streamPartial({ throttle: 1_000 })),
            drain(stream.streamText({ debounce: 1_000 })),
          ]
          if (i % 5 === 4) stream.abort()
          await Promise.all(reads)
          if (i % 2 === 0) await stream.getData().catch(() => {})
        }),
      )
    }
    expect(listeners()).toBe(0)
    expect(process.getActiveResourcesInfo().length).toBeLessThanOrEqual(before)
  }, 60_000)
})
