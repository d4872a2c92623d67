import { createServer } from 'node:http'
import { createORPCClient } from '@orpc/client'
import { RPCLink } from '@orpc/client/fetch'
import { os } from '@orpc/server'
import { RPCHandler } from '@orpc/server/node'
import OpenAI from 'openai'
import { z } from 'zod'

const Film = z.object({
  title: z.string(),
  year: z.int(),
  genre: z.enum(['horror', 'science fiction']),
  cast: z.array(z.string()),
})

const router = {
  film: os.input(z.string()).handler(async function* ({ input }) {
    const schema = JSON.stringify(z.toJSONSchema(Film))
    const messages = [{ role: 'user', content: `Describe ${input} as JSON of the schema ${schema}` }]
    const stream = await new OpenAI().chat.completions.create({ model: 'gpt-5.4', messages, stream: true })
    for await (const event of stream) yield event.choices[0]?.delta?.content
  }),
}
const handler = new RPCHandler(router)
const server = createServer((request, response) => handler.handle(request, response)).listen(0)

const client = createORPCClient(new RPCLink({ url: `http://localhost:${server.address().port}` }))
for await (const film of await client.film('Alien')) console.log(film)
server.close()
