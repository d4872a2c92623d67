// The page is reloaded in the middle of an answer: it continues where it was, and the model is asked only once.
import { runStream } from 'structstream'
import { connect } from 'structstream/client'
import { NewsSummary, schemas } from 'structstream/schemas'
import { toResponse } from 'structstream/server'
import { simulate } from 'structstream/simulate'
import { memoryStore, resumable } from 'structstream/store'

// On the server. With `redisStore(client)` in place of `memoryStore()` it may be many of them.
let asked = 0
const model = simulate({ response: schemas.news.sample, delayMs: 2 })
const streams = resumable(memoryStore())
const route = streams.handler({ authorize: (_, request) => request.headers.get('cookie') === 'user=7' })

async function answer(message: string): Promise<Response> {
  const { id, stream } = await streams.start(message, () => {
    asked++
    return runStream(schemas.news.prompt, NewsSummary, { model })
  })
  return toResponse(stream, { resume: `/streams/${id}` })
}

/** The network of this example. */
const fetch = async (url: unknown, init?: RequestInit): Promise<Response> => {
  const request = new Request(new URL(String(url), 'http://localhost'), init)
  request.headers.set('cookie', 'user=7')
  return request.method === 'POST' ? await answer(await request.text()) : await route(request)
}

// In the browser.
const page = new AbortController()
const first = await fetch('/answers', { method: 'POST', body: 'message-1' })
const reader = first.body!.pipeThrough(new TextDecoderStream(), { signal: page.signal }).getReader()
await reader.read()
console.log('the answer has begun')
page.abort()
console.log('the page is gone')

// The page knows the message's id, and nothing else.
const again = connect('/streams/message-1', NewsSummary, { fetch })
for await (const { title } of again.streamPartial()) {
  if (title === undefined) continue
  console.log(`the new page sees: ${title}`)
  break
}
const { title, keyPoints } = await again.getData()
console.log(`${title}, ${keyPoints.length} points, the model was asked ${asked} time`)
