// Text at an even pace, however it comes: by character, as a typewriter does, by word, or line by line.
import { runStream } from 'structstream'
import { simulate } from 'structstream/simulate'

const model =
  process.env['STRUCTSTREAM_MODEL'] ??
  simulate({ response: 'The sea is calm tonight.\nThe tide is full, the moon lies fair.\n', chunkSize: [1, 30] })

await using stream = runStream('Two lines of a poem about the sea.', undefined, { model })
for await (const character of stream.streamText({ smooth: { by: 'character', delay: 5 } })) {
  process.stdout.write(character)
}

// A consumer that reads afterwards gets the same text, in its own pieces.
for await (const line of stream.streamText({ smooth: 'line' })) console.log(`| ${line.trimEnd()}`)
let words = 0
for await (const _ of stream.streamText({ smooth: 'word' })) words++
console.log(`${words} pieces by word`)
