import { Client } from '@modelcontextprotocol/sdk/client/index.js'
import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js'
import { runStream } from 'structstream'
import { fromMcp } from 'structstream/mcp'
import { openai } from 'structstream/openai'
import { z } from 'zod'

const client = new Client({ name: 'my-app', version: '1.0.0' })
await client.connect(new StdioClientTransport({ command: 'node', args: ['server.mjs'] }))

const Advice = z.object({ umbrella: z.boolean(), reason: z.string() })
const model = openai('gpt-5.4', { baseURL: process.env.OPENAI_BASE_URL })
const stream = runStream('Do I need an umbrella in Oslo?', Advice, { model, tools: await fromMcp(client) })
for await (const event of stream.streamEvents()) {
  if (event.type === 'tool-call-delta') console.log(event.partial)
  if (event.type === 'tool-result') console.log(event.output)
}
console.log(await stream.getData())
await client.close()
