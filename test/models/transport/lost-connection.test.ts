import { describe, expect, test } from 'vitest'
import type { Model, ModelEvent } from '../../../src/models/model.ts'
import { isLostConnection } from '../../../src/models/transport/lost-connection.ts'
import { runStream } from '../../../src/run-stream.ts'

function failure(message: string, facts: { name?: string; code?: string; cause?: unknown } = {}): Error {
  const { cause, ...own } = facts
  return Object.assign(new Error(message, cause === undefined ? undefined : { cause }), own)
}

/** A model that others write: it says half of an answer, then it throws. */
function throwing(thrown: unknown): Model {
  return {
    provider: 'own',
    id: 'own',
    modes: ['prompt'],
    dialect: 'json-schema',
    async *stream(): AsyncGenerator<ModelEvent> {
      yield { type: 'text-delta', text: 'half' }
      throw thrown
    },
  }
}

describe('what counts as a lost connection, for adapters and for models of others alike', () => {
  test.each<[string, Error]>([
    ['Chrome', new TypeError('Failed to fetch')],
    ['Safari', new TypeError('Load failed')],
    ['Safari, in the middle', new TypeError('The network connection was lost.')],
    ['Firefox', new TypeError('NetworkError when attempting to fetch resource.')],
    ['Chrome, in the middle', new TypeError('network error')],
    ['undici', new TypeError('terminated')],
    ['undici, before the answer', failure('fetch failed', { cause: failure('connect', { code: 'ECONNREFUSED' }) })],
    ['undici, other side', failure('other side closed', { code: 'UND_ERR_SOCKET' })],
    ['http', failure('socket hang up', { code: 'ECONNRESET' })],
    ['http, aborted', failure('aborted', { code: 'ECONNRESET' })],
    ['streams', failure('Premature close', { code: 'ERR_STREAM_PREMATURE_CLOSE' })],
    ['dns', failure('getaddrinfo ENOTFOUND api.example.com', { code: 'ENOTFOUND' })],
    ['pipe', failure('write EPIPE', { code: 'EPIPE' })],
    ['Deno', new TypeError('error sending request for url (http://127.0.0.1:1/)')],
    ['Bun', failure('Unable to connect. Is the computer able to access the url?', { code: 'ConnectionRefused' })],
    ['Bun, in the middle', failure('The socket connection was closed unexpectedly.', { code: 'ConnectionClosed' })],
    ['an SDK', failure('Connection error.', { cause: failure('socket hang up') })],
    ['a cause only', failure('request failed', { cause: new TypeError('Load failed') })],
  ])('%s', async (_, thrown) => {
    expect(isLostConnection(thrown)).toBe(true)
    const run = runStream('x', undefined, { model: throwing(thrown) }).getData()
    await expect(run).rejects.toMatchObject({ code: 'connection_lost', retryable: true })
  })

  test.each<[string, unknown]>([
    ['a bug', new TypeError("Cannot read properties of undefined (reading 'x')")],
    ['a file', failure("ENOENT: no such file or directory, open 'a'", { code: 'ENOENT' })],
    ['a model', new Error('the model is on fire')],
    ['a text', 'Failed to fetch'],
  ])('not %s', async (_, thrown) => {
    expect(isLostConnection(thrown)).toBe(false)
    const run = runStream('x', undefined, { model: throwing(thrown) }).getData()
    await expect(run).rejects.toMatchObject({ code: 'provider_error', retryable: false })
  })

  test('a chain of causes that is a circle ends', () => {
    const circle = failure('round')
    circle.cause = circle
    expect(isLostConnection(circle)).toBe(false)
  })
})
