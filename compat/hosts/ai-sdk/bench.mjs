import { openai } from '@ai-sdk/openai'
import { Output, streamText } from 'ai'
import { structuredOutput } from 'structstream/ai-sdk'
import { startProviderServer } from 'structstream/testing'
import { z } from 'zod'
import { benchHost } from '../bench-host.mjs'

const ask = (output) => streamText({ model: openai('gpt-5.4'), prompt: 'Films.', output, onError() {} })

async function readPartials(output, see) {
  const result = ask(output)
  for await (const partial of result.partialOutputStream) see(partial)
  await result.output
}

const ways = {
  async text(_, see) {
    for await (const text of ask().textStream) see(text)
  },
  own: (schema, see) => readPartials(Output.object({ schema }), see),
  ours: (schema, see) => readPartials(structuredOutput(schema, { onInvalid: 'abort' }), see),
}
await benchHost(ways, startProviderServer, z)
