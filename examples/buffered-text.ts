// Fewer, larger pieces: text gathered for a while, and partials no more often than a screen needs them.
import { runStream } from 'structstream'
import { schemas, Summary } from 'structstream/schemas'
import { simulate } from 'structstream/simulate'

const model = process.env['STRUCTSTREAM_MODEL'] ?? simulate({ response: schemas.summary.sample, delayMs: 2 })

await using stream = runStream(schemas.summary.prompt, Summary, { model })

async function count(items: AsyncIterable<unknown>): Promise<number> {
  let number = 0
  for await (const _ of items) number++
  return number
}

const [deltas, pieces, partials, throttled] = await Promise.all([
  count(stream.streamText()),
  count(stream.streamText({ debounce: 50 })),
  count(stream.streamPartial()),
  count(stream.streamPartial({ throttle: 50 })),
])
console.log(pieces < deltas ? 'fewer pieces than deltas' : `${pieces} pieces of ${deltas} deltas`)
console.log(throttled < partials ? 'fewer partials when throttled' : `${throttled} of ${partials} partials`)
