import * as v from 'valibot'
import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import * as mini from 'zod/mini'
import { deferred, type Deferred } from '../../src/async/deferred.ts'
import { check, parseStream, runStream } from '../../src/index.ts'
import type { Model } from '../../src/models/model.ts'
import { randomChunks } from '../support/chunkings.ts'
import { property, runSize } from '../support/property.ts'
import { drain, pushed, says, scripted, stop, text } from './scripted.ts'

interface Call {
  value: unknown
  verdict: Deferred<boolean>
}
type Asks = (value: unknown) => Promise<boolean>

/** What is asked of a value, and answered by the test; the validation at the end gets the same answers. */
function held() {
  const calls: Call[] = []
  const asks: Asks = (value) => {
    const verdict = deferred<boolean>()
    const before = calls.find((call) => JSON.stringify(call.value) === JSON.stringify(value))
    calls.push({ value, verdict })
    if (before !== undefined) void before.verdict.promise.then(verdict.resolve, verdict.reject)
    return verdict.promise
  }
  return { calls, asks }
}

const soon = (value: () => unknown) => expect.poll(value, { timeout: 10_000, interval: 5 })

/** A string that the library asks about in its own way, in an object with a number. */
const LIBRARIES: Record<string, (asks: Asks) => z.ZodType | v.GenericSchemaAsync> = {
  'Zod, refine with an async function': (asks) =>
    z.object({ title: z.string().refine(async (value) => asks(value), 'taken'), year: z.number() }),
  'Zod, refine with a function that returns a promise': (asks) =>
    z.object({ title: z.string().refine((value) => asks(value), 'taken'), year: z.number() }),
  'Zod, superRefine': (asks) =>
    z.object({
      title: z.string().superRefine(async (value, context) => {
        if (!(await asks(value))) context.addIssue({ code: 'custom', message: 'taken' })
      }),
      year: z.number(),
    }),
  'Zod, after another check and a trim': (asks) =>
    z.object({ title: z.string().min(1).trim().refine(asks, 'taken').min(2), year: z.number() }),
  'Zod, an enum': (asks) =>
    z.object({ title: z.enum(['Alien', 'Blade']).refine(async (value) => asks(value), 'taken'), year: z.number() }),
  'Zod, what only Zod can read': (asks) =>
    z.object({ title: z.preprocess((value) => value, z.string().refine(asks, 'taken')), year: z.number() }),
  'Zod, after a transformation': (asks) =>
    z.object({ title: z.string().transform(String).pipe(z.string().refine(asks, 'taken')), year: z.number() }),
  'Zod Mini': (asks) =>
    mini.object({
      title: mini.string().check(mini.refine(async (value) => asks(value), 'taken')),
      year: mini.number(),
    }) as never,
  Valibot: (asks) =>
    v.objectAsync({
      title: v.pipeAsync(
        v.string(),
        v.checkAsync((title: string) => asks(title), 'taken'),
      ),
      year: v.number(),
    }),
  'Valibot, rawCheckAsync': (asks) =>
    v.objectAsync({
      title: v.pipeAsync(
        v.string(),
        v.rawCheckAsync(async ({ dataset, addIssue }) => {
          if (dataset.typed && !(await asks(dataset.value))) addIssue({ message: 'taken' })
        }),
      ),
      year: v.number(),
    }),
}

describe.each(Object.entries(LIBRARIES))('%s: an asynchronous check of the library', (_, schemaOf) => {
  test('runs as soon as its value is complete; its verdict stops the model with `abort`.', async () => {
    const { calls, asks } = held()
    const { model, push } = pushed()
    const stream = runStream('?', schemaOf(asks), { model, onInvalid: 'abort' })
    const data = stream.getData()
    await push(text('{"title":"Ali'))
    expect(calls).toEqual([])
    await push(text('en","year":1'))
    await soon(() => calls.map(({ value }) => value)).toEqual(['Alien'])
    expect(stream.issues).toEqual([])
    calls[0]!.verdict.resolve(false)
    await expect(data).rejects.toMatchObject({ code: 'invalid_data', message: 'Stopped at title: taken' })
    expect(calls).toHaveLength(1)
  })

  test('is waited for by nothing but the end, and runs once for its value and once more there.', async () => {
    const { calls, asks } = held()
    const { model, push, end } = pushed()
    const stream = runStream('?', schemaOf(asks), { model })
    const data = stream.getData()
    await push(text('{"title":"Alien","year":1979'))
    await soon(() => calls.length).toBe(1)
    expect(stream.partial).toMatchObject({})
    await push(text('}'), stop)
    await end()
    await soon(() => stream.status).toBe('validating')
    calls[0]!.verdict.resolve(true)
    expect(await data).toEqual({ title: 'Alien', year: 1979 })
    expect(calls.map(({ value }) => value)).toEqual(['Alien', 'Alien'])
  })

  test('gives one issue with `collect`, while the model is writing and at the end.', async () => {
    const { calls, asks } = held()
    const { model, push, end } = pushed()
    const stream = runStream('?', schemaOf(asks), { model })
    const events = drain(stream.streamEvents())
    await push(text('{"title":"Alien","year":1'))
    await soon(() => calls.length).toBe(1)
    calls[0]!.verdict.resolve(false)
    await soon(() => stream.issues).toMatchObject([{ path: ['title'], message: 'taken' }])
    await push(text('979}'), stop)
    await end()
    const error: unknown = await stream.getData().catch((cause: unknown) => cause)
    expect(error).toMatchObject({ code: 'invalid_data', issues: [{ path: ['title'], message: 'taken' }] })
    expect((error as { issues: unknown[] }).issues).toHaveLength(1)
    const { items } = await events
    expect(items.filter(({ type }) => type === 'issue')).toHaveLength(1)
  })

  test('is not heard once the run is over, and rejects unhandled at no time.', async () => {
    const rejections: unknown[] = []
    const note = (reason: unknown): unknown => rejections.push(reason)
    process.on('unhandledRejection', note)
    try {
      const { calls, stream, data } = await askedOnce(schemaOf)
      stream.abort()
      await expect(data).rejects.toMatchObject({ code: 'aborted' })
      calls[0]!.verdict.reject(new Error('too late'))
      await new Promise((resolve) => setTimeout(resolve, 5))
      expect(stream.issues).toEqual([])
    } finally {
      process.off('unhandledRejection', note)
    }
    expect(rejections).toEqual([])
  })

  test('ends the run with the cause when it throws.', async () => {
    const { calls, data } = await askedOnce(schemaOf)
    calls[0]!.verdict.reject(new Error('no network'))
    await expect(data).rejects.toMatchObject({ code: 'invalid_data', cause: { message: 'no network' } })
  })
})

/** A run whose rule has been asked about its first value, and hasn't answered. */
async function askedOnce(schemaOf: (typeof LIBRARIES)[keyof typeof LIBRARIES]) {
  const { calls, asks } = held()
  const { model, push } = pushed()
  const stream = runStream('?', schemaOf(asks), { model })
  const data = stream.getData()
  await push(text('{"title":"Alien","year":1'))
  await soon(() => calls.length).toBe(1)
  return { calls, stream, data }
}

/** A model whose turns are texts. */
function turns(...texts: string[]): Model {
  return {
    ...scripted([]),
    stream: (...given: Parameters<Model['stream']>) => scripted(says(texts.shift()!)).stream(...given),
  }
}

test.each(['restart', 'patch'] as const)('A refusal has the value written again with `%s`.', async (onInvalid) => {
  const schema = z.object({ title: z.string().refine(async (title) => title !== 'Alien', 'taken'), by: z.string() })
  const second = onInvalid === 'patch' ? '{"title":"Aliens"}' : '{"title":"Aliens","by":"Scott"}'
  const stream = runStream('?', schema, { model: turns('{"title":"Alien","by":"Scott"}', second), onInvalid })
  expect(await stream.getData()).toEqual({ title: 'Aliens', by: 'Scott' })
  expect((await stream.getResult()).attempts).toHaveLength(2)
})

/** Where a check that refuses everything may not speak before the end: [schema, text, whether the answer is good]. */
const no = async (): Promise<boolean> => false
const UNCERTAIN: Record<string, [schema: z.ZodType | v.GenericSchemaAsync, text: string, isGood: boolean]> = {
  'an option of a union, which another one fits as well': [
    z.union([z.object({ a: z.string().refine(no) }), z.object({ a: z.string() })]),
    '{"a":"x"}',
    true,
  ],
  'inside a catch': [z.object({ a: z.string().refine(no).catch('y') }), '{"a":"x"}', true],
  'a union in a catch': [z.union([z.object({ a: z.string().refine(no) }), z.number()]).catch(1), '{"a":"x"}', true],
  'a fallback of Valibot': [v.fallbackAsync(v.pipeAsync(v.string(), v.checkAsync(no)), 'y'), '"x"', true],
  'a union of Valibot, of which another option fits': [
    v.unionAsync([v.pipeAsync(v.string(), v.checkAsync(no)), v.string()]),
    '"x"',
    true,
  ],
}

test.each(Object.entries(UNCERTAIN))('%s: no false alarm', async (_, [schema, json, isGood]) => {
  for (const pieces of [[json], json.split('')]) {
    const stream = parseStream(pieces, schema, { onInvalid: 'abort' })
    const result = await stream.getData().then(
      () => true,
      () => false,
    )
    expect(result).toBe(isGood)
  }
})

test('A union of which one option is left speaks through it.', async () => {
  const schema = z.union([z.object({ a: z.string().refine(no, 'taken'), n: z.number() }), z.object({ n: z.string() })])
  const { model, push } = pushed()
  const stream = runStream('?', schema, { model, onInvalid: 'abort' })
  const data = stream.getData()
  await push(text('{"a":"x","n":1,'))
  await expect(data).rejects.toMatchObject({ message: 'Stopped at a: taken' })
})

test('A quote that was not escaped makes no second value.', async () => {
  const seen: unknown[] = []
  const schema = z.object({ a: z.string().refine(async (value) => seen.push(value) > 0), b: z.number() })
  const stream = parseStream('{"a": "say "hi" now", "b": 1}'.split(''), schema)
  expect(await stream.getData()).toEqual({ a: 'say "hi" now', b: 1 })
  expect(seen).toEqual(['say "hi" now', 'say "hi" now'])
})

test('A refinement of an object runs when the object is complete, next to rules of check().', async () => {
  const seen: string[] = []
  const Item = z.object({ a: z.string() }).refine(async ({ a }) => seen.push(`refine ${a}`) > 0)
  const { model, push, end } = pushed()
  const stream = runStream('?', z.array(check(Item, ({ a }) => void seen.push(`check ${a}`))), { model })
  const data = stream.getData()
  await push(text('[{"a":"1"},{"a":"2"},'))
  await soon(() => [...seen].sort()).toEqual(['check 1', 'check 2', 'refine 1', 'refine 2'])
  await push(text('{"a":"3"}]'), stop)
  await end()
  await data
  expect(seen.filter((one) => one === 'check 3')).toHaveLength(1)
})

test('For any value, cut anywhere, in unions and sloppy JSON: it runs at most once before the end, and Zod gets its own.', async () => {
  let early = 0
  await property(runSize('LAWS', 60), async (choices) => {
    const calls = new Map<unknown, number>()
    const leaf = z.string().refine(async (value) => calls.set(value, (calls.get(value) ?? 0) + 1).size > 0)
    const Item = z.union([
      z.object({ a: leaf, n: z.number() }),
      z.object({ a: leaf, n: z.string() }),
      z.object({ a: leaf, list: z.array(leaf) }),
    ])
    const Schema = z.object({ items: z.array(Item), note: leaf })
    const items = choices.many(4, (index) => {
      const a = `item ${index}`
      return choices.pick<object>([
        { a, n: 1 },
        { a, n: 'one' },
        { a, list: [`x${index}`, `y${index}`] },
      ])
    })
    const value = { items, note: 'last' }
    await Schema.parseAsync(value)
    const atTheEnd = new Map(calls)
    calls.clear()
    const json = JSON.stringify(value, null, choices.below(3))
    const sloppy = choices.chance(30) ? json.replaceAll(/"(a|n|list)":/g, '$1:') : json
    expect(await parseStream(randomChunks(choices, sloppy), Schema).getData()).toEqual(value)
    for (const [one, times] of calls) {
      const before = times - atTheEnd.get(one)!
      expect(before).toBeGreaterThanOrEqual(0)
      expect(before).toBeLessThanOrEqual(1)
      early += before
    }
    // What is in no union runs before the end for certain.
    expect(calls.get('last')).toBe(atTheEnd.get('last')! + 1)
  })
  expect(early).toBeGreaterThan(60)
})
