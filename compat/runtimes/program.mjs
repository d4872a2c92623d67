// The core, one SDK, the client and the store, in whatever runtime this is. Prints one line of JSON.
import { runStream } from 'structstream'
import { connect } from 'structstream/client'
import { openai } from 'structstream/openai'
import { toResponse } from 'structstream/server'
import { simulate } from 'structstream/simulate'
import { memoryStore, resumable } from 'structstream/store'
import { z } from 'zod'

const Movie = z.object({ title: z.string(), year: z.number() })
const model = simulate({ response: { title: 'Alien', year: 1979 } })
const results = {}

const stream = runStream('Recommend a movie', Movie, { model })
results.partials = 0
for await (const partial of stream.streamPartial()) if (partial !== undefined) results.partials += 1
results.core = await stream.getData()

const { BASE_URL } = globalThis.process?.env ?? {}
const asked = runStream('Recommend a movie', Movie, { model: openai('m', { apiKey: 'k', baseURL: BASE_URL }) })
results.sdk = await asked.getData()

const response = toResponse(runStream('Recommend a movie', Movie, { model }))
results.client = await connect(response, Movie).getData()

const streams = resumable(memoryStore())
const { id } = await streams.start('movie-of-the-day', () => runStream('Recommend a movie', Movie, { model }))
const attached = await streams.attach(id, { schema: Movie })
results.store = await attached.getData()

console.log(JSON.stringify(results))
