import * as v from 'valibot'
import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { check, parseStream, runStream, type RuleIssue } from '../../src/index.ts'
import { deferred, type Deferred } from '../../src/async/deferred.ts'
import type { Model } from '../../src/models/model.ts'
import { openPartial } from '../../src/open-partial.ts'
import { property, runSize } from '../support/property.ts'
import { drain, pushed, says, scripted, stop, text } from './scripted.ts'

/** A rule whose verdicts the test gives. */
function held() {
  const calls: { value: unknown; path: string; signal: AbortSignal; verdict: Deferred<RuleIssue | undefined> }[] = []
  const rule = (value: unknown, { path, signal }: { path: readonly (string | number)[]; signal: AbortSignal }) => {
    const verdict = deferred<RuleIssue | undefined>()
    calls.push({ value, path: path.join('.'), signal, verdict })
    return verdict.promise
  }
  return { calls, rule }
}

/** Modules may have to be loaded first. */
const soon = (value: () => unknown) => expect.poll(value, { timeout: 10_000, interval: 5 })

/** A model whose first turn the test writes; later turns are scripts. */
function turns(...later: string[]) {
  const first = pushed()
  const requests: unknown[] = []
  const model: Model = {
    ...first.model,
    stream(request, signal) {
      requests.push(request)
      return (requests.length === 1 ? first.model : scripted(says(later[requests.length - 2]!))).stream(request, signal)
    },
  }
  return { ...first, model, requests }
}

const film = (rule: ReturnType<typeof held>['rule']) =>
  z.object({ title: check(z.string(), rule), year: z.number(), note: z.string() })

describe('A rule that check() has added', () => {
  test('runs as soon as its value is complete, and nothing waits for it but the end.', async () => {
    const { calls, rule } = held()
    const { model, push } = turns()
    const stream = runStream('?', film(rule), { model })
    const seen: unknown[] = []
    const partials = (async () => {
      for await (const partial of stream.streamPartial()) seen.push(partial)
    })()
    let isOver = false
    const data = stream.getData().finally(() => (isOver = true))
    await push(text('{"title":"Ali'))
    expect(calls).toEqual([])
    await push(text('en","year":1979,'))
    await soon(() => calls.map(({ value, path }) => [path, value])).toEqual([['title', 'Alien']])
    await push(text('"note":"good"}'))
    await soon(() => seen.at(-1)).toEqual({ title: 'Alien', year: 1979, note: 'good' })
    await push(stop)
    await soon(() => stream.status).toBe('validating')
    expect(isOver).toBe(false)
    calls[0]!.verdict.resolve(undefined)
    expect(await data).toEqual({ title: 'Alien', year: 1979, note: 'good' })
    await partials
    expect(calls).toHaveLength(1)
    expect(calls[0]!.signal.aborted).toBe(true)
  })

  test('runs in parallel with other rules, without a consumer that reads along.', async () => {
    const { calls, rule } = held()
    const stream = parseStream('["a","b","c"]', z.array(check(z.string(), rule)))
    const data = stream.getData()
    await soon(() => calls.map(({ value }) => value)).toEqual(['a', 'b', 'c'])
    for (const { verdict } of calls) verdict.resolve(undefined)
    expect(await data).toEqual(['a', 'b', 'c'])
  })

  test('adds an issue while the model is writing; with `collect` the run ends in it.', async () => {
    const { calls, rule } = held()
    const { model, push } = turns()
    const stream = runStream('?', film(rule), { model })
    const events = drain(stream.streamEvents())
    await push(text('{"title":"Alien","year":1'))
    await soon(() => calls.length).toBe(1)
    expect(stream.isComplete(['title'])).toBe(true)
    calls[0]!.verdict.resolve({ message: 'taken', code: 'taken' })
    const issue = { path: ['title'], code: 'taken', message: 'taken' }
    await soon(() => stream.issues).toEqual([issue])
    expect(stream.isComplete(['title'])).toBe(false)
    await push(text('979,"note":"x"}'), stop)
    await expect(stream.getData()).rejects.toMatchObject({ code: 'invalid_data', issues: [issue] })
    const { items } = await events
    expect(items.filter(({ type }) => type === 'issue')).toEqual([{ type: 'issue', attempt: 1, issue }])
  })

  test('stops the model with `abort`.', async () => {
    const { calls, rule } = held()
    const { model, push } = turns()
    const stream = runStream('?', film(rule), { model, onInvalid: 'abort' })
    const data = stream.getData()
    await push(text('{"title":"Alien","year":1'))
    await soon(() => calls.length).toBe(1)
    calls[0]!.verdict.resolve({ message: 'taken' })
    await expect(data).rejects.toMatchObject({
      code: 'invalid_data',
      message: 'Stopped at title: taken',
      path: ['title'],
    })
  })

  test('has the answer written again with `restart`: its values are other values.', async () => {
    const { calls, rule } = held()
    const { model, push } = turns('{"title":"Alien","year":1979,"note":"x"}')
    const stream = runStream(
      '?',
      z.object({ title: check(z.string(), rule), year: check(z.number(), rule), note: z.string() }),
      {
        model,
        onInvalid: 'restart',
      },
    )
    const data = stream.getData()
    await push(text('{"title":"Alien","year":1979,'))
    await soon(() => calls.length).toBe(2)
    calls[0]!.verdict.resolve({ message: 'taken' })
    await soon(() => calls.length).toBe(4)
    expect(calls.map(({ signal }) => signal.aborted).slice(1)).toEqual([true, false, false])
    // A verdict on a value that was replaced is not heard.
    calls[1]!.verdict.resolve({ message: 'too late' })
    for (const { verdict } of calls.slice(2)) verdict.resolve(undefined)
    expect(await data).toMatchObject({ title: 'Alien' })
  })

  test('has its value asked for again with `patch`; other values are not judged again.', async () => {
    const seen: [string, unknown][] = []
    const note = (value: unknown, { path }: { path: readonly (string | number)[] }): RuleIssue | undefined => {
      seen.push([path.join('.'), value])
      return value === 'Alien' ? { message: 'taken' } : undefined
    }
    const schema = check(z.object({ title: check(z.string(), note), by: check(z.string(), note) }), note)
    const model = {
      ...scripted([]),
      stream: (() => {
        const scripts = [says('{"title":"Alien","by":"Scott"}'), says('{"title":"Aliens"}')]
        return (...given: Parameters<Model['stream']>) => scripted(scripts.shift()!).stream(...given)
      })(),
    }
    const stream = runStream('?', schema, { model, onInvalid: 'patch' })
    expect(await stream.getData()).toEqual({ title: 'Aliens', by: 'Scott' })
    expect(seen).toEqual([
      ['title', 'Alien'],
      ['by', 'Scott'],
      ['', { title: 'Alien', by: 'Scott' }],
      ['title', 'Aliens'],
      ['', { title: 'Aliens', by: 'Scott' }],
    ])
  })

  test('is canceled when the run is aborted.', async () => {
    const { calls, rule } = held()
    const { model, push } = turns()
    const stream = runStream('?', film(rule), { model })
    const data = stream.getData()
    await push(text('{"title":"Alien","year":1'))
    await soon(() => calls.length).toBe(1)
    stream.abort()
    await expect(data).rejects.toMatchObject({ code: 'aborted' })
    expect(calls[0]!.signal.reason).toMatchObject({ code: 'aborted' })
  })

  test('is canceled when another document turns out to be the answer, and judges that one.', async () => {
    const { calls, rule } = held()
    const stream = parseStream(
      'Draft: {"title":"A"}\n\nFinal answer: {"title":"B"}',
      z.object({ title: check(z.string(), rule) }),
    )
    const data = stream.getData()
    await soon(() => calls.at(-1)?.value).toBe('B')
    const before = calls.filter(({ value }) => value === 'A')
    expect(before.every(({ signal }) => signal.aborted)).toBe(true)
    calls.at(-1)!.verdict.resolve(undefined)
    expect(await data).toEqual({ title: 'B' })
  })

  test.each([
    ['throws', () => Promise.reject(new Error('no network')), /no network/],
    [
      'throws at once',
      () => {
        throw new Error('no network')
      },
      /no network/,
    ],
    ['returns no issue', () => true as never, /expects an issue such as/],
  ])('that %s ends the run with the cause.', async (_what, rule, message) => {
    const { model, push } = turns()
    const stream = runStream('?', film(rule), { model })
    const data = stream.getData()
    await push(text('{"title":"Alien","year":1'))
    await expect(data).rejects.toMatchObject({
      code: 'invalid_data',
      message: expect.stringMatching(/^Code of the schema .* threw: /) as string,
      cause: { message: expect.stringMatching(message) as string },
    })
  })

  test.each([
    ['of the value by default', undefined, ['title']],
    ['inside of the value', ['title', 'x'], ['title', 'x']],
    ['that is somewhere else', ['year'], ['title']],
  ])('reports an issue at a place %s.', async (_what, path, expected) => {
    const rule = (): RuleIssue => ({ message: 'no', ...(path && { path }) })
    await expect(parseStream('{"title":"a","year":1,"note":""}', film(rule as never)).getData()).rejects.toMatchObject({
      issues: [{ path: expected }],
    })
  })
})

test('openPartial() runs rules too; its end waits for them.', async () => {
  const { calls, rule } = held()
  const reader = await openPartial(film(rule))
  reader.push('{"title":"Alien",')
  reader.push('"year":1979,"note":"x"}')
  await soon(() => calls.length).toBe(1)
  expect(reader.value).toEqual({ title: 'Alien', year: 1979, note: 'x' })
  calls[0]!.verdict.resolve({ message: 'taken' })
  await expect(reader.end()).rejects.toMatchObject({ issues: [{ path: ['title'], message: 'taken' }] })
  expect(reader.issues).toMatchObject([{ message: 'taken' }])
})

test('For any value, cut anywhere, in unions and sloppy JSON: each rule judges each value once.', async () => {
  await property(runSize('LAWS', 60), async (choices) => {
    const calls = new Map<string, number>()
    const count = (value: unknown, { path }: { path: readonly (string | number)[] }): void => {
      const key = `${path.join('.')}=${JSON.stringify(value)}`
      calls.set(key, (calls.get(key) ?? 0) + 1)
    }
    const leaf = check(z.string(), count)
    const Item = z.union([
      z.object({ a: leaf, n: z.number() }),
      z.object({ a: leaf, n: z.string() }),
      z.object({ a: leaf, list: z.array(leaf) }),
    ])
    const made = choices.many(4, (index) => {
      const a = `item ${index}`
      return choices.pick<object>([
        { a, n: 1 },
        { a, n: 'one' },
        { a, list: [`x${index}`, `y${index}`] },
      ])
    })
    const json = JSON.stringify({ items: made }, null, choices.below(3))
    const sloppy = choices.chance(30) ? json.replaceAll(/"(a|n|list)":/g, '$1:') : json
    const pieces: string[] = []
    for (let at = 0; at < sloppy.length;) {
      const to = at + 1 + choices.below(9)
      pieces.push(sloppy.slice(at, to))
      at = to
    }
    await parseStream(pieces, z.object({ items: check(z.array(Item), count) })).getData()
    const texts = made.flatMap((item) => Object.values(item).flat()).filter((one) => typeof one === 'string')
    // The string `n` of the second option has no rule.
    expect([...calls.values()].every((times) => times === 1)).toBe(true)
    expect(calls.size).toBe(texts.filter((one) => one !== 'one').length + 1)
  })
})

describe("Rules that find too much, or can't be run", () => {
  test('count in limits.maxIssues, like any issue', async () => {
    const Words = z.array(check(z.string(), (word) => ({ message: `${word} isn't a word.` })))
    const answer = JSON.stringify(Array.from({ length: 30 }, (_, index) => `w${index}`))
    const read = (maxIssues: number) => parseStream(answer, Words, { limits: { maxIssues } }).getData()
    await expect(read(20)).rejects.toMatchObject({
      code: 'limit_exceeded',
      message: expect.stringContaining('maxIssues'),
    })
    await expect(read(31)).rejects.toMatchObject({ code: 'invalid_data', issues: { length: 30 } })
  })

  /** Objects that only their own key tells apart. */
  const options = (count: number, inner: z.ZodType) =>
    Array.from({ length: count }, (_, index) => z.object({ [`key${index}`]: inner }))

  test('inside of a union of more than 64 readings are reported as not run, not skipped in silence', async () => {
    const ran: unknown[] = []
    const Many = (count: number) =>
      z.object({
        a: z.union(
          options(
            count,
            check(z.string(), (value) => void ran.push(value)),
          ),
        ),
      })
    expect(await parseStream('{"a":{"key3":"x"}}', Many(64)).getData()).toEqual({ a: { key3: 'x' } })
    expect(ran).toEqual(['x'])
    await expect(parseStream('{"a":{"key3":"x"}}', Many(65)).getData()).rejects.toMatchObject({
      code: 'invalid_data',
      issues: [{ path: ['a'], code: 'unchecked', message: expect.stringContaining('discriminator') }],
    })
    expect(ran).toEqual(['x'])
  })

  test('around such a union are run, and what does not fit the union is found without them', async () => {
    const ran: unknown[] = []
    const Many = z.object({ a: check(z.union(options(65, z.string())), (value) => void ran.push(value)) })
    expect(await parseStream('{"a":{"key3":"x"}}', Many).getData()).toEqual({ a: { key3: 'x' } })
    expect(ran).toEqual([{ key3: 'x' }])
    await expect(parseStream('{"a":{"key3":5}}', Many).getData()).rejects.toMatchObject({ code: 'invalid_data' })
    const held = z.object({
      a: z.union(
        options(
          65,
          check(z.string(), () => undefined),
        ),
      ),
    })
    await expect(parseStream('{"a":{"key3":5}}', held).getData()).rejects.toMatchObject({
      code: 'invalid_data',
      issues: [{ path: ['a'], code: 'invalid_union' }],
    })
  })
})

/** Schemas around values that only the final validation makes, with what a rule around them is given. */
const UNSURE: Record<string, [schema: z.ZodType | v.GenericSchema, text: string, given: unknown]> = {
  'a list with a bound': [z.array(z.string().refine(async () => true)).min(1), '["a"]', ['a']],
  'an object with a refinement': [
    z.object({ a: z.string().refine(async () => true) }).refine(() => true),
    '{"a":"b"}',
    { a: 'b' },
  ],
  'what is made of a list': [z.array(z.string().refine(async () => true)).transform((list) => list.length), '["a"]', 1],
  'an object with an asynchronous transformation': [
    z.object({ a: z.string().transform(async (text) => text.length), b: z.string() }),
    '{"a":"xy","b":"z"}',
    { a: 2, b: 'z' },
  ],
  'a transformation of Valibot': [
    v.object({ a: v.pipe(v.string(), v.transform(Number)), b: v.string() }),
    '{"a":"5","b":"z"}',
    { a: 5, b: 'z' },
  ],
  'a transformation of Valibot, further inside': [
    v.pipe(
      v.object({ a: v.array(v.pipe(v.string(), v.transform(Number))) }),
      v.check(() => true),
    ),
    '{"a":["5"]}',
    { a: [5] },
  ],
  'a default of Valibot': [v.object({ a: v.optional(v.string(), 'x') }), '{}', { a: 'x' }],
}

test.each(Object.entries(UNSURE))(
  'A rule judges the whole value of %s, once.',
  async (_what, [schema, text, given]) => {
    for (const pieces of [[text], text.split('')]) {
      const seen: unknown[] = []
      await parseStream(
        pieces,
        check(schema as z.ZodType, (value) => void seen.push(value)),
      ).getData()
      expect(seen).toEqual([given])
    }
    const refused = check(schema as z.ZodType, () => ({ message: 'no' }))
    await expect(parseStream(text, refused).getData()).rejects.toMatchObject({ issues: [{ path: [], message: 'no' }] })
  },
)

test('A rule whose value is not at its place at the end lets nothing pass unjudged.', async () => {
  const Inner = check(z.object({ a: z.string().transform(async (text) => text.length) }), () => undefined)
  const schema = z.object({ x: Inner }).transform(({ x }) => x.a)
  await expect(parseStream('{"x":{"a":"b"}}', schema).getData()).rejects.toMatchObject({
    issues: [{ path: ['x'], code: 'unchecked' }],
  })
})
