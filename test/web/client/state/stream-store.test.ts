import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { runStream } from '../../../../src/run-stream.ts'
import { simulate } from '../../../../src/models/simulate/index.ts'
import { memoryStore } from '../../../../src/store/memory.ts'
import { resumable } from '../../../../src/store/resumable.ts'
import { tool } from '../../../../src/tool.ts'
import { StreamStore, type ShownToolCall, type StoreOptions } from '../../../../src/web/client/index.ts'
import { toResponse } from '../../../../src/web/server/index.ts'
import { pushed, scripted, stop, text, type Step } from '../../../stream/scripted.ts'
import { until } from '../../loopback.ts'

const Note = z.object({ title: z.string(), note: z.string() })
const note = { title: 'Bread', note: 'Flour, water, salt' }

const silent = { onError: () => {} }
const isOver = (store: StreamStore<never>): boolean => ['done', 'failed'].includes(store.getState().status)
const over = (store: unknown) => until(() => isOver(store as StreamStore<never>))

/** A store over what a model says. */
function showing(script: readonly Step[], options: Partial<StoreOptions<typeof Note>> = {}) {
  const model = scripted(script)
  return new StreamStore<typeof Note>({
    schema: Note,
    api: () => toResponse(runStream('p', Note, { model }), silent),
    ...options,
  })
}

test('a path of another schema that was chosen since is absent, an impossible one of the same schema is bad_options', async () => {
  const store = showing([text(JSON.stringify(note)), stop])
  store.submit()
  await over(store)
  expect(() => store.field(['titel'] as never)).toThrow(/did you mean|Did you mean/)
  store.configure({ schema: z.object({ total: z.number() }) as never, api: '/other' })
  expect(store.field(['total'] as never).state).toBe('absent')
})

describe('what comes alongside the answer', () => {
  const weather = tool({
    name: 'weather',
    input: z.object({ city: z.string() }),
    execute: ({ city }) => {
      if (city === 'Atlantis') throw new Error(`No weather for ${city}.`)
      return { degrees: 25 }
    },
  })

  test('tool calls grow, run, and end with an output or an error', async () => {
    const call = (id: string, city: string): Step[] => [
      { type: 'tool-call-start', id, name: 'weather' },
      { type: 'tool-call-delta', id, text: '{"city":' },
      { type: 'tool-call-delta', id, text: JSON.stringify(city) },
      { type: 'tool-call-delta', id, text: '}' },
      { type: 'tool-call-end', id },
    ]
    const steps = [
      [...call('a', 'Rome'), ...call('b', 'Atlantis'), { type: 'finish', reason: 'tool-calls' } as const],
      [text(JSON.stringify(note)), stop],
    ]
    const model = {
      ...scripted([]),
      stream: (...args: Parameters<ReturnType<typeof scripted>['stream']>) => scripted(steps.shift()!).stream(...args),
    }
    const store = new StreamStore({
      schema: Note,
      api: () => toResponse(runStream('p', Note, { model, tools: [weather] })),
    })
    const seen: (readonly ShownToolCall[])[] = []
    store.subscribe(() => seen.push(store.getState().toolCalls))
    store.submit()
    await over(store)
    expect(store.getState().toolCalls).toEqual([
      {
        id: 'a',
        name: 'weather',
        state: 'done',
        arguments: '{"city":"Rome"}',
        input: { city: 'Rome' },
        output: { degrees: 25 },
        error: undefined,
      },
      {
        id: 'b',
        name: 'weather',
        state: 'failed',
        arguments: '{"city":"Atlantis"}',
        input: { city: 'Atlantis' },
        output: undefined,
        error: expect.any(String),
      },
    ])
    expect(store.getState().data).toEqual(note)
    // A list is another one only where a call has changed.
    expect(new Set(seen).size).toBe(new Set(seen.map((calls) => JSON.stringify(calls))).size)
  })

  test('a call that is open when the stream ends is unanswered', async () => {
    const store = showing([
      { type: 'tool-call-start', id: 'a', name: 'weather' },
      { type: 'tool-call-delta', id: 'a', text: '{"ci' },
      'hang',
    ])
    store.submit()
    await until(() => store.getState().toolCalls[0]?.arguments === '{"ci')
    expect(store.getState().toolCalls[0]).toMatchObject({ state: 'open', input: undefined })
    store.stop()
    expect(store.getState()).toMatchObject({
      status: 'stopped',
      toolCalls: [{ id: 'a', state: 'unanswered', arguments: '{"ci' }],
    })
  })

  test('reasoning is shown while nothing else has come; files are listed', async () => {
    const data = new Uint8Array([1, 2, 3])
    const store = showing([
      { type: 'reasoning-delta', text: 'Bread ' },
      { type: 'reasoning-delta', text: 'it is.' },
      { type: 'file', file: { mediaType: 'image/png', data } },
      text(JSON.stringify(note)),
      stop,
    ])
    const seen = new Set<string>()
    store.subscribe(() => seen.add(store.getState().reasoning))
    store.submit()
    await over(store)
    expect(store.getState()).toMatchObject({
      status: 'done',
      reasoning: 'Bread it is.',
      files: [{ mediaType: 'image/png', data }],
    })
    expect(seen).toContain('Bread it is.')
  })

  test('reasoning of several attempts is kept apart', async () => {
    let attempt = 0
    const scripts: Step[][] = [
      [{ type: 'reasoning-delta', text: 'First.' }, text('{"title":5}'), stop],
      [{ type: 'reasoning-delta', text: 'Second.' }, text(JSON.stringify(note)), stop],
    ]
    const model = {
      ...scripted([]),
      stream: (...args: Parameters<ReturnType<typeof scripted>['stream']>) =>
        scripted(scripts[attempt++]!).stream(...args),
    }
    const store = new StreamStore({
      schema: Note,
      api: () => toResponse(runStream('p', Note, { model, onInvalid: 'restart' })),
    })
    store.submit()
    await over(store)
    expect(store.getState()).toMatchObject({ status: 'done', data: note, reasoning: 'First.\n\nSecond.' })
  })
})

test('parts of the state that have not changed keep their identity', async () => {
  const { model, push, end } = pushed()
  const store = new StreamStore({ schema: Note, api: () => toResponse(runStream('p', Note, { model }), silent) })
  const seen: unknown[] = []
  store.subscribe(() => seen.push(store.getState().issues))
  store.submit()
  for (const [piece, shown] of [
    ['{"title":5,"note":"Fl', 'Fl'],
    ['our', 'Flour'],
    [', water', 'Flour, water'],
  ] as const) {
    await push(text(piece))
    await until(() => store.field(['note']).value === shown)
  }
  // None, and one.
  expect(new Set(seen).size).toBe(2)
  await push(text('"}'), stop)
  await end()
  await over(store)
  expect(store.getState().status).toBe('failed')
})

test('a store without a schema shows text', async () => {
  const store = new StreamStore({
    api: () => toResponse(runStream('p', undefined, { model: scripted([text('Hello'), text(' you'), stop]) })),
  })
  store.submit()
  await over(store)
  expect(store.getState()).toMatchObject({ status: 'done', data: 'Hello you', text: 'Hello you', partial: 'Hello you' })
})

test('the same listener may subscribe twice, and leaves once for each', () => {
  const store = showing([])
  let calls = 0
  const listener = (): void => void calls++
  const first = store.subscribe(listener)
  const second = store.subscribe(listener)
  first()
  store.clear()
  expect(calls).toBe(1)
  second()
  store.clear()
  expect(calls).toBe(1)
})

describe('a stored stream', () => {
  /** A server that keeps its streams, and notes who asks for what. */
  function serve(response: (asked: number) => unknown, delayMs = 0) {
    const streams = resumable(memoryStore())
    const route = streams.handler({ authorize: () => true, ...silent })
    const seen = { asked: 0, requests: [] as string[] }
    const make = () =>
      runStream('p', Note, { model: simulate({ response: response(++seen.asked), chunkSize: 4, delayMs }) })
    const fetch = async (url: unknown, init?: RequestInit): Promise<Response> => {
      const request = new Request(new URL(String(url), 'http://localhost'), init)
      seen.requests.push(`${request.method} ${new URL(request.url).pathname}`)
      if (request.method !== 'POST') return await route(request)
      const { id } = (await request.json()) as { id: string }
      const { stream } = await streams.start(id, make, { schema: Note })
      return toResponse(stream, { resume: `/streams/${id}`, ...silent })
    }
    return { streams, seen, options: { api: '/notes', schema: Note, fetch } }
  }

  test('attach() joins a running stream after a reload, from its beginning', async () => {
    const { seen, options } = serve(() => note, 3)
    const before = new StreamStore(options)
    before.submit({ id: 'm1' })
    await until(() => before.getState().partial?.title !== undefined)
    // What a page had is gone after a reload: the new one knows the id of the message.
    const after = new StreamStore(options)
    const stream = after.attach('/streams/m1')
    expect(after.getState().status).toBe('starting')
    await over(after)
    expect(after.getState()).toMatchObject({ status: 'done', data: note })
    await expect(stream.getData()).resolves.toEqual(note)
    expect(seen).toEqual({ asked: 1, requests: ['POST /notes', 'GET /streams/m1'] })
  })

  test('attach() shows a stored answer', async () => {
    const { streams, seen, options } = serve(() => note)
    const before = new StreamStore(options)
    before.submit({ id: 'm1' })
    await over(before)
    await streams.idle()
    const after = new StreamStore(options)
    after.attach('/streams/m1')
    await over(after)
    expect(after.getState()).toMatchObject({ status: 'done', data: note, text: JSON.stringify(note) })
    expect(seen.asked).toBe(1)
  })

  test('retry() after attaching to a failed stream asks again, and doesn’t replay the failure', async () => {
    const { streams, seen, options } = serve((asked) => (asked === 1 ? '{"title":5}' : note))
    const before = new StreamStore(options)
    before.submit({ id: 'm1' })
    await over(before)
    await streams.idle()
    const after = new StreamStore(options)
    after.attach('/streams/m1', { id: 'm1' })
    await over(after)
    expect(after.getState()).toMatchObject({ status: 'failed', error: { code: 'invalid_data' } })
    after.retry()
    await over(after)
    expect(after.getState()).toMatchObject({ status: 'done', data: note })
    expect(seen.asked).toBe(2)
  })

  test('leaving a page that has attached ends its reading only; stop() ends the stream', async () => {
    // Longer than what a busy machine takes to leave it.
    const long = { ...note, note: 'words '.repeat(100) }
    const { streams, seen, options } = serve(() => long, 5)
    const maker = new StreamStore(options)
    maker.submit({ id: 'm1' })
    await until(() => maker.getState().status === 'streaming')
    const reader = new StreamStore(options)
    const left = reader.attach('/streams/m1')
    await until(() => reader.getState().partial !== undefined)
    reader.leave()
    await expect(left.getData()).rejects.toMatchObject({ code: 'aborted' })
    await over(maker)
    expect(maker.getState().data).toEqual(long)
    expect(seen.requests.filter((request) => request.startsWith('DELETE'))).toEqual([])

    maker.submit({ id: 'm2' })
    await until(() => maker.getState().status === 'streaming')
    reader.attach('/streams/m2')
    await until(() => reader.getState().partial !== undefined)
    reader.stop()
    await over(maker)
    expect(maker.getState()).toMatchObject({ status: 'failed', error: { code: 'aborted' } })
    expect(seen.requests.at(-1)).toBe('DELETE /streams/m2')
    await streams.idle()
  })

  test('attach() to a stream that isn’t there fails by name', async () => {
    const { options } = serve(() => note)
    const store = new StreamStore(options)
    store.attach('/streams/none')
    await over(store)
    expect(store.getState()).toMatchObject({ status: 'failed', error: { status: 404 } })
  })
})
