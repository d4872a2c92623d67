import { describe, expect, expectTypeOf, test, vi } from 'vitest'
import { z } from 'zod'

import { runStream, type StreamEvent, type StructuredStream } from '../../../src/index.ts'
import { drain, pushed, says, scripted, stop, text } from '../scripted.ts'

const Movie = z.object({ title: z.string(), year: z.int(), tags: z.array(z.string()) })
const movie = { title: 'Blade Runner', year: 1982, tags: ['noir', 'rain', 'robots'] }
const answer = JSON.stringify(movie)

describe('streamText', () => {
  test('gives each delta as it came, also to a late consumer', async () => {
    const stream = runStream('q', Movie, { model: scripted(says(answer, 7)) })
    const live = await drain(stream.streamText())
    expect(live.items.join('')).toBe(answer)
    expect(live.items.every((delta, i) => delta.length === 7 || i === live.items.length - 1)).toBe(true)
    expect((await drain(stream.streamText())).items).toEqual(live.items)
  })

  test('cumulative: what is slow gets the newest', async () => {
    const stream = runStream('q', undefined, { model: scripted(says('abcdef', 2)) })
    expect((await drain(stream.streamText({ cumulative: true }))).items).toEqual(['ab', 'abcd', 'abcdef'])
    expect((await drain(stream.streamText({ cumulative: true }))).items).toEqual(['abcdef'])
  })

  test('debounce gathers what comes within the time', async () => {
    vi.useFakeTimers()
    try {
      const { model, push, end } = pushed()
      const stream = runStream('q', undefined, { model })
      const read = drain(stream.streamText({ debounce: 50 }))
      await push(text('a'), text('b'))
      await vi.advanceTimersByTimeAsync(30)
      await push(text('c'))
      await vi.advanceTimersByTimeAsync(30)
      await push(text('d'))
      await push(text('e'), stop)
      await end()
      expect((await read).items).toEqual(['abc', 'de'])
      expect(vi.getTimerCount()).toBe(0)
    } finally {
      vi.useRealTimers()
    }
  })
})

describe('streamPartial', () => {
  test('one item per visible change, the last is the data itself', async () => {
    const stream = runStream('q', Movie, { model: scripted(says(answer, 1)) })
    const { items } = await drain(stream.streamPartial())
    expect(items[0]).toEqual({})
    expect(items).toContainEqual({ title: 'Blade Run' })
    expect(items.some((item) => 'year' in item && item.year !== 1982)).toBe(false)
    for (let i = 1; i < items.length; i++) expect(items[i]).not.toBe(items[i - 1])
    expect(items.at(-1)).toEqual(movie)
    expect(items.at(-1)).toBe(await stream.getData())
    expect(stream.partial).toBe(items.at(-1))
  })

  test('what the final validation changes comes as one more item', async () => {
    const schema = z.object({ a: z.string(), b: z.array(z.int()) }).transform((value) => ({ ...value, extra: true }))
    const stream = runStream('q', z.object({ inner: schema }), { model: scripted(says('{"inner":{"a":"x","b":[1]}}')) })
    const { items } = await drain(stream.streamPartial())
    expect(items.at(-1)).toBe(await stream.getData())
    expect(await stream.getData()).toEqual({ inner: { a: 'x', b: [1], extra: true } })
  })

  test('a slow consumer gets the newest, never a queue', async () => {
    const { model, push, end } = pushed()
    const stream = runStream('q', Movie, { model })
    const partials = stream.streamPartial()
    await push(text('{"title":"Bl'))
    expect((await partials.next()).value).toEqual({ title: 'Bl' })
    await push(text('ade'), text(' Run'), text('ner","year":1982,'))
    expect((await partials.next()).value).toEqual({ title: 'Blade Runner', year: 1982 })
    await push(text('"tags":[]}'), stop)
    await end()
    expect((await partials.next()).value).toEqual({ title: 'Blade Runner', year: 1982, tags: [] })
    expect((await partials.next()).done).toBe(true)
  })

  test('throttle: the first at once, then at most one in the time, the last without waiting', async () => {
    vi.useFakeTimers()
    try {
      const { model, push, end } = pushed()
      const seen: unknown[] = []
      const stream = runStream('q', undefined, { model })
      const read = (async () => {
        for await (const item of stream.streamPartial({ throttle: 100 })) seen.push(item)
      })()
      await push(text('a'))
      await push(text('b'))
      await push(text('c'))
      expect(seen).toEqual(['a'])
      await vi.advanceTimersByTimeAsync(100)
      expect(seen).toEqual(['a', 'abc'])
      await push(text('d'))
      expect(seen).toEqual(['a', 'abc'])
      await push(stop)
      await end()
      await read
      expect(seen).toEqual(['a', 'abc', 'abcd'])
      expect(vi.getTimerCount()).toBe(0)
    } finally {
      vi.useRealTimers()
    }
  })

  test('without a schema it is the text so far', async () => {
    const stream = runStream('q', undefined, { model: scripted(says('abcd', 2)) })
    expect((await drain(stream.streamPartial())).items).toEqual(['ab', 'abcd'])
    expect((await drain(stream.streamField([]))).items).toEqual(['abcd'])
    expect(stream.isComplete([])).toBe(true)
  })
})

describe('streamSnapshots', () => {
  test('tell what is complete, and an old one never changes its answers', async () => {
    const { model, push, end } = pushed()
    const stream = runStream('q', Movie, { model })
    const snapshots = stream.streamSnapshots()
    await push(text('{"title":"Blade Runner","year":1982,"tags":["no'))
    const early = (await snapshots.next()).value!
    const answers = (snapshot: typeof early): boolean[] =>
      [[], ['title'], ['year'], ['tags'], ['tags', 0], ['nothing']].map((path) => snapshot.isComplete(path))
    expect(answers(early)).toEqual([false, true, true, false, false, false])
    expect(early).toMatchObject({ attempt: 1, status: 'streaming', issues: [], isFinal: false })
    await push(text('ir"]}'), stop)
    await end()
    const late = await drain(snapshots)
    expect(late.items.filter((item) => item.isFinal)).toEqual([late.items.at(-1)])
    expect(answers(late.items.at(-1)!)).toEqual([true, true, true, true, true, false])
    expect(late.items.at(-1)!.value).toBe(await stream.getData())
    expect(answers(early)).toEqual([false, true, true, false, false, false])
    expect(early.value).toEqual({ title: 'Blade Runner', year: 1982, tags: ['no'] })
  })

  test('an issue makes everything around it incomplete', async () => {
    const { model, push } = pushed()
    await using stream = runStream('q', z.object({ a: z.object({ x: z.int(), y: z.int() }), b: z.int() }), { model })
    const snapshots = stream.streamSnapshots()
    await push(text('{"a":{"x":"no","y":1},"b":2,'))
    const { value } = await snapshots.next()
    expect(value!.issues).toMatchObject([{ path: ['a', 'x'] }])
    expect([['a'], ['a', 'x'], ['a', 'y'], ['b']].map((path) => value!.isComplete(path))).toEqual([
      false,
      false,
      true,
      true,
    ])
    expect(stream.isComplete(['a'])).toBe(false)
    expect(stream.isComplete(['b'])).toBe(true)
  })
})

describe('streamElements and streamField', () => {
  test('each element once, complete, to live and late consumers', async () => {
    const stream = runStream('q', Movie, { model: scripted(says(answer, 3)) })
    const elements = stream.streamElements(['tags'])
    expectTypeOf(elements.next).returns.resolves.toEqualTypeOf<IteratorResult<string, undefined>>()
    const live = await drain(elements)
    expect(live.items).toEqual(movie.tags)
    expect((await drain(stream.streamElements(['tags']))).items).toEqual(movie.tags)
    expect((await drain(stream.streamElements(['title']))).error).toMatchObject({ code: 'bad_options' })
  })

  test('the root array by default', async () => {
    const stream = runStream('q', z.array(z.object({ n: z.int() })), {
      model: scripted(says('[{"n":1},{"n":"x"},{"n":3}]', 2)),
    })
    const read = await drain(stream.streamElements())
    expectTypeOf(read.items).toEqualTypeOf<{ n: number }[]>()
    expect(read.items[0]).toEqual({ n: 1 })
    expect(read.error).toMatchObject({ code: 'invalid_data', issues: [{ path: [1, 'n'] }] })
  })

  test('elements come while the model is still talking', async () => {
    const { model, push } = pushed()
    await using stream = runStream('q', z.array(z.int()), { model })
    const elements = stream.streamElements()
    await push(text('[1,2,3'))
    expect([(await elements.next()).value, (await elements.next()).value]).toEqual([1, 2])
    let isThere = false
    const third = elements.next().then((one) => ((isThere = true), one.value))
    await push(text('4'))
    expect(isThere).toBe(false)
    await push(text(','))
    expect(await third).toBe(34)
  })

  test('the text of a field, unescaped', async () => {
    const stream = runStream('q', z.object({ a: z.int(), code: z.string() }), {
      model: scripted(says(JSON.stringify({ a: 1, code: 'line\n"two" é😀' }), 2)),
    })
    const live = await drain(stream.streamField(['code']))
    expect(live.items.length).toBeGreaterThan(3)
    expect(live.items.join('')).toBe('line\n"two" é😀')
    expect((await drain(stream.streamField(['code']))).items.join('')).toBe('line\n"two" é😀')
  })
})

describe('streamEvents', () => {
  const script = [{ type: 'reasoning-delta', text: 'hm' } as const, ...says('{"title":"x","year":1,"tags":["a"]}', 5)]

  test('everything in order, the same for live, late and half-late consumers', async () => {
    const { model, push, end } = pushed()
    const stream = runStream('q', Movie, { model })
    const live = drain(stream.streamEvents())
    await push(...script.slice(0, 4))
    // Something else reads along first, so that this one has to be given what was read before it came.
    const other = runStream('q', Movie, { model: scripted(script) })
    await drain(other.streamPartial())
    await push(...script.slice(4))
    await end()
    const { items } = await live
    const plain = (events: StreamEvent[]): unknown[] => events.filter((event) => event.type !== 'attempt-start')
    expect(plain((await drain(other.streamEvents())).items)).toEqual(plain(items))
    expect((await drain(stream.streamEvents())).items).toEqual(items)
    expect(items.map((event) => event.type).filter((type) => type !== 'text-delta')).toEqual([
      'attempt-start',
      'reasoning-delta',
      'value-complete',
      'value-complete',
      'value-complete',
      'value-complete',
      'value-complete',
      'usage',
      'finish',
    ])
    const complete = items.filter((event) => event.type === 'value-complete').map((event) => event.path)
    expect(complete).toEqual([['title'], ['year'], ['tags', 0], ['tags'], []])
    expect(
      items
        .filter((event) => event.type === 'text-delta')
        .map((event) => event.text)
        .join(''),
    ).toBe('{"title":"x","year":1,"tags":["a"]}')
  })

  test('a value is reported right after the delta that completed it, an issue too', async () => {
    // Strict, because tolerance has to wait and see whether a quote really ends its string.
    const model = scripted([text('{"title":"x"'), text(',"year":"y",'), stop])
    const stream = runStream('q', Movie, { model, repair: false })
    const { items, error } = await drain(stream.streamEvents())
    expect(items.map((event) => event.type)).toEqual([
      'attempt-start',
      'text-delta',
      'value-complete',
      'text-delta',
      'issue',
      'finish',
    ])
    expect(error).toMatchObject({ code: 'malformed_json' })
  })
})

describe('chunks', () => {
  test('are counted, and the last one has everything', async () => {
    const stream = runStream('q', Movie, { model: scripted(says(answer, 10)) })
    const { items } = await drain(stream)
    expect(items.map((chunk) => chunk.index)).toEqual(items.map((_, i) => i))
    expect(items.map((chunk) => chunk.delta).join('')).toBe(answer)
    expect(items.filter((chunk) => chunk.isFinal)).toEqual([items.at(-1)])
    expect(items.slice(0, -1).every((chunk) => chunk.delta !== '')).toBe(true)
    expect(items.at(-1)).toMatchObject({
      isFinal: true,
      finishReason: 'stop',
      usage: { inputTokens: 3, outputTokens: 5 },
      model: 'script-1',
      data: movie,
      files: [],
      metadata: { provider: 'scripted', attempt: 1 },
    })
  })
})

describe('what can be asked at once', () => {
  test('partial, status, issues and isComplete are up to date', async () => {
    const { model, push, end } = pushed()
    const stream = runStream('q', Movie, { model })
    expect([stream.partial, stream.status, stream.issues, stream.isComplete([])]).toEqual([
      undefined,
      'starting',
      [],
      false,
    ])
    await push(text('{"title":7,"year":1982,"ta'))
    expect(stream.status).toBe('streaming')
    expect(stream.partial).toEqual({ year: 1982 })
    expect(stream.issues).toMatchObject([{ path: ['title'] }])
    expect(stream.isComplete(['year'])).toBe(true)
    await push(text('gs":[]}'), stop)
    await end()
    await drain(stream)
    expect(stream.status).toBe('failed')
    expect(stream.partial).toEqual({ year: 1982, tags: [] })
  })

  test('a violation is known before the model is asked for its next event', async () => {
    const issues: number[] = []
    const stream = runStream('q', Movie, {
      onInvalid: 'abort',
      model: {
        ...scripted([]),
        async *stream() {
          yield text('{"title":')
          issues.push(stream.issues.length)
          // Only now is it certain that no bare text begins with the digit.
          yield text('7,')
          issues.push(stream.issues.length)
        },
      },
    })
    await expect(stream.getData()).rejects.toMatchObject({ code: 'invalid_data', text: '{"title":7,' })
    expect(issues[0]).toBe(0)
    expect(stream.issues).toHaveLength(1)
  })

  test('the result', async () => {
    const stream = runStream('q', Movie, { model: scripted(says(answer)), system: () => 'be brief' })
    const result = await stream.getResult()
    expect(result).toMatchObject({
      data: movie,
      text: answer,
      messages: [
        { role: 'user', content: 'q' },
        { role: 'assistant', content: answer },
      ],
      usage: { requests: 1, inputTokens: 3, outputTokens: 5 },
      json: movie,
      finishReason: 'stop',
      provider: 'scripted',
      model: 'script-1',
      attempts: [{ attempt: 1, kind: 'first', finishReason: 'stop', issues: [] }],
      repairs: [],
      files: [],
    })
    const { firstDelta, firstPartial, total } = result.timing
    expect(firstDelta).toBeLessThanOrEqual(firstPartial)
    expect(firstPartial).toBeLessThanOrEqual(total)
    expect(await stream.getMessages()).toEqual(result.messages)
    expect(await stream.getText()).toBe(answer)
  })

  test('user code that looks at the stream while it is being read', async () => {
    const seen: unknown[] = []
    const look = (): boolean => seen.push(stream.partial, stream.issues) > 0
    const schema = z.object({ a: z.string().refine(look), b: z.int() })
    const stream: StructuredStream<typeof schema> = runStream('q', schema, {
      model: scripted(says('{"a":"x","b":1}', 3)),
    })
    expect((await drain(stream.streamPartial())).items.at(-1)).toEqual({ a: 'x', b: 1 })
    expect(seen.length).toBeGreaterThan(0)
  })

  test('user code that aborts the stream while it is being read', async () => {
    const leave = (): boolean => {
      stream.abort('seen enough')
      return true
    }
    const schema = z.object({ a: z.string().refine(leave), b: z.int() })
    const stream: StructuredStream<typeof schema> = runStream('q', schema, {
      model: scripted([...says('{"a":"x","b":1', 3).slice(0, -2), 'hang']),
    })
    const { error } = await drain(stream.streamPartial())
    expect(error).toMatchObject({ code: 'aborted', cause: 'seen enough' })
  })
})

describe('wrong reading options', () => {
  test.each([
    () => runStream('q', undefined, { model: scripted(says('x')) }).streamText({ debounce: -1 }),
    () => runStream('q', undefined, { model: scripted(says('x')) }).streamPartial({ throttle: 'fast' as never }),
    () => runStream('q', undefined, { model: scripted(says('x')) }).streamField('title' as never),
    () => runStream('q', undefined, { model: scripted(says('x')) }).streamElements([null] as never),
  ])('throw at once: %#', (ask) => {
    expect(ask).toThrow(expect.objectContaining({ code: 'bad_options' }))
  })
})
