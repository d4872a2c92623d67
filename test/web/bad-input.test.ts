import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import type { Model } from '../../src/models/model.ts'
import { simulate } from '../../src/models/simulate/index.ts'
import { runStream } from '../../src/run-stream.ts'
import { connect } from '../../src/web/client/index.ts'
import { pipeToNode, toResponse } from '../../src/web/server/index.ts'
import { answering, collect, listen, until } from './loopback.ts'

const Point = z.object({ x: z.number(), name: z.string() })
const point = { x: 1, name: 'p' }
const hello = 'id: 0\ndata: {"type":"hello","version":1}\n\n'
const start =
  'data: {"type":"attempt-start","kind":"first","writes":"answer","provider":"p","model":"m","dialect":"json-schema","mode":"json-schema"}\n\n'
const good = `${hello}${start}data: "{\\"x\\":1,\\"name\\":\\"p\\"}"\n\ndata: {"type":"finish","reason":"stop"}\n\ndata: {"type":"end"}\n\n`

const failure = async (body: string, headers?: Record<string, string>, status?: number) => {
  await using server = await answering(body, headers, status)
  const { error } = await collect(connect(server.url, Point).streamPartial())
  return error
}

describe('what the server answers', () => {
  test('a good stream, for comparison', async () => {
    await using server = await answering(good)
    expect(await connect(server.url, Point).getData()).toEqual(point)
  })

  test.each([
    [
      '404',
      404,
      'text/plain',
      'Not here',
      { code: 'provider_error', status: 404, retryable: false, message: /status 404: Not here/ },
    ],
    [
      '500 with HTML',
      500,
      'text/html',
      '<h1>Oops</h1>',
      { code: 'provider_error', status: 500, retryable: true, message: /status 500: Oops$/ },
    ],
    ['429', 429, 'application/json', '{"slow":true}', { code: 'rate_limited', status: 429, message: /slow/ }],
    [
      'HTML with 200',
      200,
      'text/html',
      '<!doctype html>',
      { code: 'provider_error', message: /got text\/html.*toResponse/ },
    ],
    ['no content type', 200, '', 'x', { code: 'provider_error', message: /no content type/ }],
    ['nothing', 200, 'text/event-stream', '', { code: 'connection_lost' }],
    [
      'an SSE stream of something else',
      200,
      'text/event-stream',
      'data: hello\n\n',
      { message: /line that isn.t JSON: "hello"/ },
    ],
    ['JSON of something else', 200, 'text/event-stream', 'data: [1]\n\n', { message: /JSON of another kind/ }],
    ['no hello', 200, 'text/event-stream', start, { message: /must be "hello", not "attempt-start"/ }],
    [
      'another version',
      200,
      'text/event-stream',
      'data: {"type":"hello","version":2}\n\n',
      { message: /version 2.*version 1/ },
    ],
    ['half an event', 200, 'text/event-stream', `${hello}${start}data: "{\\"x\\":1`, { code: 'connection_lost' }],
    [
      'text outside of an attempt',
      200,
      'text/event-stream',
      `${hello}data: "x"\n\n`,
      { message: /"text-delta" outside of an attempt/ },
    ],
    [
      'an event without its fields',
      200,
      'text/event-stream',
      `${hello}data: {"type":"restart"}\n\n`,
      { message: /no valid "reason"/ },
    ],
    [
      'more of nothing',
      200,
      'text/event-stream',
      `${hello}${start.replace('"answer"', '"more"')}`,
      { message: /first attempt writes "more"/ },
    ],
    [
      'an unknown way to write',
      200,
      'text/event-stream',
      `${hello}${start.replace('"answer"', '"__proto__"')}`,
      { message: /not known/ },
    ],
    [
      'an unknown dialect',
      200,
      'text/event-stream',
      `${hello}${start.replace('"dialect":"json-schema"', '"dialect":"constructor"')}`,
      { message: /dialect of JSON Schema that is not known/ },
    ],
    [
      'no Base64',
      200,
      'text/event-stream',
      `${hello}${start}data: {"type":"file","mediaType":"a/b","data":"%"}\n\n`,
      { message: /no Base64/ },
    ],
    [
      'an end before a start',
      200,
      'text/event-stream',
      `${hello}data: {"type":"end"}\n\n`,
      { message: /before there was an attempt/ },
    ],
    [
      'an error that is none',
      200,
      'text/event-stream',
      `${hello}data: {"type":"error","error":{"__proto__":{"code":"aborted"}}}\n\n`,
      { message: /without a code/ },
    ],
  ])('%s', async (_, status, type, body, expected) => {
    const error = (await failure(body, type === '' ? {} : { 'content-type': type }, status)) as Error
    const { message, ...facts } = expected as { message?: RegExp }
    expect(error).toMatchObject({ name: 'StructStreamError', ...facts })
    if (message !== undefined) expect(error.message).toMatch(message)
  })

  test('another version in the header', async () => {
    const error = await failure(good, { 'content-type': 'text/event-stream', 'x-structstream': '9' })
    expect(error).toMatchObject({ message: expect.stringMatching(/version 9/) })
  })

  test('unknown events and fields, comments and other ends of line are passed over', async () => {
    const more = good.replace(
      hello,
      `\uFEFF: hi\nretry: 5\n${hello}data: {"type":"constructor"}\n\ndata: {"type":"new-thing"}\n\n`,
    )
    await using server = await answering(more.replaceAll('\n', '\r\n'))
    expect(await connect(server.url, Point).getData()).toEqual(point)
  })

  test('bytes of __proto__ and script text are data', async () => {
    const text = JSON.stringify('{"__proto__":{"polluted":1},"x":1,"name":"<script>alert(1)</script>"}')
    await using server = await answering(good.replace(/data: "\{.*\n/, () => `data: ${text}\n`))
    expect(await connect(server.url, Point).getData()).toEqual({ x: 1, name: '<script>alert(1)</script>' })
    expect(Object.getPrototypeOf({})).not.toHaveProperty('polluted')
  })

  test('a line that never ends is given up', async () => {
    await using server = await listen((_, response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' })
      const more = () => {
        while (!response.destroyed && response.write('x'.repeat(1_000_000))) {
          // until the socket is full
        }
      }
      response.on('drain', more)
      more()
    })
    const { error } = await collect(connect(server.url, Point).streamPartial())
    expect(error).toMatchObject({
      code: 'limit_exceeded',
      message: expect.stringMatching(/line of more than 16777216/),
    })
    await until(() => server.sockets() === 0)
  })

  test('an event that never ends is given up, too', async () => {
    const line = `data: ${'x'.repeat(1_000_000)}\n`
    await using server = await answering(line.repeat(20))
    const { error } = await collect(connect(server.url, Point).streamPartial())
    expect(error).toMatchObject({ code: 'limit_exceeded' })
  })

  test.each([
    ['that is one delta', `data: "{\\"x\\":1,\\"name\\":\\"${'p'.repeat(10_000_000)}\\"}"\n\n`, 'limit_exceeded'],
    ['that is not an event', `data: "${'p'.repeat(10_000_000)}\n\n`, 'provider_error'],
    ['of brackets', `data: ${'['.repeat(10_000_000)}\n\n`, 'provider_error'],
    ['of brackets in the answer', `data: "${'['.repeat(9_000_000)}"\n\n`, 'limit_exceeded'],
  ])('a line of 10 MB %s', async (_, line, code) => {
    await using server = await answering(hello + start + line)
    const { error } = await collect(connect(server.url, Point).streamPartial())
    expect(error).toMatchObject({ name: 'StructStreamError', code })
    // The message of an error is for people.
    expect((error as Error).message.length).toBeLessThan(500)
  })

  test('issues that are none are left out', async () => {
    const issue = { path: ['x', 0], code: 'wrong', message: 'Wrong' }
    const issues = JSON.stringify([null, 7, [], {}, { ...issue, path: 'x' }, { ...issue, path: [null] }, issue])
    const restart = `data: {"type":"restart","reason":"r","issues":${issues}}\n\n`
    const end = `data: {"type":"error","error":{"code":"invalid_data","message":"m","issues":${issues}}}\n\n`
    await using server = await answering(hello + start + restart + start + end)
    const { items, error } = await collect(connect(server.url, Point).streamEvents())
    expect(error).toMatchObject({ code: 'invalid_data', issues: [issue] })
    expect(items.find(({ type }) => type === 'restart')).toMatchObject({ issues: [issue] })
  })

  test.each(['http://', 7, null])('a place to resume that is none, %j, is not a place to resume', async (resume) => {
    const cut = hello.replace('}', `,"resume":${JSON.stringify(resume)}}`) + start
    await using server = await answering(cut)
    const { error } = await collect(connect(server.url, Point).streamPartial())
    expect(error).toMatchObject({ code: 'connection_lost' })
    await using stalled = await listen((_, response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' })
      response.write(`${cut}data: "{"\n\n`)
    })
    const stream = connect(stalled.url, Point)
    await stream.streamPartial().next()
    stream.abort()
    await expect(stream.getData()).rejects.toMatchObject({ code: 'aborted' })
  })

  test.each([
    ['no URL', 'http://', {}, /"http:\/\/" cannot be asked for/],
    ['a path where there is no page', '/api/recipe', {}, /"\/api\/recipe" cannot be asked for/],
    ['a GET with a body', 'http://127.0.0.1/', { method: 'GET', body: 'x' }, /cannot be asked for.*body/],
    ['a header that is none', 'http://127.0.0.1/', { headers: { 'a b': 'c' } }, /cannot be asked for.*header/i],
  ])('%s is the caller’s mistake, and not tried again', async (_, url, options, message) => {
    const { error } = await collect(connect(url, Point, options).streamPartial())
    expect(error).toMatchObject({ code: 'bad_options', retryable: false })
    expect((error as Error).message).toMatch(message)
  })

  test('a server that is not there is a lost connection', async () => {
    const { url } = await (async () => {
      await using server = await answering('')
      return { url: server.url }
    })()
    await expect(connect(url, Point).getData()).rejects.toMatchObject({ code: 'connection_lost', retryable: true })
  })

  test('a schema that differs from the server’s fails by this end’s rules', async () => {
    await using server = await answering(good)
    const { error } = await collect(connect(server.url, z.object({ x: z.string() })).streamPartial())
    // A number in quotes is repaired, quotes around a number are not.
    expect(error).toMatchObject({ code: 'invalid_data', issues: [{ path: ['x'] }] })
  })
})

describe('cut anywhere', () => {
  test('typed, never data, never a hang', async () => {
    const bytes = Buffer.from(good)
    const whole = bytes.indexOf('{"type":"end"}') + '{"type":"end"}\n\n'.length
    let at = 0
    await using server = await listen((_, response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' })
      response.end(bytes.subarray(0, at))
    })
    for (at = 0; at < whole; at += 3) {
      const { error } = await collect(connect(server.url, Point).streamPartial())
      expect(error, `cut at ${at}`).toMatchObject({ code: 'connection_lost' })
    }
    expect(await connect(server.url, Point).getData()).toEqual(point)
  })
})

describe('on the server', () => {
  const model = () => simulate({ response: point })

  test('wrong options are thrown at once', async () => {
    await using stream = runStream('p', Point, { model: model() })
    expect(() => toResponse(stream, { format: 'ssee' as never })).toThrow(/Unknown format "ssee".*Did you mean "sse"/)
    expect(() => toResponse(stream, { lastEventId: 'x' })).toThrow(/whole number/)
    expect(() => toResponse(stream, { format: 'text', resume: '/x' })).toThrow(/cannot be resumed/)
  })

  test('headers that proxies respect, and the caller’s own', () => {
    const { headers, status } = toResponse(runStream('p', Point, { model: model() }), {
      headers: { 'Cache-Control': 'no-store', 'x-mine': '1' },
      status: 201,
    })
    expect(status).toBe(201)
    expect(Object.fromEntries(headers)).toEqual({
      'content-type': 'text/event-stream',
      'x-structstream': '1',
      'cache-control': 'no-store',
      'x-accel-buffering': 'no',
      'x-content-type-options': 'nosniff',
      'x-mine': '1',
    })
  })

  test('no key, no stack and no cause are in an error', async () => {
    const key = 'sk-canary0123456789abcdef'
    const failing: Model = {
      ...model(),
      async *stream() {
        throw new Error(`Incorrect API key provided: ${key}`, { cause: new Error(`Bearer ${key}`) })
      },
    }
    const text = await toResponse(runStream('p', Point, { model: failing })).text()
    expect(text).toContain('"message":"The model provider returned an error."')
    expect(text).not.toMatch(/canary|stack|cause|\.ts:/)
    const open = toResponse(runStream('p', Point, { model: failing }), { describeError: ({ message }) => message })
    const opened = await open.text()
    expect(opened).toContain('[redacted]')
    expect(opened).not.toMatch(/canary|stack|cause|\.ts:/)
    const told = toResponse(runStream('p', Point, { model: failing }), {
      describeError: ({ code }) => `Sorry (${code})`,
    })
    expect(await told.text()).toContain('"message":"Sorry (provider_error)"')
  })

  test('silence is filled with comments, which keep the client from giving up', async () => {
    const slow = () => simulate({ response: point, delayMs: 150, chunkSize: 20 })
    await using server = await listen((_, response) =>
      pipeToNode(runStream('p', Point, { model: slow() }), response, { keepAlive: 20 }),
    )
    expect(await connect(server.url, Point, { timeout: { idle: 100 } }).getData()).toEqual(point)
    const text = await toResponse(runStream('p', Point, { model: slow() }), { keepAlive: 20 }).text()
    expect(text.match(/^:$/gm)?.length).toBeGreaterThan(2)
  })

  // How soon is reported by `npm run bench:web`.
  test('a client that goes stops the model, by pipeToNode and by toResponse', async () => {
    let gone = 0
    const stalled: Model = {
      ...model(),
      async *stream(_, signal) {
        yield { type: 'text-delta', text: '{"x":1' }
        await new Promise((resolve) => signal.addEventListener('abort', resolve))
        gone++
      },
    }
    // Only the client's going may stop it.
    const begin = () => runStream('p', Point, { model: stalled, linger: Infinity })
    await using server = await listen((_, response) => pipeToNode(begin(), response))
    const controller = new AbortController()
    const response = await fetch(server.url, { signal: controller.signal })
    const reader = response.body!.getReader()
    await reader.read()
    controller.abort()
    await reader.read().catch(() => {})
    await until(() => gone === 1)

    const stream = begin()
    const own = toResponse(stream).body!.getReader()
    let seen = ''
    while (!seen.includes('x')) seen += new TextDecoder().decode((await own.read()).value)
    await own.cancel()
    await until(() => gone === 2)
    await expect(stream.getData()).rejects.toMatchObject({
      code: 'aborted',
      cause: { message: 'The client closed the connection.' },
    })
  })

  test('another consumer of the stream keeps it alive when a client goes', async () => {
    const stream = runStream('p', Point, { model: simulate({ response: point, delayMs: 5, chunkSize: 1 }) })
    const data = stream.getData()
    const reader = toResponse(stream).body!.getReader()
    await reader.read()
    await reader.cancel()
    expect(await data).toEqual(point)
  })

  test('a reader that does not read costs no memory but its place', async () => {
    const stream = runStream('p', Point, {
      model: simulate({ response: { x: 1, name: Array.from({ length: 9_000 }, (_, i) => i).join(' ') }, chunkSize: 4 }),
    })
    const { body } = toResponse(stream)
    const reader = body!.getReader()
    await reader.read()
    await stream.getData()
    // All that came meanwhile is one piece, and the end.
    const rest = new TextDecoder().decode((await reader.read()).value)
    expect(rest.match(/^data: "/gm)).toHaveLength(1)
    expect(rest).toContain('{"type":"end"}')
  })
})

describe('in the browser', () => {
  test('stopped before the first byte', async () => {
    let closed = false
    await using server = await listen((request) => request.on('close', () => (closed = true)))
    const stream = connect(server.url, Point)
    const data = stream.getData()
    await until(() => server.sockets() === 1)
    stream.abort()
    await expect(data).rejects.toMatchObject({ code: 'aborted' })
    await until(() => closed)
  })

  test('a signal that is aborted already makes no request', async () => {
    const fetch = () => Promise.reject(new Error('must not be called'))
    const { error } = await collect(
      connect('http://x/', Point, { signal: AbortSignal.abort('no'), fetch }).streamPartial(),
    )
    expect(error).toMatchObject({ code: 'aborted', cause: 'no' })
  })

  test('wrong sources and options come through the handle', async () => {
    await expect(connect(7 as never, Point).getData()).rejects.toMatchObject({
      code: 'bad_options',
      message: /got a value of type number/,
    })
    await expect(connect('http://x/', Point, { timeout: -1 }).getData()).rejects.toMatchObject({ code: 'bad_options' })
  })

  test('a silent server times out', async () => {
    await using server = await listen((_, response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' })
      response.write(hello + start)
    })
    const { error } = await collect(connect(server.url, Point, { timeout: { idle: 30 } }).streamPartial())
    expect(error).toMatchObject({ code: 'timeout' })
    await until(() => server.sockets() === 0)
  })
})
