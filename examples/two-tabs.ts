// Two tabs show one answer as it grows; the second one stops it.
import { runStream, StructStreamError } from 'structstream'
import { connect } from 'structstream/client'
import { Invoice, schemas } from 'structstream/schemas'
import { simulate } from 'structstream/simulate'
import { memoryStore, resumable } from 'structstream/store'

const model = simulate({ response: schemas.invoice.sample, delayMs: 5 })
const streams = resumable(memoryStore())
const route = streams.handler({ authorize: () => true })
const fetch = async (url: unknown, init?: RequestInit): Promise<Response> =>
  await route(new Request(new URL(String(url), 'http://localhost'), init))

const { id, stream } = await streams.start(undefined, () => runStream(schemas.invoice.prompt, Invoice, { model }))

async function tab(name: string, stopAt: number): Promise<void> {
  const shown = connect(`/streams/${id}`, Invoice, { fetch })
  try {
    let seen = 0
    for await (const line of shown.streamElements(['lines'])) {
      console.log(`${name}: ${line.description}`)
      // `abort()` of a handle stops the stream itself, for everyone.
      if (++seen === stopAt) shown.abort()
    }
  } catch (error) {
    if (!(error instanceof StructStreamError)) throw error
    console.log(`${name}: ${error.code}`)
  }
}

await Promise.all([tab('first tab', Infinity), tab('second tab', 2)])
await stream.getData().catch((error: StructStreamError) => console.log(`on the server: ${error.code}`))
console.log(`the model wrote ${stream.partial?.lines?.length ?? 0} lines and was stopped`)
