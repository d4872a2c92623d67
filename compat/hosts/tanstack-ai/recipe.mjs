import { chat } from '@tanstack/ai'
import { openaiText } from '@tanstack/ai-openai'
import { parseStream } from 'structstream'
import { z } from 'zod'

const Film = z.object({
  title: z.string(),
  year: z.int(),
  genre: z.enum(['horror', 'science fiction']),
  cast: z.array(z.string()),
})

const stream = chat({
  adapter: openaiText('gpt-5.4'),
  messages: [{ role: 'user', content: `Describe Alien as JSON of the schema ${JSON.stringify(z.toJSONSchema(Film))}` }],
})
const films = parseStream(stream, Film, { text: (chunk) => chunk.delta })
for await (const film of films.streamPartial()) console.log(film)
