import { randomUUID } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { json } from 'node:stream/consumers'
import { runStream, type StructuredStream } from 'structstream'
import { CodeSnippet, Recipe, schemas } from 'structstream/schemas'
import { pipeToNode } from 'structstream/server'
import { simulate } from 'structstream/simulate'
import { Booking } from './booking/schema.ts'
import { PeakList } from './peaks/schema.ts'
import { booking, peaks } from './samples.ts'

/** A real model if the variable names one, such as `openai:gpt-5.4`; otherwise everyone gets the same answer, slowly. */
const modelFor = (response: unknown, delayMs = 25) =>
  process.env['STRUCTSTREAM_MODEL'] ?? simulate({ response, delayMs })

/** No one reads: the connection broke, and the page has so long to come back. */
const linger = 5_000

/** What each page asks for. */
const answers: Record<string, (prompt: string) => StructuredStream<unknown>> = {
  '/booking': (prompt) =>
    runStream(`Fill in the booking from this e-mail:\n\n${prompt}`, Booking, {
      model: modelFor(booking, 60),
      linger,
    }),
  '/peaks': (prompt) => runStream(`Make a table of ${prompt}.`, PeakList, { model: modelFor(peaks), linger }),
  '/recipe': (prompt) =>
    runStream(`Give me a recipe for ${prompt}.`, Recipe, { model: modelFor(schemas.recipe.sample), linger }),
  '/code': (prompt) => runStream(prompt, CodeSnippet, { model: modelFor(schemas.code.sample), linger }),
}

/** Streams that can be asked for again after a cut, by their path. */
const kept = new Map<string, StructuredStream<unknown>>()

/** Middleware of Express, Connect and Vite; mounted at `/api`. */
export async function api(request: IncomingMessage, response: ServerResponse, next: () => void): Promise<void> {
  const path = request.url ?? '/'
  const begin = answers[path]
  if (request.method === 'POST' && begin !== undefined) {
    const { prompt } = (await json(request)) as { prompt: string }
    const stream = begin(prompt)
    const own = `/streams/${randomUUID()}`
    kept.set(own, stream)
    setTimeout(() => kept.delete(own), 300_000).unref()
    return await pipeToNode(stream, response, { resume: `/api${own}` })
  }
  const stream = kept.get(path)
  if (stream === undefined) return next()
  if (request.method === 'DELETE') {
    // Stop was pressed, or the page was left.
    stream.abort()
    response.writeHead(204).end()
    return
  }
  const lastEventId = request.headers['last-event-id'] as string | undefined
  await pipeToNode(stream, response, { resume: `/api${path}`, lastEventId })
}
