import { expect, test } from 'vitest'
import { z } from 'zod'
import type { StructStreamError } from '../../src/errors.ts'
import { anthropic } from '../../src/models/anthropic/index.ts'
import { gemini } from '../../src/models/google/index.ts'
import type { Model } from '../../src/models/model.ts'
import { ollama } from '../../src/models/ollama/index.ts'
import { openai } from '../../src/models/openai/index.ts'
import { runStream } from '../../src/run-stream.ts'
import { startProviderServer, type ProviderServer, type Reply } from '../../src/testing/index.ts'
import { inMemory } from './telemetry.ts'

const Film = z.object({ title: z.string(), year: z.int() })
const data = { title: 'Alien', year: 1979 }

const wires: Record<string, (server: ProviderServer) => Model> = {
  'OpenAI Responses': ({ openaiBaseURL }) => openai('m', { apiKey: 'test', baseURL: openaiBaseURL, maxRetries: 0 }),
  'OpenAI Chat': ({ openaiBaseURL }) =>
    openai('m', { api: 'chat', apiKey: 'test', baseURL: openaiBaseURL, maxRetries: 0 }),
  Anthropic: ({ anthropicBaseURL }) => anthropic('m', { apiKey: 'test', baseURL: anthropicBaseURL, maxRetries: 0 }),
  Gemini: ({ geminiBaseURL }) => gemini('m', { apiKey: 'test', baseURL: geminiBaseURL, maxRetries: 0 }),
  Ollama: ({ ollamaHost }) => ollama('m', { host: ollamaHost }),
}

/** Each of the test server's faults; where the code is the same on every wire, it is named. */
const faults: [name: string, code: string | undefined, reply: Reply][] = [
  ['a key that is wrong', 'provider_error', { data, faults: { status: 401 } }],
  ['too many requests', 'rate_limited', { data, faults: { status: 429 } }],
  ['a broken server', 'provider_error', { data, faults: { status: 500, body: 'oops' } }],
  ['a body cut at a byte', undefined, { data, faults: { cutAtByte: 150 } }],
  ['a socket dropped at a byte', 'connection_lost', { data, faults: { dropAtByte: 150 } }],
  ['a socket reset at a byte', 'connection_lost', { data, faults: { resetAtByte: 150 } }],
  ['silence from a byte on', 'timeout', { data, faults: { stallAtByte: 150 } }],
  ['a body cut after an event', undefined, { data, faults: { cutAfterEvent: 2 } }],
  ['a socket dropped after an event', 'connection_lost', { data, faults: { dropAfterEvent: 2 } }],
  ['a socket reset after an event', 'connection_lost', { data, faults: { resetAfterEvent: 2 } }],
  ['silence after an event', 'timeout', { data, faults: { stallAfterEvent: 2 } }],
  ['silence before the headers', 'timeout', { data, faults: { beforeHeaders: 'stall' } }],
  ['a socket dropped before the headers', 'connection_lost', { data, faults: { beforeHeaders: 'drop' } }],
  ['a socket reset before the headers', 'connection_lost', { data, faults: { beforeHeaders: 'reset' } }],
  ['no terminal event', undefined, { data, faults: { withoutFinish: true } }],
  ['an error inside the stream', undefined, { data, faults: { errorEvent: true } }],
  ['pieces of one byte', undefined, { data, faults: { writeBytes: 1, splitUtf8: true } }],
  ['bytes that mean nothing', undefined, { data, faults: { extraBytes: '\n\n' } }],
  ['a token limit', 'truncated', { text: '{"title":"Al', finish: 'length' }],
  ['a filter', undefined, { text: '{"title":"Al', finish: 'content-filter' }],
  ['prose', 'no_json', { text: 'I would rather not.' }],
  ['an answer of another form', 'invalid_data', { data: { title: 'Alien', year: 'soon' } }],
]

test.each(Object.keys(wires))(
  'each fault ends in one closed run span and one closed span for its attempt, with its code: %s',
  async (wire) => {
    await using server = await startProviderServer()
    const codes: (string | undefined)[] = []
    for (const [name, known, reply] of faults) {
      const telemetry = inMemory()
      server.respondWith(reply)
      const end = await runStream('A film', Film, {
        model: wires[wire]!(server),
        observe: telemetry.observe,
        ...(known === 'timeout' && { timeout: { firstDelta: 300, idle: 300 } }),
      })
        .getResult()
        .then(
          () => undefined,
          ({ code }: StructStreamError) => code,
        )
      const spans = telemetry.spans().map((span) => [span.name, span.attributes['error.type'], span.status.code])
      const status = end === undefined ? 0 : 2
      expect([name, telemetry.started, spans]).toEqual([
        name,
        2,
        [
          ['chat m', end, status],
          ['structstream.run', end, status],
        ],
      ])
      codes.push(end)
    }
    const wanted = faults.map(([name, code], index) => [name, code ?? codes[index]])
    expect(faults.map(([name], index) => [name, codes[index]])).toEqual(wanted)
  },
)
