import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { azureOpenAI } from '../../../src/models/openai/index.ts'
import type { ProviderServer } from '../../../src/testing/index.ts'
import { startProviderServer } from '../../../src/testing/index.ts'
import { ask, everythingOf } from '../collect.ts'

let server: ProviderServer
beforeAll(async () => {
  server = await startProviderServer()
})
afterAll(() => server.close())

const options = () => ({ endpoint: server.azureEndpoint, maxRetries: 0 })

describe('where requests go and what they carry', () => {
  test.each([
    ['version 1, Chat', {}, '/openai/v1/chat/completions', { authorization: 'Bearer azure-key' }],
    ['version 1, Responses', { api: 'responses' }, '/openai/v1/responses', { authorization: 'Bearer azure-key' }],
    [
      'dated, Chat',
      { apiVersion: '2024-10-21' },
      '/openai/deployments/dep/chat/completions?api-version=2024-10-21',
      { 'api-key': 'azure-key' },
    ],
    [
      'dated, Responses',
      { api: 'responses', apiVersion: '2025-04-01-preview' },
      '/openai/responses?api-version=2025-04-01-preview',
      { 'api-key': 'azure-key' },
    ],
  ] as const)('%s', async (_, more, path, headers) => {
    server.respondWith({ text: 'ok' })
    const got = await ask(azureOpenAI('dep', { ...options(), ...more, apiKey: 'azure-key' }))
    expect(got.text).toBe('ok')
    const request = server.requests.at(-1)!
    expect(request.path).toBe(path)
    expect(request.headers).toMatchObject(headers)
    expect(request.body['model']).toBe('dep')
  })

  test.each([undefined, '2024-10-21'])('a Microsoft Entra token for each request, version %s', async (apiVersion) => {
    let count = 0
    process.env['AZURE_OPENAI_API_KEY'] = 'key-of-the-environment'
    try {
      const tokenProvider = (): Promise<string> => Promise.resolve(`entra-token-${++count}`)
      const model = azureOpenAI('dep', { ...options(), apiVersion, tokenProvider })
      server.respondWith([{ text: 'ok' }, { faults: { status: 401, message: 'bad entra-token-2' } }])
      expect((await ask(model)).text).toBe('ok')
      expect(server.requests.at(-1)!.headers).toMatchObject({ authorization: 'Bearer entra-token-1' })
      const { error } = await ask(model)
      expect(error?.status).toBe(401)
      expect(everythingOf(error)).not.toContain('entra-token-2')
      expect(JSON.stringify(server.requests.at(-1)!.headers)).not.toContain('key-of-the-environment')
    } finally {
      delete process.env['AZURE_OPENAI_API_KEY']
    }
  })
})

test('without an endpoint it says how to give one', () => {
  const saved = process.env['AZURE_OPENAI_ENDPOINT']
  delete process.env['AZURE_OPENAI_ENDPOINT']
  try {
    expect(() => azureOpenAI('dep', { apiKey: 'azure-key' })).toThrow('AZURE_OPENAI_ENDPOINT')
  } finally {
    if (saved !== undefined) process.env['AZURE_OPENAI_ENDPOINT'] = saved
  }
})
