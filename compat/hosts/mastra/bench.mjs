import { openai } from '@ai-sdk/openai'
import { Agent } from '@mastra/core/agent'
import { parseStream } from 'structstream'
import { startProviderServer } from 'structstream/testing'
import { z } from 'zod'
import { benchHost } from '../bench-host.mjs'

const ask = (options) => {
  const agent = new Agent({ id: 'critic', name: 'Critic', instructions: 'Films.', model: openai('gpt-5.4') })
  return agent.stream('Films.', options)
}

const ways = {
  async text(_, see) {
    for await (const text of (await ask()).textStream) see(text)
  },
  async own(schema, see) {
    const result = await ask({ structuredOutput: { schema } })
    for await (const partial of result.objectStream) see(partial)
    await result.object
  },
  async ours(schema, see) {
    const films = parseStream((await ask()).textStream, schema, { onInvalid: 'abort' })
    for await (const partial of films.streamPartial()) see(partial)
  },
}
await benchHost(ways, startProviderServer, z)
