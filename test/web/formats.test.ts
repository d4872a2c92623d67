import { EventSchemas } from '@ag-ui/core/schemas'
import { parsePartialJson, readUIMessageStream, uiMessageChunkSchema, type UIMessage, type UIMessageChunk } from 'ai'
import { createParser } from 'eventsource-parser'
import { fc } from '../support/fast-check.ts'
import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import type { Model } from '../../src/models/model.ts'
import { simulate, type SimulateOptions } from '../../src/models/simulate/index.ts'
import { runStream } from '../../src/run-stream.ts'
import { tool } from '../../src/tool.ts'
import { connect } from '../../src/web/client/index.ts'
import { toResponse, type ServerOptions } from '../../src/web/server/index.ts'

const Film = z.object({ title: z.string(), year: z.int(), note: z.string().optional(), cast: z.array(z.string()) })
const film = {
  title: 'The "Thing" \u{1F9CA}\n',
  year: 1982,
  cast: ['Kurt Russell', 'Keith David', 'id: 7\r\ndata: x\r\rretry: 1'],
}

const respond = (options: SimulateOptions, server: ServerOptions, overrides: Partial<Model> = {}, more: object = {}) =>
  toResponse(runStream('A film', Film, { model: { ...simulate(options), ...overrides }, ...more }), server)

const sseData = async (response: Response): Promise<string[]> => {
  const data: string[] = []
  const parser = createParser({ onEvent: (event) => data.push(event.data) })
  parser.feed(await response.text())
  return data
}

async function readAll(reader: ReadableStreamDefaultReader<Uint8Array>): Promise<void> {
  while (!(await reader.read()).done);
}

describe('sse', () => {
  test('whatever the text is, it arrives, read by another library’s parser too', async () => {
    await fc.assert(
      fc.asyncProperty(fc.string({ unit: 'binary' }), fc.integer({ min: 1, max: 9 }), async (text, chunkSize) => {
        const stream = () => runStream('p', undefined, { model: simulate({ response: text, chunkSize }) })
        const data = await sseData(toResponse(stream()))
        const told = data.map((line) => JSON.parse(line) as unknown).filter((event) => typeof event === 'string')
        expect(told.join('')).toBe(text)
        expect(await connect(toResponse(stream())).getText()).toBe(text)
        expect(await connect(toResponse(stream(), { format: 'ndjson' })).getText()).toBe(text)
      }),
      { numRuns: 50 },
    )
  })

  test('costs at most 2.5 times the text when 4-character deltas arrive in batches', async () => {
    const value = { title: 'x', year: 1, cast: Array.from({ length: 500 }, (_, i) => `Somebody number ${i}`) }
    // Ten deltas at a time, as they come from a provider's TCP segments.
    const batched: Partial<Model> = {
      async *stream() {
        const text = JSON.stringify(value)
        for (let at = 0, count = 1; at < text.length; at += 4, count++) {
          yield { type: 'text-delta', text: text.slice(at, at + 4) }
          if (count % 10 === 0) await new Promise((resolve) => setImmediate(resolve))
        }
        yield { type: 'finish', reason: 'stop' }
      },
    }
    for (const format of ['sse', 'ndjson'] as const) {
      const bytes = (await respond({}, { format }, batched).arrayBuffer()).byteLength
      expect(bytes / JSON.stringify(value).length).toBeLessThan(2.5)
    }
  })
})

describe('text', () => {
  test('is the JSON in the user’s shape, whatever the provider’s and however sloppy', async () => {
    const sloppy = `Sure:\n\`\`\`json\n${JSON.stringify({ ...film, note: null })
      .replace('"year"', 'year')
      .replace(/\}$/, ',}')}\n\`\`\``
    const response = respond({ response: sloppy, chunkSize: 3 }, { format: 'text' }, { dialect: 'openai' })
    expect(response.headers.get('content-type')).toBe('text/plain; charset=utf-8')
    expect(response.headers.get('x-content-type-options')).toBe('nosniff')
    expect(await response.text()).toBe(JSON.stringify(film))
  })

  test('every start of it is a partial for the AI SDK’s parser', async () => {
    const decoder = new TextDecoder()
    let text = ''
    for await (const bytes of respond({ response: film, chunkSize: 2 }, { format: 'text' }).body!) {
      text += decoder.decode(bytes, { stream: true })
      expect((await parsePartialJson(text)).state).toMatch(/parse$/)
    }
    expect(JSON.parse(text)).toEqual(film)
  })

  test('an error, a new beginning and what is not JSON cut the connection', async () => {
    const failing = respond({ response: film, faults: { cutAt: 20 } }, { format: 'text' })
    await expect(failing.text()).rejects.toMatchObject({ code: 'connection_lost' })
    // The first answer is found wrong once its beginning was read: what wasn't sent needn't be taken back.
    let resume!: () => void
    const isRead = new Promise<void>((resolve) => (resume = resolve))
    let calls = 0
    const twice: Partial<Model> = {
      async *stream() {
        if (calls++ === 0) {
          yield { type: 'text-delta', text: '{"title":"Some' }
          await isRead
          yield { type: 'text-delta', text: '","year":"none"}' }
        } else yield { type: 'text-delta', text: JSON.stringify(film) }
        yield { type: 'finish', reason: 'stop' }
      },
    }
    const again = respond({}, { format: 'text' }, twice, { onInvalid: 'restart' }).body!.getReader()
    expect(new TextDecoder().decode((await again.read()).value)).toContain('Some')
    resume()
    await expect(readAll(again)).rejects.toMatchObject({
      message: expect.stringMatching(/"text" cannot tell that the answer begins again/),
    })
    const strict = respond({ response: '{"title":oops}' }, { format: 'text' }, {}, { repair: false })
    await expect(strict.text()).rejects.toMatchObject({ code: 'malformed_json' })
  })
})

const lookup = tool({
  name: 'lookup',
  description: 'Looks',
  input: z.object({ id: z.number() }),
  execute: ({ id }) => {
    if (id === 0) throw new Error('no such film')
    return { id }
  },
})
const steps = { responses: [{ toolCalls: [{ name: 'lookup', arguments: { id: 3 } }] }, film] }

describe('ui-message', () => {
  const chunks = async (response: Response): Promise<UIMessageChunk[]> => {
    expect(response.headers.get('x-vercel-ai-ui-message-stream')).toBe('v1')
    const data = await sseData(response)
    expect(data.at(-1)).toBe('[DONE]')
    const schema = uiMessageChunkSchema()
    return await Promise.all(
      data.slice(0, -1).map(async (line) => {
        const checked = await schema.validate!(JSON.parse(line))
        if (!checked.success) throw checked.error
        return checked.value
      }),
    )
  }
  const message = async (all: UIMessageChunk[]) => {
    const stream = new ReadableStream<UIMessageChunk>({
      start(controller) {
        for (const chunk of all) controller.enqueue(chunk)
        controller.close()
      },
    })
    let last: UIMessage | undefined
    for await (const one of readUIMessageStream({ stream, terminateOnError: true })) last = one
    if (last === undefined) throw new Error('expected a message')
    return last
  }

  test('becomes a message of the AI SDK: reasoning, tool call, text and data', async () => {
    const all = await chunks(respond({ ...steps, reasoning: 'Hm.' }, { format: 'ui-message' }, {}, { tools: [lookup] }))
    const { parts } = await message(all)
    expect(parts.map(({ type }) => type)).toEqual([
      'step-start',
      'reasoning',
      'dynamic-tool',
      'step-start',
      'reasoning',
      'data-object',
      'text',
    ])
    expect(parts[2]).toMatchObject({
      state: 'output-available',
      toolName: 'lookup',
      input: { id: 3 },
      output: { id: 3 },
    })
    expect(parts[5]).toMatchObject({ data: film })
    expect(parts[6]).toMatchObject({ text: JSON.stringify(film), state: 'done' })
  })

  test('no text of an answer that was restarted stays, and an error is one of the AI SDK’s', async () => {
    const options = { format: 'ui-message' } as const
    const again = await message(
      await chunks(respond({ responses: [{ title: 1 }, film] }, options, {}, { onInvalid: 'restart' })),
    )
    expect(again.parts.filter(({ type }) => type === 'text')).toMatchObject([{ text: JSON.stringify(film) }])
    expect(again.parts.filter(({ type }) => type === 'data-object')).toMatchObject([{ data: film }])
    const failed = await chunks(respond({ response: film, faults: { status: 500 } }, options))
    expect(failed.at(-1)).toMatchObject({ type: 'error', errorText: expect.stringMatching(/^provider_error: /) })
  })
})

describe('ag-ui', () => {
  const events = async (response: Response) =>
    (await sseData(response)).map(
      (line) => EventSchemas.parse(JSON.parse(line)) as { type: string; [field: string]: unknown },
    )

  test('is a run of AG-UI: messages, tool call, state and result', async () => {
    const all = await events(respond({ ...steps, reasoning: 'Hm.' }, { format: 'ag-ui' }, {}, { tools: [lookup] }))
    const types = all.map(({ type }) => type).filter((type, index, list) => type !== list[index - 1])
    expect(types).toEqual([
      'RUN_STARTED',
      'REASONING_START',
      'REASONING_MESSAGE_START',
      'REASONING_MESSAGE_CONTENT',
      'REASONING_MESSAGE_END',
      'REASONING_END',
      'TOOL_CALL_START',
      'TOOL_CALL_ARGS',
      'TOOL_CALL_END',
      'TOOL_CALL_RESULT',
      'REASONING_START',
      'REASONING_MESSAGE_START',
      'REASONING_MESSAGE_CONTENT',
      'REASONING_MESSAGE_END',
      'REASONING_END',
      'STATE_DELTA',
      'TEXT_MESSAGE_START',
      'TEXT_MESSAGE_CONTENT',
      'TEXT_MESSAGE_END',
      'RUN_FINISHED',
    ])
    const text = all.filter(({ type }) => type === 'TEXT_MESSAGE_CONTENT').map(({ delta }) => delta)
    expect(text.join('')).toBe(JSON.stringify(film))
    expect(all[0]).toMatchObject({ protocolVersion: '1.0' })
    expect(all.at(-1)).toMatchObject({ result: film, runId: all[0]!['runId'], threadId: all[0]!['threadId'] })
    expect(all.at(-1)).toMatchObject({ outcome: { type: 'success' } })
  })

  test('an error ends the run', async () => {
    const all = await events(respond({ response: film, faults: { cutAt: 12 } }, { format: 'ag-ui' }))
    expect(all.at(-1)).toMatchObject({ type: 'RUN_ERROR', code: 'connection_lost' })
  })
})
