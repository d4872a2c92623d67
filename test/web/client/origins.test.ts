import type { IncomingMessage, ServerResponse } from 'node:http'
import { describe, expect, test } from 'vitest'
import { connect } from '../../../src/web/client/index.ts'
import { listen, until } from '../loopback.ts'

const start =
  'data: {"type":"attempt-start","kind":"first","writes":"answer","provider":"p","model":"m"}\n\ndata: "text"\n\n'
const rest = 'id: 3\ndata: {"type":"finish","reason":"stop"}\n\nid: 4\ndata: {"type":"end"}\n\n'
const hello = (resume: string, id = 0) =>
  `id: ${id}\ndata: ${JSON.stringify({ type: 'hello', version: 1, resume })}\n\n`
const sse = (response: ServerResponse, body: string, headers: Record<string, string> = {}) => {
  response.writeHead(200, { 'content-type': 'text/event-stream', ...headers })
  response.write(body)
}
const secrets = { authorization: 'Bearer secret-token', 'x-api-key': 'secret-key', cookie: 'secret-cookie=1' }

/** A server that writes down what it is asked. */
async function recorder(answer: (request: IncomingMessage, response: ServerResponse) => void) {
  const seen: { method: string; url: string; headers: IncomingMessage['headers'] }[] = []
  const server = await listen((request, response) => {
    seen.push({ method: request.method!, url: request.url!, headers: request.headers })
    answer(request, response)
  })
  return { server, seen, [Symbol.asyncDispose]: () => server[Symbol.asyncDispose]() }
}
const holdsSecret = (headers: IncomingMessage['headers']) => JSON.stringify(headers).includes('secret')

describe('a server that names another origin to resume', () => {
  /** `first` sends a beginning and cuts; the other one sends the rest. */
  const servers = async (cut: boolean) => {
    const foreign = await recorder((_, response) => {
      sse(response, hello('/rest', 2) + rest)
      response.end()
    })
    const first = await recorder((_, response) => {
      sse(response, `${hello(`${foreign.server.url}rest`)}id: 2\n${start}`)
      if (cut) response.end()
    })
    return { foreign, first }
  }

  test('gets the request for the rest, without the caller’s headers', async () => {
    const { foreign, first } = await servers(true)
    await using _ = foreign
    await using __ = first
    const stream = connect(first.server.url, undefined, { headers: secrets, credentials: 'include' })
    expect(await stream.getData()).toBe('text')
    expect(foreign.seen).toMatchObject([{ method: 'GET', headers: { 'last-event-id': '2' } }])
    expect(foreign.seen.some(({ headers }) => holdsSecret(headers))).toBe(false)
    expect(holdsSecret(first.seen[0]!.headers)).toBe(true)
  })

  test('gets no DELETE when the stream is aborted', async () => {
    const { foreign, first } = await servers(false)
    await using _ = foreign
    await using __ = first
    const stream = connect(first.server.url, undefined, { headers: secrets })
    await stream.streamText().next()
    stream.abort()
    await until(() => first.server.sockets() === 0)
    await new Promise((resolve) => setTimeout(resolve, 50))
    expect(foreign.seen).toEqual([])
  })

  test('gets none of a Request’s own headers', async () => {
    const { foreign, first } = await servers(true)
    await using _ = foreign
    await using __ = first
    const stream = connect(new Request(first.server.url, { headers: secrets }))
    expect(await stream.getData()).toBe('text')
    expect(foreign.seen.some(({ headers }) => holdsSecret(headers))).toBe(false)
  })
})

describe('a request that was redirected to another origin', () => {
  test('is resumed there without the caller’s headers, and not deleted there', async () => {
    let isCut = true
    const foreign = await recorder((request, response) => {
      if (request.headers['last-event-id'] === undefined) {
        sse(response, `${hello('/rest')}id: 2\n${start}`)
        if (isCut) response.end()
      } else {
        sse(response, hello('/rest', 2) + rest)
        response.end()
      }
    })
    await using _ = foreign
    await using first = await recorder((__, response) => {
      response.writeHead(307, { location: foreign.server.url })
      response.end()
    })
    const stream = connect(first.server.url, undefined, { headers: secrets })
    expect(await stream.getData()).toBe('text')
    expect(foreign.seen.map(({ method, url }) => `${method} ${url}`)).toEqual(['GET /', 'GET /rest'])
    // What `fetch` sends after a redirect is its own matter; it drops `authorization` at least.
    expect(holdsSecret(foreign.seen[1]!.headers)).toBe(false)
    isCut = false
    const aborted = connect(first.server.url, undefined, { headers: secrets })
    await aborted.streamText().next()
    aborted.abort()
    await until(() => foreign.server.sockets() === 0)
    await new Promise((resolve) => setTimeout(resolve, 50))
    expect(foreign.seen.some(({ method }) => method === 'DELETE')).toBe(false)
  })
})

describe('the caller’s own origin', () => {
  test('gets the caller’s headers with every request, DELETE included', async () => {
    let connections = 0
    await using server = await recorder((request, response) => {
      if (request.method === 'DELETE') return void response.writeHead(204).end()
      connections++
      sse(response, connections === 1 ? `${hello('/rest')}id: 2\n${start}` : hello('/rest', 2))
      if (connections === 1) response.end()
    })
    const body = { prompt: 'x' }
    const stream = connect(server.server.url, undefined, { headers: secrets, body })
    await stream.streamText().next()
    await until(() => connections === 2)
    stream.abort()
    await until(() => server.seen.length === 3)
    expect(server.seen.map(({ method }) => method)).toEqual(['POST', 'GET', 'DELETE'])
    expect(server.seen.every(({ headers }) => headers['x-api-key'] === 'secret-key')).toBe(true)
    // A request without a body says nothing of one.
    expect(server.seen[1]!.headers['content-type']).toBeUndefined()
    expect(server.seen[2]!.headers['last-event-id']).toBe('2')
  })

  test('a Response that came from it is resumed with the headers of the options', async () => {
    await using server = await recorder((request, response) => {
      if (request.headers['last-event-id'] === undefined) sse(response, `${hello('/rest')}id: 2\n${start}`)
      else sse(response, hello('/rest', 2) + rest)
      response.end()
    })
    const response = await fetch(server.server.url)
    expect(await connect(response, undefined, { headers: secrets }).getData()).toBe('text')
    expect(holdsSecret(server.seen[1]!.headers)).toBe(true)
  })
})

describe('a server that continues something other than it was asked for', () => {
  const cases: [string, string, string][] = [
    ['from the beginning', hello('/rest', 0), 'gap'],
    ['later', hello('/rest', 3), 'gap'],
    ['another stream', hello('/rest', 2).replace('"version"', '"birth":"BBBBBBBB","version"'), 'expired'],
  ]
  test.each(cases)('%s', async (_, greeting, code) => {
    const own = (text: string) =>
      code === 'expired' ? text.replace('"version"', '"birth":"AAAAAAAA","version"') : text
    await using server = await recorder((request, response) => {
      const isFirst = request.headers['last-event-id'] === undefined
      sse(response, isFirst ? own(`${hello('/rest')}id: 2\n${start}`) : greeting + rest)
      response.end()
    })
    await expect(connect(server.server.url).getData()).rejects.toMatchObject({ code })
  })

  test('ids that go back', async () => {
    await using server = await recorder((_, response) => {
      sse(response, `${hello('/rest')}id: 2\n${start}id: 1\ndata: "again"\n\n`)
    })
    await expect(connect(server.server.url).getData()).rejects.toMatchObject({ code: 'provider_error' })
  })

  test('the rest is gone', async () => {
    await using server = await recorder((request, response) => {
      if (request.headers['last-event-id'] !== undefined) return void response.writeHead(404).end()
      sse(response, `${hello('/rest')}id: 2\n${start}`)
      response.end()
    })
    await expect(connect(server.server.url).getData()).rejects.toMatchObject({ code: 'expired', status: 404 })
  })
})
