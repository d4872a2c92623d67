import { expect, test } from 'vitest'
import { z } from 'zod'
import type { StructStreamError } from '../../src/errors.ts'
import type { Model } from '../../src/models/model.ts'
import { anthropic } from '../../src/models/anthropic/index.ts'
import { gemini } from '../../src/models/google/index.ts'
import { ollama } from '../../src/models/ollama/index.ts'
import { azureOpenAI, groq, openai } from '../../src/models/openai/index.ts'
import { record, replay } from '../../src/record/index.ts'
import { runStream } from '../../src/run-stream.ts'
import { startProviderServer, type Faults, type ProviderServer, type Reply } from '../../src/testing/index.ts'
import type { RunOptions, StreamEvent } from '../../src/stream/types.ts'
import { property, runSize, type Choices } from '../support/property.ts'

const Film = z.object({ title: z.string(), year: z.int().max(2100), tags: z.array(z.string()) })

const key = { apiKey: 'test', maxRetries: 0 }
const wires: Record<string, (server: ProviderServer) => Model> = {
  'OpenAI Responses': ({ openaiBaseURL }) => openai('m', { ...key, baseURL: openaiBaseURL }),
  'OpenAI Chat': ({ openaiBaseURL }) => openai('m', { ...key, api: 'chat', baseURL: openaiBaseURL }),
  Azure: ({ azureEndpoint }) => azureOpenAI('m', { ...key, endpoint: azureEndpoint }),
  Groq: ({ openaiBaseURL }) => groq('m', { ...key, baseURL: openaiBaseURL }),
  Anthropic: ({ anthropicBaseURL }) => anthropic('m', { ...key, baseURL: anthropicBaseURL }),
  Gemini: ({ geminiBaseURL }) => gemini('m', { ...key, baseURL: geminiBaseURL }),
  Ollama: ({ ollamaHost }) => ollama('m', { host: ollamaHost }),
}

const byte = (choices: Choices): number => choices.below(900)
const event = (choices: Choices): number => choices.below(12)
const failing = { status: 503 }

/** Every fault of the test server. */
const faults: Record<keyof Faults, (choices: Choices) => Faults> = {
  cutAtByte: (choices) => ({ cutAtByte: byte(choices) }),
  dropAtByte: (choices) => ({ dropAtByte: byte(choices) }),
  resetAtByte: (choices) => ({ resetAtByte: byte(choices) }),
  stallAtByte: (choices) => ({ stallAtByte: byte(choices) }),
  cutAfterEvent: (choices) => ({ cutAfterEvent: event(choices) }),
  dropAfterEvent: (choices) => ({ dropAfterEvent: event(choices) }),
  resetAfterEvent: (choices) => ({ resetAfterEvent: event(choices) }),
  stallAfterEvent: (choices) => ({ stallAfterEvent: event(choices) }),
  beforeHeaders: (choices) => ({ beforeHeaders: choices.pick(['drop', 'reset', 'stall'] as const) }),
  withoutFinish: () => ({ withoutFinish: true }),
  errorEvent: (choices) => ({
    errorEvent: choices.pick([true, { message: 'overloaded', status: 529, afterEvent: event(choices) }] as const),
  }),
  status: (choices) => ({ status: choices.pick([400, 401, 408, 429, 500, 503]) }),
  headers: (choices) => ({ headers: { 'x-request-id': 'r1', 'retry-after': '0' }, ...choices.pick([{}, failing]) }),
  body: (choices) => ({ ...failing, body: choices.pick(['<html>', { error: 'odd' }, '']) }),
  message: () => ({ ...failing, message: 'out of order' }),
  dripMs: () => ({ dripMs: 1, writeBytes: 400 }),
  writeBytes: (choices) => ({ writeBytes: 1 + choices.below(60) }),
  splitUtf8: () => ({ splitUtf8: true }),
  extraBytes: (choices) => ({ extraBytes: choices.pick(['\n\n', 'garbage', { at: byte(choices), bytes: '\u0000' }]) }),
}

/** How an answer may be odd without a fault of the server. */
const none = (choices: Choices): Faults => choices.pick([{}, {}, { headers: {} }])
const kinds = { none, ...faults }
const CASES = Math.max(
  1,
  Math.round(runSize('LAWS', 1).cases / (Object.keys(wires).length * Object.keys(kinds).length)),
)

function replyOf(choices: Choices, fault: Faults): Reply {
  const data = {
    title: choices.pick(['Alien', 'Blade "Runner"', 'é🙂']),
    year: choices.pick([1979, 1982, 2500]),
    tags: choices.many(4, () => choices.pick(['a', 'rain', ''])),
  }
  const finish = choices.pick(['stop', 'stop', 'length', 'content-filter'] as const)
  return { data, finish, chunking: [1, 1 + choices.below(20)], faults: fault }
}

interface Log {
  events: StreamEvent[]
  end: { code?: string } & Record<string, unknown>
}

async function log(model: Model, options: RunOptions): Promise<Log> {
  const stream = runStream('A film', Film, { model, ...options })
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

/** A run that gave up on its model is replayed up to there, and ends as aborted. */
const asReplayed = ({ events, end }: Log): Log => ({
  events,
  end: end.code === 'timeout' ? expect.objectContaining({ code: 'aborted', text: end['text'] }) : end,
})

test.each(Object.keys(wires))(
  'a replay has the event log of the recorded run, with every fault of the server: %s',
  async (wire) => {
    let reply: Reply = {}
    await using server = await startProviderServer({ respond: () => reply })
    const live = wires[wire]!(server)
    for (const [name, faultOf] of Object.entries(kinds)) {
      await property({ ...runSize('LAWS', 1), cases: CASES }, async (choices) => {
        reply = replyOf(choices, faultOf(choices))
        const onInvalid = choices.pick(['collect', 'abort'] as const)
        const lines: string[] = []
        // A stalled stream is given up; whether another one is, too, doesn't matter.
        const timeout = JSON.stringify(reply.faults).includes('stall') ? { idle: 40 } : undefined
        const recorded = await log(
          record(live, (line) => void lines.push(line)),
          { onInvalid, timeout },
        )
        expect(await log(replay(lines), { onInvalid }), name).toEqual(asReplayed(recorded))
      })
    }
  },
  process.env['LAWS_CASES'] === undefined ? 60_000 : 0,
)
