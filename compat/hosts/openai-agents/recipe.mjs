import { Agent, run } from '@openai/agents'
import { parseStream } from 'structstream'
import { z } from 'zod'

const Film = z.object({
  title: z.string(),
  year: z.int(),
  genre: z.enum(['horror', 'science fiction']),
  cast: z.array(z.string()),
})

const agent = new Agent({ name: 'Critic', instructions: 'You describe films.', outputType: Film })
const result = await run(agent, 'Describe the film Alien.', { stream: true })
const films = parseStream(result.toTextStream(), Film)
for await (const film of films.streamPartial()) console.log(film)
