// Chunks: a delta each, and what is known at the end on the last one.
import { runStream } from 'structstream'
import { NewsSummary, schemas } from 'structstream/schemas'
import { simulate } from 'structstream/simulate'

const model = process.env['STRUCTSTREAM_MODEL'] ?? simulate({ response: schemas.news.sample })

await using stream = runStream(schemas.news.prompt, NewsSummary, { model })
let deltas = 0
let characters = 0
for await (const chunk of stream) {
  if (chunk.index === 0) console.log('first chunk')
  if (!chunk.isFinal) {
    deltas++
    characters += chunk.delta.length
    continue
  }
  console.log(`last chunk: ${chunk.finishReason}, by ${chunk.metadata.provider}`)
  console.log(`usage: ${chunk.usage?.inputTokens} tokens in, ${chunk.usage?.outputTokens} out`)
  console.log(`data: ${chunk.data?.title}`)
}
console.log(`${deltas > 10 ? 'many' : 'few'} deltas, ${characters} characters`)
