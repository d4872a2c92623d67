import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { z } from 'zod'

import { runStream, type RunOptions } from '../../src/index.ts'
import { anthropic } from '../../src/models/anthropic/index.ts'
import { gemini } from '../../src/models/google/index.ts'
import type { Model } from '../../src/models/model.ts'
import { ollama } from '../../src/models/ollama/index.ts'
import { groq, openai } from '../../src/models/openai/index.ts'
import { simulate } from '../../src/models/simulate/index.ts'
import { type Reply, startProviderServer } from '../../src/testing/index.ts'

const Line = z.object({ name: z.string().min(1), count: z.int().min(1), note: z.string().optional() })
/** Has everything that some dialect sends in another shape: optional keys, a record, a tuple, and a union. */
const Order = z.object({
  'order id': z.string(),
  buyer: z.object({ name: z.string(), email: z.string().optional(), vip: z.boolean() }),
  lines: z.array(Line).min(1),
  labels: z.record(z.string(), z.string()),
  corner: z.tuple([z.number(), z.number()]),
  payment: z.discriminatedUnion('kind', [
    z.object({ kind: z.literal('card'), last4: z.string(), holder: z.string().optional() }),
    z.object({ kind: z.literal('bill'), days: z.int() }),
  ]),
  remark: z.string().min(4),
})

const truth: z.infer<typeof Order> = {
  'order id': 'A/17 ~ "ü"',
  buyer: { name: 'Ada Lovelace', vip: true },
  lines: [
    { name: 'amber', count: 2 },
    { name: 'cedar "dark"', count: 5, note: 'two\nlines' },
    { name: 'delta', count: 1 },
  ],
  labels: { color: 'red', 'made in': 'Oslo' },
  corner: [1.5, -2],
  payment: { kind: 'card', last4: '0042' },
  remark: 'Please ring twice, then wait for a minute at the garden gate.',
}
const wrong = {
  ...truth,
  'order id': 17,
  lines: [truth.lines[0], { ...truth.lines[1], name: '' }, truth.lines[2]],
  payment: { kind: 'card', last4: 42 },
}

/** Each wire, and each of its dialects. */
const models: Record<string, (url: string) => Model> = {
  chat: (url) => openai('gpt-5.4', { apiKey: 'k', api: 'chat', baseURL: `${url}/v1`, maxRetries: 0 }),
  responses: (url) => openai('gpt-5.4', { apiKey: 'k', baseURL: `${url}/v1`, maxRetries: 0 }),
  groq: (url) => groq('openai/gpt-oss-120b', { apiKey: 'k', baseURL: `${url}/v1`, maxRetries: 0 }),
  anthropic: (url) => anthropic('claude-sonnet-5', { apiKey: 'k', baseURL: url, maxRetries: 0 }),
  gemini: (url) => gemini('gemini-3-pro', { apiKey: 'k', baseURL: url, maxRetries: 0 }),
  ollama: (url) => ollama('llama', { host: url }),
}
/** Each way to heal: what the first attempt goes through, and what the second is then. */
const remedies: [string, Reply[], Partial<RunOptions>, string][] = [
  ['a body cut inside an event', [{ truth, faults: { cutAtByte: 7_000 } }], { recover: true }, 'recover'],
  [
    'an error event',
    [{ truth, faults: { errorEvent: { afterEvent: 60, status: 500 } } }],
    { recover: true },
    'recover',
  ],
  ['wrong values', [{ data: wrong }, { truth }], { onInvalid: 'patch' }, 'patch'],
  ['wrong values and a new start', [{ data: wrong }, { truth }], { onInvalid: 'restart' }, 'restart'],
]

type Row = [string, NonNullable<RunOptions['mode']>, ...(typeof remedies)[number]]
/** These wires send a tool call whole, so that nothing of it is left to continue when it is cut. */
const sendsWholeCalls = new Set(['gemini', 'ollama'])
const rows = Object.entries(models).flatMap(([name, model]) =>
  model('http://127.0.0.1:1').modes.flatMap((mode) =>
    remedies
      .filter(([, , , kind]) => kind !== 'recover' || mode !== 'tool' || !sendsWholeCalls.has(name))
      .map((remedy): Row => [name, mode, ...remedy]),
  ),
)

// Otherwise each run waits for a random while before it tries again.
beforeAll(() => void vi.spyOn(Math, 'random').mockReturnValue(0))
afterAll(() => void vi.restoreAllMocks())

test.each(rows)(
  'over the wire of %s, in mode %s, the true value heals %s',
  async (name, mode, _, respond, options, kind) => {
    await using server = await startProviderServer({ respond })
    const model = models[name]!(server.url)
    const stream = runStream('What was ordered?', Order, { model, mode, maxAttempts: 3, ...options })
    const { data, attempts } = await stream.getResult()
    expect(data).toEqual(truth)
    expect(attempts.map((attempt) => attempt.kind)).toEqual(['first', kind])
  },
)

const dialects = Object.keys(models).filter((name) => name !== 'responses') // its dialect is that of chat
/** Roots that some dialects wrap, and unions whose branches they label. */
const Part = z.object({ id: z.string(), note: z.string().optional() })
const roots: [string, z.ZodType, unknown][] = [
  ['a list', z.array(Part), [{ id: 'a' }, { id: 'b', note: 'n' }]],
  ['a record', z.record(z.string(), z.number()), { value: 1, 'b c': 2 }],
  ['a record of records', z.record(z.string(), z.record(z.string(), z.boolean())), { key: { value: true }, x: {} }],
  ['a string', z.string(), 'amber "quoted"'],
  ['a union of lists and records', z.union([z.array(z.string()), z.record(z.string(), z.string())]), { a: 'b' }],
  [
    'a union of unlike objects',
    z.union([Part, z.object({ id: z.record(z.string(), z.string()) })]),
    { id: { k: 'v' } },
  ],
  ['an object with further keys', z.object({ a: z.int() }).catchall(z.string()), { a: 1, b: 'two', c: 'three' }],
  ['a tuple with a rest', z.tuple([z.string(), z.int()], z.boolean()), ['a', 1, true, false]],
  ['a nullable key', z.object({ a: z.string().nullable(), b: z.string().optional() }), { a: null }],
]
test.each(dialects.flatMap((name) => roots.map((root): [string, ...typeof root] => [name, ...root])))(
  'over the wire of %s, %s arrives as the true value that it is',
  async (name, _, schema, value) => {
    await using server = await startProviderServer({ respond: { truth: value } })
    const model = models[name]!(server.url)
    expect(await runStream('What is it?', schema, { model }).getData()).toEqual(value)
  },
)

describe('simulate()', () => {
  test('answers patches, the rest of an answer and new starts from the true value', async () => {
    const question = 'What was ordered?'
    const cut = { model: simulate({ truth, faults: { cutAt: 150 } }), recover: true }
    expect((await runStream(question, Order, cut).getResult()).attempts.map(({ kind }) => kind)).toEqual([
      'first',
      'recover',
    ])
    for (const onInvalid of ['patch', 'restart'] as const) {
      const { data, attempts } = await runStream(question, Order, {
        model: simulate({ truth, response: wrong }),
        onInvalid,
      }).getResult()
      expect(data).toEqual(truth)
      expect(attempts.map(({ kind }) => kind)).toEqual(['first', onInvalid])
    }
  })

  test('continues a text that was cut', async () => {
    const model = simulate({ truth: truth.remark, faults: { cutAt: 20 } })
    const { text, attempts } = await runStream('Say it', undefined, { model, recover: true }).getResult()
    expect(text).toBe(truth.remark)
    expect(attempts).toHaveLength(2)
  })
})

test('a true value next to another answer is an error that names both', async () => {
  await expect(startProviderServer({ respond: { truth, text: 'a' } })).rejects.toThrow(
    '`respond.truth` and `respond.text` are both given',
  )
})

test('the ids of tool calls never repeat within a server, and are the same for the same requests', async () => {
  const ids = async (): Promise<string[]> => {
    await using fresh = await startProviderServer({
      respond: {
        toolCalls: [
          { name: 'a', arguments: {} },
          { name: 'b', arguments: {} },
        ],
      },
    })
    const found: string[] = []
    for (const name of ['chat', 'anthropic', 'responses', 'chat']) {
      const request = { messages: [{ role: 'user' as const, content: 'q' }], settings: {} }
      for await (const event of models[name]!(fresh.url).stream(request, new AbortController().signal)) {
        if (event.type === 'tool-call-start') found.push(event.id)
      }
    }
    return found
  }
  const first = await ids()
  expect(first).toHaveLength(8)
  expect(new Set(first).size).toBe(8)
  expect(await ids()).toEqual(first)
})
