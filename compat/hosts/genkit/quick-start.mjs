import { openAI } from '@genkit-ai/compat-oai/openai'
import { genkit } from 'genkit'
import { z } from 'zod'

const Film = z.object({
  title: z.string(),
  year: z.int(),
  genre: z.enum(['horror', 'science fiction']),
  cast: z.array(z.string()),
})

const ai = genkit({ plugins: [openAI()] })
const schema = JSON.stringify(z.toJSONSchema(Film))
const { stream } = ai.generateStream({
  model: openAI.model('gpt-5.4'),
  prompt: `Describe the film Alien as JSON of the schema ${schema}.`,
})
for await (const chunk of stream) console.log(chunk.text)
