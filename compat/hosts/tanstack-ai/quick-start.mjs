import { chat } from '@tanstack/ai'
import { openaiText } from '@tanstack/ai-openai'
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
for await (const chunk of stream) console.log(chunk.delta)
