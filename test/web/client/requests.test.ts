import { afterEach, describe, expect, test, vi } from 'vitest'
import { connect, type ConnectOptions } from '../../../src/web/client/index.ts'
import { listen } from '../loopback.ts'

const start = 'data: {"type":"attempt-start","kind":"first","writes":"answer","provider":"p","model":"m"}\n\n'
const rest = 'data: "hi"\n\ndata: {"type":"finish","reason":"stop"}\n\ndata: {"type":"end"}\n\n'
const hello = (resume?: string, id = 0) =>
  `id: ${id}\ndata: ${JSON.stringify({ type: 'hello', version: 1, ...(resume && { resume }) })}\n\n`
const sse = (body: string, init: ResponseInit = {}) =>
  new Response(body, { headers: { 'content-type': 'text/event-stream' }, ...init })

/** What a real server gets of a request of `connect()`. */
async function received(options: ConnectOptions) {
  let seen: { method: string; raw: string[]; body: string } | undefined
  await using server = await listen(async (request, response) => {
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk as Buffer)
    seen = { method: request.method!, raw: request.rawHeaders, body: Buffer.concat(chunks).toString('utf8') }
    response.writeHead(200, { 'content-type': 'text/event-stream' })
    response.end(hello() + start + rest)
  })
  expect(await connect(server.url, undefined, options).getText()).toBe('hi')
  const values = (name: string): string[] =>
    seen!.raw.filter((_, index) => index % 2 === 1 && seen!.raw[index - 1]!.toLowerCase() === name)
  return { ...seen!, values }
}

describe('headers and bodies as a caller gives them', () => {
  const kinds: [string, HeadersInit][] = [
    ['an object', { 'Content-Type': 'application/json; charset=utf-8', 'X-Mine': '1' }],
    ['Headers', new Headers({ 'Content-Type': 'application/json; charset=utf-8', 'X-Mine': '1' })],
    [
      'pairs',
      [
        ['CONTENT-TYPE', 'application/json; charset=utf-8'],
        ['x-mine', '1'],
      ],
    ],
  ]
  test.each(kinds)('%s: each header is sent once, and the caller’s replaces ours', async (_, headers) => {
    const { values, body, method } = await received({ headers, body: { prompt: 'x' } })
    expect(method).toBe('POST')
    expect(values('content-type')).toEqual(['application/json; charset=utf-8'])
    expect(values('x-mine')).toEqual(['1'])
    expect(values('accept')).toEqual(['text/event-stream'])
    expect(body).toBe('{"prompt":"x"}')
  })

  const bytes = new TextEncoder().encode('raw bytes')
  const bodies: [string, unknown, string][] = [
    ['a typed array', bytes, 'raw bytes'],
    ['an ArrayBuffer', bytes.buffer, 'raw bytes'],
    ['a DataView', new DataView(bytes.buffer), 'raw bytes'],
    ['a Blob', new Blob(['blob']), 'blob'],
    ['a string', 'text', 'text'],
    ['URLSearchParams', new URLSearchParams({ a: '1' }), 'a=1'],
    ['a stream', new Blob(['streamed']).stream(), 'streamed'],
    ['an object', { a: [1] }, '{"a":[1]}'],
    ['null', null, 'null'],
    ['a list', [1, 2], '[1,2]'],
  ]
  test.each(bodies)('%s arrives as it was given', async (_, body, expected) => {
    expect((await received({ body })).body).toBe(expected)
  })

  test('a body that has no JSON is the caller’s mistake', async () => {
    const loop: Record<string, unknown> = {}
    loop['loop'] = loop
    for (const body of [loop, { big: 1n }])
      await expect(connect('http://127.0.0.1:1/', undefined, { body }).getText()).rejects.toMatchObject({
        code: 'bad_options',
      })
  })
})

describe('in a page that is simulated, as in tests of components', () => {
  afterEach(() => void vi.unstubAllGlobals())

  test('a relative URL reaches the page’s fetch as it is', async () => {
    const asked: unknown[] = []
    vi.stubGlobal('location', { href: 'http://localhost:3000/page' })
    vi.stubGlobal('fetch', async (url: unknown) => {
      asked.push(url)
      return sse(hello() + start + rest)
    })
    expect(await connect('/api/recipe', undefined, { body: {} }).getText()).toBe('hi')
    expect(asked).toEqual(['/api/recipe'])
  })
})

describe('what a server answers that is not a stream', () => {
  const message = async (response: Response): Promise<{ code: string; message: string }> =>
    (await connect(response)
      .getText()
      .catch((error: unknown) => error)) as { code: string; message: string }

  test.each([
    ['{"error":{"message":"Sign in first"}}', /status 401: Sign in first$/],
    ['{"error":"Sign in first"}', /status 401: Sign in first$/],
    ['{"message":"Sign in first"}', /status 401: Sign in first$/],
    ['{"detail":"Sign in first"}', /status 401: Sign in first$/],
    ['{"other":1}', /status 401: \{"other":1\}$/],
  ])('a body of 401, %s, is named', async (body, expected) => {
    const error = await message(new Response(body, { status: 401, headers: { 'content-type': 'application/json' } }))
    expect(error.message).toMatch(expected)
  })

  test('a stream of the AI SDK is named', async () => {
    const headers = { 'content-type': 'text/event-stream', 'x-vercel-ai-ui-message-stream': 'v1' }
    expect((await message(new Response('data: {}\n\n', { headers }))).message).toMatch(/AI SDK/)
  })
})

describe('a network that comes and goes', () => {
  afterEach(() => {
    vi.useRealTimers()
    vi.unstubAllGlobals()
  })
  const fake = () => vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] })

  /** Fails until `isUp`, and counts. */
  const network = () => {
    const state = { isUp: true, tries: 0 }
    const fetch = async (_: unknown, init?: RequestInit): Promise<Response> => {
      state.tries++
      if (!state.isUp) throw new TypeError('Failed to fetch')
      const isFirst = !new Headers(init?.headers).has('last-event-id')
      state.isUp = !isFirst
      return sse(isFirst ? `${hello('/rest')}id: 1\n${start}` : hello('/rest', 1) + rest)
    }
    return { state, fetch }
  }

  test('an outage of 20 s is outlived', async () => {
    fake()
    const { state, fetch } = network()
    const text = connect('http://localhost/', undefined, { fetch, timeout: { idle: Infinity } }).getText()
    await vi.advanceTimersByTimeAsync(20_000)
    expect(state.tries).toBeGreaterThan(4)
    state.isUp = true
    await vi.advanceTimersByTimeAsync(6_000)
    expect(await text).toBe('hi')
  })

  test('time without a network is not counted, and the return of it is used at once', async () => {
    fake()
    const target = new EventTarget()
    const navigator = { onLine: false }
    vi.stubGlobal('navigator', navigator)
    vi.stubGlobal('addEventListener', target.addEventListener.bind(target))
    vi.stubGlobal('removeEventListener', target.removeEventListener.bind(target))
    const { state, fetch } = network()
    const stream = connect('http://localhost/', undefined, { fetch, patience: 1_000, timeout: { idle: Infinity } })
    const text = stream.getText()
    await vi.advanceTimersByTimeAsync(3_600_000)
    const before = state.tries
    expect(stream.status).not.toBe('failed')
    expect(before).toBeLessThan(5)
    navigator.onLine = true
    state.isUp = true
    target.dispatchEvent(new Event('online'))
    await vi.advanceTimersByTimeAsync(0)
    expect(await text).toBe('hi')
    expect(state.tries).toBe(before + 1)
  })
})

describe('what ends a stream here, and the server', () => {
  /** Methods that a server is asked with, after the stream has ended in some way. */
  const methodsAfter = async (end: (stream: ReturnType<typeof connect>) => void, options: ConnectOptions = {}) => {
    const methods: string[] = []
    const fetch = async (_: unknown, init?: RequestInit): Promise<Response> => {
      methods.push(init?.method ?? 'GET')
      const body = new ReadableStream<Uint8Array>({
        start: (controller) =>
          controller.enqueue(new TextEncoder().encode(`${hello('/rest')}id: 1\n${start}data: "x"\n\n`)),
      })
      return new Response(body, { headers: { 'content-type': 'text/event-stream' } })
    }
    const stream = connect('http://localhost/', undefined, { fetch, ...options })
    await stream.streamText().next()
    end(stream)
    await stream.getText().catch(() => {})
    await new Promise((resolve) => setTimeout(resolve, 5))
    return methods
  }

  test('abort() stops the model', async () => {
    expect(await methodsAfter((stream) => stream.abort())).toEqual(['GET', 'DELETE'])
  })

  test('a timeout of this page does not: another page may read, or this one again', async () => {
    expect(await methodsAfter(() => {}, { timeout: { idle: 20 }, patience: 0 })).toEqual(['GET'])
  })
})
