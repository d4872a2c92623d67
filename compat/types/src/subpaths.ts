import { anthropic } from 'structstream/anthropic'
import { fromAiSdk } from 'structstream/ai-sdk'
import { connect } from 'structstream/client'
import { gemini } from 'structstream/google'
import { IncrementalJsonParser } from 'structstream/json'
import { ollama } from 'structstream/ollama'
import { azureOpenAI, groq, openai, openaiCompatible } from 'structstream/openai'
import { compileSchema } from 'structstream/schema'
import { pipeToNode, toResponse } from 'structstream/server'
import { simulate } from 'structstream/simulate'
import { memoryStore, redisStore, resumable } from 'structstream/store'
import { type Model, jsonSchema, runStream } from 'structstream'
import { type Equal, holds } from './equal.js'

const Movie = jsonSchema<{ title: string }>({ type: 'object' })

export const models: Model[] = [
  openai('gpt', { api: 'chat' }),
  anthropic('claude', { maxRetries: 1 }),
  gemini('gemini'),
  ollama('llama', { headers: { authorization: 'x' } }),
  simulate(),
]
holds<Equal<(typeof models)[number], Model>>()
// @ts-expect-error -- there are two APIs
openai('gpt', { api: 'completions' })
// @ts-expect-error -- there is no such option
openai('gpt', { baseUrl: 'http://localhost' })
// @ts-expect-error -- there is no such option
anthropic('claude', { apikey: 'x' })
// @ts-expect-error -- there is no such option
gemini('gemini', { apikey: 'x' })
// @ts-expect-error -- there is no such option
ollama('llama', { hots: 'x' })
// @ts-expect-error -- an address is needed
openaiCompatible('llama', {})
// @ts-expect-error -- an id is a string
groq(5)
// @ts-expect-error -- an id is a string
azureOpenAI(5)
// @ts-expect-error -- a model of the AI SDK is an object
fromAiSdk(5)

export async function onTheClient(): Promise<void> {
  const stream = connect('/api/movie', Movie, { headers: { authorization: 'x' } })
  for await (const partial of stream.streamPartial()) {
    const { title } = partial
    holds<Equal<typeof title, string | undefined>>()
    // @ts-expect-error -- there is no such key
    void partial.titel
  }
  // @ts-expect-error -- there is no such option
  connect('/api/movie', Movie, { header: {} })
}

export async function onTheServer(model: Model): Promise<void> {
  const stream = runStream('Recommend a movie', Movie, { model })
  // @ts-expect-error -- there is no such format
  toResponse(stream, { format: 'json-lines' })
  // @ts-expect-error -- a response is needed
  await pipeToNode(stream)
  const { jsonSchema: compiled } = await compileSchema(Movie, { target: 'openai' })
  void compiled
  // @ts-expect-error -- there is no such target
  await compileSchema(Movie, { target: 'chatgpt' })
}

const store = memoryStore()
export const streams = { resumable, redisStore, store }
// @ts-expect-error -- there is no such method
store.forget()

export const parser = new IncrementalJsonParser()
// @ts-expect-error -- there is no such method
parser.write('{}')
