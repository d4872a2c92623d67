import { createTRPCClient, httpBatchStreamLink } from '@trpc/client'
import { initTRPC } from '@trpc/server'
import { createHTTPServer } from '@trpc/server/adapters/standalone'
import OpenAI from 'openai'
import { z } from 'zod'

const Film = z.object({
  title: z.string(),
  year: z.int(),
  genre: z.enum(['horror', 'science fiction']),
  cast: z.array(z.string()),
})

const t = initTRPC.create()
const router = t.router({
  film: t.procedure.input(z.string()).query(async function* ({ input }) {
    const schema = JSON.stringify(z.toJSONSchema(Film))
    const messages = [{ role: 'user', content: `Describe ${input} as JSON of the schema ${schema}` }]
    const stream = await new OpenAI().chat.completions.create({ model: 'gpt-5.4', messages, stream: true })
    for await (const event of stream) yield event.choices[0]?.delta?.content
  }),
})
const server = createHTTPServer({ router }).listen(0)

const url = `http://localhost:${server.address().port}`
const client = createTRPCClient({ links: [httpBatchStreamLink({ url })] })
for await (const film of await client.film.query('Alien')) console.log(film)
server.close()
