import { expect, test } from 'vitest'

import { resolveModel } from '../../src/models/resolve.ts'

test.each([
  ['openai:gpt-5.4', 'openai', 'gpt-5.4'],
  ['openai-chat:gpt-5.4', 'openai', 'gpt-5.4'],
  ['anthropic:claude-sonnet-4-5', 'anthropic', 'claude-sonnet-4-5'],
  ['openai:ft:gpt:org:x', 'openai', 'ft:gpt:org:x'],
  ['groq:openai/gpt-oss-20b', 'groq', 'openai/gpt-oss-20b'],
  ['ollama:llama3.2:3b', 'ollama', 'llama3.2:3b'],
  ['simulate', 'simulate', 'simulate'],
  ['simulate:anything', 'simulate', 'simulate'],
])('%s', async (name, provider, id) => {
  expect(await resolveModel(name)).toMatchObject({ provider, id, stream: expect.any(Function) })
})

test.each(['gemini:gemini-3', 'google:gemini-3'])('%s', async (name) => {
  expect((await resolveModel(name)).dialect).toBe('gemini')
})

test.each([
  ['nonsense:x', /Unknown provider "nonsense".*Known: openai, /],
  ['toString:x', /Unknown provider "toString"/],
  ['gpt-5.4', /The model "gpt-5.4" names no provider/],
  ['', /The model "" names no provider/],
  ['anthropic', /names no id: expected 'anthropic:id'/],
  ['anthropic:', /names no id/],
])('%j is bad_options', async (name, message) => {
  await expect(resolveModel(name)).rejects.toMatchObject({
    code: 'bad_options',
    message: expect.stringMatching(message),
  })
})
