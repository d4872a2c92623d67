// An object that fills in: one line for each field, drawn over and over in a terminal.
import { runStream } from 'structstream'
import { MovieRecommendation, schemas } from 'structstream/schemas'
import { simulate } from 'structstream/simulate'

const model = process.env['STRUCTSTREAM_MODEL'] ?? simulate({ response: schemas.movie.sample, delayMs: 10 })

const { isTTY, columns } = process.stdout
let drawn = 0

function draw(lines: string[]): void {
  // Up to where the last frame began, and clear from there on.
  if (isTTY && drawn > 0) process.stdout.write(`\x1b[${drawn}A\x1b[J`)
  if (isTTY || drawn === 0) for (const line of lines) console.log(line.slice(0, columns ?? 80))
  drawn = lines.length
}

await using stream = runStream(schemas.movie.prompt, MovieRecommendation, { model })
for await (const { value, isComplete, isFinal } of stream.streamSnapshots({ throttle: 50 })) {
  if (!isTTY && !isFinal) continue
  draw(Object.entries(value).map(([key, field]) => `${isComplete([key]) ? '✓' : '…'} ${key}: ${field}`))
}
