import { chat, parsePartialJSON } from '@tanstack/ai'
import { openaiText } from '@tanstack/ai-openai'
import { parseStream } from 'structstream'
import { startProviderServer } from 'structstream/testing'
import { z } from 'zod'
import { benchHost } from '../bench-host.mjs'

const request = () => ({ adapter: openaiText('gpt-5.4'), messages: [{ role: 'user', content: 'Films.' }] })

const ways = {
  async text(_, see) {
    for await (const chunk of chat(request())) see(chunk.delta)
  },
  // What its `useChat` does with the deltas.
  async own(schema, see) {
    let text = ''
    for await (const chunk of chat({ ...request(), outputSchema: schema, stream: true })) {
      if (chunk.type === 'RUN_ERROR') throw new Error(chunk.message)
      if (typeof chunk.delta === 'string') see(parsePartialJSON((text += chunk.delta)))
    }
  },
  async ours(schema, see) {
    const films = parseStream(chat(request()), schema, { text: (chunk) => chunk.delta, onInvalid: 'abort' })
    for await (const partial of films.streamPartial()) see(partial)
  },
}
await benchHost(ways, startProviderServer, z)
