import { StateGraph, MessagesAnnotation, START } from '@langchain/langgraph'
import { ChatOpenAI } from '@langchain/openai'
import { z } from 'zod'

const Film = z.object({
  title: z.string(),
  year: z.int(),
  genre: z.enum(['horror', 'science fiction']),
  cast: z.array(z.string()),
})

const model = new ChatOpenAI({ model: 'gpt-5.4', modelKwargs: { response_format: { type: 'json_object' } } })
const graph = new StateGraph(MessagesAnnotation)
  .addNode('describe', async ({ messages }) => ({ messages: [await model.invoke(messages)] }))
  .addEdge(START, 'describe')
  .compile()
const messages = [
  { role: 'user', content: `Describe Alien as JSON of the schema ${JSON.stringify(z.toJSONSchema(Film))}` },
]
const stream = await graph.stream({ messages }, { streamMode: 'messages' })
for await (const [chunk] of stream) console.log(chunk.text)
