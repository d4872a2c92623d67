// Several turns: what was said before goes along with the next question. The system prompt is made anew each time.
import { runStream } from 'structstream'
import { MovieRecommendation, schemas } from 'structstream/schemas'
import { simulate } from 'structstream/simulate'

const { sample } = schemas.movie
const model = simulate({
  responses: [
    sample,
    (request: { messages: readonly { role: string }[] }) =>
      `I was told ${request.messages.length} messages: ${request.messages.map((message) => message.role).join(', ')}.`,
  ],
})
const viewer = { name: 'Ada', seen: ['Alien', 'Solaris'] }
const system = () => `You recommend films to ${viewer.name}, who has seen ${viewer.seen.join(', ')}.`

await using first = runStream('Something from the 1980s?', MovieRecommendation, { model, system })
const movie = await first.getData()
viewer.seen.push(movie.title)
console.log(`1: ${movie.title}`)

const messages = await first.getMessages()
await using second = runStream('And why that one?', undefined, { model, system, messages })
console.log(`2: ${await second.getText()}`)
