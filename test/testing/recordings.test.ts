import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import Anthropic from '@anthropic-ai/sdk'
import OpenAI from 'openai'
import { startProviderServer } from '../../src/testing/index.ts'

const corpus = process.env['STREAM_CORPUS']
const needsCorpus = corpus === undefined ? 'needs STREAM_CORPUS, the folder of recorded streams' : ''

test(`a recorded Chat stream reaches its SDK as it was ${needsCorpus}`, async ({ skip }) => {
  if (corpus === undefined) return skip(needsCorpus)
  const recording = join(corpus, 'openai/py--0898f3d1651e.sse')
  await using server = await startProviderServer({ respond: { recording, chunking: 'byte' } })
  const client = new OpenAI({ baseURL: server.openaiBaseURL, apiKey: 'k' })
  const stream = await client.chat.completions.create({ model: 'm', stream: true, messages: [] })
  const ids = new Set<string>()
  let text = ''
  for await (const chunk of stream) {
    ids.add(chunk.id)
    text += chunk.choices[0]?.delta.content ?? ''
  }
  expect([...ids]).toEqual(['chatcmpl-9tXjrL8ZwahfIfWjgwcnHRzZrzVL4'])
  expect(JSON.parse(text)).toBeTypeOf('object')
})

test(`a recorded Anthropic stream, cut after an event, ends there ${needsCorpus}`, async ({ skip }) => {
  if (corpus === undefined) return skip(needsCorpus)
  const recording = join(corpus, 'anthropic/anthropic-json-output-format.1.sse')
  const events = (await readFile(recording, 'utf8')).split('\n\n').slice(0, 10)
  await using server = await startProviderServer({ respond: { recording, faults: { cutAfterEvent: 10 } } })
  const client = new Anthropic({ baseURL: server.anthropicBaseURL, apiKey: 'k' })
  const stream = await client.messages.create({ model: 'm', max_tokens: 9, stream: true, messages: [] })
  let seen = 0
  for await (const _event of stream) seen++
  // The SDK keeps pings to itself.
  expect(seen).toBe(events.filter((event) => !event.includes('"ping"')).length)
})
