import type { RunAgentInput } from '@ag-ui/core'
import { EventSchemas } from '@ag-ui/core/schemas'
import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import type { ModelEvent, ModelRequest } from '../../src/models/model.ts'
import { runStream } from '../../src/run-stream.ts'
import { tool } from '../../src/tool.ts'
import { agUiApprovals, fromRunAgentInput, toResponse, type ServerOptions } from '../../src/web/server/index.ts'
import { says, scripted, type Step } from '../stream/scripted.ts'
import { readAgUi } from './read-formats.ts'

const Order = z.object({ total: z.int() })
const input: RunAgentInput = {
  threadId: 'thread-1',
  runId: 'run-1',
  parentRunId: 'run-0',
  state: { cart: ['tea'] },
  messages: [{ id: '1', role: 'user', content: 'Order tea' }],
  tools: [],
  context: [],
}

type Event = { type: string; [field: string]: unknown }
async function eventsOf(stream: Parameters<typeof toResponse>[0], options: ServerOptions = {}): Promise<Event[]> {
  const body = await toResponse(stream, { format: 'ag-ui', onError: () => {}, ...options }).text()
  const events = [...body.matchAll(/^data: (\{.*\})$/gm)].map(([, data]) => JSON.parse(data!) as Event)
  for (const event of events) EventSchemas.parse(event)
  return events
}
const run = (...scripts: Step[][]) => runStream('x', Order, { model: scripted(scripts.flat()) })

test('a run has the ids of its request, and names the version of the protocol', async () => {
  const events = await eventsOf(run(says('{"total":3}')), { agUi: { input } })
  const ids = { threadId: 'thread-1', runId: 'run-1' }
  expect(events[0]).toEqual({ type: 'RUN_STARTED', ...ids, parentRunId: 'run-0', protocolVersion: '1.0' })
  expect(events.at(-1)).toMatchObject({ type: 'RUN_FINISHED', ...ids, outcome: { type: 'success' } })
})

test('usage is in the last event, for each provider and model, and a total is the sum of its parts', async () => {
  const usage: ModelEvent = {
    type: 'usage',
    usage: { inputTokens: 10, outputTokens: 4, totalTokens: 99, cachedInputTokens: 6, cacheWriteTokens: 2 },
  }
  const events = await eventsOf(
    run([{ type: 'text-delta', text: '{"total":3}' }, usage, { type: 'finish', reason: 'stop' }]),
  )
  const counted = {
    provider: 'scripted',
    model: 'script-1',
    inputTokens: 10,
    outputTokens: 4,
    cachedInputTokens: 6,
    cacheWriteInputTokens: 2,
    totalTokens: 14,
  }
  expect(events.at(-1)!['usage']).toEqual([counted])
  const failed = await eventsOf(run([{ type: 'text-delta', text: '{"total"' }, usage, { throws: new Error('x') }]))
  expect(failed.at(-1)).toMatchObject({ type: 'RUN_ERROR', code: 'provider_error', usage: [counted] })
  const untold = await eventsOf(
    run([
      { type: 'text-delta', text: '{"total":1}' },
      { type: 'finish', reason: 'stop' },
    ]),
  )
  expect(untold.at(-1)).not.toHaveProperty('usage')
})

test('a run that is stopped with a call and a thought open closes them, and is cancelled', async () => {
  const stream = run([
    { type: 'tool-call-start', id: 'c', name: 'look' },
    { type: 'tool-call-delta', id: 'c', text: '{"a' },
    { type: 'reasoning-delta', text: 'Hm' },
    'hang',
  ])
  setTimeout(() => stream.abort(), 5)
  const events = await eventsOf(stream)
  expect(readAgUi(events).outcome).toEqual({ code: 'aborted' })
  expect(events.at(-1)).toMatchObject({ type: 'RUN_FINISHED', outcome: { type: 'cancelled' } })
})

test.each([
  ['null', z.null(), 'null', null],
  ['an object with null', z.object({ a: z.null() }), '{"a":null}', { a: null }],
  ['a list', z.array(z.int()), '[1,2]', [1, 2]],
])('an answer that is %s is in the state, and in the result as far as AG-UI allows', async (_, schema, text, value) => {
  const stream = runStream('x', schema as z.ZodType, { model: scripted(says(text)) })
  const events = await eventsOf(stream, { agUi: { input, stateKey: 'a/b~c' } })
  // An optional field is never null.
  expect(events.at(-1)!['result']).toEqual(value ?? undefined)
  expect(readAgUi(events, input.state).state).toEqual({ ...(input.state as object), 'a/b~c': value })
  const deltas = events.filter(({ type }) => type === 'STATE_DELTA').map(({ delta }) => delta)
  expect(deltas[0]).toMatchObject([{ op: 'add', path: '/a~1b~0c' }])
})

test.each([undefined, null, 'text', ['list']])('a state that can’t hold a key (%j) is replaced', async (state) => {
  const events = await eventsOf(run(says('{"total":3}')), { agUi: { input: { ...input, state } } })
  expect(readAgUi(events, state)).toMatchObject({ outcome: { value: { total: 3 } }, state: { answer: { total: 3 } } })
})

describe('approvals', () => {
  const pay = tool({
    name: 'pay',
    description: 'Pays',
    input: z.object({ cents: z.int() }),
    execute: ({ cents }) => ({ paid: cents }),
  })
  const calls = (...cents: number[]): Step[] => [
    ...cents.flatMap((amount, index): Step[] => [
      { type: 'tool-call-start', id: `c${index}`, name: 'pay' },
      { type: 'tool-call-delta', id: `c${index}`, text: JSON.stringify({ cents: amount }) },
      { type: 'tool-call-end', id: `c${index}` },
    ]),
    { type: 'finish', reason: 'tool-calls' },
  ]
  const ask = async (request: RunAgentInput, ...scripts: Step[][]) => {
    let call = 0
    const requests: ModelRequest[] = []
    const model = {
      ...scripted([]),
      stream: (...args: Parameters<ReturnType<typeof scripted>['stream']>) => {
        requests.push(args[0])
        return scripted(scripts[call++]!).stream(...args)
      },
    }
    const options = { model, tools: [pay], approve: agUiApprovals(request) }
    const failures: unknown[] = []
    const stream = runStream(fromRunAgentInput(request), Order, options)
    const events = await eventsOf(stream, { agUi: { input: request }, onError: (error) => failures.push(error) })
    return { events, failures, requests }
  }
  const answered = (resume: RunAgentInput['resume']): RunAgentInput => ({
    ...input,
    runId: 'run-2',
    messages: [
      ...input.messages,
      {
        id: '2',
        role: 'assistant',
        toolCalls: [{ id: 'c0', type: 'function', function: { name: 'pay', arguments: '{"cents":5}' } }],
      },
    ],
    resume: resume!,
  })

  test('a call without an answer ends the run as an interrupt, which isn’t a failure', async () => {
    const { events, failures } = await ask(input, calls(5, 7))
    readAgUi(events)
    const { outcome } = events.at(-1) as unknown as {
      outcome: { type: string; interrupts: { id: string; toolCallId: string }[] }
    }
    expect(outcome.type).toBe('interrupt')
    expect(outcome.interrupts.map(({ toolCallId }) => toolCallId)).toEqual(['c0', 'c1'])
    expect(new Set(outcome.interrupts.map(({ id }) => id)).size).toBe(2)
    expect(failures).toEqual([])
  })

  test('an approved call is run when the model makes it again', async () => {
    const { events } = await ask(input, calls(5))
    const [{ id }] = (events.at(-1)!['outcome'] as { interrupts: [{ id: string }] }).interrupts
    const request = answered([{ interruptId: id, status: 'resolved', payload: { approved: true } }])
    expect(fromRunAgentInput(request)).toEqual([{ role: 'user', content: 'Order tea' }])
    const again = await ask(request, calls(5), says('{"total":5}'))
    expect(again.events.find(({ type }) => type === 'TOOL_CALL_RESULT')).toMatchObject({ content: '{"paid":5}' })
    expect(readAgUi(again.events, input.state).outcome).toEqual({ value: { total: 5 } })
    // The approval was for another amount.
    const other = await ask(request, calls(500))
    expect(other.events.at(-1)).toMatchObject({ outcome: { type: 'interrupt' } })
  })

  test.each([
    [{ status: 'resolved', payload: { approved: false, reason: 'Too much.' } }, /Too much/],
    [{ status: 'resolved', payload: false }, /did not allow/],
    [{ status: 'resolved' }, /did not allow/],
    [{ status: 'cancelled' }, /not answered/],
  ] as const)('%j is a refusal, which the model hears of', async (entry, words) => {
    const request = answered([{ interruptId: 'pay {"cents":5}', ...entry }])
    const { events, requests } = await ask(request, calls(5), says('{"total":0}'))
    expect(readAgUi(events, input.state).outcome).toEqual({ value: { total: 0 } })
    expect(requests[1]!.messages.at(-1)).toMatchObject({ role: 'tool', content: expect.stringMatching(words) })
  })
})
