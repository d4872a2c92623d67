import Anthropic from '@anthropic-ai/sdk'
import { zodOutputFormat } from '@anthropic-ai/sdk/helpers/zod'
import { parseStream } from 'structstream'
import { z } from 'zod'

const Film = z.object({
  title: z.string(),
  year: z.int(),
  genre: z.enum(['horror', 'science fiction']),
  cast: z.array(z.string()),
})

const stream = await new Anthropic().messages.create({
  model: 'claude-sonnet-5-5',
  max_tokens: 1024,
  messages: [{ role: 'user', content: 'Describe the film Alien.' }],
  output_config: { format: zodOutputFormat(Film) },
  stream: true,
})
const films = parseStream(stream, Film, { text: (event) => event.delta?.text })
for await (const film of films.streamPartial()) console.log(film)
