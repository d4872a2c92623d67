import { Client } from '@modelcontextprotocol/sdk/client/index.js'
import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js'
import OpenAI from 'openai'
import { jsonSchema, parseStream } from 'structstream'

const client = new Client({ name: 'my-app', version: '1.0.0' })
await client.connect(new StdioClientTransport({ command: 'node', args: ['server.mjs'] }))
const [tool] = (await client.listTools()).tools

const stream = await new OpenAI().chat.completions.create({
  model: 'gpt-5.4',
  messages: [{ role: 'user', content: 'What is the weather in Oslo?' }],
  tools: [{ type: 'function', function: { name: 'weather', parameters: tool.inputSchema } }],
  stream: true,
})
const text = (event) => event.choices[0]?.delta?.tool_calls?.[0]?.function?.arguments
const input = parseStream(stream, jsonSchema(tool.inputSchema), { text })
for await (const partial of input.streamPartial()) console.log(partial)

console.log(await client.callTool({ name: tool.name, arguments: await input.getData() }))
await client.close()
