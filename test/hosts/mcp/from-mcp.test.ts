import { describe, expect, test } from 'vitest'
import { z } from 'zod'

import {
  fromMcp,
  McpContent,
  type FromMcpOptions,
  type McpClient,
  type McpToolInfo,
} from '../../../src/hosts/mcp/index.ts'
import { runStream, type StreamEvent, type Tool } from '../../../src/index.ts'
import { simulate } from '../../../src/models/simulate/index.ts'

const inputSchema = { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] }
const info = (name: string): McpToolInfo => ({ name, description: `Tells ${name}`, inputSchema })

/** A client whose server has these tools, in pages of two, and answers every call alike. */
function clientWith(tools: readonly McpToolInfo[], answer: unknown = {}): McpClient & { calls: unknown[] } {
  const calls: unknown[] = []
  return {
    calls,
    async listTools({ cursor = '0' } = {}) {
      const from = Number(cursor)
      return { tools: tools.slice(from, from + 2), ...(from + 2 < tools.length && { nextCursor: String(from + 2) }) }
    },
    async callTool(params, _schema, options) {
      calls.push(params)
      return typeof answer === 'function' ? await (answer as (given: unknown) => unknown)(options) : answer
    },
  }
}

/** The events of a run in which the model calls a tool and then answers. */
async function eventsOf(tools: readonly Tool[], name: string, input: object): Promise<StreamEvent[]> {
  const model = simulate({ responses: [{ toolCalls: [{ name, arguments: input }] }, 'Done'], chunkSize: 4 })
  const events: StreamEvent[] = []
  for await (const event of runStream('x', undefined, { model, tools }).streamEvents()) events.push(event)
  return events
}

async function resultOf(answer: unknown, options: FromMcpOptions = {}): Promise<StreamEvent | undefined> {
  const tools = await fromMcp(clientWith([info('weather')], answer), options)
  return (await eventsOf(tools, 'weather', { city: 'Oslo' })).find(({ type }) => type === 'tool-result')
}

test('All tools of all pages come, with description and input', async () => {
  const tools = await fromMcp(clientWith(['a', 'b', 'c', 'd', 'e'].map(info)))
  expect(tools.map(({ name, description }) => [name, description])).toEqual(
    ['a', 'b', 'c', 'd', 'e'].map((name) => [name, `Tells ${name}`]),
  )
})

test('A server that repeats its cursor is not asked again', async () => {
  const client = { ...clientWith([]), listTools: async () => ({ tools: [info('a')], nextCursor: 'same' }) }
  expect(await fromMcp(client)).toHaveLength(2)
})

test('Names become what every provider takes, each once, and the server is called by its own', async () => {
  const client = clientWith(['files/read', 'files.read', 'x'.repeat(80), `${'x'.repeat(79)}y`, 'ü'].map(info))
  const tools = await fromMcp(client, { prefix: 'my-' })
  const long = `my-${'x'.repeat(61)}`
  expect(tools.map(({ name }) => name)).toEqual([
    'my-files_read',
    'my-files_read_2',
    long,
    `${long.slice(0, 62)}_2`,
    'my-_',
  ])
  await eventsOf(tools, 'my-files_read_2', { city: 'Oslo' })
  expect(client.calls).toEqual([{ name: 'files.read', arguments: { city: 'Oslo' } }])
})

test('The input grows while the model writes it, and is checked before the server is called', async () => {
  const client = clientWith([info('weather')], { content: [{ type: 'text', text: '4 °C' }] })
  const events = await eventsOf(await fromMcp(client), 'weather', { city: 'Oslo' })
  const partials = events.flatMap((event) => (event.type === 'tool-call-delta' ? [event.partial] : []))
  expect(partials.at(-1)).toEqual({ city: 'Oslo' })
  expect(client.calls).toEqual([{ name: 'weather', arguments: { city: 'Oslo' } }])

  const wrong = await eventsOf(await fromMcp(client), 'weather', { city: 7 })
  expect(wrong.find(({ type }) => type === 'tool-result')).toMatchObject({ error: expect.stringContaining('city') })
  expect(client.calls).toHaveLength(1)
})

describe('a result', () => {
  const text = { type: 'text', text: '4 °C' }
  test.each([
    ['of texts is their text', { content: [text, { type: 'text', text: 'rain' }] }, '4 °C\nrain'],
    ['with structured output is that', { content: [text], structuredContent: { celsius: 4 } }, { celsius: 4 }],
    ['without content is empty', {}, ''],
  ])('%s', async (_, answer, output) => {
    expect(await resultOf(answer)).toMatchObject({ output })
  })

  test.each([
    ['an image', { type: 'image', mimeType: 'image/png', data: 'A'.repeat(4000) }, '[image image/png, 3 kB]'],
    ['audio', { type: 'audio', mimeType: 'audio/wav', data: 'AAAA' }, '[audio audio/wav, 1 kB]'],
    ['a link', { type: 'resource_link', uri: 'file:///a.md', name: 'a' }, '[resource file:///a.md]'],
    ['a text resource', { type: 'resource', resource: { uri: 'file:///a', text: 'Hello' } }, 'Hello'],
    ['a blob', { type: 'resource', resource: { uri: 'file:///a', blob: 'AAAA' } }, '[resource file:///a, 1 kB]'],
    ['what is not known', { type: 'hologram' }, '[hologram]'],
  ])('with %s is McpContent with all parts, of which the model gets the words', async (_, part, words) => {
    const tools = await fromMcp(clientWith([info('weather')], { content: [text, part] }))
    const model = simulate({ responses: [{ toolCalls: [{ name: 'weather', arguments: { city: 'Oslo' } }] }, 'Done'] })
    const stream = runStream('x', undefined, { model, tools })
    const events: StreamEvent[] = []
    for await (const event of stream.streamEvents()) events.push(event)
    const outputs = events.flatMap((event) => (event.type === 'tool-result' ? [event.output] : []))
    expect(outputs).toEqual([new McpContent([text, part])])
    const told = (await stream.getMessages()).find(({ role }) => role === 'tool')
    expect(told?.content).toBe(JSON.stringify(`4 °C\n${words}`))
  })

  test.each([
    [
      'that is an error goes to the model',
      { isError: true, content: [{ type: 'text', text: 'no such city' }] },
      'no such city',
    ],
    ['of an unknown form is an error', { content: 'hello' }, 'the server answered with content of an unknown form'],
    [
      'that never comes, since the server is gone, is an error',
      () => {
        throw new Error('Connection closed')
      },
      'Connection closed',
    ],
  ])('%s', async (_, answer, error) => {
    expect(await resultOf(answer)).toMatchObject({ type: 'tool-result', error })
  })

  test('that is an error ends the run, with onError: fail', async () => {
    const answer = { isError: true, content: [{ type: 'text', text: 'no such city' }] }
    await expect(resultOf(answer, { onError: 'fail' })).rejects.toMatchObject({ code: 'tool_failed' })
  })
})

test('abort() cancels the call at the server', async () => {
  let signal: AbortSignal | undefined
  let began = (): void => {}
  const isCalled = new Promise<void>((resolve) => (began = resolve))
  const client = clientWith([info('weather')], (given: { signal: AbortSignal }) => {
    signal = given.signal
    began()
    return new Promise(() => {})
  })
  const model = simulate({ responses: [{ toolCalls: [{ name: 'weather', arguments: { city: 'Oslo' } }] }, 'Done'] })
  const stream = runStream('x', undefined, { model, tools: await fromMcp(client) })
  const failure = stream.getData().catch((error: unknown) => error)
  await isCalled
  stream.abort()
  expect(await failure).toMatchObject({ code: 'aborted' })
  expect(signal?.aborted).toBe(true)
})

test('approve is asked for each of the tools', async () => {
  const asked: unknown[] = []
  const approve = ({ name, input }: { name: string; input: unknown }) => {
    asked.push([name, input])
    return 'not today'
  }
  expect(await resultOf({}, { approve })).toMatchObject({ error: expect.stringContaining('not today') })
  expect(asked).toEqual([['weather', { city: 'Oslo' }]])
})

test('names chooses tools, in the order of the server', async () => {
  const client = clientWith(['a', 'b', 'c'].map(info))
  expect((await fromMcp(client, { names: ['c', 'a'] })).map(({ name }) => name)).toEqual(['a', 'c'])
  await expect(fromMcp(client, { names: ['weather'] })).rejects.toThrow(/has no tool "weather". It has: a, b, c/)
})

test.each([
  [{}, {}, /expects a Client/],
  [undefined, {}, /expects a Client/],
  [clientWith([]), { nams: [] }, /Unknown option `nams`. Did you mean `names`/],
  [clientWith([]), { onError: 'ignore' }, /`onError` must be one of tell, fail/],
])('A wrong call is bad_options: %#', async (client, options, message) => {
  await expect(fromMcp(client as never, options as never)).rejects.toMatchObject({
    code: 'bad_options',
    message: expect.stringMatching(message),
  })
})

test('Tools fit the option of a run', async () => {
  const model = simulate({ response: { n: 1 } })
  const tools = await fromMcp(clientWith([info('a')]))
  expect(await runStream('x', z.object({ n: z.int() }), { model, tools }).getData()).toEqual({ n: 1 })
})
