import { createServer } from 'node:http'
import { PassThrough, Readable } from 'node:stream'
import { afterEach, describe, expect, test, vi } from 'vitest'
import { z } from 'zod'

import { configure, parseStream, type ParseOptions, type RunObserver, type TextSource } from '../src/index.ts'
import { property, runSize } from './support/property.ts'
import { drain } from './stream/scripted.ts'

const Film = z.object({ title: z.string(), year: z.int() })
const film = { title: 'Amélie 🎬', year: 2001 }
const json = JSON.stringify(film)
const encode = (text: string): Uint8Array => new TextEncoder().encode(text)
const bytes = encode(json)

function pieces<T>(...all: T[]): AsyncIterable<T> {
  return (async function* () {
    for (const one of all) yield await Promise.resolve(one)
  })()
}

const textStream = <T = string>(...all: T[]): ReadableStream<T> =>
  new ReadableStream({
    start(controller) {
      for (const one of all) controller.enqueue(one)
      controller.close()
    },
  })

afterEach(() => configure({ observe: undefined, onInvalid: undefined, model: undefined, temperature: undefined }))

test.each<[string, () => TextSource]>([
  ['a string', () => json],
  ['a response', () => new Response(json)],
  ['a response with a mark', () => new Response(`\uFEFF${json}`)],
  ['a list of strings', () => [json.slice(0, 9), json.slice(9)]],
  [
    'a generator',
    () =>
      (function* () {
        yield* json
      })(),
  ],
  ['a list of bytes', () => [bytes.slice(0, 13), bytes.slice(13)]],
  ['an async iterable of bytes', () => pieces(...[...bytes].map((byte) => Uint8Array.of(byte)))],
  ['strings and bytes', () => pieces<string | Uint8Array>(json.slice(0, 4), encode(json.slice(4)))],
  ['a web stream of bytes', () => new Response(json).body!],
  ['a web stream of strings', () => textStream(json.slice(0, 5), json.slice(5))],
  ['a Node stream', () => Readable.from([Buffer.from(bytes.slice(0, 14)), Buffer.from(bytes.slice(14))])],
  ['the bytes themselves', () => bytes],
])('The text may come as %s', async (_, source) => {
  const stream = parseStream(source(), Film)
  expect(await stream.getData()).toEqual(film)
  expect(await stream.getText()).toBe(json)
})

test('Text in pieces of any size gives the partials that a run gives', () =>
  property(runSize('LAWS', 100), async (choices) => {
    const some: Uint8Array[] = []
    for (let at = 0; at < bytes.length;) {
      const size = 1 + choices.below(8)
      some.push(bytes.slice(at, at + size))
      at += size
    }
    const stream = parseStream(pieces(...some), Film)
    const { items, error } = await drain(stream.streamPartial())
    expect(error).toBeUndefined()
    expect(items.at(-1)).toEqual(film)
    const titles = items.map((item) => item.title).filter((title) => title !== undefined)
    for (const title of titles) expect(film.title.startsWith(title)).toBe(true)
    expect((await drain(stream.streamText())).items.join('')).toBe(json)
  }))

test('The result names no model: one attempt, no request', async () => {
  const result = await parseStream(json, Film).getResult()
  expect(result).toMatchObject({
    data: film,
    json: film,
    provider: 'text',
    usage: { requests: 0 },
    finishReason: 'stop',
    attempts: [{ attempt: 1, kind: 'first', provider: 'text' }],
    messages: [{ role: 'assistant', content: json }],
    repairs: [],
    warnings: [],
  })
  expect(result.usage).toEqual({ requests: 0 })
  expect(result.attempts).toHaveLength(1)
})

test('Without a schema the text is passed on', async () => {
  const stream = parseStream(pieces('hello ', 'world'))
  expect((await drain(stream.streamText())).items).toEqual(['hello ', 'world'])
  expect(await stream.getData()).toBe('hello world')
  expect(await parseStream('').getData()).toBe('')
})

test('Sloppy JSON is repaired, as an answer is', async () => {
  const stream = parseStream("Here: {'title': 'x', year: 1,}", Film)
  expect(await stream.getData()).toEqual({ title: 'x', year: 1 })
  expect((await stream.getResult()).repairs.length).toBeGreaterThan(0)
})

describe('bytes that are not UTF-8', () => {
  const bad = [encode('{"title":"a'), Uint8Array.of(0xff, 0xc3), encode('b","year":1}')]

  test('Without repair they are malformed_json with the position of the byte', async () => {
    const stream = parseStream(bad, Film, { repair: false })
    await expect(stream.getData()).rejects.toMatchObject({
      code: 'malformed_json',
      position: 11,
      message: 'The source is not UTF-8 at byte 11 (\\xff).',
    })
  })

  test('With repair they become U+FFFD and are listed, as events too', async () => {
    const stream = parseStream(bad, Film)
    expect(await stream.getData()).toEqual({ title: 'a\uFFFD\uFFFDb', year: 1 })
    const repairs = [
      { kind: 'invalid-utf8', position: 11, before: '\\xff', after: '\uFFFD' },
      { kind: 'invalid-utf8', position: 12, before: '\\xc3', after: '\uFFFD' },
    ]
    expect((await stream.getResult()).repairs).toEqual(repairs)
    const { items } = await drain(stream.streamEvents())
    expect(items.filter(({ type }) => type === 'repair')).toEqual(
      repairs.map((repair) => ({ type: 'repair', attempt: 1, repair })),
    )
  })

  test('A character that the end cuts is one of them, in text too', async () => {
    const cut = encode('Amé').slice(0, 3)
    await expect(parseStream(cut, undefined, { repair: false }).getData()).rejects.toMatchObject({
      code: 'malformed_json',
      message: 'The source ends inside a character, at byte 2 (\\xc3).',
    })
    const stream = parseStream(cut)
    expect(await stream.getData()).toBe('Am\uFFFD')
    expect((await stream.getResult()).repairs).toMatchObject([{ kind: 'invalid-utf8' }])
  })

  test('UTF-16 and binary data are errors, whatever is repaired', async () => {
    const utf16 = Uint8Array.from(Buffer.from(`\uFEFF${json}`, 'utf16le'))
    await expect(parseStream(utf16, Film).getData()).rejects.toMatchObject({
      code: 'malformed_json',
      message: 'The source is UTF-16, not UTF-8. Decode it first.',
    })
    const noise = new Uint8Array(1_000).fill(0xfe)
    noise[0] = 0x41
    await expect(parseStream(noise).getData()).rejects.toMatchObject({ code: 'malformed_json' })
  })
})

describe('responses', () => {
  const failure = async (response: Response): Promise<unknown> =>
    (await drain(parseStream(response, Film).streamText())).error

  test('A response that is not ok is provider_error with its status and what it says', async () => {
    const body = JSON.stringify({ error: { message: 'model not found' } })
    expect(await failure(new Response(body, { status: 404, headers: { 'x-request-id': 'r7' } }))).toMatchObject({
      code: 'provider_error',
      status: 404,
      requestId: 'r7',
      message: 'The server answered with status 404: model not found',
    })
    expect(await failure(new Response('<h1>Bad gateway</h1>', { status: 502 }))).toMatchObject({
      code: 'provider_error',
      status: 502,
      retryable: true,
    })
  })

  test('429 is rate_limited with the time to wait', async () => {
    expect(await failure(new Response('', { status: 429, headers: { 'retry-after': '7' } }))).toMatchObject({
      code: 'rate_limited',
      status: 429,
      retryAfter: 7_000,
    })
  })

  test('One that was read already is bad_options', async () => {
    const used = new Response(json)
    await used.text()
    const locked = new Response(json)
    locked.body!.getReader()
    for (const response of [used, locked]) {
      expect(await failure(response)).toMatchObject({
        code: 'bad_options',
        message: expect.stringContaining('clone()'),
      })
    }
    const stream = new Response(json).body!
    stream.getReader()
    await expect(parseStream(stream).getData()).rejects.toMatchObject({ code: 'bad_options' })
  })

  test('An event stream is bad_options that names connect(), and is cancelled', async () => {
    const cancel = vi.fn()
    const body = new ReadableStream({ cancel })
    const response = new Response(body, { headers: { 'content-type': 'text/event-stream; charset=utf-8' } })
    expect(await failure(response)).toMatchObject({
      code: 'bad_options',
      message: expect.stringContaining('connect()'),
    })
    expect(cancel).toHaveBeenCalledOnce()
  })

  test('One without a body is an empty text', async () => {
    expect(await failure(new Response(null, { status: 204 }))).toMatchObject({
      code: 'no_json',
      message: 'The text is empty: there is nothing to parse.',
    })
  })

  test('A body that is cut is connection_lost with the cause', async () => {
    await using server = await cutting(json)
    const stream = parseStream(await fetch(server.url), Film)
    const { items, error } = await drain(stream.streamPartial())
    expect(items).not.toEqual([])
    expect(error).toMatchObject({
      code: 'connection_lost',
      retryable: true,
      cause: expect.any(TypeError),
      text: json.slice(0, 20),
    })
  })
})

describe('a source that fails', () => {
  test('What it throws is the cause of provider_error', async () => {
    const cause = new RangeError('my bug')
    const source = (async function* () {
      yield '{"title":'
      throw cause
    })()
    const { error } = await drain(parseStream(source, Film).streamPartial())
    expect(error).toMatchObject({ code: 'provider_error', cause, message: 'The source of the text failed: my bug' })
  })

  test('One that ends in the middle of the document is malformed_json', async () => {
    await expect(parseStream('{"title":"x"', Film).getData()).rejects.toMatchObject({
      code: 'malformed_json',
      message: 'The text ended before the JSON document was closed, at character 12.',
    })
    await expect(parseStream('Sorry.', Film).getData()).rejects.toMatchObject({
      code: 'no_json',
      message: 'The text holds no JSON.',
    })
  })

  test.each<[string, unknown, RegExp]>([
    ['undefined', undefined, /got a value of type undefined/],
    ['null', null, /got a value of type null/],
    ['a number', 7, /got a value of type number/],
    ['an object', {}, /got a value of type object/],
    ['a promise', Promise.resolve(new Response(json)), /got a promise\. Await it first/],
  ])('%s in its place is bad_options', async (_, source, message) => {
    const error = (await drain(parseStream(source as string, Film).streamText())).error
    expect(error).toMatchObject({ code: 'bad_options', message: expect.stringMatching(message), attempts: [] })
  })

  test('A piece that is neither text nor bytes is bad_options', async () => {
    const source = pieces<unknown>('{', { delta: 'x' }) as AsyncIterable<string>
    await expect(parseStream(source, Film).getData()).rejects.toMatchObject({
      code: 'bad_options',
      message: expect.stringContaining('got a value of type object as piece 2'),
    })
  })

  test('What holds the text may be anything, with the option text', async () => {
    const events: { delta?: string | Uint8Array | null; usage?: number }[] = [
      { delta: '{"title":' },
      { delta: null },
      { usage: 3 },
      { delta: encode('"A","year":') },
      { delta: '1}' },
    ]
    for (const source of [events, pieces(...events), textStream(...events)]) {
      const stream = parseStream(source, Film, { text: ({ delta }) => delta })
      expect(await stream.getData()).toEqual({ title: 'A', year: 1 })
    }
  })

  test.each<[string, unknown, RegExp]>([
    ['throws', (event: { a: { b: string } }) => event.a.b, /^`text` threw for piece 1: /],
    ['returns something else', () => 7, /^`text` must return a string.*got a value of type number for piece 1/],
    ['is a string', 'delta', /^`text` must be a function, got "delta"/],
  ])('When the option text %s it is bad_options', async (_, text, message) => {
    const stream = parseStream([{}], Film, { text } as never)
    await expect(stream.getData()).rejects.toMatchObject({
      code: 'bad_options',
      message: expect.stringMatching(message),
    })
  })

  test('Promises in a plain list are waited for', async () => {
    expect(await parseStream([Promise.resolve(json)] as never, Film).getData()).toEqual(film)
  })
})

describe('stopping', () => {
  test('abort() cancels a source that is silent', async () => {
    const cancel = vi.fn()
    const stream = parseStream(new ReadableStream<string>({ start: (c) => c.enqueue('{"title":"x'), cancel }), Film)
    await stream.streamPartial().next()
    stream.abort('why')
    await expect(stream.getData()).rejects.toMatchObject({ code: 'aborted', cause: 'why' })
    await vi.waitFor(() => expect(cancel).toHaveBeenCalledOnce())
  })

  test('abort() destroys a Node stream', async () => {
    const source = new PassThrough()
    source.write('{"title":"x')
    const stream = parseStream(source, Film)
    await stream.streamPartial().next()
    stream.abort()
    await vi.waitFor(() => expect(source.destroyed).toBe(true))
  })

  test.each<[string, ParseOptions]>([
    ['a signal that is aborted already', { signal: AbortSignal.abort() }],
    ['a wrong option', { linger: -1 }],
  ])('With %s the source is cancelled, and never read', async (_, options) => {
    const cancel = vi.fn()
    const pull = vi.fn()
    const source = new ReadableStream<string>({ cancel, pull }, { highWaterMark: 0 })
    await parseStream(source, Film, options)
      .getData()
      .catch(() => {})
    await vi.waitFor(() => expect(cancel).toHaveBeenCalledOnce())
    expect(pull).not.toHaveBeenCalled()
  })

  test('onInvalid: abort stops reading at the first certain violation', async () => {
    const cancel = vi.fn()
    const source = new ReadableStream<string>({ start: (c) => c.enqueue('{"title":7,'), cancel })
    await expect(parseStream(source, Film, { onInvalid: 'abort' }).getData()).rejects.toMatchObject({
      code: 'invalid_data',
      issues: [{ path: ['title'], value: 7 }],
    })
    await vi.waitFor(() => expect(cancel).toHaveBeenCalledOnce())
  })

  test('A silent source times out', async () => {
    const stream = parseStream(new ReadableStream<string>(), Film, { timeout: { idle: 5 } })
    await expect(stream.getData()).rejects.toMatchObject({ code: 'timeout' })
  })
})

describe('options', () => {
  test.each<[string, object, RegExp]>([
    ['model', { model: 'openai:x' }, /Unknown option `model`: parseStream\(\) asks no model/],
    ['temperature', { temperature: 0 }, /Unknown option `temperature`/],
    ['a misspelled one', { limit: {} }, /Unknown option `limit`\. Did you mean `limits`\?/],
    ['restart', { onInvalid: 'restart' }, /`onInvalid` must be 'collect' or 'abort' here, got "restart"/],
  ])('%s is bad_options', async (_, options, message) => {
    await expect(parseStream(json, Film, options).getData()).rejects.toMatchObject({
      code: 'bad_options',
      message: expect.stringMatching(message),
    })
  })

  test('Defaults of configure() that need a model are left out, the others count', async () => {
    const ends: string[] = []
    const observe: RunObserver = {
      end: ({ ok }, { provider, request }) => void ends.push(`${ok} ${provider} ${typeof request}`),
    }
    configure({ onInvalid: 'restart', model: 'nonsense:1', temperature: 1, observe })
    await expect(parseStream('{"title":7}', Film).getData()).rejects.toMatchObject({ code: 'invalid_data' })
    expect(ends).toEqual(['false text undefined'])
  })

  test('Observers hear of it', async () => {
    const heard: string[] = []
    await parseStream(json, Film, {
      observe: {
        start: () => void heard.push('start'),
        event: ({ type }) => void heard.push(type),
        end: () => void heard.push('end'),
      },
    }).getData()
    expect(heard).toEqual([
      'start',
      'attempt-start',
      'text-delta',
      'value-complete',
      'value-complete',
      'value-complete',
      'finish',
      'end',
    ])
  })
})

/** A server that answers 20 bytes of `text` and then closes the socket. */
async function cutting(text: string): Promise<AsyncDisposable & { url: string }> {
  const server = createServer((_, response) => {
    response.writeHead(200, { 'content-type': 'application/json', 'content-length': text.length })
    response.write(text.slice(0, 20), () => response.socket!.destroy())
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as { port: number }
  return {
    url: `http://127.0.0.1:${port}`,
    [Symbol.asyncDispose]: () => new Promise((resolve) => server.close(() => resolve())),
  }
}
