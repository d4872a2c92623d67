import { describe, expect, test } from 'vitest'
import { lastEventData, watchBody } from '../../../src/models/transport/watch-body.ts'

/** A `fetch` whose body is these chunks. */
function serving(chunks: readonly Uint8Array[], init?: ResponseInit): () => Promise<Response> {
  const body = new ReadableStream<Uint8Array>({
    start(controller) {
      for (const chunk of chunks) controller.enqueue(chunk)
      controller.close()
    },
  })
  return () => Promise.resolve(new Response(body, init))
}

describe('watchBody', () => {
  test('passes the bytes on, counts them, and knows the end', async () => {
    let activity = 0
    const chunks = ['data: a\n\n', ': ping\n\n', 'data: [DONE]\n\n'].map((text) => new TextEncoder().encode(text))
    const watch = watchBody(serving(chunks), () => activity++)
    const response = await watch.fetch('http://host')
    expect([activity, watch.ended]).toEqual([1, false])
    expect(await response.text()).toBe('data: a\n\n: ping\n\ndata: [DONE]\n\n')
    expect([activity, watch.ended]).toEqual([4, true])
    expect(watch.tail()).toContain('[DONE]')
  })

  test.each([1, 7, 1_000, 8_192, 20_000])('keeps the end of a long body in chunks of %i', async (size) => {
    const text = Array.from({ length: 40_000 }, (_, index) => String.fromCharCode(97 + (index % 26))).join('')
    const bytes = new TextEncoder().encode(text)
    const chunks: Uint8Array[] = []
    for (let start = 0; start < bytes.length; start += size) chunks.push(bytes.subarray(start, start + size))
    const watch = watchBody(serving(chunks), undefined)
    await (await watch.fetch('http://host')).text()
    expect(watch.tail()).toBe(text.slice(-8_192))
  })

  test('hands out much that came at once in pieces that end with a line, and tells when all is taken', async () => {
    const lines = Array.from({ length: 100 }, (_, index) => `data: ${'x'.repeat(index)}\n`).join('')
    const text = `${lines}${'y'.repeat(3_000)}`
    const watch = watchBody(serving([new TextEncoder().encode(text), new TextEncoder().encode('end')]), undefined)
    const reader = (await watch.fetch('http://host')).body!.getReader()
    const told: boolean[] = []
    watch.onDrained = () => told.push(watch.isDrained)
    const pieces: string[] = []
    for (;;) {
      const { done, value } = await reader.read()
      if (done) break
      expect(watch.isDrained).toBe(false)
      pieces.push(new TextDecoder().decode(value))
    }
    expect(pieces.join('')).toBe(`${text}end`)
    expect(Math.max(...pieces.map((piece) => piece.length))).toBeLessThanOrEqual(1_024)
    const whole = pieces.slice(
      0,
      pieces.findIndex((piece) => piece.includes('y')),
    )
    expect(whole.every((piece) => piece.endsWith('\n'))).toBe(true)
    // For the first chunk, the second one and the end.
    expect(told).toEqual([true, true, true])
  })

  test('gives nothing more of a chunk when the reader was cancelled', async () => {
    const watch = watchBody(serving([new Uint8Array(5_000)]), undefined)
    const reader = (await watch.fetch('http://host')).body!.getReader()
    await reader.read()
    await reader.cancel()
    expect(await reader.read()).toEqual({ done: true, value: undefined })
  })

  test('cancelling reaches the source', async () => {
    let cancelled = false
    const body = new ReadableStream<Uint8Array>({ cancel: () => void (cancelled = true) })
    const watch = watchBody(() => Promise.resolve(new Response(body)), undefined)
    await (await watch.fetch('http://host')).body?.cancel()
    expect(cancelled).toBe(true)
  })

  test('an error response is left as it is', async () => {
    const watch = watchBody(serving([], { status: 500, headers: { 'x-a': 'b' } }), undefined)
    const response = await watch.fetch('http://host')
    expect([response.status, watch.response?.status, watch.response?.headers.get('x-a')]).toEqual([500, 500, 'b'])
  })
})

test('lastEventData reads whole JSON objects from the end', () => {
  const tail = 'alf":1}\n\ndata: {"a":1}\r\n\r\ndata: {"b":2}\n\n: c\n\ndata: [DONE]\n\ndata: {"cu'
  expect([...lastEventData(tail)]).toEqual([{ b: 2 }, { a: 1 }])
})
