import { RunAgentInputSchema } from '@ag-ui/core/schemas'
import type { RunAgentInput } from '@ag-ui/core'
import { readUIMessageStream, type UIMessage, type UIMessageChunk } from 'ai'
import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { readMessages } from '../../../src/models/request/read-messages.ts'
import { simulate } from '../../../src/models/simulate/index.ts'
import { runStream } from '../../../src/run-stream.ts'
import { tool } from '../../../src/tool.ts'
import { fromRunAgentInput, fromUiMessages, toResponse } from '../../../src/web/server/index.ts'

const streamOf = (chunks: UIMessageChunk[]) =>
  new ReadableStream<UIMessageChunk>({
    start(controller) {
      for (const chunk of chunks) controller.enqueue(chunk)
      controller.close()
    },
  })
const pixel = 'data:image/png;base64,iVBORw0KGgo='

describe('fromUiMessages', () => {
  const messages: UIMessage[] = [
    {
      id: '0',
      role: 'system',
      parts: [
        { type: 'text', text: 'Be ' },
        { type: 'text', text: 'brief.' },
      ],
    },
    { id: '1', role: 'user', parts: [{ type: 'text', text: 'Hello' }] },
    {
      id: '2',
      role: 'user',
      parts: [
        { type: 'text', text: 'What is this?' },
        { type: 'file', mediaType: 'image/png', url: pixel },
        { type: 'file', mediaType: 'application/pdf', url: 'https://example.com/a.pdf', filename: 'a.pdf' },
        { type: 'data-place', data: 1 },
      ],
    },
    {
      id: '3',
      role: 'assistant',
      parts: [
        { type: 'step-start' },
        { type: 'reasoning', text: 'Hm.' },
        { type: 'text', text: 'I look.' },
        {
          type: 'tool-look',
          toolCallId: 'a',
          state: 'output-available',
          input: { id: 1 },
          output: { is: 'a pixel' },
        },
        { type: 'dynamic-tool', toolName: 'read', toolCallId: 'b', state: 'output-error', input: {}, errorText: 'No.' },
        { type: 'tool-pay', toolCallId: 'c', state: 'input-available', input: {} },
        { type: 'step-start' },
        { type: 'text', text: 'A pixel.' },
        { type: 'data-object', id: 'object', data: { is: 'a pixel' } },
      ],
    },
    { id: '4', role: 'assistant', parts: [{ type: 'step-start' }] },
    { id: '5', role: 'assistant', parts: [{ type: 'data-object', id: 'object', data: { is: 'a pixel' } }] },
  ]

  test('keeps text, files, calls and results, and leaves out what only a page shows', () => {
    const converted = fromUiMessages(messages)
    expect(converted).toEqual([
      { role: 'system', content: 'Be brief.' },
      { role: 'user', content: 'Hello' },
      {
        role: 'user',
        content: [
          { type: 'text', text: 'What is this?' },
          { type: 'image', image: pixel, mediaType: 'image/png' },
          { type: 'file', file: 'https://example.com/a.pdf', mediaType: 'application/pdf', filename: 'a.pdf' },
        ],
      },
      {
        role: 'assistant',
        content: 'I look.',
        toolCalls: [
          { id: 'a', name: 'look', arguments: '{"id":1}' },
          { id: 'b', name: 'read', arguments: '{}' },
        ],
      },
      { role: 'tool', toolCallId: 'a', content: '{"is":"a pixel"}' },
      { role: 'tool', toolCallId: 'b', content: 'No.', isError: true },
      { role: 'assistant', content: 'A pixel.' },
      { role: 'assistant', content: '{"is":"a pixel"}' },
    ])
    expect(readMessages(converted, 'messages')).toEqual(converted)
  })

  test('gives back the conversation of a run that was sent as a UI message', async () => {
    const Film = z.object({ title: z.string() })
    const look = tool({
      name: 'look',
      description: 'x',
      input: z.object({ id: z.int() }),
      execute: ({ id }) => ({ id }),
    })
    const responses = [{ toolCalls: [{ name: 'look', arguments: { id: 3 } }] }, { title: 'Alien' }]
    const stream = runStream('A film', Film, { model: simulate({ responses }), tools: [look] })
    const body = await toResponse(stream, { format: 'ui-message' }).text()
    const chunks = [...body.matchAll(/^data: (\{.*\})$/gm)].map(([, data]) => JSON.parse(data!) as UIMessageChunk)
    let message: UIMessage | undefined
    for await (const one of readUIMessageStream({ stream: streamOf(chunks) })) message = one
    const said = (await stream.getMessages()).slice(1)
    expect(fromUiMessages([message!])).toEqual(said)
  })

  test.each([
    [null, /list of UI messages, got null/],
    [[1], /messages\[0\].*must be a UI message/],
    [[{ role: 'tool', parts: [] }], /messages\[0\]\.role.*got "tool"/],
    [[{ role: 'user', content: 'x' }], /messages\[0\]\.parts.*list of parts/],
    [[{ role: 'user', parts: [{ type: 'file', mediaType: 'image/png' }] }], /parts\[0\]\.url/],
    [[{ role: 'assistant', parts: [{ type: 'hologram' }] }], /parts\[0\].*"hologram"/],
  ])('%j is refused by name', (given, message) => {
    expect(() => fromUiMessages(given as never)).toThrow(
      expect.objectContaining({ code: 'bad_options', message: expect.stringMatching(message) }),
    )
  })
})

describe('fromRunAgentInput', () => {
  const input: RunAgentInput = {
    threadId: 't',
    runId: 'r',
    tools: [],
    context: [],
    messages: [
      { id: '0', role: 'developer', content: 'Be brief.' },
      { id: '1', role: 'user', content: 'Hello' },
      {
        id: '2',
        role: 'user',
        content: [
          { type: 'text', text: 'What is this?' },
          { type: 'image', source: { type: 'data', value: 'iVBORw0KGgo=', mimeType: 'image/png' } },
          { type: 'document', source: { type: 'url', value: 'https://example.com/a.pdf' } },
          { type: 'image', source: { type: 'file', value: 'file-1' } },
        ],
      },
      { id: '3', role: 'reasoning', content: 'Hm.' },
      {
        id: '4',
        role: 'assistant',
        toolCalls: [{ id: 'a', type: 'function', function: { name: 'look', arguments: '{"id":1}' } }],
      },
      { id: '5', role: 'tool', toolCallId: 'a', content: [{ type: 'text', text: 'a pixel' }], error: 'half of it' },
      { id: '6', role: 'activity', activityType: 'plan', content: {} },
      { id: '7', role: 'assistant', content: 'A pixel.' },
    ],
  }

  test('keeps text, files, calls and results, and leaves out what only a page shows', () => {
    expect(RunAgentInputSchema.safeParse(input).success).toBe(true)
    const converted = fromRunAgentInput(input)
    expect(converted).toEqual([
      { role: 'system', content: 'Be brief.' },
      { role: 'user', content: 'Hello' },
      {
        role: 'user',
        content: [
          { type: 'text', text: 'What is this?' },
          { type: 'image', image: pixel, mediaType: 'image/png' },
          { type: 'file', file: 'https://example.com/a.pdf' },
        ],
      },
      { role: 'assistant', content: '', toolCalls: [{ id: 'a', name: 'look', arguments: '{"id":1}' }] },
      { role: 'tool', toolCallId: 'a', content: 'a pixel\nhalf of it', isError: true },
      { role: 'assistant', content: 'A pixel.' },
    ])
    expect(readMessages(converted, 'messages')).toEqual(converted)
  })

  test.each([
    [null, /RunAgentInput with `messages`, got null/],
    [{ messages: ['x'] }, /messages\[0\].*must be an AG-UI message/],
    [{ messages: [{ role: 'robot' }] }, /messages\[0\]\.role.*"robot"/],
    [{ messages: [{ role: 'tool', content: 'x' }] }, /messages\[0\]\.toolCallId/],
    [{ messages: [{ role: 'user', content: [{ type: 'hologram' }] }] }, /messages\[0\]\.content\[0\].*"hologram"/],
    [{ messages: [{ role: 'assistant', toolCalls: [{ id: 'a' }] }] }, /messages\[0\]\.toolCalls\[0\]/],
  ])('%j is refused by name', (given, message) => {
    expect(() => fromRunAgentInput(given as never)).toThrow(
      expect.objectContaining({ code: 'bad_options', message: expect.stringMatching(message) }),
    )
  })
})
