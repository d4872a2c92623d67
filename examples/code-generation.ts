// One string of the object, unescaped and as it comes: code that appears while it is being written.
import { runStream } from 'structstream'
import { CodeSnippet, schemas } from 'structstream/schemas'
import { simulate } from 'structstream/simulate'

const model = process.env['STRUCTSTREAM_MODEL'] ?? simulate({ response: schemas.code.sample, delayMs: 2 })

await using stream = runStream(schemas.code.prompt, CodeSnippet, { model })
for await (const text of stream.streamField(['code'])) process.stdout.write(text)

const { filename, explanation, tests } = await stream.getData()
console.log(`--- ${filename}\n${explanation}`)
for (const { call, expected } of tests) console.log(`${call} → ${expected}`)
