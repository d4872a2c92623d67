// The growing text into a file, with a log of how long things took.
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { createWriteStream } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { runStream } from 'structstream'
import { Recipe, schemas } from 'structstream/schemas'
import { simulate } from 'structstream/simulate'

const model = process.env['STRUCTSTREAM_MODEL'] ?? simulate({ response: schemas.recipe.sample, delayMs: 1 })

const folder = await mkdtemp(join(tmpdir(), 'structstream-'))
try {
  const file = join(folder, 'recipe.json')
  await using stream = runStream(schemas.recipe.prompt, Recipe, { model })
  await pipeline(Readable.from(stream.streamText()), createWriteStream(file))

  const { data, timing } = await stream.getResult()
  const written = JSON.parse(await readFile(file, 'utf8')) as typeof data
  console.log(`${written.name}: ${written.steps.length} steps in the file`)
  console.log(timing.firstDelta <= timing.firstPartial && timing.firstPartial < timing.total ? 'timed' : 'odd')
} finally {
  await rm(folder, { recursive: true })
}
