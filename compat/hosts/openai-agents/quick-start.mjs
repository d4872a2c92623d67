import { Agent, run } from '@openai/agents'
import { z } from 'zod'

const Film = z.object({
  title: z.string(),
  year: z.int(),
  genre: z.enum(['horror', 'science fiction']),
  cast: z.array(z.string()),
})

const agent = new Agent({ name: 'Critic', instructions: 'You describe films.', outputType: Film })
const result = await run(agent, 'Describe the film Alien.', { stream: true })
for await (const text of result.toTextStream()) console.log(text)
