import OpenAI from 'openai'
import { zodResponseFormat } from 'openai/helpers/zod'
import { parseStream } from 'structstream'
import { startProviderServer } from 'structstream/testing'
import { z } from 'zod'
import { benchHost } from '../bench-host.mjs'

const textOf = (event) => event.choices[0]?.delta?.content
const request = (schema) => ({
  model: 'gpt-5.4',
  messages: [{ role: 'user', content: 'Films.' }],
  response_format: zodResponseFormat(schema, 'films'),
})
const ask = (schema) => new OpenAI().chat.completions.create({ ...request(schema), stream: true })

const ways = {
  async text(schema, see) {
    for await (const event of await ask(schema)) see(textOf(event))
  },
  async own(schema, see) {
    const stream = new OpenAI().chat.completions.stream(request(schema))
    stream.on('content.delta', ({ parsed }) => see(parsed))
    await stream.finalChatCompletion()
  },
  async ours(schema, see) {
    const films = parseStream(await ask(schema), schema, { text: textOf, onInvalid: 'abort' })
    for await (const partial of films.streamPartial()) see(partial)
  },
}
await benchHost(ways, startProviderServer, z)
