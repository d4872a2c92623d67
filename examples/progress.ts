// Which fields are there, which one is being written, how far along it all is.
import { runStream } from 'structstream'
import { NewsSummary, schemas } from 'structstream/schemas'
import { simulate } from 'structstream/simulate'

const model = process.env['STRUCTSTREAM_MODEL'] ?? simulate({ response: schemas.news.sample, chunkSize: 4 })

const fields = Object.keys(NewsSummary.shape)
let before = ''

await using stream = runStream(schemas.news.prompt, NewsSummary, { model })
console.log('thinking…')
for await (const { value, isComplete } of stream.streamSnapshots()) {
  const done = fields.filter((field) => isComplete([field])).length
  const open = fields.find((field) => field in value && !isComplete([field]))
  const bar = `[${'#'.repeat(done)}${'.'.repeat(fields.length - done)}] ${open === undefined ? '' : `writing ${open}`}`
  // A change of the value need not change the bar.
  if (bar !== before) console.log(bar.trimEnd())
  before = bar
}
