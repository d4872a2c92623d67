import { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js'
import { StdioServerTransport } from '@modelcontextprotocol/sdk/server/stdio.js'
import { z } from 'zod'

const server = new McpServer({ name: 'weather', version: '1.0.0' })
const inputSchema = { city: z.string() }

server.registerTool(
  'weather.now',
  { description: 'The weather in a city, now', inputSchema, outputSchema: { celsius: z.number() } },
  async ({ city }) => {
    if (city === 'Atlantis') throw new Error('There is no such city.')
    return { content: [{ type: 'text', text: '{"celsius":4}' }], structuredContent: { celsius: 4 } }
  },
)
server.registerTool('weather.map', { description: 'A map of the weather', inputSchema }, async () => ({
  content: [
    { type: 'text', text: 'Rain' },
    { type: 'image', mimeType: 'image/png', data: 'iVBORw0KGgo=' },
  ],
}))
server.registerTool('weather.slow', { description: 'Never answers', inputSchema }, async (_input, { signal }) => {
  await new Promise((resolve) => signal.addEventListener('abort', resolve))
  console.error('canceled')
  return { content: [] }
})

await server.connect(new StdioServerTransport())
