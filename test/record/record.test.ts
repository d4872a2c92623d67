import { appendFile, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { z } from 'zod'
import type { StructStreamError } from '../../src/errors.ts'
import type { Model, ModelEvent } from '../../src/models/model.ts'
import { anthropic } from '../../src/models/anthropic/index.ts'
import { gemini } from '../../src/models/google/index.ts'
import { ollama } from '../../src/models/ollama/index.ts'
import { openai } from '../../src/models/openai/index.ts'
import { simulate, type SimulateOptions } from '../../src/models/simulate/index.ts'
import { cassette, record, replay } from '../../src/record/index.ts'
import { run, runStream } from '../../src/run-stream.ts'
import { startProviderServer } from '../../src/testing/index.ts'
import type { StreamEvent } from '../../src/stream/types.ts'

const Film = z.object({ title: z.string(), year: z.number(), tags: z.array(z.string()) })
const film = { title: 'Blade Runner', year: 1982, tags: ['rain', 'doubt'] }

let folder: string
let file: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'structstream-record-'))
  file = join(folder, 'runs', 'a.ndjson')
})
afterEach(async () => {
  vi.unstubAllEnvs()
  await rm(folder, { recursive: true })
})

/** Everything a run says, and how it ended. */
async function log(model: Model, options: object = {}): Promise<unknown> {
  const stream = runStream('Recommend a film', Film, { model, ...options })
  const events: StreamEvent[] = []
  const end = stream.getResult().then(
    ({ data, text, finishReason, usage }) => ({ data, text, finishReason, usage }),
    ({ code, message, status, text }: StructStreamError) => ({ code, message, status, text }),
  )
  try {
    for await (const event of stream.streamEvents()) events.push(event)
  } catch {
    // It is in `end`.
  }
  return { events, end: await end }
}

const faults: Record<string, SimulateOptions> = {
  none: {},
  'a status': { faults: { status: 503 } },
  'a rate limit': { faults: { status: 429 } },
  'a lost connection': { faults: { errorAt: 20 } },
  'a strange error': { faults: { errorAt: 20, error: new TypeError('fetch failed') } },
  'a clean cut': { faults: { cutAt: 20 } },
  'no terminal event': { faults: { dropFinish: true } },
  length: { faults: { finish: 'length', finishAt: 25 } },
  'a refusal': { faults: { refuse: 'I would rather not.' } },
  reasoning: { reasoning: 'Let me think.' },
  'a file': {
    response: { text: JSON.stringify(film), files: [{ mediaType: 'image/png', data: new Uint8Array([1, 2, 255]) }] },
  },
}

test.each(Object.keys(faults))('a replayed run has the events and the end of the recorded one: %s', async (fault) => {
  const lines: string[] = []
  const model = simulate({ response: film, ...faults[fault] })
  const recorded = await log(record(model, (line) => void lines.push(line)))
  expect(await log(replay(lines))).toEqual(recorded)
  expect(await log(replay(lines.join('\n')))).toEqual(recorded)
})

test('text that was asked for without a schema is read as text, whatever the provider’s dialect', async () => {
  const lines: string[] = []
  const counts = { apples: 3, pears: 4 }
  // This dialect has no records: with a schema they'd be lists of keys and values.
  const model: Model = { ...simulate({ response: JSON.stringify(counts) }), dialect: 'openai' }
  await run('x', undefined, { model: record(model, (line) => void lines.push(line)) })
  expect((await run('x', z.record(z.string(), z.number()), { model: replay(lines) })).data).toEqual(counts)
})

test('a file holds several calls, and a replay answers them in order; one more is bad_options', async () => {
  let answer = 0
  const model = record(simulate({ response: () => ({ ...film, year: 1982 + answer++ }) }), file)
  for (let call = 0; call < 3; call++) await run('x', Film, { model })
  const again = replay(file)
  const years = [1, 2, 3].map(async () => (await run('x', Film, { model: again })).data.year)
  expect(await Promise.all(years)).toEqual([1982, 1983, 1984])
  await expect(run('x', Film, { model: again })).rejects.toMatchObject({
    code: 'bad_options',
    message: expect.stringContaining('holds 3 recorded calls'),
  })
})

test('each event is written before it is passed on', async () => {
  const written: string[] = []
  const model = record(simulate({ response: film }), async (line) => {
    await new Promise(setImmediate)
    written.push(line)
  })
  let events = 0
  const request = { messages: [], settings: {} }
  for await (const event of model.stream(request, new AbortController().signal)) {
    events++
    expect(JSON.parse(written.at(-1)!)).toMatchObject({ event })
  }
  // A header before the events, and a last line after them.
  expect(written).toHaveLength(events + 2)
})

test('a recording that was cut off by a crash replays as a cut stream, and a further call can be appended to it', async () => {
  await run('x', Film, { model: record(simulate({ response: film }), file) })
  const lines = (await readFile(file, 'utf8')).split('\n')
  const finish = lines.findIndex((line) => line.includes('"finish"'))
  expect(finish).toBeGreaterThan(3)
  for (let kept = 1; kept <= finish; kept++) {
    const half = `${lines.slice(0, kept).join('\n')}\n${lines[kept]!.slice(0, 12)}`
    const error = run('x', Film, { model: replay(`${half}\n`) })
    await expect(error).rejects.toMatchObject({ code: 'connection_lost' })
  }
  await writeFile(file, `${lines[0]}\n${lines[1]}\n${lines[2]!.slice(0, 12)}`)
  await run('x', Film, { model: record(simulate({ response: film }), file) })
  const again = replay(file)
  await expect(run('x', Film, { model: again })).rejects.toMatchObject({ code: 'connection_lost' })
  expect((await run('x', Film, { model: again })).data).toEqual(film)
})

test('a run that stopped its model replays its end as aborted', async () => {
  const lines: string[] = []
  const stream = runStream('x', Film, {
    model: record(simulate({ response: film, faults: { stallAt: 30 } }), (line) => void lines.push(line)),
  })
  for await (const partial of stream.streamPartial()) if (partial.title === 'Blade Runner') break
  stream.abort()
  await stream.getData().catch(() => {})
  for (let turn = 0; turn < 20; turn++) await new Promise(setImmediate)
  expect(JSON.parse(lines.at(-1)!)).toMatchObject({ type: 'end', how: 'stopped' })
  await expect(run('x', Film, { model: replay(lines) })).rejects.toMatchObject({ code: 'aborted' })
})

const header = JSON.stringify({
  type: 'call',
  version: 1,
  call: 'a',
  model: { provider: 'p', id: 'm', modes: ['prompt'], dialect: 'json-schema' },
  request: { messages: [], settings: {} },
  startedAt: '',
})
const end = '{"type":"end","call":"a","at":0,"how":"finished"}'
const delta = (event: unknown, at: unknown = 0): string => JSON.stringify({ type: 'event', call: 'a', at, event })

test.each([
  ['text that is not a recording', '{"a":1}\n{"b":2}', /Line 1 of The recording has `type` undefined, expected call/],
  ['text that is not JSON', 'Dear reader,\n', /Line 1 of The recording isn't JSON/],
  ['a line that is not JSON', `${header}\nnot json\n${end}`, /Line 2/],
  [
    'a header without a model',
    '{"type":"call","version":1,"call":"a"}\n',
    /Line 1 .* no valid `model`: expected an obj/,
  ],
  [
    'a model without modes',
    header.replace('"modes":["prompt"],', ''),
    /`model.modes`: expected a list of strings, got/,
  ],
  ['a request that is text', header.replace('"messages":[]', '"messages":"x"'), /`request.messages`: expected a list/],
  ['an event without a time', `${header}\n${delta({ type: 'text-delta', text: '' }, null)}`, /`at`: expected mill/],
  ['an event of another kind', `${header}\n${delta({ type: 'toString' })}`, /Line 2 .* unknown type "toString"/],
  ['a delta without text', `${header}\n${delta({ type: 'text-delta' })}`, /`event.text`: expected a string, got undef/],
  ['a file that is not bytes', `${header}\n${delta({ type: 'file', file: { mediaType: 'a/b' } })}`, /file.data`: expe/],
  ['an end of another kind', `${header}\n${end.replace('finished', 'done')}`, /`how`: expected one of finished, threw/],
  ['an event after the end', `${header}\n${end}\n${delta({ type: 'metadata' })}`, /Line 3 .* after the end of the cal/],
  ['an event before its call', `${delta({ type: 'metadata' })}\n${header}`, /Line 1 .* belongs to no call/],
  ['the same call twice', `${header}\n${header}`, /Line 2 .* begins the call a a second time/],
  ['a newer version', '{"type":"call","version":2,"call":"a"}\n', /version 2; this library reads 1/],
  ['an empty text', '\n', /holds no recorded call/],
  ['a path without a file', '/no/such/file.ndjson', /There is no recording at/],
])('replay of %s throws bad_options at once', (_, source, message) => {
  expect(() => replay(source)).toThrow(message)
})

test('replay refuses a misspelled option', () => {
  expect(() => replay('{}\n', { sped: 1 } as object)).toThrow(/Unknown option `sped`/)
  expect(() => replay('{}\n', { speed: 0 })).toThrow(/`speed` must be a number above 0, got 0/)
})

const SECRET = 'planted-secret-0123456789'
const wires: Record<string, (base: Awaited<ReturnType<typeof startProviderServer>>) => Model> = {
  'openai responses': ({ openaiBaseURL }) =>
    openai('m', { apiKey: SECRET, baseURL: `${openaiBaseURL}?key=${SECRET}`, headers: { 'x-proxy': SECRET } }),
  'openai chat': ({ openaiBaseURL }) =>
    openai('m', { api: 'chat', apiKey: SECRET, baseURL: openaiBaseURL, headers: { 'x-proxy': SECRET } }),
  anthropic: ({ anthropicBaseURL }) =>
    anthropic('m', { apiKey: SECRET, baseURL: anthropicBaseURL, headers: { 'x-proxy': SECRET } }),
  gemini: ({ geminiBaseURL }) =>
    gemini('m', { apiKey: SECRET, baseURL: geminiBaseURL, headers: { 'x-proxy': SECRET } }),
  ollama: ({ ollamaHost }) => ollama('m', { host: ollamaHost, headers: { authorization: `Bearer ${SECRET}` } }),
}

test.each(Object.keys(wires))(
  'no secret is in a recording of %s: options, headers, URLs, bodies, echoes',
  async (wire) => {
    const echoes = [
      { text: JSON.stringify({ ...film, title: `your key is ${SECRET}` }) },
      { faults: { status: 401, body: { error: { message: `wrong key ${SECRET}` } } } },
      { text: '{"title":"x', faults: { errorEvent: { message: `lost ${SECRET}`, afterEvent: 1 } } },
    ] as never[]
    await using server = await startProviderServer({ respond: echoes })
    const lines: string[] = []
    const model = record(wires[wire]!(server), (line) => void lines.push(line))
    const messages = [
      {
        role: 'user',
        content: [
          { type: 'text', text: 'look' },
          { type: 'image', image: `https://files.test/a.png?sig=${SECRET}` },
        ],
      },
    ] as never
    for (let call = 0; call < echoes.length; call++) {
      await run(messages, Film, {
        model,
        providerOptions: { metadata: { api_key: SECRET }, extra_headers: { 'x-a': SECRET } },
      }).catch(() => {})
    }
    expect(lines.length).toBeGreaterThan(echoes.length)
    expect(lines.filter((line) => line.includes(SECRET))).toEqual([])
  },
)

test('a cassette records a request once and replays it, as long as nothing in the request changes', async () => {
  let asked = 0
  const live = simulate({ response: () => ({ ...film, year: 1982 + asked++ }) })
  vi.stubEnv('CI', '')
  const first = cassette(file, live)
  expect((await run('a', Film, { model: first })).data.year).toBe(1982)
  expect((await run('a', Film, { model: first })).data.year).toBe(1982)
  expect((await run('b', Film, { model: first })).data.year).toBe(1983)
  vi.stubEnv('CI', 'true')
  const second = cassette(file, live)
  for (let times = 0; times < 3; times++) expect((await run('b', Film, { model: second })).data.year).toBe(1983)
  expect((await run('a', Film, { model: second })).data.year).toBe(1982)
  expect(asked).toBe(2)
  await expect(run('c', Film, { model: second })).rejects.toMatchObject({
    code: 'bad_options',
    message: `The request "c" isn't in ${file}. Set STRUCTSTREAM_RECORD=1 to record it.`,
  })
  await expect(run('a', Film, { model: second, temperature: 0.5 })).rejects.toMatchObject({ code: 'bad_options' })
  vi.stubEnv('STRUCTSTREAM_RECORD', '1')
  expect((await run('c', Film, { model: second })).data.year).toBe(1984)
  vi.stubEnv('STRUCTSTREAM_RECORD', '0')
  vi.stubEnv('CI', '')
  await expect(run('d', Film, { model: second })).rejects.toMatchObject({ code: 'bad_options' })
})

test('a cassette replays failures in the order in which they were recorded', async () => {
  vi.stubEnv('CI', '')
  const calls = (options: SimulateOptions) => cassette(file, simulate({ response: film, ...options }))
  const live = calls({ faults: [{ status: 503 }, {}] })
  await expect(run('a', Film, { model: live })).rejects.toMatchObject({ status: 503 })
  expect((await run('a', Film, { model: live })).data).toEqual(film)
  vi.stubEnv('CI', 'true')
  const again = calls({ response: () => expect.unreachable('a model was asked') })
  await expect(run('a', Film, { model: again })).rejects.toMatchObject({ status: 503 })
  for (let times = 0; times < 2; times++) expect((await run('a', Film, { model: again })).data).toEqual(film)
})

test('a store behind a cassette is a cache: whole answers are kept, failures are not', async () => {
  const kept = new Map<string, string>()
  const store = {
    get: (key: string) => kept.get(key),
    set: async (key: string, text: string) => void kept.set(key, text),
  }
  let asked = 0
  const model = cassette(store, simulate({ response: () => (asked++, film), faults: [{ status: 503 }] }))
  await expect(run('a', Film, { model })).rejects.toMatchObject({ status: 503 })
  expect(kept.size).toBe(0)
  for (let times = 0; times < 3; times++) expect((await run('a', Film, { model })).data).toEqual(film)
  // Once for the failure, and once for the answer.
  expect(asked).toBe(2)
  expect(kept.size).toBe(1)
})

test('speed keeps the recorded pace: each event waits for its time', async () => {
  const lines = [
    {
      type: 'call',
      version: 1,
      call: 'a',
      model: { provider: 'p', id: 'm', modes: ['prompt'], dialect: 'json-schema' },
      request: { messages: [], settings: {} },
      startedAt: '',
    },
    { type: 'event', call: 'a', at: 1000, event: { type: 'text-delta', text: 'a' } },
    { type: 'event', call: 'a', at: 5000, event: { type: 'finish', reason: 'stop' } },
    { type: 'end', call: 'a', at: 5000, how: 'finished' },
  ].map((line) => JSON.stringify(line))
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] })
  try {
    const seen: [number, ModelEvent['type']][] = []
    const started = performance.now()
    const done = (async () => {
      const model = replay(lines, { speed: 2 })
      for await (const { type } of model.stream({ messages: [], settings: {} }, new AbortController().signal)) {
        seen.push([performance.now() - started, type])
      }
    })()
    await vi.advanceTimersByTimeAsync(499)
    expect(seen).toEqual([])
    await vi.advanceTimersByTimeAsync(2_001)
    await done
    expect(seen).toEqual([
      [500, 'text-delta'],
      [2500, 'finish'],
    ])
  } finally {
    vi.useRealTimers()
  }
})

test('a target that fails ends the run with its error, and a path that can’t be written is bad_options', async () => {
  const failing = record(simulate({ response: film }), () => Promise.reject(new Error('the disk is full')))
  await expect(run('x', Film, { model: failing })).rejects.toThrow(/the disk is full/)
  await writeFile(join(folder, 'plain'), '')
  await appendFile(join(folder, 'plain'), '')
  const nowhere = record(simulate({ response: film }), join(folder, 'plain', 'a.ndjson'))
  await expect(run('x', Film, { model: nowhere })).rejects.toMatchObject({ code: 'bad_options' })
})
