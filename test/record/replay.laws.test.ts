import { expect, test } from 'vitest'
import { z } from 'zod'
import type { StructStreamError } from '../../src/errors.ts'
import type { Model } from '../../src/models/model.ts'
import { anthropic } from '../../src/models/anthropic/index.ts'
import { gemini } from '../../src/models/google/index.ts'
import { ollama } from '../../src/models/ollama/index.ts'
import { openai } from '../../src/models/openai/index.ts'
import { record, replay } from '../../src/record/index.ts'
import { runStream } from '../../src/run-stream.ts'
import { startProviderServer, type ProviderServer, type Reply } from '../../src/testing/index.ts'
import type { StreamEvent } from '../../src/stream/types.ts'
import { property, runSize, type Choices } from '../support/property.ts'

const Film = z.object({ title: z.string(), year: z.int().max(2100), tags: z.array(z.string()) })

const wires: Record<string, (server: ProviderServer) => Model> = {
  'OpenAI Responses': ({ openaiBaseURL }) => openai('m', { apiKey: 'test', baseURL: openaiBaseURL, maxRetries: 0 }),
  'OpenAI Chat': ({ openaiBaseURL }) =>
    openai('m', { api: 'chat', apiKey: 'test', baseURL: openaiBaseURL, maxRetries: 0 }),
  Anthropic: ({ anthropicBaseURL }) => anthropic('m', { apiKey: 'test', baseURL: anthropicBaseURL, maxRetries: 0 }),
  Gemini: ({ geminiBaseURL }) => gemini('m', { apiKey: 'test', baseURL: geminiBaseURL }),
  Ollama: ({ ollamaHost }) => ollama('m', { host: ollamaHost }),
}

/** An answer with or without one of the test server's faults. */
function replyOf(choices: Choices): Reply {
  const data = {
    title: choices.pick(['Alien', 'Blade "Runner"', 'é🙂']),
    year: choices.pick([1979, 1982, 2500]),
    tags: choices.many(4, () => choices.pick(['a', 'rain', ''])),
  }
  const byte = choices.below(900)
  const faults = choices.pick<Reply['faults']>([
    undefined,
    { cutAtByte: byte },
    { dropAtByte: byte },
    { resetAtByte: byte },
    { status: choices.pick([400, 401, 429, 500, 503]) },
    { errorEvent: { message: 'overloaded', status: 529 } },
    { finish: 'length' },
  ] as Reply['faults'][])
  return { data, chunking: [1, 1 + choices.below(20)], ...(faults !== undefined && { faults }) }
}

async function log(model: Model, onInvalid: 'collect' | 'abort'): Promise<unknown> {
  const stream = runStream('A film', Film, { model, onInvalid })
  const events: StreamEvent[] = []
  const end = stream.getResult().then(
    ({ data, text, finishReason, usage, repairs }) => ({ data, text, finishReason, usage, repairs }),
    ({ code, message, status, text, issues }: StructStreamError) => ({ code, message, status, text, issues }),
  )
  try {
    for await (const event of stream.streamEvents()) events.push(event)
  } catch {
    // It is in `end`.
  }
  return { events, end: await end }
}

test.each(Object.keys(wires))(
  'a replay has the event log of the recorded run, whatever went wrong: %s',
  async (wire) => {
    await property(runSize('LAWS', 12), async (choices) => {
      await using server = await startProviderServer({ respond: replyOf(choices) })
      const onInvalid = choices.pick(['collect', 'abort'] as const)
      const lines: string[] = []
      const recorded = await log(
        record(wires[wire]!(server), (line) => void lines.push(line)),
        onInvalid,
      )
      expect(await log(replay(lines), onInvalid)).toEqual(recorded)
    })
  },
)
