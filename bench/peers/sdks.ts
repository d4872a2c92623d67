import Anthropic from '@anthropic-ai/sdk'
import OpenAI from 'openai'
import { zodResponseFormat } from 'openai/helpers/zod'
import { runStream, type Model } from '../../src/index.ts'
import { anthropic } from '../../src/models/anthropic/index.ts'
import { openai } from '../../src/models/openai/index.ts'
import { PROVIDER_URL, modelFor } from './provider.ts'
import type { Subject } from './subject.ts'

const KEY = 'benchmark'
const PROMPT = [{ role: 'user' as const, content: 'go' }]

const url = (): string => process.env[PROVIDER_URL]!
const openaiClient = (): OpenAI => new OpenAI({ baseURL: `${url()}/v1`, apiKey: KEY })
const anthropicClient = (): Anthropic => new Anthropic({ baseURL: url(), apiKey: KEY })

const openaiAlone: Subject = {
  id: 'openai-alone',
  title: 'openai, raw stream iterated',
  package: 'openai',
  kind: 'none',
  open({ size }) {
    const client = openaiClient()
    return async () => {
      const model = modelFor(size)
      let read = ''
      for await (const chunk of await client.chat.completions.create({ model, messages: PROMPT, stream: true })) {
        read += chunk.choices[0]?.delta.content ?? ''
      }
      return JSON.parse(read) as unknown
    }
  },
}

const anthropicAlone: Subject = {
  id: 'anthropic-alone',
  title: '@anthropic-ai/sdk, raw stream iterated',
  package: '@anthropic-ai/sdk',
  kind: 'none',
  open({ size }) {
    const client = anthropicClient()
    return async () => {
      const model = modelFor(size)
      const stream = await client.messages.create({ model, messages: PROMPT, max_tokens: 1_000_000, stream: true })
      let read = ''
      for await (const event of stream) {
        if (event.type === 'content_block_delta' && event.delta.type === 'text_delta') read += event.delta.text
      }
      return JSON.parse(read) as unknown
    }
  },
}

function ours(id: string, title: string, connect: (name: string) => Model): Subject {
  return {
    id,
    title,
    kind: 'immutable',
    open({ size, schema }) {
      const model = connect(modelFor(size))
      return async () => {
        const stream = runStream('go', schema, { model })
        for await (const _ of stream.streamPartial());
        return await stream.getData()
      }
    },
  }
}

/** The SDK's own way to partial values, which parses the whole text for every delta. */
const openaiHelper: Subject = {
  id: 'openai-helper',
  title: 'openai, `.stream()` with `zodResponseFormat`, its parsed snapshots',
  package: 'openai',
  kind: 'anew',
  open({ size, schema }) {
    const client = openaiClient()
    return async () => {
      const model = modelFor(size)
      const response_format = zodResponseFormat(schema as never, 'answer')
      const stream = client.chat.completions.stream({ model, messages: PROMPT, response_format })
      let parsed: unknown
      stream.on('content.delta', (delta) => (parsed = delta.parsed))
      await stream.done()
      return parsed
    }
  },
}

/** The SDKs iterated on their own, and the same with us in between. */
export const SDKS: readonly Subject[] = [
  openaiAlone,
  ours('openai-ours', 'openai + `runStream` + `streamPartial`', (name) =>
    openai(name, { api: 'chat', baseURL: `${url()}/v1`, apiKey: KEY }),
  ),
  openaiHelper,
  anthropicAlone,
  ours('anthropic-ours', '@anthropic-ai/sdk + `runStream` + `streamPartial`', (name) =>
    anthropic(name, { baseURL: url(), apiKey: KEY }),
  ),
]
