// Text without a schema, printed as the model writes it.
import { runStream } from 'structstream'
import { simulate } from 'structstream/simulate'

// A real one: STRUCTSTREAM_MODEL=openai:gpt-5.4, and the same for every example here.
const model = process.env['STRUCTSTREAM_MODEL'] ?? simulate({ delayMs: 5 })

await using stream = runStream('Say a few words about yourself.', undefined, { model })
for await (const delta of stream.streamText()) process.stdout.write(delta)
process.stdout.write('\n')
