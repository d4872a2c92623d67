import { openAI } from '@genkit-ai/compat-oai/openai'
import { genkit } from 'genkit'
import { parseStream } from 'structstream'
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
const films = parseStream(stream, Film, { text: (chunk) => chunk.text })
for await (const film of films.streamPartial()) console.log(film)
