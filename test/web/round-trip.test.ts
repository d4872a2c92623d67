import { once } from 'node:events'
import { describe, expect, test } from 'vitest'
import { WebSocketServer, WebSocket as WsSocket, type WebSocket as ServerSide } from 'ws'
import { z } from 'zod'
import { runStream } from '../../src/run-stream.ts'
import { simulate } from '../../src/models/simulate/index.ts'
import { tool } from '../../src/tool.ts'
import { connect } from '../../src/web/client/index.ts'
import { pipeToNode, toResponse, toWebSocket } from '../../src/web/server/index.ts'
import type { Model } from '../../src/models/model.ts'
import type { StreamEvent } from '../../src/stream/types.ts'
import { collect, listen, until } from './loopback.ts'

const Recipe = z.object({
  title: z.string(),
  minutes: z.int(),
  level: z.enum(['easy', 'hard']),
  note: z.string().optional(),
  steps: z.array(z.object({ text: z.string(), at: z.number() })),
})
const recipe = {
  title: 'Bread "and" 🍞 more\n\u2028',
  minutes: 95,
  level: 'hard',
  steps: [
    { text: 'Knead', at: 1.5 },
    { text: 'Bake </script><img src=x onerror=alert(1)>', at: 20 },
  ],
} as const

const nodeServer = (model: () => Model, format: 'sse' | 'ndjson') =>
  listen((_, response) => pipeToNode(runStream('Bread', Recipe, { model: model() }), response, { format }))

/** Deltas arrive in larger pieces: all of each kind as one. */
const comparable = (events: StreamEvent[]) => {
  let text = ''
  let reasoning = ''
  const rest: StreamEvent[] = []
  for (const event of events) {
    if (event.type === 'text-delta') text += event.text
    else if (event.type === 'reasoning-delta') reasoning += event.text
    else rest.push(event)
  }
  return { text, reasoning, rest }
}

describe.each(['sse', 'ndjson'] as const)('over node:http as %s', (format) => {
  test('every member gives what it gives on the server', async () => {
    const model = () => simulate({ response: recipe, chunkSize: [1, 5], reasoning: 'Hm. Bread?', seed: 7 })
    await using server = await nodeServer(model, format)
    await using here = runStream('Bread', Recipe, { model: model() })
    await using there = connect(server.url, Recipe)
    const partials = collect(there.streamPartial())
    const elements = collect(there.streamElements(['steps']))
    const field = collect(there.streamField(['title']))
    const snapshots = collect(there.streamSnapshots())
    const chunks = collect(there)
    const events = collect(there.streamEvents())
    expect(await there.getData()).toEqual(recipe)
    expect(await there.getText()).toBe(await here.getText())
    expect((await partials).items.at(-1)).toEqual(recipe)
    expect((await elements).items).toEqual(recipe.steps)
    expect((await field).items.join('')).toBe(recipe.title)
    expect((await snapshots).items.at(-1)).toMatchObject({ isFinal: true, value: recipe, attempt: 1, status: 'done' })
    expect((await chunks).items.at(-1)).toMatchObject({ isFinal: true, finishReason: 'stop', data: recipe })
    expect(comparable((await events).items)).toEqual(comparable((await collect(here.streamEvents())).items))
    const [one, other] = [await here.getResult(), await there.getResult()]
    const { timing: _, attempts, messages, ...facts } = other
    expect(facts).toEqual({
      ...facts,
      data: one.data,
      usage: one.usage,
      model: one.model,
      provider: one.provider,
      finishReason: 'stop',
    })
    expect(attempts).toHaveLength(1)
    expect(messages).toEqual(one.messages.slice(1))
    expect(there.isComplete(['title'])).toBe(true)
  })

  test('a provider that sees another shape is read as on the server', async () => {
    // OpenAI's dialect: optional is null.
    const model: Model = { ...simulate({ response: { ...recipe, note: null } }), dialect: 'openai' }
    await using server = await nodeServer(() => model, format)
    await using there = connect(server.url, Recipe)
    const { items } = await collect(there.streamPartial())
    expect(items.at(-1)).toEqual(recipe)
    expect(items.every((item) => !('note' in item))).toBe(true)
  })

  test('sloppy JSON is repaired, and each repair is reported', async () => {
    const response = `Here you are:\n\`\`\`json\n${JSON.stringify(recipe).replace(/\}$/, ',}')}\n\`\`\`\nEnjoy!`
    const model = () => simulate({ response, seed: 3 })
    await using server = await nodeServer(model, format)
    await using there = connect(server.url, Recipe)
    await using here = runStream('Bread', Recipe, { model: model() })
    const { data, repairs } = await there.getResult()
    expect(data).toEqual(recipe)
    expect(repairs).toEqual((await here.getResult()).repairs)
    expect(repairs.length).toBeGreaterThan(1)
  })
})

test('a consumer that comes late misses nothing, in the browser too', async () => {
  await using server = await nodeServer(() => simulate({ response: recipe, chunkSize: 2, reasoning: 'Hm.' }), 'sse')
  await using there = connect(server.url, Recipe)
  await there.getData()
  const { items: events } = await collect(there.streamEvents())
  expect(comparable(events).text).toBe(JSON.stringify(recipe))
  expect(events.filter(({ type }) => type === 'value-complete').at(-1)).toMatchObject({ path: [], value: recipe })
  expect((await collect(there.streamElements(['steps']))).items).toEqual(recipe.steps)
  expect((await collect(there.streamField(['title']))).items.join('')).toBe(recipe.title)
  expect((await collect(there.streamText())).items.join('')).toBe(JSON.stringify(recipe))
  expect((await collect(there.streamSnapshots())).items).toMatchObject([{ isFinal: true, value: recipe }])
  expect((await collect(there.streamPartial())).items).toEqual([recipe])
  expect((await collect(there)).items.at(-1)).toMatchObject({ isFinal: true, data: recipe })
})

test('a Request, a URL and a Response are sources', async () => {
  const asked: string[] = []
  await using server = await listen(async (request, response) => {
    let body = ''
    for await (const bytes of request) body += String(bytes)
    asked.push([request.method, request.headers['x-mine'], body].join(' '))
    await pipeToNode(runStream('Bread', Recipe, { model: simulate({ response: recipe }) }), response)
  })
  const request = new Request(server.url, { method: 'PUT', headers: { 'x-mine': '1' }, body: 'Bread' })
  const options = { headers: { 'x-mine': '2' }, body: { prompt: 'Bread' } }
  for (const stream of [
    connect(request, Recipe),
    connect(new URL(server.url), Recipe, options),
    connect(await fetch(server.url), Recipe),
  ])
    expect(await stream.getData()).toEqual(recipe)
  expect(asked.toSorted()).toEqual(['GET  ', 'POST 2 {"prompt":"Bread"}', 'PUT 1 Bread'])
})

test('a restart begins again in the browser too', async () => {
  const wrong = { ...recipe, minutes: 'soon' }
  const model = simulate({ responses: [wrong, recipe] })
  await using server = await listen((_, response) =>
    pipeToNode(runStream('Bread', Recipe, { model, onInvalid: 'restart' }), response),
  )
  await using there = connect(server.url, Recipe)
  const events = collect(there.streamEvents())
  const { attempts } = await there.getResult()
  expect(await there.getData()).toEqual(recipe)
  expect(attempts.map(({ kind, error }) => [kind, error])).toEqual([
    ['first', 'invalid_data'],
    ['restart', undefined],
  ])
  const restart = (await events).items.find((event) => event.type === 'restart')
  expect(restart).toMatchObject({ attempt: 2, issues: [{ path: ['minutes'] }] })
})

test('tool calls, their results and files arrive', async () => {
  const look = tool({
    name: 'look',
    description: 'Looks',
    input: z.object({ at: z.string() }),
    execute: ({ at }) => ({ seen: at.toUpperCase() }),
  })
  const model = simulate({
    responses: [
      { toolCalls: [{ name: 'look', arguments: { at: 'oven' } }] },
      { data: recipe, files: [{ mediaType: 'image/png', data: new Uint8Array([1, 2, 250]), filename: 'a.png' }] },
    ],
  })
  await using server = await listen((_, response) =>
    pipeToNode(runStream('Bread', Recipe, { model, tools: [look] }), response),
  )
  await using there = connect(server.url, Recipe)
  const events = collect(there.streamEvents())
  const { data, files, messages } = await there.getResult()
  expect(data).toEqual(recipe)
  expect(files).toEqual([{ mediaType: 'image/png', data: new Uint8Array([1, 2, 250]), filename: 'a.png' }])
  expect(messages.map(({ role }) => role)).toEqual(['assistant', 'tool', 'assistant'])
  const types = (await events).items.map(({ type }) => type)
  expect(types).toEqual(expect.arrayContaining(['tool-call-start', 'tool-call-end', 'tool-result', 'file', 'finish']))
  const result = (await events).items.find((event) => event.type === 'tool-result')
  expect(result).toMatchObject({ name: 'look', output: { seen: 'OVEN' } })
})

test('tools and reasoning stay on the server when they are to', async () => {
  const look = tool({ name: 'look', description: '', input: z.object({}), execute: () => 'SECRET' })
  const model = simulate({ responses: [{ toolCalls: [{ name: 'look' }] }, recipe], reasoning: 'PRIVATE' })
  const response = toResponse(runStream('Bread', Recipe, { model, tools: [look] }), { tools: false, reasoning: false })
  const body = await response.text()
  expect(body).not.toMatch(/SECRET|PRIVATE|look/)
  expect(await connect(new Response(body, { headers: response.headers }), Recipe).getData()).toEqual(recipe)
})

test('without a schema the stream is text', async () => {
  await using server = await listen((_, response) =>
    pipeToNode(runStream('Say', undefined, { model: simulate({ response: 'Hello, world' }) }), response),
  )
  await using there = connect(server.url)
  expect((await collect(there.streamPartial())).items.at(-1)).toBe('Hello, world')
  expect(await there.getData()).toBe('Hello, world')
})

test('an error is the same on both ends, with what had arrived', async () => {
  const model = simulate({ response: recipe, faults: { finish: 'length', finishAt: 60 } })
  await using server = await listen((_, response) => pipeToNode(runStream('Bread', Recipe, { model }), response))
  await using there = connect(server.url, Recipe)
  const { error } = await collect(there.streamPartial())
  expect(error).toMatchObject({
    code: 'truncated',
    partial: { minutes: 95 },
    finishReason: 'length',
    provider: 'simulate',
  })
  expect((error as { text: string }).text).toBe(JSON.stringify(recipe).slice(0, 60))
})

test('abort() in the browser stops the model, and a model that fails is reported', async () => {
  let stopped = false
  const model: Model = {
    ...simulate(),
    async *stream(_, signal) {
      yield { type: 'text-delta', text: '{"title":"Br' }
      await once(signal, 'abort')
      stopped = true
    },
  }
  await using server = await listen((_, response) =>
    pipeToNode(runStream('Bread', Recipe, { model, linger: Infinity }), response),
  )
  const there = connect(server.url, Recipe)
  const partials = there.streamPartial()
  expect((await partials.next()).value).toEqual({ title: 'Br' })
  there.abort('enough')
  await expect(partials.next()).rejects.toMatchObject({ code: 'aborted', cause: 'enough' })
  await until(() => stopped)
})

describe('over a WebSocket', () => {
  async function socketServer(handler: (socket: ServerSide) => unknown) {
    const server = new WebSocketServer({ port: 0, host: '127.0.0.1' })
    await once(server, 'listening')
    server.on('connection', (socket) => void handler(socket))
    const { port } = server.address() as { port: number }
    return {
      url: `ws://127.0.0.1:${port}`,
      async [Symbol.asyncDispose]() {
        for (const client of server.clients) client.terminate()
        await new Promise((closed) => server.close(closed))
      },
    }
  }
  const client = (url: string) => new WsSocket(url) as unknown as WebSocket

  test('the same handle', async () => {
    await using server = await socketServer(async (socket) => {
      const [message] = (await once(socket, 'message')) as [Buffer]
      expect(JSON.parse(String(message))).toEqual({ prompt: 'Bread' })
      await toWebSocket(runStream('Bread', Recipe, { model: simulate({ response: recipe }) }), socket as never)
    })
    await using there = connect(client(server.url), Recipe, { body: { prompt: 'Bread' } })
    expect((await collect(there.streamElements(['steps']))).items).toEqual(recipe.steps)
    expect(await there.getData()).toEqual(recipe)
  })

  test('abort() stops the model', async () => {
    let reason: unknown
    await using server = await socketServer(async (socket) => {
      const stream = runStream('Bread', Recipe, { model: simulate({ response: recipe, faults: { stallAt: 12 } }) })
      void stream.getData().catch((error: unknown) => (reason = error))
      await toWebSocket(stream, socket as never)
    })
    const there = connect(client(server.url), Recipe)
    await there.streamPartial().next()
    there.abort()
    await until(() => reason !== undefined)
    expect(reason).toMatchObject({ code: 'aborted' })
  })

  test.each([
    ['binary data', new Uint8Array([1]), /text messages/],
    ['what is not an event', 'hello', /isn't JSON/],
    ['another version', '[0,{"type":"hello","version":7}]', /version 7/],
    ['no hello', '[0,{"type":"end"}]', /must be "hello"/],
    ['a message without an end', `["${'x'.repeat(17_000_000)}"]`, /more than 16777216/],
  ])('%s is reported as such', async (_, message, expected) => {
    await using server = await socketServer((socket) => socket.send(message))
    const { error } = await collect(connect(client(server.url), Recipe).streamPartial())
    expect(error).toMatchObject({ name: 'StructStreamError', message: expect.stringMatching(expected) })
  })

  test('a socket that closes in between is a lost connection', async () => {
    await using server = await socketServer((socket) => {
      socket.send('[0,{"type":"hello","version":1}]')
      socket.close()
    })
    await expect(connect(client(server.url), Recipe).getData()).rejects.toMatchObject({ code: 'connection_lost' })
  })
})
