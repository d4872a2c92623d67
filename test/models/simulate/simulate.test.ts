import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { z } from 'zod'

import { runStream } from '../../../src/index.ts'
import type { ModelEvent, ModelRequest } from '../../../src/models/model.ts'
import { simulate } from '../../../src/models/simulate/index.ts'

const request: ModelRequest = { messages: [{ role: 'user', content: 'question' }], settings: {} }

async function events(
  model: ReturnType<typeof simulate>,
  signal = new AbortController().signal,
): Promise<ModelEvent[]> {
  const found: ModelEvent[] = []
  for await (const event of model.stream(request, signal)) found.push(event)
  return found
}
const textOf = (all: readonly ModelEvent[]): string =>
  all.map((one) => (one.type === 'text-delta' ? one.text : '')).join('')

describe('what it answers', () => {
  test('text unchanged, other values as JSON, a function with the request', async () => {
    expect(textOf(await events(simulate({ response: 'as it is' })))).toBe('as it is')
    expect(textOf(await events(simulate({ response: [{ a: 1 }] })))).toBe('[{"a":1}]')
    const response = ({ messages }: ModelRequest, call: number): string => `${messages.length}/${call}`
    expect(textOf(await events(simulate({ response })))).toBe('1/0')
  })

  test('successive answers, the last one again and again', async () => {
    const model = simulate({ responses: ['one', { two: 2 }] })
    expect([textOf(await events(model)), textOf(await events(model)), textOf(await events(model))]).toEqual([
      'one',
      '{"two":2}',
      '{"two":2}',
    ])
  })

  test('usage and a finish, and reasoning first', async () => {
    const all = await events(simulate({ response: 'x'.repeat(40), reasoning: 'hm, hm' }))
    expect(all.findIndex((one) => one.type === 'reasoning-delta')).toBeLessThan(
      all.findIndex((one) => one.type === 'text-delta'),
    )
    expect(all.at(-2)).toEqual({ type: 'finish', reason: 'stop' })
    expect(all.at(-1)).toMatchObject({ type: 'usage', usage: { outputTokens: 12, reasoningTokens: 2 } })
  })

  test('no delta is empty or holds half a character', async () => {
    const response = 'a😀😀b😀'
    for (const chunkSize of [1, 2, 3, [1, 4]] as const) {
      const deltas = (await events(simulate({ response, chunkSize }))).filter((one) => one.type === 'text-delta')
      expect(deltas.map((one) => one.text).join('')).toBe(response)
      for (const { text } of deltas) expect(text).toMatch(/^(?:[^\ud800-\udfff]|[\ud800-\udbff][\udc00-\udfff])+$/)
    }
  })

  test('the same for the same seed', async () => {
    expect(await events(simulate({ seed: 5 }))).toEqual(await events(simulate({ seed: 5 })))
    expect(await events(simulate({ seed: 5 }))).not.toEqual(await events(simulate({ seed: 6 })))
  })
})

describe('sample data fit the schema', () => {
  const Tree: z.ZodType = z.object({
    name: z.string(),
    get children() {
      return z.array(Tree)
    },
  })
  test.each<[string, z.ZodType]>([
    [
      'a movie',
      z.object({
        title: z.string(),
        year: z.int().min(1900).max(2030),
        genre: z.enum(['a', 'b']),
        rating: z.number().max(10),
      }),
    ],
    [
      'strings',
      z.object({
        e: z.email(),
        u: z.url(),
        id: z.uuid(),
        d: z.iso.date(),
        t: z.iso.datetime(),
        s: z.string().min(100).max(120),
      }),
    ],
    [
      'numbers',
      z.object({ a: z.number().positive().lt(1), b: z.int().multipleOf(7), c: z.number().min(-5).max(-2), d: z.int() }),
    ],
    [
      'lists',
      z.object({ a: z.array(z.string()).min(6), b: z.tuple([z.string(), z.int()]), c: z.array(z.boolean()).max(1) }),
    ],
    [
      'unions',
      z
        .array(
          z.discriminatedUnion('kind', [
            z.object({ kind: z.literal('a'), n: z.int() }),
            z.object({ kind: z.literal('b') }),
          ]),
        )
        .min(5),
    ],
    [
      'the rest',
      z.object({
        r: z.record(z.string(), z.int()),
        n: z.null(),
        o: z.string().optional(),
        x: z.string().nullable(),
        l: z.literal([1, 'b']),
      }),
    ],
    ['a root array', z.array(z.object({ id: z.int() }))],
    ['a recursive schema', Tree],
  ])('%s', async (_, schema) => {
    for (let seed = 1; seed <= 20; seed++) {
      const data = await runStream('q', schema, { model: simulate({ seed }) }).getData()
      expect(schema.safeParse(data).success).toBe(true)
    }
  })
})

describe('faults', () => {
  const ask = (faults: Parameters<typeof simulate>[0] & object): Promise<unknown> =>
    runStream('q', undefined, { model: simulate({ response: 'some words', ...faults }) }).getData()

  test.each([
    [{ cutAt: 3 }, { code: 'connection_lost', text: 'som' }],
    [{ errorAt: 3 }, { code: 'connection_lost', text: 'som' }],
    [
      { errorAt: 0, error: new Error('mine') },
      { code: 'provider_error', cause: { message: 'mine' } },
    ],
    [{ status: 429 }, { code: 'rate_limited', status: 429, retryable: true }],
    [{ status: 500 }, { code: 'provider_error', status: 500, retryable: true }],
    [{ refuse: 'no, thanks' }, { code: 'refused', message: expect.stringContaining('no, thanks') }],
    [{ finish: 'length', finishAt: 4 } as const, { code: 'truncated', text: 'some' }],
    [{ dropFinish: true }, { code: 'connection_lost', text: 'some words' }],
  ])('%j', async (faults, expected) => {
    await expect(ask({ faults })).rejects.toMatchObject(expected)
  })

  test('for single calls', async () => {
    const model = simulate({ response: 'x', faults: [{ status: 500 }, undefined] })
    expect(await runStream('q', undefined, { model: [model, model] }).getData()).toBe('x')
    expect(textOf(await events(model))).toBe('x')
  })

  test('a stall lasts until the request is stopped, and leaves no timer', async () => {
    for (const faults of [{ stallAt: 3 }, { stallAt: 3, ignoreSignal: true }]) {
      const stream = runStream('q', undefined, {
        model: simulate({ response: 'words', faults }),
        timeout: { idle: 20 },
      })
      await expect(stream.getData()).rejects.toMatchObject({ code: 'timeout', text: 'wor' })
    }
  })
})

describe('delays', () => {
  beforeEach(() => void vi.useFakeTimers())
  afterEach(() => void vi.useRealTimers())

  test('before each delta; an abort ends them', async () => {
    const model = simulate({ response: 'abcd', chunkSize: 2, delayMs: 50 })
    const stream = runStream('q', undefined, { model })
    await vi.advanceTimersByTimeAsync(110)
    expect(stream.partial).toBe('ab')
    stream.abort()
    await vi.advanceTimersByTimeAsync(0)
    expect(vi.getTimerCount()).toBe(0)
  })
})
