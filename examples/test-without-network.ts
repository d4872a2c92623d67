// A test of one's own: the real SDK, over a real socket, against a provider that fails on request.
import { runStream, StructStreamError } from 'structstream'
import { openaiCompatible } from 'structstream/openai'
import { MovieRecommendation, schemas } from 'structstream/schemas'
import { startProviderServer } from 'structstream/testing'

const data = schemas.movie.sample
await using server = await startProviderServer({
  respond: [{ data }, { data, faults: { dropAtByte: 2_000 } }, { data, finish: 'length' }],
})
const model = openaiCompatible('any', { baseURL: server.openaiBaseURL })

for (const situation of ['all is well', 'the connection breaks', 'the model runs out of tokens']) {
  await using stream = runStream(schemas.movie.prompt, MovieRecommendation, { model })
  try {
    console.log(`${situation}: ${(await stream.getData()).title}`)
  } catch (error) {
    if (!(error instanceof StructStreamError)) throw error
    console.log(`${situation}: ${error.code}${error.retryable ? ', worth another try' : ''}`)
  }
}
console.log(`${server.requests.length} requests were made`)
