import { expect, test, vi } from 'vitest'

import type { Model } from '../../src/models/model.ts'
import { registerProviders } from '../../src/models/registry.ts'
import { resolveModel } from '../../src/models/resolve.ts'

const model = (id: string): Model => ({ provider: 'other', id, modes: ['prompt'], stream: () => [] as never }) as never

test('a string model uses the adapter that another copy of the package registered', async () => {
  vi.resetModules()
  const copy = await import('../../src/models/registry.ts')
  copy.registerProviders({ ollama: model })
  expect(await resolveModel('ollama:llama3.2:3b')).toMatchObject({ provider: 'other', id: 'llama3.2:3b' })
})

test('a string model whose adapter cannot be loaded says which import is missing', async () => {
  vi.doMock('structstream/anthropic', () => {
    throw new Error('no such module')
  })
  await expect(resolveModel('anthropic:claude')).rejects.toMatchObject({
    code: 'bad_options',
    message: expect.stringContaining("add: import 'structstream/anthropic'"),
  })
})

test('the adapter registered last for a provider is the one that a string model uses', async () => {
  registerProviders({ groq: model })
  expect(await resolveModel('groq:x')).toMatchObject({ provider: 'other' })
})
