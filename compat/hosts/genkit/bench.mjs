import { openAI } from '@genkit-ai/compat-oai/openai'
import { genkit } from 'genkit'
import { parseStream } from 'structstream'
import { startProviderServer } from 'structstream/testing'
import { z } from 'zod'
import { benchHost } from '../bench-host.mjs'

let ai
const ask = (options) => {
  ai ??= genkit({ plugins: [openAI({ fetch: (...request) => fetch(...request) })] })
  return ai.generateStream({ model: openAI.model('gpt-5.4'), prompt: 'Films.', ...options })
}

const ways = {
  async text(_, see) {
    for await (const chunk of ask().stream) see(chunk.text)
  },
  async own(schema, see) {
    const { stream, response } = ask({ output: { jsonSchema: z.toJSONSchema(schema, { target: 'draft-7' }) } })
    for await (const chunk of stream) see(chunk.output)
    // Compared with the schema here.
    void (await response).output
  },
  async ours(schema, see) {
    const films = parseStream(ask().stream, schema, { text: (chunk) => chunk.text, onInvalid: 'abort' })
    for await (const partial of films.streamPartial()) see(partial)
  },
}
await benchHost(ways, startProviderServer, z)
