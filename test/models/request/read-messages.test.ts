import { describe, expect, test } from 'vitest'
import { readMessages } from '../../../src/models/request/read-messages.ts'
import { runStream } from '../../../src/run-stream.ts'
import { simulate } from '../../../src/models/simulate/index.ts'
import type { Message } from '../../../src/types.ts'

describe('messages in our form', () => {
  test('stay the objects that they are', () => {
    const messages: Message[] = [
      { role: 'system', content: 'Be brief.' },
      {
        role: 'user',
        content: [
          { type: 'text', text: 'What is it?' },
          { type: 'image', image: 'https://host/a.png' },
        ],
      },
      { role: 'assistant', content: '', toolCalls: [{ id: 'c', name: 'look', arguments: '{}' }] },
      { role: 'tool', toolCallId: 'c', content: 'a cat', isError: true },
    ]
    const read = readMessages(messages, 'messages')
    for (const [index, message] of read.entries()) expect(message).toBe(messages[index])
  })
})

describe('messages in OpenAI’s form are converted where their meaning is certain', () => {
  const call = { id: 'c', type: 'function', function: { name: 'look', arguments: '{"n":1}' } }
  test.each<[string, object, Message]>([
    ['developer', { role: 'developer', content: 'Be brief.' }, { role: 'system', content: 'Be brief.' }],
    [
      'tool_calls with null content',
      { role: 'assistant', content: null, tool_calls: [call], refusal: null, annotations: [] },
      { role: 'assistant', content: '', toolCalls: [{ id: 'c', name: 'look', arguments: '{"n":1}' }] },
    ],
    [
      'tool_calls with an object as arguments',
      { role: 'assistant', tool_calls: [{ id: 'c', function: { name: 'look', arguments: { n: 1 } } }] },
      { role: 'assistant', content: '', toolCalls: [{ id: 'c', name: 'look', arguments: '{"n":1}' }] },
    ],
    [
      'tool_call_id',
      { role: 'tool', tool_call_id: 'c', content: 'r' },
      { role: 'tool', toolCallId: 'c', content: 'r' },
    ],
    [
      'text parts of an assistant',
      {
        role: 'assistant',
        content: [
          { type: 'output_text', text: 'a' },
          { type: 'text', text: 'b' },
        ],
      },
      { role: 'assistant', content: 'ab' },
    ],
    [
      'image_url',
      { role: 'user', content: [{ type: 'image_url', image_url: { url: 'https://host/a.png' } }] },
      { role: 'user', content: [{ type: 'image', image: 'https://host/a.png' }] },
    ],
    [
      'input_text, input_image and input_file',
      {
        role: 'user',
        content: [
          { type: 'input_text', text: 'see' },
          { type: 'input_image', image_url: 'https://host/a.png' },
          { type: 'input_file', file_url: 'https://host/a.pdf' },
        ],
      },
      {
        role: 'user',
        content: [
          { type: 'text', text: 'see' },
          { type: 'image', image: 'https://host/a.png' },
          { type: 'file', file: 'https://host/a.pdf' },
        ],
      },
    ],
    [
      'file and input_audio',
      {
        role: 'user',
        content: [
          { type: 'file', file: { file_data: 'data:application/pdf;base64,JVBERi0x', filename: 'a.pdf' } },
          { type: 'input_audio', input_audio: { data: 'Aw==', format: 'mp3' } },
        ],
      },
      {
        role: 'user',
        content: [
          { type: 'file', file: 'data:application/pdf;base64,JVBERi0x', filename: 'a.pdf' },
          { type: 'file', file: 'data:audio/mpeg;base64,Aw==', mediaType: 'audio/mpeg' },
        ],
      },
    ],
  ])('%s', (_, given, wanted) => {
    expect(readMessages([given], 'messages')).toEqual([wanted])
  })
})

describe('what can’t be sent is an error that names the message, its key and ours', () => {
  test.each<[unknown, string]>([
    ['Hello', '`messages[1]` must be a message ({ role, content }), got "Hello".'],
    [{ role: 'bot', content: 'x' }, '`messages[1].role` must be system, user, assistant or tool, got "bot".'],
    [{ role: 'function', name: 'look', content: 'x' }, '`messages[1].role` must be'],
    [{ role: 'user' }, '`messages[1].content` must be a text or a list of parts, got undefined.'],
    [{ role: 'user', content: null }, '`messages[1].content` must be a text or a list of parts, got null.'],
    [{ role: 'user', content: 'x', name: 'Ann' }, '`messages[1].name` isn\'t a key of a message with the role "user".'],
    [{ role: 'user', content: 'x', toolCalls: [] }, "`messages[1].toolCalls` isn't a key"],
    [{ role: 'assistant', content: 'x', toolcalls: [] }, 'Did you mean `toolCalls`?'],
    [{ role: 'assistant', content: 'x', tool_call_id: 'c' }, "`messages[1].tool_call_id` isn't a key"],
    [{ role: 'assistant', content: null }, '`messages[1].content` must be a text, got null.'],
    [{ role: 'assistant', content: null, function_call: { name: 'x' } }, "`messages[1].function_call` isn't a key"],
    [{ role: 'assistant', content: [{ type: 'tool-call', toolCallId: 'c' }] }, 'Put calls into `toolCalls`.'],
    [{ role: 'assistant', content: '', tool_calls: [{ id: 'c' }] }, '`messages[1].tool_calls[0]` must be a call'],
    [{ role: 'assistant', content: '', tool_calls: [{}], toolCalls: [{}] }, 'both `tool_calls` and `toolCalls`'],
    [{ role: 'tool', content: 'x' }, '`messages[1].toolCallId` must be the id of the call'],
    [{ role: 'user', content: [{ type: 'video', url: 'x' }] }, '`messages[1].content[0]` must be a part of the type'],
    [{ role: 'user', content: [{ type: 'image', image: 5 }] }, '`messages[1].content[0].image` must be a URL or bytes'],
    [{ role: 'user', content: [{ type: 'file', file: { file_id: 'f' } }] }, "Use { type: 'file', file }."],
  ])('%j', (message, words) => {
    const list = [{ role: 'user', content: 'x' }, message]
    expect(() => readMessages(list, 'messages')).toThrow(expect.objectContaining({ code: 'bad_options' }) as Error)
    expect(() => readMessages(list, 'messages')).toThrow(words)
  })
})

describe('a run', () => {
  test('sends messages in OpenAI’s form', async () => {
    const seen: (readonly Message[])[] = []
    const model = simulate({
      response: (request: { messages: readonly Message[] }) => {
        seen.push(request.messages)
        return 'ok'
      },
    })
    const prompt = [
      { role: 'developer', content: 'Be brief.' },
      { role: 'user', content: 'Hi' },
    ] as unknown as Message[]
    await runStream(prompt, undefined, { model }).getData()
    expect(seen).toEqual([
      [
        { role: 'system', content: 'Be brief.' },
        { role: 'user', content: 'Hi' },
      ],
    ])
  })

  test.each<[string, unknown, object, string]>([
    ['an empty prompt', [], {}, 'got an empty list'],
    ['a prompt of a foreign form', [{ role: 'user', content: 'x', parts: [] }], {}, '`prompt[0].parts`'],
    ['messages of a foreign form', 'x', { messages: [{ role: 'bot', content: '' }] }, '`messages[0].role`'],
  ])('fails with bad_options for %s', async (_, prompt, options, words) => {
    const run = runStream(prompt as string, undefined, { model: simulate(), ...options }).getData()
    await expect(run).rejects.toMatchObject({ code: 'bad_options' })
    await expect(run).rejects.toThrow(words)
  })
})
