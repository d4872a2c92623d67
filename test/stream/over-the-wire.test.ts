import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { z } from 'zod'

import { runStream } from '../../src/index.ts'
import { anthropic } from '../../src/models/anthropic/index.ts'
import type { Model } from '../../src/models/model.ts'
import { openai } from '../../src/models/openai/index.ts'
import { startProviderServer, type ProviderServer, type Reply } from '../../src/testing/index.ts'
import { drain } from './scripted.ts'

const Movie = z.object({ title: z.string(), year: z.int(), reason: z.string() })
const movie = { title: 'Blade Runner', year: 1982, reason: 'It rains. '.repeat(40) }

let server: ProviderServer
beforeAll(async () => {
  server = await startProviderServer()
})
afterAll(() => server.close())

const models: Record<string, () => Model> = {
  'OpenAI Responses': () => openai('m', { apiKey: 'test-key-1', baseURL: server.openaiBaseURL, maxRetries: 0 }),
  'OpenAI Chat': () => openai('m', { api: 'chat', apiKey: 'test-key-1', baseURL: server.openaiBaseURL, maxRetries: 0 }),
  Anthropic: () => anthropic('m', { apiKey: 'test-key-1', baseURL: server.anthropicBaseURL, maxRetries: 0 }),
}

/** Waits until the last request's socket is closed, and by whom it was. */
async function closedByClient(): Promise<void> {
  expect(await server.requests.at(-1)!.closed).toMatchObject({ byClient: true })
}

describe.each(Object.entries(models))('%s', (_, model) => {
  test('partials, events and data', async () => {
    server.respondWith({ data: movie, reasoning: 'hm' })
    const stream = runStream('q', Movie, { model: model() })
    const [partials, events] = await Promise.all([drain(stream.streamPartial()), drain(stream.streamEvents())])
    expect(partials.items.length).toBeGreaterThan(20)
    expect(partials.items.at(-1)).toEqual(movie)
    expect(events.items.at(-1)).toMatchObject({ type: 'finish', reason: 'stop' })
    expect(await stream.getText()).toBe(JSON.stringify(movie))
    expect((await stream.getResult()).usage.outputTokens).toBeGreaterThan(0)
  })

  test.each<[string, Reply, string]>([
    ['cut', { data: movie, faults: { withoutFinish: true } }, 'connection_lost'],
    ['reset', { data: movie, faults: { resetAfterEvent: 30 } }, 'connection_lost'],
    ['length', { data: movie, finish: 'length' }, 'truncated'],
    ['refusal', { refusal: 'no' }, 'refused'],
    ['error event', { data: movie, faults: { errorEvent: true } }, 'provider_error'],
    ['status', { faults: { status: 429 } }, 'rate_limited'],
    ['stall', { data: movie, faults: { stallAfterEvent: 30 } }, 'timeout'],
  ])('%s', async (_, reply, code) => {
    server.respondWith(reply)
    const stream = runStream('q', Movie, { model: model(), timeout: { idle: 1_000 } })
    const read = await drain(stream.streamPartial())
    expect(read.error).toMatchObject({ code })
    await expect(stream.getData()).rejects.toBe(read.error)
  })

  test.each<[string, (stream: ReturnType<typeof runStream>, abort: () => void) => Promise<unknown>]>([
    ['abort()', async (stream) => stream.abort()],
    ['the signal', async (_stream, abort) => abort()],
    ['leaving the block', (stream) => stream[Symbol.asyncDispose]()],
    ['the last consumer', async () => {}],
  ])('%s closes the socket', async (_, stop) => {
    server.respondWith({ data: movie, faults: { stallAfterEvent: 20 } })
    const controller = new AbortController()
    const stream = runStream('q', undefined, { model: model(), signal: controller.signal, linger: 0 })
    for await (const _delta of stream.streamText()) break
    await stop(stream, () => controller.abort())
    await closedByClient()
  })

  test('onInvalid abort closes the socket while the model is still talking', async () => {
    server.respondWith({ data: { ...movie, year: 'nineteen' }, latency: { tokensPerSecond: 200 } })
    const stream = runStream('q', Movie, { model: model(), onInvalid: 'abort' })
    await expect(stream.getData()).rejects.toMatchObject({ code: 'invalid_data', issues: [{ path: ['year'] }] })
    await closedByClient()
  })
})
