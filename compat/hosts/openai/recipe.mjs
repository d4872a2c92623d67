import OpenAI from 'openai'
import { zodResponseFormat } from 'openai/helpers/zod'
import { parseStream } from 'structstream'
import { z } from 'zod'

const Film = z.object({
  title: z.string(),
  year: z.int(),
  genre: z.enum(['horror', 'science fiction']),
  cast: z.array(z.string()),
})

const stream = await new OpenAI().chat.completions.create({
  model: 'gpt-5.4',
  messages: [{ role: 'user', content: 'Describe the film Alien.' }],
  response_format: zodResponseFormat(Film, 'film'),
  stream: true,
})
const films = parseStream(stream, Film, { text: (event) => event.choices[0]?.delta?.content })
for await (const film of films.streamPartial()) console.log(film)
