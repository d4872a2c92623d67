// A second model for when the first cannot be reached.
import { run } from 'structstream'
import { MovieRecommendation, schemas } from 'structstream/schemas'
import { simulate } from 'structstream/simulate'

const down = simulate({ faults: { status: 503 } })
const up = simulate({ response: schemas.movie.sample })

const { data, attempts } = await run(schemas.movie.prompt, MovieRecommendation, { model: [down, up] })
console.log(data.title)
for (const { attempt, error } of attempts) console.log(`attempt ${attempt}: ${error ?? 'ok'}`)
