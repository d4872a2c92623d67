import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { anthropic } from '../../src/models/anthropic/index.ts'
import { gemini } from '../../src/models/google/index.ts'
import type { Model, ResponseFormat } from '../../src/models/model.ts'
import { openai, openaiCompatible } from '../../src/models/openai/index.ts'
import type { Faults, ProviderServer, WireName } from '../../src/testing/index.ts'
import { startProviderServer } from '../../src/testing/index.ts'
import { ask, type Collected } from './collect.ts'
import { expected, type Expected, type ExpectedText } from './conformance-expected.ts'

const corpus = process.env['STREAM_CORPUS']
const files = corpus === undefined ? [] : manifestOf(corpus)

const isLong = process.env['LAWS_CASES'] !== undefined
/** How the bytes come: at once, each alone, or in small pieces of which none ends with an event; longer ones in a long run. */
const splits: readonly [name: string, faults: Faults, longest: number][] = [
  ['at once', {}, Number.POSITIVE_INFINITY],
  ['7 bytes a write', { writeBytes: 7 }, isLong ? 40_000 : 12_000],
  ['a byte a write', { writeBytes: 1 }, isLong ? 8_000 : 2_500],
]

describe.skipIf(corpus === undefined)('recorded streams (set STREAM_CORPUS to the folder with manifest.json)', () => {
  let server: ProviderServer
  beforeAll(async () => {
    server = await startProviderServer()
  })
  afterAll(() => server.close())

  test('the table has every recording', () => {
    expect(Object.keys(expected).toSorted()).toEqual(files.toSorted())
  })

  for (const file of files) {
    const wanted = expected[file]
    if (wanted === undefined) continue
    const bytes = asEvents(file, readFileSync(join(corpus!, file)))
    for (const [name, faults, longest] of splits) {
      test.runIf(bytes.length <= longest)(`${file}, ${name}`, async () => {
        server.respondWith({ recording: bytes, faults })
        const got = await ask(modelFor(wanted.wire, file, server.url))
        expect(summaryOf(got)).toEqual(wantedSummary(wanted))
      })
    }

    test.runIf(wanted.answerTool !== undefined)(`${file}, as the answer tool`, async () => {
      server.respondWith({ recording: bytes })
      const format: ResponseFormat = {
        mode: 'tool',
        name: wanted.answerTool!,
        schema: { type: 'object' },
        strict: false,
      }
      const got = await ask(modelFor(wanted.wire, file, server.url), { format })
      const call = wanted.calls?.find(([called]) => called === wanted.answerTool)
      expect(identified(got.text)).toEqual(identified(call![1]))
      expect(got.calls).toEqual([])
      expect(got.finish).toEqual([wanted.finish === 'tool-calls' ? 'stop' : wanted.finish])
    })
  }
})

function modelFor(wire: WireName, file: string, url: string): Model {
  const shared = { apiKey: 'test-key', maxRetries: 0 }
  const baseURL = `${url}/v1`
  switch (wire) {
    case 'openai-chat':
      if (file.startsWith('openai/')) return openai('test-model', { api: 'chat', baseURL, ...shared })
      return openaiCompatible('test-model', { baseURL, provider: file.split('/')[0], ...shared })
    case 'openai-responses':
      return openai('test-model', { baseURL, ...shared })
    case 'anthropic':
      return anthropic('test-model', { baseURL: url, ...shared })
    case 'gemini':
      return gemini('test-model', { baseURL: url, ...shared })
    case 'ollama':
      throw new Error(`no adapter for ${wire}`)
    default: {
      const never: never = wire
      return never
    }
  }
}

/** Without `alt=sse` Gemini sends one JSON array; the SDK always asks for events, so its items are sent as such. */
function asEvents(file: string, bytes: Buffer): Buffer {
  if (!file.endsWith('.json')) return bytes
  const items = JSON.parse(bytes.toString()) as unknown[]
  return Buffer.from(items.map((item) => `data: ${JSON.stringify(item)}\n\n`).join(''))
}

function summaryOf(got: Collected): unknown {
  const { error } = got
  return {
    text: identified(got.text),
    reasoning: identified(got.reasoning),
    refusal: got.refusal,
    calls: got.calls.map((call) => [call.name, identified(call.arguments)]),
    finish: got.finish,
    usage: got.usage,
    model: got.model,
    error: error && [error.code, error.status],
  }
}

function wantedSummary(wanted: Expected): unknown {
  return {
    text: identified(wanted.text ?? ''),
    reasoning: identified(wanted.reasoning ?? ''),
    refusal: wanted.refusal ?? '',
    calls: (wanted.calls ?? []).map(([name, args]) => [name, identified(args)]),
    finish: wanted.finish === undefined ? [] : [wanted.finish],
    usage: wanted.usage,
    model: wanted.model,
    error: wanted.error && [wanted.error.code, wanted.error.status],
  }
}

function identified(text: ExpectedText): ExpectedText {
  if (typeof text !== 'string' || text.length <= 90) return text
  return { length: text.length, sha256: createHash('sha256').update(text).digest('hex').slice(0, 16) }
}

function manifestOf(folder: string): string[] {
  const manifest = JSON.parse(readFileSync(join(folder, 'manifest.json'), 'utf8')) as { file: string }[]
  return manifest.map((entry) => entry.file)
}
