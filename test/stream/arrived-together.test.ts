import { describe, expect, test, vi } from 'vitest'
import { z } from 'zod'

import { runStream } from '../../src/index.ts'
import { anthropic } from '../../src/models/anthropic/index.ts'
import { gemini } from '../../src/models/google/index.ts'
import type { Model } from '../../src/models/model.ts'
import { ollama } from '../../src/models/ollama/index.ts'
import { openai } from '../../src/models/openai/index.ts'
import type { Fetch } from '../../src/models/transport/watch-body.ts'

/* What arrives in one read of the body is shown together, and what arrives alone is shown at once. */

const Numbers = z.array(z.int())

/** A body that is written by hand. */
function handWritten(type: string): { fetch: Fetch; write(text: string): Promise<void>; end(): void } {
  let opened!: () => void
  const isOpen = new Promise<void>((resolve) => void (opened = resolve))
  let controller!: ReadableStreamDefaultController<Uint8Array>
  const body = new ReadableStream<Uint8Array>({ start: (given) => void (controller = given) })
  return {
    fetch() {
      opened()
      return Promise.resolve(new Response(body, { headers: { 'content-type': type } }))
    },
    async write(text) {
      await isOpen
      controller.enqueue(new TextEncoder().encode(text))
    },
    end: () => controller.close(),
  }
}

interface Wire {
  type: string
  model(fetch: Fetch): Model
  delta(text: string): string
  start?: string
  end: string
  /** The body is not read through what watches it, so no one can tell what came together. */
  isUnwatched?: true
}

const data = (value: object) => `data: ${JSON.stringify(value)}\n\n`
const named = (value: { type: string }) => `event: ${value.type}\n${data(value)}`
const chat = (delta: object, finish_reason: string | null = null) =>
  data({ id: '1', model: 'm', choices: [{ index: 0, delta, finish_reason }] })
const parts = (text: string, more = {}) => data({ candidates: [{ content: { parts: [{ text }] }, index: 0, ...more }] })
const line = (content: string, more = {}) =>
  `${JSON.stringify({ model: 'm', message: { role: 'assistant', content }, done: false, ...more })}\n`

const wires: Record<string, Wire> = {
  'OpenAI Chat': {
    type: 'text/event-stream',
    model: (fetch) => openai('m', { api: 'chat', apiKey: 'k', fetch }),
    delta: (content) => chat({ content }),
    end: `${chat({}, 'stop')}data: [DONE]\n\n`,
  },
  'OpenAI Responses': {
    type: 'text/event-stream',
    model: (fetch) => openai('m', { apiKey: 'k', fetch }),
    delta: (delta) => named({ type: 'response.output_text.delta', output_index: 0, content_index: 0, delta } as never),
    end: named({ type: 'response.completed', response: { id: '1', status: 'completed', output: [] } } as never),
  },
  Anthropic: {
    type: 'text/event-stream',
    model: (fetch) => anthropic('m', { apiKey: 'k', fetch }),
    start: named({ type: 'content_block_start', index: 0, content_block: { type: 'text', text: '' } } as never),
    delta: (text) => named({ type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text } } as never),
    end:
      named({ type: 'message_delta', delta: { stop_reason: 'end_turn' }, usage: { output_tokens: 1 } } as never) +
      named({ type: 'message_stop' }),
  },
  Gemini: {
    type: 'text/event-stream',
    model: (fetch) => gemini('m', { apiKey: 'k', fetch }),
    delta: (text) => parts(text),
    end: parts('', { finishReason: 'STOP' }),
  },
  Ollama: {
    type: 'application/x-ndjson',
    model: (fetch) => ollama('m', { fetch }),
    delta: (text) => line(text),
    end: line('', { done: true, done_reason: 'stop' }),
    isUnwatched: true,
  },
}

describe.each(Object.entries(wires))('%s', (_, wire) => {
  test('one item for a read of many deltas, and all of them for who wants the text', async () => {
    const { fetch, write, end } = handWritten(wire.type)
    const stream = runStream('q', Numbers, { model: wire.model(fetch) })
    const seen: unknown[] = []
    const texts: string[] = []
    const read = Promise.all([
      (async () => {
        for await (const partial of stream.streamPartial()) seen.push(partial)
      })(),
      (async () => {
        for await (const text of stream.streamText()) texts.push(text)
      })(),
    ])
    await write(wire.start ?? '')
    for (const text of ['[1,', '2,', '3,']) {
      await write(wire.delta(text))
      // It has come and nothing follows: no one waits for the next read.
      await vi.waitFor(() => expect(texts.at(-1)).toBe(text))
    }
    expect(seen).toEqual([[1], [1, 2], [1, 2, 3]])
    // More than is handed to the SDK in one piece.
    const many = Array.from({ length: 50 }, (_, index) => `${index},`)
    await write(many.map((text) => wire.delta(text)).join(''))
    await vi.waitFor(() => expect(texts).toEqual(['[1,', '2,', '3,', ...many]))
    expect(seen).toHaveLength(wire.isUnwatched ? 53 : 4)
    expect(seen.at(-1)).toHaveLength(53)
    // Half an event is none; the rest of it shows all.
    const rest = wire.delta('7]') + wire.end
    await write(wire.delta('6,') + rest.slice(0, 10))
    await vi.waitFor(() => expect(seen.at(-1)).toHaveLength(54))
    await write(rest.slice(10))
    end()
    await read
    expect(await stream.getData()).toHaveLength(55)
  })

  test('a violation stops the model in the middle of a read', async () => {
    const { fetch, write } = handWritten(wire.type)
    const stream = runStream('q', Numbers, { model: wire.model(fetch), onInvalid: 'abort' })
    const result = stream.getData()
    await write(`${wire.start ?? ''}${['[1,', '"x",', '3,', '4,'].map((text) => wire.delta(text)).join('')}`)
    await expect(result).rejects.toMatchObject({ code: 'invalid_data', path: [1], text: '[1,"x",3,' })
  })
})
