import { expect, test, vi } from 'vitest'

import { sendThrough } from '../../../src/models/google/own-fetch.ts'
import { checkSdkVersion } from '../../../src/models/transport/load-sdk.ts'

const stainless = (version: string) => ({ getUserAgent: () => `OpenAI/JS ${version}` })
const google = (version: string) => ({
  apiClient: { getDefaultHeaders: () => ({ 'x-goog-api-client': `google-genai-sdk/${version} gl-node/v20` }) },
})

test.each([
  ['openai', stainless('4.103.0'), '4.104'],
  ['openai', stainless('3.3.0'), '4.104'],
  ['@anthropic-ai/sdk', stainless('0.59.9'), '0.60'],
  ['@google/genai', google('1.29.1'), '1.30'],
])('a client of %s from before the range is refused with both versions and the remedy', (name, client, oldest) => {
  expect(() => checkSdkVersion(client, 'p', name, oldest)).toThrow(
    new RegExp(`Version [\\d.]+ of the package "${name}" is too old.*${oldest}.*npm i ${name}@latest`),
  )
})

test.each([
  ['the oldest', stainless('4.104.0')],
  ['a newer minor', stainless('4.200.1')],
  ['a newer major', stainless('7.0.0')],
  ['an unnamed', {}],
  [
    'a broken',
    {
      getUserAgent() {
        throw new Error('x')
      },
    },
  ],
])('%s client is taken', (_name, client) => {
  expect(() => checkSdkVersion(client, 'p', 'openai', '4.104')).not.toThrow()
})

/** A client of an SDK without `httpOptions.fetch`. */
const oldClient = () => ({
  apiClient: { apiCall: (_url: string, _init: RequestInit): Promise<Response> => Promise.reject(new Error('own')) },
})

test('a request through an old Google SDK is sent again before the first byte, and its last status is kept', async () => {
  vi.useFakeTimers()
  try {
    const fetch = vi.fn(() => Promise.resolve(new Response('{}', { status: 503 })))
    const client = oldClient()
    sendThrough(client, fetch, 3)
    const answer = client.apiClient.apiCall('http://x', {})
    await vi.runAllTimersAsync()
    expect((await answer).status).toBe(503)
    expect(fetch).toHaveBeenCalledTimes(3)
  } finally {
    vi.useRealTimers()
  }
})

test('an old Google SDK’s request isn’t sent again for an error of the caller’s or after it was stopped', async () => {
  const fetch = vi.fn(() => Promise.resolve(new Response('{}', { status: 400 })))
  const client = oldClient()
  sendThrough(client, fetch, 3)
  expect((await client.apiClient.apiCall('http://x', {})).status).toBe(400)
  const failing = vi.fn(() => Promise.reject(new Error('stopped')))
  const other = oldClient()
  sendThrough(other, failing, 3)
  await expect(other.apiClient.apiCall('http://x', { signal: AbortSignal.abort() })).rejects.toThrow('stopped')
  expect([fetch, failing].map((one) => one.mock.calls.length)).toEqual([1, 1])
})

test('a Google SDK that knows `fetch` keeps its own way to send', () => {
  const apiCall = (_1: 1, _2: 2, _3: 3, _4: 4, _5: 5, _6: 6): void => {}
  const client = { apiClient: { apiCall } }
  sendThrough(client, () => Promise.reject(new Error('never')), 3)
  expect(client.apiClient.apiCall).toBe(apiCall)
})
