import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Client } from '@modelcontextprotocol/sdk/client/index.js'
import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js'
import { runStream } from 'structstream'
import { fromMcp } from 'structstream/mcp'
import { simulate } from 'structstream/simulate'
import { startProviderServer } from 'structstream/testing'
import { runProgram } from '../run-program.mjs'

/** @param {string} name @param {string} city */
const calls = (name, city) => ({ toolCalls: [{ name, arguments: { city } }] })

/** @param {(client: Client, transport: StdioClientTransport) => Promise<void>} use */
async function withClient(use) {
  const client = new Client({ name: 'test', version: '1.0.0' })
  const transport = new StdioClientTransport({ command: process.execPath, args: ['server.mjs'], stderr: 'pipe' })
  await client.connect(transport)
  try {
    await use(client, transport)
  } finally {
    await client.close()
  }
}

/** @param {Client} client @param {string} name @param {string} city */
async function resultOf(client, name, city) {
  const model = simulate({ responses: [calls(name, city), 'Done'] })
  const stream = runStream('x', undefined, { model, tools: await fromMcp(client) })
  for await (const event of stream.streamEvents()) if (event.type === 'tool-result') return event
  return undefined
}

test('tools are listed by names that every provider takes', () =>
  withClient(async (client) => {
    const names = (await fromMcp(client)).map(({ name }) => name)
    assert.deepEqual(names, ['weather_now', 'weather_map', 'weather_slow'])
  }))

test('structured output, images and errors come as the server sends them', () =>
  withClient(async (client) => {
    assert.deepEqual((await resultOf(client, 'weather_now', 'Oslo'))?.output, { celsius: 4 })
    assert.match((await resultOf(client, 'weather_now', 'Atlantis'))?.error ?? '', /There is no such city/)
    const map = await resultOf(client, 'weather_map', 'Oslo')
    assert.deepEqual(
      /** @type {any} */ (map)?.output.parts.map((/** @type {any} */ part) => part.type),
      ['text', 'image'],
    )
  }))

test('abort() cancels the call at the server', () =>
  withClient(async (client, transport) => {
    const canceled = new Promise((resolve) => transport.stderr?.once('data', (data) => resolve(String(data))))
    const model = simulate({ responses: [calls('weather_slow', 'Oslo'), 'Done'] })
    const stream = runStream('x', undefined, { model, tools: await fromMcp(client) })
    const failure = stream.getData().catch((error) => error)
    for await (const event of stream.streamEvents()) {
      if (event.type !== 'finish') continue
      // The call is sent when the model's turn has ended.
      setTimeout(() => stream.abort(), 200)
      break
    }
    assert.equal((await failure).code, 'aborted')
    assert.equal(await canceled, 'canceled\n')
  }))

test('a server that is gone is reported to the model', () =>
  withClient(async (client) => {
    const tools = await fromMcp(client)
    await client.close()
    const model = simulate({ responses: [calls('weather_now', 'Oslo'), 'Done'] })
    const messages = await runStream('x', undefined, { model, tools }).getMessages()
    assert.match(messages.find(({ role }) => role === 'tool')?.content?.toString() ?? '', /Not connected|closed/)
  }))

test('MCP tools in: the recipe runs', async () => {
  const server = await startProviderServer({
    respond: [{ ...calls('weather_now', 'Oslo'), chunking: 3 }, { data: { umbrella: false, reason: 'Dry' } }],
  })
  const logged = await runProgram(import.meta.dirname, 'tools-in.mjs', server)
  assert.deepEqual(logged.slice(-3), [{ city: 'Oslo' }, { celsius: 4 }, { umbrella: false, reason: 'Dry' }])
})

test('MCP tool input out: the recipe runs', async () => {
  const server = await startProviderServer({ respond: { ...calls('weather', 'Oslo'), chunking: 3 } })
  const logged = await runProgram(import.meta.dirname, 'tool-input-out.mjs', server)
  assert.deepEqual(logged.at(-2), { city: 'Oslo' })
  assert.deepEqual(logged.at(-1).structuredContent, { celsius: 4 })
})
