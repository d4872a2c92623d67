import { createOpenAI as createV4 } from '@ai-sdk/openai'
import { createOpenAI as createV2 } from 'ai-sdk-openai-v2'
import { createOpenAI as createV3 } from 'ai-sdk-openai-v3'
import { expect, test } from 'vitest'
import { type AiSdkLanguageModel, fromAiSdk } from '../../../src/models/ai-sdk/language-model.ts'
import { ask } from '../collect.ts'
import { describeContract, type Feature, type Harness } from '../contract.ts'

const MODES = ['json-schema', 'tool', 'json-object', 'prompt'] as const

/** The providers name these reasons "other" and "unknown" alike, pass no comments on, and check their own options. */
const lacks: Feature[] = ['refusal', 'activity', 'provider-options', 'unknown-finish']

const harnesses: Omit<Harness, 'modes'>[] = [
  {
    name: 'fromAiSdk, v4, Chat',
    provider: 'openai.chat',
    lacks: [...lacks, 'reasoning'],
    model: (url, options) => fromAiSdk(createV4({ baseURL: `${url}/v1`, ...options }).chat('test-model')),
  },
  {
    name: 'fromAiSdk, v4, Responses',
    provider: 'openai.responses',
    lacks,
    model: (url, options) => fromAiSdk(createV4({ baseURL: `${url}/v1`, ...options }).responses('gpt-5')),
  },
  {
    name: 'fromAiSdk, v3, Chat',
    provider: 'openai.chat',
    lacks: [...lacks, 'reasoning'],
    model: (url, options) => fromAiSdk(createV3({ baseURL: `${url}/v1`, ...options }).chat('test-model')),
  },
  {
    name: 'fromAiSdk, v2, Chat',
    provider: 'openai.chat',
    lacks: [...lacks, 'reasoning', 'cache-write-usage'],
    model: (url, options) => fromAiSdk(createV2({ baseURL: `${url}/v1`, ...options }).chat('test-model')),
  },
]
for (const harness of harnesses) describeContract({ ...harness, modes: MODES })

test('a model of another specification is refused at once', () => {
  const old = { specificationVersion: 'v1', provider: 'x', modelId: 'y', doStream: () => Promise.reject(new Error()) }
  expect(() => fromAiSdk(old as unknown as AiSdkLanguageModel)).toThrow(/v2, v3, v4, and got v1/)
  expect(() => fromAiSdk('gpt' as unknown as AiSdkLanguageModel)).toThrow(/got string/)
})

test('unknown parts are passed over', async () => {
  const parts = [
    { type: 'stream-start', warnings: [] },
    { type: 'something-new', id: 1 },
    { type: 'text-start', id: 't' },
    { type: 'text-delta', id: 't', delta: 'hi' },
    { type: 'raw', rawValue: {} },
    { type: 'ping' },
    { type: 'text-end', id: 't' },
    { type: 'finish', usage: { inputTokens: 1, outputTokens: 2 }, finishReason: 'stop' },
  ]
  let activity = 0
  const got = await ask(fromAiSdk(modelOf(parts)), { onActivity: () => activity++ })
  expect(got.text).toBe('hi')
  expect(got.usage).toEqual({ inputTokens: 1, outputTokens: 2, totalTokens: 3 })
  expect(got.finish).toEqual(['stop'])
  expect(activity).toBeGreaterThanOrEqual(5)
})

test('signatures come back with the turn they belong to', async () => {
  const parts = [
    { type: 'reasoning-start', id: 'r' },
    { type: 'reasoning-delta', id: 'r', delta: 'hm' },
    { type: 'reasoning-end', id: 'r', providerMetadata: { anthropic: { signature: 'sig' } } },
    { type: 'tool-call', toolCallId: 'c1', toolName: 'weather', input: '{"city":"Rome"}' },
    { type: 'tool-call', toolCallId: 'c2', toolName: 'search', input: '{}', providerExecuted: true },
    { type: 'finish', usage: {}, finishReason: { unified: 'tool-calls', raw: 'tool_use' } },
  ]
  const prompts: unknown[] = []
  const model = fromAiSdk(modelOf(parts, prompts))
  const first = await ask(model)
  expect(first.calls).toEqual([{ id: 'c1', name: 'weather', arguments: '{"city":"Rome"}', ended: true }])
  const toolCalls = first.calls.map(({ id, name, arguments: text }) => ({ id, name, arguments: text }))
  const providerData = { 'anthropic.messages': first.providerData }
  await ask(model, {
    messages: [
      { role: 'assistant', content: '', toolCalls, providerData },
      { role: 'tool', toolCallId: 'c1', content: 'sunny' },
    ],
  })
  expect(prompts[1]).toEqual([
    {
      role: 'assistant',
      content: [
        { type: 'reasoning', text: 'hm', providerOptions: { anthropic: { signature: 'sig' } } },
        { type: 'tool-call', toolCallId: 'c1', toolName: 'weather', input: { city: 'Rome' } },
      ],
    },
    {
      role: 'tool',
      content: [
        { type: 'tool-result', toolCallId: 'c1', toolName: 'weather', output: { type: 'text', value: 'sunny' } },
      ],
    },
  ])
})

/** A model of specification v4 that says these parts and notes its prompts. */
function modelOf(parts: readonly unknown[], prompts: unknown[] = []): AiSdkLanguageModel {
  return {
    specificationVersion: 'v4',
    provider: 'anthropic.messages',
    modelId: 'fake',
    doStream(options: { prompt: unknown }) {
      prompts.push(options.prompt)
      const stream = new ReadableStream<unknown>({
        start(controller) {
          for (const part of parts) controller.enqueue(part)
          controller.close()
        },
      })
      return Promise.resolve({ stream })
    },
  }
}
