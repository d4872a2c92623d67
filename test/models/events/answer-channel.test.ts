import { describe, expect, test } from 'vitest'
import { AnswerChannel } from '../../../src/models/events/answer-channel.ts'
import { formatOf } from '../collect.ts'

const toolMode = formatOf('tool')

describe('AnswerChannel', () => {
  test('empty deltas are dropped', () => {
    const channel = new AnswerChannel(undefined)
    channel.text('')
    channel.reasoning('')
    channel.refusal('')
    channel.toolStart('a', 'id', 'weather')
    channel.toolDelta('a', '')
    expect(channel.take()).toEqual([{ type: 'tool-call-start', id: 'id', name: 'weather' }])
    expect(channel.take()).toEqual([])
  })

  test('in mode tool prose next to the call is not the answer', () => {
    const channel = new AnswerChannel(toolMode)
    channel.text('Here it is: ')
    channel.toolStart(0, 'id', 'give_answer')
    channel.toolDelta(0, '{"a":')
    channel.toolEnd(0)
    channel.text('Done.')
    channel.finish('tool-calls')
    expect(channel.take()).toEqual([
      { type: 'text-delta', text: '{"a":' },
      { type: 'finish', reason: 'stop' },
    ])
    expect(channel.answered).toBe(true)
  })

  test('in mode tool prose counts when nothing was called', () => {
    const channel = new AnswerChannel(toolMode)
    channel.text('{"a"')
    channel.text(':1}')
    channel.finish('stop')
    expect(channel.take()).toEqual([
      { type: 'text-delta', text: '{"a":1}' },
      { type: 'finish', reason: 'stop' },
    ])
  })

  test('in mode tool endless prose is not held back indefinitely', () => {
    const channel = new AnswerChannel(toolMode)
    let shown = 0
    for (let index = 0; index < 100; index++) {
      channel.text('x'.repeat(1_000))
      for (const event of channel.take()) if (event.type === 'text-delta') shown += event.text.length
    }
    expect(shown).toBe(100_000)
  })

  test('in mode tool prose next to another call stays out', () => {
    const channel = new AnswerChannel(toolMode)
    channel.text('Let me look.')
    channel.toolStart(0, 'id', 'weather')
    channel.toolEnd(0)
    channel.finish('stop')
    expect(channel.take().map((event) => event.type)).toEqual(['tool-call-start', 'tool-call-end', 'finish'])
  })

  test('a second call of the answer tool is another answer, and is never appended to the first', () => {
    const channel = new AnswerChannel(toolMode)
    channel.toolStart(0, 'a', 'give_answer')
    channel.toolStart(1, 'b', 'give_answer')
    channel.toolDelta(0, '{"n":')
    channel.toolDelta(1, '{"n":2')
    channel.toolDelta(0, '1}')
    channel.toolDelta(1, '}')
    channel.finish('stop')
    expect(channel.take()).toEqual([
      { type: 'text-delta', text: '{"n":' },
      { type: 'text-delta', text: '1}' },
      { type: 'extra-answer', text: '{"n":2}' },
      { type: 'finish', reason: 'stop' },
    ])
  })

  test('nothing may be added to an answer that has finished', () => {
    const channel = new AnswerChannel(undefined)
    channel.text('a')
    channel.finish('stop')
    expect(() => channel.text('b')).toThrow('went on with the answer after its finish reason')
    expect(() => channel.text('\n')).not.toThrow()
  })

  test('a call cut off by the length limit has no end', () => {
    const channel = new AnswerChannel(undefined)
    channel.toolStart(0, 'a', 'x')
    channel.toolDelta(0, '{"half')
    channel.finish('length')
    expect(channel.take().map((event) => event.type)).toEqual(['tool-call-start', 'tool-call-delta', 'finish'])
  })

  test('calls without an id get one from us', () => {
    const channel = new AnswerChannel(undefined)
    channel.toolStart('0', undefined, 'x')
    channel.toolStart('1', undefined, 'x')
    const ids = channel.take().map((event) => (event.type === 'tool-call-start' ? event.id : ''))
    expect(new Set(ids).size).toBe(2)
    expect(ids.every((id) => /^call_\w{10}$/.test(id))).toBe(true)
  })

  test('only the first terminal event counts', () => {
    const channel = new AnswerChannel(undefined)
    channel.finish('length')
    channel.finish('stop')
    expect(channel.take()).toEqual([{ type: 'finish', reason: 'length' }])
  })

  test('a refusal finishes as one', () => {
    const channel = new AnswerChannel(undefined)
    channel.refusal('no')
    channel.finish('stop')
    expect(channel.take().at(-1)).toEqual({ type: 'finish', reason: 'refusal' })
  })
})

test('calls with the same id are distinguished', () => {
  const channel = new AnswerChannel(undefined)
  for (const key of [0, 1]) channel.toolStart(key, 'call_0', 'weather')
  channel.toolDelta(1, '{"city":"Rome"}')
  const [first, second, delta] = channel.take()
  expect(first).toEqual({ type: 'tool-call-start', id: 'call_0', name: 'weather' })
  expect(second).toMatchObject({ type: 'tool-call-start', id: expect.stringMatching(/^call_\w{10}$/) as string })
  expect(delta).toMatchObject({ type: 'tool-call-delta', id: (second as { id: string }).id })
})
