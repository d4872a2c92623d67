import { JsonOutputParser } from '@langchain/core/output_parsers'
import { ChatOpenAI } from '@langchain/openai'
import { parseStream } from 'structstream'
import { startProviderServer } from 'structstream/testing'
import { z } from 'zod'
import { benchHost } from '../bench-host.mjs'

const model = () => new ChatOpenAI({ model: 'gpt-5.4', modelKwargs: { response_format: { type: 'json_object' } } })

const ways = {
  async text(_, see) {
    for await (const chunk of await model().stream('Films.')) see(chunk.text)
  },
  async own(_, see) {
    for await (const partial of await model().pipe(new JsonOutputParser()).stream('Films.')) see(partial)
  },
  async ours(schema, see) {
    const films = parseStream(await model().stream('Films.'), schema, {
      text: (chunk) => chunk.text,
      onInvalid: 'abort',
    })
    for await (const partial of films.streamPartial()) see(partial)
  },
}
await benchHost(ways, startProviderServer, z)
