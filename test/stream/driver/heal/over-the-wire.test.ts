import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { z } from 'zod'

import { runStream } from '../../../../src/index.ts'
import { anthropic } from '../../../../src/models/anthropic/index.ts'
import type { Model } from '../../../../src/models/model.ts'
import { openai } from '../../../../src/models/openai/index.ts'
import { startProviderServer, type ProviderServer, type Reply } from '../../../../src/testing/index.ts'
import { drain } from '../../scripted.ts'

const Movie = z.object({ title: z.string(), year: z.int(), tags: z.array(z.string()), note: z.string().optional() })
const movie = { title: 'Blade Runner', year: 1982, tags: ['rain', 'neon', 'noir'], note: 'It rains. '.repeat(30) }

let server: ProviderServer
beforeAll(async () => {
  server = await startProviderServer()
})
afterAll(() => server.close())

interface Wire {
  model(id?: string): Model
  /** The schema and the messages of a request, whatever the wire calls them. */
  schema(body: any): any
  messages(body: any): { role: string; content: unknown }[]
}

const options = () => ({ apiKey: 'test-key-1', baseURL: server.openaiBaseURL, maxRetries: 0 })
const wires: Record<string, Wire> = {
  'OpenAI Responses': {
    model: (id = 'm') => openai(id, options()),
    schema: (body) => body.text.format.schema,
    messages: (body) => body.input,
  },
  'OpenAI Chat': {
    model: (id = 'm') => openai(id, { api: 'chat', ...options() }),
    schema: (body) => body.response_format.json_schema.schema,
    messages: (body) => body.messages,
  },
  Anthropic: {
    model: (id = 'm') => anthropic(id, { ...options(), baseURL: server.anthropicBaseURL }),
    schema: (body) => body.output_config.format.schema,
    messages: (body) => body.messages,
  },
}

type AnyReply = Reply | ((request: { body: any }) => Reply)

/** One reply after the other, the last one for all that follow. */
function answer(...replies: AnyReply[]): void {
  let used = 0
  server.respondWith((request) => {
    const reply = replies[Math.min(used++, replies.length - 1)]!
    return typeof reply === 'function' ? reply(request) : reply
  })
}

/** The requests that a test has caused. */
function requestsSince(count: number): readonly { body: any; closed: Promise<{ at: number; byClient: boolean }> }[] {
  return server.requests.slice(count)
}

describe.each(Object.entries(wires))('%s', (_, wire) => {
  test('abort: the socket is closed at the first certain violation', async () => {
    const before = server.requests.length
    answer({
      data: { title: 'x', year: 'nineteen', tags: [], note: 'y'.repeat(2000) },
      latency: { tokensPerSecond: 300 },
    })
    const stream = runStream('q', Movie, { model: wire.model(), onInvalid: 'abort' })
    const error = await stream.getData().catch((thrown: unknown) => thrown)
    expect(await requestsSince(before)[0]!.closed).toMatchObject({ byClient: true })
    expect(error).toMatchObject({
      code: 'invalid_data',
      issues: [{ path: ['year'], expected: expect.any(String), received: 'string' }],
      partial: { title: 'x' },
      attempts: [{ attempt: 1, kind: 'first', error: 'invalid_data' }],
    })
    expect((error as { text: string }).text).toMatch(/^\{"title":"x","year":"/)
  })

  test('restart: the broken answer and what was wrong with it are sent', async () => {
    const before = server.requests.length
    answer({ data: { ...movie, year: 'nineteen' }, latency: { tokensPerSecond: 2000 } }, { data: movie })
    const stream = runStream('A film', Movie, { model: wire.model(), onInvalid: 'restart' })
    expect(await stream.getData()).toEqual(movie)
    const [first, second] = requestsSince(before)
    expect(await first!.closed).toMatchObject({ byClient: true })
    const said = wire.messages(second!.body)
    expect(said.map(({ role }) => role)).toEqual(['user', 'assistant', 'user'])
    expect(JSON.stringify(said[1])).toContain('nine')
    expect(JSON.stringify(said[2])).toMatch(/At \/year: .*number|int/)
    expect(wire.schema(second!.body)).toEqual(wire.schema(first!.body))
  })

  test('patch: one request for the wrong and missing places, with their schemas', async () => {
    const before = server.requests.length
    answer(
      { data: { title: 7, year: 1982, tags: ['rain', 5, 'noir'], note: movie.note } },
      { data: { title: movie.title, tags_1: 'neon' } },
    )
    const stream = runStream('A film', Movie, { model: wire.model(), onInvalid: 'patch', repair: false })
    const { items } = await drain(stream.streamElements(['tags']))
    expect(await stream.getData()).toEqual(movie)
    expect([...items].sort()).toEqual(['neon', 'noir', 'rain'])
    const [first, second] = requestsSince(before)
    expect(await first!.closed).toMatchObject({ byClient: false })
    expect(wire.schema(second!.body)).toMatchObject({
      type: 'object',
      required: ['title', 'tags_1'],
      additionalProperties: false,
      properties: { title: { type: 'string' }, tags_1: { type: 'string' } },
    })
    expect(Object.keys(wire.schema(second!.body).properties)).toEqual(['title', 'tags_1'])
    const said = wire.messages(second!.body)
    expect(said.map(({ role }) => role)).toEqual(['user', 'assistant', 'user'])
    expect(JSON.stringify(said[2])).toMatch(/tags_1.*\/tags\/1.*expected string/)
    // The answer that is patched was long; the patch is not.
    expect(JSON.stringify(wire.schema(second!.body)).length).toBeLessThan(600)
  })

  test('recover: a reset connection, and the second model continues', async () => {
    const before = server.requests.length
    answer(
      { text: '{"title":"Blade Runner","year":1982,"tags":["rain","ne', faults: { withoutFinish: true } },
      { data: { rest_1: 'on', more_tags: ['noir'], more: { note: movie.note } } },
    )
    const model = [wire.model('first'), wire.model('second')]
    const stream = runStream('A film', Movie, { model, recover: true })
    const snapshots = await drain(stream.streamSnapshots())
    const result = await stream.getResult()
    expect(result.attempts.map(({ kind, model: id }) => [kind, id])).toMatchObject([
      ['first', 'first'],
      ['recover', 'second'],
    ])
    expect(result.model).toBe('second')
    const [, second] = requestsSince(before)
    expect(second!.body.model).toBe('second')
    expect(wire.schema(second!.body).required).toEqual(['rest_1', 'more_tags', 'more'])
    expect(result.data).toEqual(movie)
    expect(snapshots.items.at(-1)!.value).toEqual(movie)
  })

  test('recover: an answer that was too long', async () => {
    const before = server.requests.length
    answer(
      { text: JSON.stringify(movie).slice(0, -200), finish: 'length' },
      { data: { rest_note: movie.note.slice(-198) } },
    )
    const stream = runStream('A film', Movie, { model: wire.model(), recover: true })
    expect(await stream.getData()).toEqual(movie)
    const [, second] = requestsSince(before)
    expect(wire.schema(second!.body).required).toEqual(['rest_note'])
    expect(JSON.stringify(wire.messages(second!.body).at(-2))).toContain('Blade Runner')
    expect((await stream.getResult()).attempts.map(({ finishReason }) => finishReason)).toEqual(['length', 'stop'])
  })

  test('recover: an error event in the middle, and a stall', async () => {
    for (const faults of [{ errorEvent: true } as const, { stallAfterEvent: 12 }]) {
      const before = server.requests.length
      answer({ data: movie, faults }, (request) => {
        const { properties } = wire.schema(request.body)
        // A model that gives nothing more: what is optional may be missing.
        const values: Record<string, unknown> = { more: {}, more_tags: [] }
        return {
          data: Object.fromEntries(
            Object.keys(properties).map((name) => [
              name,
              name.startsWith('rest') ? '' : (values[name] ?? movie[name as 'year']),
            ]),
          ),
        }
      })
      const stream = runStream('A film', Movie, { model: wire.model(), recover: true, timeout: { idle: 300 } })
      const result = await stream.getResult().catch((error: { attempts: unknown }) => error)
      expect(result).toMatchObject({ attempts: [{ kind: 'first' }, { kind: 'recover' }] })
      expect(requestsSince(before).length).toBeGreaterThan(1)
      if ('stallAfterEvent' in faults) expect(await requestsSince(before)[0]!.closed).toMatchObject({ byClient: true })
    }
  })

  test('an HTTP error before anything has come is left to the SDK', async () => {
    const before = server.requests.length
    answer({ faults: { status: 429 } }, { data: movie })
    const failed = runStream('q', Movie, { model: wire.model(), recover: true, onInvalid: 'patch' }).getData()
    await expect(failed).rejects.toMatchObject({ code: 'rate_limited', attempts: [{ attempt: 1 }] })
    expect(requestsSince(before)).toHaveLength(1)
    answer({ data: movie })
  })
})
