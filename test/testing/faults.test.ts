import { connect } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, test } from 'vitest'
import type { Reply, WireName } from '../../src/testing/index.ts'
import { startProviderServer } from '../../src/testing/index.ts'

const paths: Record<WireName, string> = {
  'openai-chat': '/v1/chat/completions',
  'openai-responses': '/v1/responses',
  anthropic: '/v1/messages',
  gemini: '/v1beta/models/m:streamGenerateContent?alt=sse',
  ollama: '/api/chat',
}
const wires = Object.keys(paths) as WireName[]

async function ask(url: string, wire: WireName, signal?: AbortSignal): Promise<Response> {
  return fetch(url + paths[wire], {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ model: 'm', stream: true, messages: [] }),
    ...(signal ? { signal } : {}),
  })
}

/** The body up to where it ends or breaks, each read on its own. */
async function readAll(response: Response): Promise<{ bytes: Buffer; reads: number; error?: unknown }> {
  const parts: Uint8Array[] = []
  try {
    for await (const part of response.body!) parts.push(part)
  } catch (error) {
    return { bytes: Buffer.concat(parts), reads: parts.length, error }
  }
  return { bytes: Buffer.concat(parts), reads: parts.length }
}

async function bodyOf(wire: WireName, reply: Reply) {
  await using server = await startProviderServer({ respond: reply })
  return await readAll(await ask(server.url, wire))
}

const text = 'Grüße aus 東京 🙂!'
/** Times and generated ids are the only things that differ between two answers to one request. */
const steady = (bytes: Uint8Array): string =>
  Buffer.from(bytes)
    .toString('latin1')
    .replaceAll(/"created(_at)?":("[^"]*"|\d+)/g, '"created":0')

describe.each(wires)('%s', (wire) => {
  test('cut, drop and reset at a byte send exactly that number of bytes', async () => {
    const whole = await bodyOf(wire, { text })
    for (const at of [0, 1, 100, whole.bytes.length - 1]) {
      const cut = await bodyOf(wire, { text, faults: { cutAtByte: at } })
      expect(cut.error).toBeUndefined()
      expect(steady(cut.bytes)).toBe(steady(whole.bytes.subarray(0, at)).slice(0, steady(cut.bytes).length))
      expect(cut.bytes.length).toBe(at)
      for (const fault of ['dropAtByte', 'resetAtByte'] as const) {
        const broken = await bodyOf(wire, { text, faults: { [fault]: at } })
        expect(broken.error).toBeInstanceOf(TypeError)
        expect(broken.bytes.length).toBe(at)
      }
    }
  })

  test('after an event: the body ends at an event border', async () => {
    const { bytes } = await bodyOf(wire, { text, faults: { cutAfterEvent: 2 } })
    const border = wire === 'ollama' ? /\n/g : /\n\n/g
    expect(bytes.toString().match(border)).toHaveLength(2)
    expect(bytes.toString().endsWith('\n')).toBe(true)
  })

  test('a stall keeps the connection open until the client goes, and says who closed it', async () => {
    await using server = await startProviderServer({ respond: { text, faults: { stallAfterEvent: 1 } } })
    const controller = new AbortController()
    const response = await ask(server.url, wire, controller.signal)
    const reader = response.body!.getReader()
    expect((await reader.read()).done).toBe(false)
    expect(await Promise.race([reader.read(), sleep(60, 'nothing')])).toBe('nothing')
    const before = performance.now()
    controller.abort()
    const closed = await server.requests[0]!.closed
    expect(closed.byClient).toBe(true)
    expect(closed.at).toBeGreaterThanOrEqual(before)
    expect(server.requests[0]!.bytesSent).toBeGreaterThan(0)
  })

  test('a mid-stream error replaces the rest of the answer', async () => {
    const { bytes, error } = await bodyOf(wire, {
      text,
      faults: { errorEvent: { afterEvent: 2, status: 529, message: 'too busy now' } },
    })
    expect(error).toBeUndefined()
    expect(bytes.toString()).toContain('too busy now')
    expect(bytes.toString()).not.toContain(text.at(-1))
  })

  test('without its terminal event a body just ends', async () => {
    const whole = (await bodyOf(wire, { text })).bytes
    const cut = (await bodyOf(wire, { text, faults: { withoutFinish: true } })).bytes
    expect(cut.length).toBeLessThan(whole.length)
    expect(steady(whole).startsWith(steady(cut))).toBe(true)
  })

  test('an HTTP error in the form of the wire', async () => {
    await using server = await startProviderServer({
      respond: { faults: { status: 429, message: 'slow down', headers: { 'retry-after': '7' } } },
    })
    const response = await ask(server.url, wire)
    expect(response.status).toBe(429)
    expect(response.headers.get('retry-after')).toBe('7')
    expect(JSON.stringify(await response.json())).toContain('slow down')
  })

  test('extra bytes come where they were put', async () => {
    const { bytes } = await bodyOf(wire, { text, faults: { extraBytes: { at: 10, bytes: '\0\u00ff' } } })
    expect([...bytes.subarray(10, 13)]).toEqual([0, 0xc3, 0xbf])
    const end = await bodyOf(wire, { text, faults: { extraBytes: 'junk' } })
    expect(end.bytes.toString().endsWith('junk')).toBe(true)
  })

  test('a recording and a handwritten body are sent as they are', async () => {
    const recording = Buffer.from([0x64, 0x0a, 0x0a, 0xff, 0x00, 0x0a])
    expect((await bodyOf(wire, { recording })).bytes).toEqual(recording)
    expect((await bodyOf(wire, { recording, chunking: 'byte' })).bytes).toEqual(recording)
    expect((await bodyOf(wire, { raw: 'data: é\n\nrest' })).bytes.toString()).toBe('data: é\n\nrest')
    expect((await bodyOf(wire, { raw: 'a\n\nb\n\nc', faults: { cutAfterEvent: 1 } })).bytes.toString()).toMatch(/^a\n/)
  })
})

test('before the headers: nothing, a closed socket, a reset', async () => {
  await using server = await startProviderServer({
    respond: [
      { faults: { beforeHeaders: 'drop' } },
      { faults: { beforeHeaders: 'reset' } },
      { faults: { beforeHeaders: 'stall' } },
    ],
  })
  await expect(ask(server.url, 'anthropic')).rejects.toThrow('fetch failed')
  await expect(ask(server.url, 'anthropic')).rejects.toThrow('fetch failed')
  const controller = new AbortController()
  const pending = ask(server.url, 'anthropic', controller.signal)
  expect(await Promise.race([pending, sleep(60, 'nothing')])).toBe('nothing')
  controller.abort()
  await expect(pending).rejects.toThrow('aborted')
  const closed = await Promise.all(server.requests.map((request) => request.closed))
  expect(closed.map(({ byClient }) => byClient)).toEqual([false, false, true])
})

test('a reset is a reset and a drop is not', async () => {
  const errorOf = async (fault: 'resetAtByte' | 'dropAtByte'): Promise<string | undefined> => {
    await using server = await startProviderServer({ respond: { text, faults: { [fault]: 40 } } })
    const socket = connect(server.port, '127.0.0.1')
    const body = '{"stream":true}'
    socket.write(`POST /v1/messages HTTP/1.1\r\nHost: x\r\nContent-Length: ${body.length}\r\n\r\n${body}`)
    socket.resume()
    return await new Promise<string | undefined>((resolve) => {
      socket.once('error', (error: NodeJS.ErrnoException) => resolve(error.code))
      socket.once('end', () => resolve(undefined))
    })
  }
  expect(await errorOf('resetAtByte')).toBe('ECONNRESET')
  expect(await errorOf('dropAtByte')).toBeUndefined()
})

test('keep-alives come while nothing else does', async () => {
  await using server = await startProviderServer({
    respond: { text, pings: { everyMs: 5 }, faults: { stallAfterEvent: 1 } },
  })
  const response = await ask(server.url, 'anthropic')
  let seen = ''
  for await (const part of response.body!.pipeThrough(new TextDecoderStream())) {
    seen += part
    if (seen.split('event: ping').length > 3) break
  }
  expect(seen.match(/event: ping\ndata: \{"type": "ping"\}\n\n/g)!.length).toBeGreaterThanOrEqual(3)
})

test('splitUtf8 ends a write inside every sequence', async () => {
  // One write a read needs a pause between them.
  const { bytes, reads } = await bodyOf('openai-chat', { text: 'é🙂', faults: { splitUtf8: true, dripMs: 2 } })
  const whole = await bodyOf('openai-chat', { text: 'é🙂', faults: { dripMs: 2 } })
  expect(bytes.length).toBe(whole.bytes.length)
  expect(reads).toBe(whole.reads + 4)
})

test('a slow client is waited for', async () => {
  await using server = await startProviderServer({ respond: { text: 'x'.repeat(30_000_000), chunking: 200_000 } })
  const response = await ask(server.url, 'openai-chat')
  const reader = response.body!.getReader()
  await reader.read()
  await sleep(200)
  // Socket buffers hold some of it; the rest waits for the reader.
  expect(server.requests[0]!.bytesSent).toBeLessThan(30_000_000)
  await reader.cancel()
  expect((await server.requests[0]!.closed).byClient).toBe(true)
})

test('a client that leaves before the reply is ready is noticed', async () => {
  const controller = new AbortController()
  let release = (): void => {}
  const waiting = new Promise<void>((resolve) => (release = resolve))
  await using server = await startProviderServer({
    respond: async () => {
      await waiting
      return { text }
    },
  })
  const pending = ask(server.url, 'openai-chat', controller.signal)
  while (server.requests.length === 0) await sleep(2)
  controller.abort()
  await expect(pending).rejects.toThrow('aborted')
  expect((await server.requests[0]!.closed).byClient).toBe(true)
  release()
  await sleep(10)
  expect(server.requests[0]!.bytesSent).toBe(0)
})

test('two ways to stop, and unknown words, are mistakes that are named', async () => {
  const messageOf = async (respond: Reply): Promise<string> => {
    await using server = await startProviderServer({ respond })
    const response = await ask(server.url, 'openai-chat')
    expect(response.status).toBe(500)
    expect(response.headers.get('x-should-retry')).toBe('false')
    return ((await response.json()) as { error: { message: string } }).error.message
  }
  expect(await messageOf({ faults: { cutAtByte: 1, stallAfterEvent: 2 } })).toContain('one way only')
  await expect(messageOf({ txt: 'a' } as Reply)).rejects.toThrow('Did you mean `respond.text`?')
  await expect(messageOf({ faults: { cutAtBytes: 3 } as object })).rejects.toThrow(
    'Did you mean `respond.faults.cutAtByte`?',
  )
  // What a function answers is seen only then.
  const late = { txt: 'a' } as Reply
  expect(await messageOf((() => late) as unknown as Reply)).toContain('Did you mean `respond.text`?')
  expect(await messageOf({ recording: '/no/such/file.sse' })).toContain('ENOENT')
})
