import { openai } from '@ai-sdk/openai'
import { streamText } from 'ai'
import { structuredOutput } from 'structstream/ai-sdk'
import { z } from 'zod'

const Film = z.object({
  title: z.string(),
  year: z.int(),
  genre: z.enum(['horror', 'science fiction']),
  cast: z.array(z.string()),
})

const { partialOutputStream } = streamText({
  model: openai('gpt-5.4'),
  prompt: 'Describe the film Alien.',
  output: structuredOutput(Film),
})
for await (const film of partialOutputStream) console.log(film)
