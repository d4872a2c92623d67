import { describe, expect, test } from 'vitest'
import { AiSdkReader } from '../../../src/models/ai-sdk/events.ts'
import { AnthropicReader } from '../../../src/models/anthropic/events.ts'
import type { ChannelReader } from '../../../src/models/events/wire-reader.ts'
import { GoogleReader } from '../../../src/models/google/events.ts'
import { ChatReader } from '../../../src/models/openai/chat-events.ts'
import { ResponsesReader } from '../../../src/models/openai/responses-events.ts'
import { outcomeOf } from './interleaved.ts'

const at = { item_id: 'm', output_index: 0, content_index: 0 }
const delta = (text: string) => ({ type: 'response.output_text.delta', ...at, delta: text })
const textDone = (text: string) => ({ type: 'response.output_text.done', ...at, text })
const partDone = (text: string) => ({
  type: 'response.content_part.done',
  ...at,
  part: { type: 'output_text', text },
})
const message = (text: string, id = 'm') => ({ type: 'message', id, content: [{ type: 'output_text', text }] })
const itemDone = (text: string) => ({ type: 'response.output_item.done', output_index: 0, item: message(text) })
const completed = (...output: object[]) => ({ type: 'response.completed', response: { status: 'completed', output } })

const callAt = { item_id: 'f', output_index: 0 }
const call = (text: string, more: object = {}) => ({
  type: 'function_call',
  id: 'f',
  call_id: 'c',
  name: 'look',
  arguments: text,
  ...more,
})
const callAdded = { type: 'response.output_item.added', output_index: 0, item: call('') }
const callDelta = (text: string) => ({ type: 'response.function_call_arguments.delta', ...callAt, delta: text })
const callDone = (text: string) => ({ type: 'response.function_call_arguments.done', ...callAt, arguments: text })

const chat = (choice: object) => ({ choices: [{ index: 0, ...choice }] })
const chatCall = (text: string) => [{ index: 0, id: 'c', function: { name: 'look', arguments: text } }]
const stop = chat({ delta: {}, finish_reason: 'stop' })

const block = (input: unknown) => ({
  type: 'content_block_start',
  index: 0,
  content_block: { type: 'tool_use', id: 'c', name: 'look', input },
})
const blockDelta = (text: string) => ({
  type: 'content_block_delta',
  index: 0,
  delta: { type: 'input_json_delta', partial_json: text },
})
const blockEnd = [
  { type: 'content_block_stop', index: 0 },
  { type: 'message_delta', delta: { stop_reason: 'tool_use' } },
]

const inputStart = { type: 'tool-input-start', id: 'c', toolName: 'look' }
const inputDelta = (text: string) => ({ type: 'tool-input-delta', id: 'c', delta: text })
const toolCall = (input: unknown) => ({ type: 'tool-call', toolCallId: 'c', toolName: 'look', input })
const finish = { type: 'finish', finishReason: 'tool-calls', usage: {} }

type Case = [name: string, reader: () => ChannelReader, events: object[]]

describe('what the wire says twice is said once', () => {
  test.each<Case>([
    ['only in output_text.done', () => new ResponsesReader(undefined), [textDone('abc'), completed()]],
    ['only in content_part.done', () => new ResponsesReader(undefined), [partDone('abc'), completed()]],
    ['only in output_item.done', () => new ResponsesReader(undefined), [itemDone('abc'), completed()]],
    ['only in response.completed', () => new ResponsesReader(undefined), [completed(message('abc'))]],
    [
      'everywhere',
      () => new ResponsesReader(undefined),
      [delta('a'), delta('bc'), textDone('abc'), partDone('abc'), itemDone('abc'), completed(message('abc'))],
    ],
    ['the end is missing in deltas', () => new ResponsesReader(undefined), [delta('ab'), textDone('abc'), completed()]],
    [
      'the end is missing, and comes with the response',
      () => new ResponsesReader(undefined),
      [delta('ab'), completed(message('abc'))],
    ],
    [
      'under another id at the end',
      () => new ResponsesReader(undefined),
      [delta('abc'), completed(message('abc', 'other'))],
    ],
    ['an empty repetition', () => new ResponsesReader(undefined), [delta('abc'), textDone(''), completed()]],
    [
      'two messages joined in the response',
      () => new ResponsesReader(undefined),
      [delta('ab'), textDone('ab'), { ...delta('c'), item_id: 'n', output_index: 1 }, completed(message('abc'))],
    ],
    [
      'message after deltas',
      () => new ChatReader(undefined),
      [chat({ delta: { content: 'ab' } }), chat({ message: { content: 'abc' } }), stop],
    ],
    [
      'message next to a delta',
      () => new ChatReader(undefined),
      [
        chat({ delta: { content: 'ab' }, message: { content: 'ab' } }),
        chat({ delta: { content: 'c' }, message: { content: 'abc' }, finish_reason: 'stop' }),
      ],
    ],
  ])('text: %s', (_, reader, events) => {
    expect(outcomeOf(reader(), events)).toEqual({ text: 'abc', extras: [], calls: [], error: undefined })
  })

  test.each<Case>([
    ['only in arguments.done', () => new ResponsesReader(undefined), [callAdded, callDone('{"n":1}'), completed()]],
    [
      'only in output_item.done',
      () => new ResponsesReader(undefined),
      [{ type: 'response.output_item.done', output_index: 0, item: call('{"n":1}') }, completed()],
    ],
    ['only in response.completed', () => new ResponsesReader(undefined), [completed(call('{"n":1}'))]],
    [
      'everywhere, written in another way',
      () => new ResponsesReader(undefined),
      [
        callAdded,
        callDelta('{"n":'),
        callDelta('1}'),
        callDone('{"n": 1}'),
        { type: 'response.output_item.done', output_index: 0, item: call('{"n":1}') },
        completed(call('{ "n": 1 }', { id: 'other', call_id: 'another' })),
      ],
    ],
    [
      'without a start, with the name at the end',
      () => new ResponsesReader(undefined),
      [
        callDelta('{"n":1}'),
        { type: 'response.output_item.done', output_index: 0, item: call('{"n":1}') },
        completed(),
      ],
    ],
    ['as an object', () => new ResponsesReader(undefined), [completed(call('', { arguments: { n: 1 } }))]],
    [
      'message after deltas',
      () => new ChatReader(undefined),
      [
        chat({ delta: { tool_calls: chatCall('{"n":1}') } }),
        chat({ message: { tool_calls: chatCall('{"n":1}') } }),
        stop,
      ],
    ],
    [
      'function_call alone',
      () => new ChatReader(undefined),
      [
        chat({ delta: { function_call: { name: 'look', arguments: '{"n"' } } }),
        chat({ delta: { function_call: { arguments: ':1}' } } }),
        stop,
      ],
    ],
    [
      'function_call next to tool_calls',
      () => new ChatReader(undefined),
      [
        chat({
          delta: { tool_calls: chatCall('{"n":1}'), function_call: { name: 'look', arguments: '{"n":1}' } },
        }),
        stop,
      ],
    ],
    ['input whole at the start', () => new AnthropicReader(undefined), [block({ n: 1 }), ...blockEnd]],
    ['input as a text', () => new AnthropicReader(undefined), [block('{"n":1}'), ...blockEnd]],
    [
      'input whole and in deltas',
      () => new AnthropicReader(undefined),
      [block({ n: 1 }), blockDelta('{"n": 1}'), ...blockEnd],
    ],
    [
      'tool-call after deltas',
      () => new AiSdkReader(undefined),
      [inputStart, inputDelta('{"n":1}'), toolCall('{"n":1}'), finish],
    ],
    [
      'tool-call with more than the deltas',
      () => new AiSdkReader(undefined),
      [inputStart, inputDelta('{"n"'), toolCall('{"n":1}'), finish],
    ],
    [
      'tool-call with a value',
      () => new AiSdkReader(undefined),
      [inputStart, inputDelta('{ "n": 1 }'), toolCall({ n: 1 }), finish],
    ],
    ['tool-call alone', () => new AiSdkReader(undefined), [toolCall('{"n":1}'), finish]],
  ])('a call: %s', (_, reader, events) => {
    const { calls, error } = outcomeOf(reader(), events)
    expect(error).toBeUndefined()
    expect(calls.map(({ name, text }) => [name, JSON.parse(text) as unknown])).toEqual([['look', { n: 1 }]])
  })
})

describe('what the wire says twice in two ways is an error that says so', () => {
  test.each<Case>([
    [
      'a delta lost in the middle',
      () => new ResponsesReader(undefined),
      [delta('a'), delta('c'), textDone('abc'), completed()],
    ],
    ['another text of the item', () => new ResponsesReader(undefined), [delta('abc'), itemDone('abd'), completed()]],
    ['another text of the response', () => new ResponsesReader(undefined), [delta('abc'), completed(message('xyz'))]],
    ['less than the deltas', () => new ResponsesReader(undefined), [delta('abc'), textDone('ab'), completed()]],
    [
      'other arguments',
      () => new ResponsesReader(undefined),
      [callAdded, callDelta('{"n":1}'), callDone('{"n":2}'), completed()],
    ],
    [
      'another call in the response',
      () => new ResponsesReader(undefined),
      [callAdded, callDelta('{"n":1}'), completed(call('{"n":2}'))],
    ],
    [
      'another message',
      () => new ChatReader(undefined),
      [chat({ delta: { content: 'ab' } }), chat({ message: { content: 'xy' } }), stop],
    ],
    [
      'another function_call',
      () => new ChatReader(undefined),
      [
        chat({
          delta: { tool_calls: chatCall('{"n":1}'), function_call: { name: 'look', arguments: '{"n":2}' } },
        }),
        stop,
      ],
    ],
    [
      'other input in deltas',
      () => new AnthropicReader(undefined),
      [block({ n: 2 }), blockDelta('{"n":1}'), ...blockEnd],
    ],
    [
      'another tool-call',
      () => new AiSdkReader(undefined),
      [inputStart, inputDelta('{"n":1}'), toolCall('{"n":2}'), finish],
    ],
  ])('%s', (_, reader, events) => {
    expect(outcomeOf(reader(), events).error).toMatch(
      /twice, and the two differ|differs from what came before|not among/,
    )
  })
})

describe('a call is never joined with another', () => {
  const piece = (fields: object) => chat({ delta: { tool_calls: [fields] } })
  const whole = (text: string, fields: object = {}) => ({
    index: 0,
    function: { name: 'look', arguments: text },
    ...fields,
  })
  const end = chat({ delta: {}, finish_reason: 'tool_calls' })
  const blockOf = (id: string, name = 'look') => ({
    type: 'content_block_start',
    index: 0,
    content_block: { type: 'tool_use', id, name, input: {} },
  })
  const blockStop = { type: 'content_block_stop', index: 0 }

  test.each<Case>([
    [
      'Chat, index 0 for all and no ids',
      () => new ChatReader(undefined),
      [piece(whole('{"n":1}')), piece(whole('{"n":2}')), end],
    ],
    [
      'Chat, index 0 for all and empty ids',
      () => new ChatReader(undefined),
      [piece(whole('{"n":1}', { id: '' })), piece(whole('{"n":2}', { id: '' })), end],
    ],
    [
      'Chat, index 0 for all and equal ids',
      () => new ChatReader(undefined),
      [piece(whole('{"n":1}', { id: 'a' })), piece(whole('{"n":2}', { id: 'a' })), end],
    ],
    [
      'Chat, the same index, pieces in sequence',
      () => new ChatReader(undefined),
      [
        piece(whole('', { id: 'a' })),
        piece({ index: 0, function: { arguments: '{"n":1}' } }),
        piece(whole('', { id: 'b' })),
        piece({ index: 0, function: { arguments: '{"n":2}' } }),
        end,
      ],
    ],
    [
      'Anthropic, an index used again',
      () => new AnthropicReader(undefined),
      [blockOf('a'), blockDelta('{"n":1}'), blockStop, blockOf('b'), blockDelta('{"n":2}'), ...blockEnd],
    ],
    [
      'Responses, output_index repeated',
      () => new ResponsesReader(undefined),
      [
        callAdded,
        { ...callAdded, item: call('', { id: 'g', call_id: 'd' }) },
        callDelta('{"n":'),
        { ...callDelta('{"n":2}'), item_id: 'g' },
        callDelta('1}'),
        completed(),
      ],
    ],
    [
      'Responses, output_index omitted',
      () => new ResponsesReader(undefined),
      [
        { type: 'response.output_item.added', item: call('') },
        { type: 'response.output_item.added', item: call('', { id: 'g', call_id: 'd' }) },
        { type: 'response.function_call_arguments.delta', item_id: 'g', delta: '{"n":2}' },
        { type: 'response.function_call_arguments.delta', item_id: 'f', delta: '{"n":1}' },
        completed(),
      ],
    ],
    ['AI SDK, an id used again', () => new AiSdkReader(undefined), [toolCall('{"n":1}'), toolCall('{"n":2}'), finish]],
    [
      'Gemini, two calls at once',
      () => new GoogleReader(undefined),
      [
        {
          candidates: [
            {
              content: { parts: [1, 2].map((n) => ({ functionCall: { name: 'look', args: { n } } })) },
              finishReason: 'STOP',
            },
          ],
        },
      ],
    ],
  ])('%s', (_, reader, events) => {
    const { calls, error } = outcomeOf(reader(), events)
    expect(error).toBeUndefined()
    expect(calls.map(({ text }) => text).toSorted()).toEqual(['{"n":1}', '{"n":2}'])
  })

  test.each<[string, object[]]>([
    [
      'after pieces without it',
      [
        piece(whole('{"v":"', { id: 'a' })),
        piece({ index: 0, function: { arguments: '0"}' } }),
        piece(whole('', { id: 'a' })),
        piece(whole('{"v":', { id: 'a' })),
        piece({ index: 0, function: { arguments: '{"v":"1"}}' } }),
      ],
    ],
    [
      'after a whole call',
      [piece(whole('{"v":0}', { id: 'a' })), piece(whole('', { id: 'a' })), piece(whole('{"v":1}', { id: 'a' }))],
    ],
  ])('a name that comes again with nothing, %s, and then with arguments, is an error', (_, events) => {
    expect(outcomeOf(new ChatReader(undefined), [...events, end]).error).toContain('cannot be determined')
  })

  test('a name that changes while id and index stay is another call', () => {
    const events = [
      piece(whole('{"n":1}', { id: 'a' })),
      piece({ index: 0, id: 'a', function: { name: 'go', arguments: '{"m":2}' } }),
      end,
    ]
    expect(outcomeOf(new ChatReader(undefined), events).calls).toEqual([
      { name: 'look', text: '{"n":1}' },
      { name: 'go', text: '{"m":2}' },
    ])
  })

  test('a second end without an id ends no other call', () => {
    const added = (id: string, name: string) => ({
      type: 'response.output_item.added',
      output_index: 0,
      item: { type: 'function_call', call_id: id, name, arguments: '' },
    })
    const args = (text: string) => ({
      type: 'response.function_call_arguments.delta',
      output_index: 0,
      delta: text,
    })
    const done = { type: 'response.function_call_arguments.done', output_index: 0, arguments: '' }
    const itemEnd = {
      type: 'response.output_item.done',
      output_index: 0,
      item: { type: 'function_call', name: 'look' },
    }
    const events = [added('a', 'look'), args('{"n":1}'), done, added('b', 'look'), itemEnd, added('c', 'go'), args('{')]
    expect(outcomeOf(new ResponsesReader(undefined), events).error).toContain('cannot be determined')
  })

  test('names that come again for one call and not for another are an error', () => {
    const events = [
      piece({ function: { name: 'go', arguments: '{' } }),
      piece({ function: { name: 'look', arguments: '' } }),
      piece({ function: { name: 'look', arguments: '{"n":0}' } }),
      piece({ function: { arguments: '"m":2}' } }),
      end,
    ]
    expect(outcomeOf(new ChatReader(undefined), events).error).toContain('cannot be determined')
  })

  test('pieces that could be of two calls are an error', () => {
    const events = [
      piece(whole('')),
      piece(whole('', { function: { name: 'go', arguments: '' } })),
      piece({ index: 0, function: { arguments: '{"n":1}' } }),
      end,
    ]
    expect(outcomeOf(new ChatReader(undefined), events).error).toContain('cannot be determined')
  })
})
