// A route handler as Next.js, Hono, Deno and workers have it, and what the page does. Here both are in one process.
import { runStream } from 'structstream'
import { connect } from 'structstream/client'
import { Invoice, schemas } from 'structstream/schemas'
import { toResponse } from 'structstream/server'
import { simulate } from 'structstream/simulate'

const model = process.env['STRUCTSTREAM_MODEL'] ?? simulate({ response: schemas.invoice.sample, delayMs: 2 })

async function POST(request: Request): Promise<Response> {
  const { prompt } = (await request.json()) as { prompt: string }
  return toResponse(runStream(prompt, Invoice, { model }))
}

// In a page: connect('/api/invoice', Invoice, { body: { prompt } })
const request = new Request('http://localhost/api/invoice', {
  method: 'POST',
  body: JSON.stringify({ prompt: schemas.invoice.prompt }),
})
await using stream = connect(await POST(request), Invoice)
let partials = 0
for await (const _ of stream.streamPartial()) partials++
console.log(partials > 5 ? 'the form fills itself' : 'it came at once')
const { total, currency } = await stream.getData()
console.log(`total: ${total} ${currency}`)
