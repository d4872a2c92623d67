import { describe, expect, test } from 'vitest'
import { fromAiSdk } from '../../src/models/ai-sdk/language-model.ts'
import { anthropic } from '../../src/models/anthropic/index.ts'
import { gemini } from '../../src/models/google/index.ts'
import type { Model } from '../../src/models/model.ts'
import { ollama } from '../../src/models/ollama/index.ts'
import { azureOpenAI, groq, openai, openaiCompatible } from '../../src/models/openai/index.ts'
import { simulate } from '../../src/models/simulate/index.ts'
import { startProviderServer } from '../../src/testing/index.ts'
import { ask } from './collect.ts'

const languageModel = {
  specificationVersion: 'v3',
  provider: 'x',
  modelId: 'y',
  doStream: () => new Promise<never>(() => {}),
}

/** Every factory with the options that it must have. */
const factories: readonly [name: string, make: (options: object) => unknown, needed: object, known: string][] = [
  ['openai()', (options) => openai('m', options), {}, 'baseURL'],
  ['openaiCompatible()', (options) => openaiCompatible('m', options as never), { baseURL: 'http://h/v1' }, 'apiKey'],
  ['azureOpenAI()', (options) => azureOpenAI('m', options), { endpoint: 'https://h' }, 'apiVersion'],
  ['groq()', (options) => groq('m', options), {}, 'baseURL'],
  ['anthropic()', (options) => anthropic('m', options), {}, 'baseURL'],
  ['gemini()', (options) => gemini('m', options), {}, 'baseURL'],
  ['ollama()', (options) => ollama('m', options), {}, 'headers'],
  ['fromAiSdk()', (options) => fromAiSdk(languageModel, options), {}, 'dialect'],
  ['simulate()', (options) => simulate(options), {}, 'chunkSize'],
]

describe('an unknown option is an error with a suggestion', () => {
  test.each(factories)('%s', (name, make, needed, known) => {
    expect(() => make(needed)).not.toThrow()
    // One letter less, and another case.
    for (const typo of [known.slice(0, -1), known[0]!.toUpperCase() + known.slice(1)]) {
      const call = () => make({ ...needed, [typo]: 'x' })
      expect(call).toThrow(`${name}: Unknown option \`${typo}\`. Did you mean \`${known}\`?`)
      expect(call).toThrow(expect.objectContaining({ code: 'bad_options' }) as Error)
    }
    expect(() => make({ ...needed, somethingOther: 1 })).toThrow('Known: ')
    expect(() => make({ ...needed, [known]: undefined })).not.toThrow()
  })

  test('openai() with `baseUrl` doesn’t send the key to the default server', () => {
    expect(() => openai('m', { baseUrl: 'http://localhost:1/v1', apiKey: 'sk-canary' } as object)).toThrow('`baseURL`')
  })

  test('a fault of simulate()', () => {
    expect(() => simulate({ faults: { cutat: 3 } as object })).toThrow('Did you mean `faults.cutAt`?')
    expect(() => simulate({ faults: [undefined, { cutat: 3 } as object] })).toThrow('Did you mean `faults.cutAt`?')
  })

  test.each([
    [{ prt: 1 }, 'Did you mean `port`?'],
    [{ latency: { headerMs: 1 } }, 'Did you mean `latency.headersMs`?'],
    [{ respond: { faults: { errorEvent: { messag: 'x' } } } }, 'Did you mean `respond.faults.errorEvent.message`?'],
  ])('startProviderServer(%j)', async (options, words) => {
    await expect(startProviderServer(options as object)).rejects.toMatchObject({ code: 'bad_options' })
    await expect(startProviderServer(options as object)).rejects.toThrow(words)
  })
})

describe('an option of the wrong type is an error that says what came', () => {
  test.each<[() => unknown, string]>([
    [() => openai('m', { api: 'completions' as never }), '`api` must be one of responses, chat, got "completions".'],
    [() => openai('m', { maxRetries: -1 }), '`maxRetries` must be an integer ≥ 0, got -1.'],
    [() => openai('m', { timeout: '5s' as never }), '`timeout` must be milliseconds (a number ≥ 0), got "5s".'],
    [() => openai('m', { client: {} as never }), '`client` must be a client of the SDK (with `responses`)'],
    [() => openai('m', { headers: { a: 1 } as never }), '`headers` must be an object of strings, got'],
    [() => openai('', {}), 'openai(): expected the id of a model as the first argument, got "".'],
    [() => openai({} as never), 'openai(): expected the id of a model as the first argument, got'],
    [() => anthropic('m', 'sk-key' as never), 'anthropic(): The options must be an object, got'],
    [() => groq('m', { modes: ['jsn'] as never }), '`modes` must be a list of json-schema, tool, json-object, prompt'],
    [() => simulate({ chunkSize: 0 }), '`chunkSize` must be an integer ≥ 1'],
  ])('%s', (make, words) => {
    expect(make).toThrow(words)
  })

  test('a key is never shown', () => {
    expect(() => openai('m', { apiKey: 12_345_678_901 as never })).toThrow('got a value of type number')
  })
})

describe('simulate() refuses what the adapters refuse', () => {
  const answer = (request: Parameters<typeof ask>[1], model: Model = simulate()) => ask(model, request)
  const schema = { type: 'array' }

  test.each<[string, Parameters<typeof ask>[1]]>([
    ['an answer tool whose root is a list', { format: { mode: 'tool', name: 'a', schema, strict: false } }],
    [
      'a tool with the name of the answer tool',
      {
        format: { mode: 'tool', name: 'a', schema: { type: 'object' }, strict: false },
        tools: [{ name: 'a', inputSchema: { type: 'object' } }],
      },
    ],
    [
      'bytes without a media type',
      { messages: [{ role: 'user', content: [{ type: 'image', image: Uint8Array.of(1, 2) }] }] },
    ],
    ['an image that isn’t a URL', { messages: [{ role: 'user', content: [{ type: 'image', image: 'a.png' }] }] }],
  ])('%s', async (_, request) => {
    expect((await answer(request)).error?.code).toBe('bad_options')
  })
})
