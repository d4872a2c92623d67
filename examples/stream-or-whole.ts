// `run` when only the end matters, `runStream` when someone is waiting in front of a screen.
import { run, runStream } from 'structstream'
import { MovieRecommendation, schemas } from 'structstream/schemas'
import { simulate } from 'structstream/simulate'

const model = simulate({ response: schemas.movie.sample })

const whole = await run(schemas.movie.prompt, MovieRecommendation, { model })
console.log(`whole: ${whole.data.title} (${whole.data.year})`)

await using stream = runStream(schemas.movie.prompt, MovieRecommendation, { model })
for await (const partial of stream.streamPartial()) {
  if (partial.title !== undefined && stream.isComplete(['title'])) {
    console.log(`streamed: ${partial.title} is known before the answer is ${stream.isComplete([]) ? '' : 'complete'}`)
    break
  }
}
console.log(`streamed: ${(await stream.getData()).rating} of 10`)
