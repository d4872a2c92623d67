// Everything that happens, in order: for logs, for debugging, for a user interface of one's own.
import { runStream } from 'structstream'
import { MovieRecommendation, schemas } from 'structstream/schemas'
import { simulate } from 'structstream/simulate'

// A careless model: prose, a code fence, and a trailing comma.
const text = JSON.stringify(schemas.movie.sample).replace(/\}$/, ',}')
const model = simulate({ response: `Here you are:\n\`\`\`json\n${text}\n\`\`\``, reasoning: 'The user likes rain.' })

await using stream = runStream(schemas.movie.prompt, MovieRecommendation, { model })
let reasoning = ''
for await (const event of stream.streamEvents()) {
  switch (event.type) {
    case 'attempt-start':
      console.log(`asking ${event.provider}`)
      break
    case 'reasoning-delta':
      reasoning += event.text
      break
    case 'value-complete':
      console.log(`complete: ${event.path.join('.') || 'everything'}`)
      break
    case 'repair':
      console.log(`repaired: ${event.repair.kind}`)
      break
    case 'finish':
      console.log(`finished: ${event.reason}; it had thought "${reasoning}"`)
      break
    default:
  }
}
