import { openai } from '@ai-sdk/openai'
import { Agent } from '@mastra/core/agent'
import { parseStream } from 'structstream'
import { z } from 'zod'

const Film = z.object({
  title: z.string(),
  year: z.int(),
  genre: z.enum(['horror', 'science fiction']),
  cast: z.array(z.string()),
})

const agent = new Agent({
  id: 'critic',
  name: 'Critic',
  instructions: `You describe films as JSON of the schema ${JSON.stringify(z.toJSONSchema(Film))}`,
  model: openai('gpt-5.4'),
})
const result = await agent.stream('Describe the film Alien.')
const films = parseStream(result.textStream, Film)
for await (const film of films.streamPartial()) console.log(film)
