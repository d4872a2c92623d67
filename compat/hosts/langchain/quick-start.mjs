import { ChatOpenAI } from '@langchain/openai'
import { z } from 'zod'

const Film = z.object({
  title: z.string(),
  year: z.int(),
  genre: z.enum(['horror', 'science fiction']),
  cast: z.array(z.string()),
})

const model = new ChatOpenAI({ model: 'gpt-5.4', modelKwargs: { response_format: { type: 'json_object' } } })
const stream = await model.stream(`Describe the film Alien, as JSON: ${JSON.stringify(z.toJSONSchema(Film))}`)
for await (const chunk of stream) console.log(chunk.text)
