import { readUIMessageStream, uiMessageChunkSchema, type UIMessage, type UIMessageChunk } from 'ai'
import { expect, test } from 'vitest'
import { z } from 'zod'
import type { Model, ModelRequest } from '../../src/models/model.ts'
import { runStream } from '../../src/run-stream.ts'
import { tool } from '../../src/tool.ts'
import { fromUiMessages, toResponse, uiApprovals } from '../../src/web/server/index.ts'
import { says, scripted, type Step } from '../stream/scripted.ts'
import { readFormat } from './read-formats.ts'

const Order = z.object({ total: z.int() })
const user: UIMessage = { id: '1', role: 'user', parts: [{ type: 'text', text: 'Order tea' }] }
const pays = (...cents: number[]): Step[] => [
  ...cents.flatMap((amount, index): Step[] => {
    const call = { id: `c${index}`, name: 'pay' }
    return [
      { type: 'tool-call-start', ...call },
      { type: 'tool-call-delta', id: call.id, text: JSON.stringify({ cents: amount }) },
      { type: 'tool-call-end', id: call.id },
    ]
  }),
  { type: 'finish', reason: 'tool-calls' },
]

/** One request of a page: what it is sent, what the tool was asked to do, and the message after it. */
async function ask(messages: UIMessage[], ...scripts: Step[][]) {
  const paid: number[] = []
  const requests: ModelRequest[] = []
  const failures: unknown[] = []
  const pay = tool({
    name: 'pay',
    input: z.object({ cents: z.int() }),
    execute: ({ cents }) => {
      paid.push(cents)
      return { paid: cents }
    },
  })
  let turn = 0
  const model: Model = {
    ...scripted([]),
    stream(request, ...rest) {
      requests.push(request)
      return scripted(scripts[turn++]!).stream(request, ...rest)
    },
  }
  const stream = runStream(fromUiMessages(messages), Order, { model, tools: [pay], approve: uiApprovals(messages) })
  const response = toResponse(stream, { format: 'ui-message', onError: (error) => failures.push(error) })
  const body = await response.text()
  const chunks = [...body.matchAll(/^data: (\{.*\})$/gm)].map(([, data]) => JSON.parse(data!) as UIMessageChunk)
  const { validate } = uiMessageChunkSchema()
  for (const chunk of chunks) expect(await validate!(chunk)).toMatchObject({ success: true })
  const last = messages.at(-1)!
  const shown: UIMessage[] = []
  const source = new ReadableStream<UIMessageChunk>({
    start(controller) {
      for (const chunk of chunks) controller.enqueue(chunk)
      controller.close()
    },
  })
  const before = last.role === 'assistant' ? { message: structuredClone(last) } : {}
  for await (const one of readUIMessageStream({ ...before, stream: source, terminateOnError: true })) shown.push(one)
  return { body, chunks, message: shown.at(-1)!, paid, requests, failures }
}

type ToolPart = UIMessage['parts'][number] & { state?: string; approval?: { id: string }; toolCallId?: string }
const toolParts = (message: UIMessage): ToolPart[] => message.parts.filter(({ type }) => type === 'dynamic-tool')

/** The messages after the user has answered every question, as `addToolApprovalResponse` leaves them. */
function answered(message: UIMessage, answer: { approved?: unknown; reason?: string }): UIMessage[] {
  const parts = message.parts.map((part: ToolPart) =>
    part.state === 'approval-requested'
      ? { ...part, state: 'approval-responded', approval: { id: part.approval!.id, ...answer } }
      : part,
  )
  return [user, { ...message, parts: parts as UIMessage['parts'] }]
}

test("calls without an answer end the message with a request for each, which isn't a failure", async () => {
  const { message, chunks, paid, failures } = await ask([user], pays(5, 7))
  expect(toolParts(message).map(({ state, toolCallId }) => [toolCallId, state])).toEqual([
    ['c0', 'approval-requested'],
    ['c1', 'approval-requested'],
  ])
  expect(new Set(toolParts(message).map(({ approval }) => approval!.id)).size).toBe(2)
  expect(chunks.slice(-2)).toEqual([{ type: 'finish-step' }, { type: 'finish', finishReason: 'tool-calls' }])
  expect({ paid, failures }).toEqual({ paid: [], failures: [] })
})

test('an approved call is run when the model makes it again, and only with the same input', async () => {
  const { message } = await ask([user], pays(5))
  const messages = answered(message, { approved: true })
  const again = await ask(messages, pays(5), says('{"total":5}'))
  expect(again.paid).toEqual([5])
  expect(await readFormat('ui-message', new Response(again.body), Order)).toMatchObject({
    outcome: { value: { total: 5 } },
  })
  const other = await ask(messages, pays(500))
  expect(other.paid).toEqual([])
  expect(toolParts(other.message).at(-1)).toMatchObject({ state: 'approval-requested' })
})

test('an answer counts in the request that follows, and not in a later one', async () => {
  const { message } = await ask([user], pays(5))
  const messages = answered(message, { approved: true })
  const { message: done } = await ask(messages, pays(5), says('{"total":5}'))
  for (const later of [
    [...messages, user],
    [user, done],
  ]) {
    const { paid } = await ask(later, pays(5))
    expect(paid).toEqual([])
  }
})

test.each([
  [{ approved: false, reason: 'Too much.' }, /Too much/],
  [{ approved: false }, /did not allow/],
  [{ approved: 'yes' }, /did not allow/],
  [{}, /did not allow/],
])('%j is a refusal, which the model hears of', async (answer, words) => {
  const { message } = await ask([user], pays(5))
  const { paid, requests } = await ask(answered(message, answer), pays(5), says('{"total":0}'))
  expect(paid).toEqual([])
  expect(requests[1]!.messages.at(-1)).toMatchObject({ role: 'tool', content: expect.stringMatching(words) })
})

test("messages that aren't a list are bad_options", () => {
  expect(() => uiApprovals({} as never)).toThrow(expect.objectContaining({ code: 'bad_options' }))
})
