import {
  type Model,
  type RunOptions,
  StructStreamError,
  createSession,
  jsonSchema,
  run,
  runStream,
  tool,
} from 'structstream'
import { type Equal, holds } from './equal.js'

interface Movie {
  title: string
  year: number
  cast: { name: string }[]
}

const Movie = jsonSchema<Movie>({ type: 'object' })

export async function everyIterator(model: Model): Promise<void> {
  const stream = runStream('Recommend a movie', Movie, { model })

  for await (const partial of stream.streamPartial()) {
    const { title } = partial
    holds<Equal<typeof title, string | undefined>>()
    // @ts-expect-error -- a title is not a number
    const wrong: number | undefined = title
    // @ts-expect-error -- there is no such key
    void partial.titel
    void wrong
  }
  for await (const snapshot of stream.streamSnapshots()) {
    holds<Equal<typeof snapshot.isFinal, boolean>>()
    // @ts-expect-error -- there is no such field
    void snapshot.final
  }
  for await (const actor of stream.streamElements(['cast'])) {
    holds<Equal<typeof actor.name, string>>()
    // @ts-expect-error -- there is no such key
    void actor.nmae
  }
  for await (const text of stream.streamText()) holds<Equal<typeof text, string>>()
  for await (const text of stream.streamField(['title'])) holds<Equal<typeof text, string>>()
  for await (const event of stream.streamEvents()) {
    if (event.type === 'text-delta') holds<Equal<typeof event.text, string>>()
    // @ts-expect-error -- there is no such event
    if (event.type === 'text-deltas') return
  }
  for await (const chunk of stream) {
    // @ts-expect-error -- there is no such field
    void chunk.final
  }

  const iterator = stream.streamText()
  const step = await iterator.next()
  holds<Equal<typeof step.value, string | undefined>>()
  const again = iterator[Symbol.asyncIterator]()
  holds<Equal<typeof again, typeof iterator>>()

  const data = await stream.getData()
  holds<Equal<typeof data, Movie>>()
  // @ts-expect-error -- a year is not text
  const year: string = data.year
  void year

  const { usage, attempts } = await stream.getResult()
  // @ts-expect-error -- there is no such field
  void usage.token
  // @ts-expect-error -- there is no such field
  void attempts[0].eror
}

export async function withoutASchema(model: Model): Promise<string> {
  const { data } = await run('Hello', undefined, { model })
  holds<Equal<typeof data, string>>()
  return data
}

export const options: RunOptions = { maxAttempts: 2, timeout: { total: 1000 } }
// @ts-expect-error -- there is no such option
export const misspelled: RunOptions = { maxAttemps: 2 }
// @ts-expect-error -- a mode is one of a few words
export const wrongMode: RunOptions = { mode: 'jsonschema' }

export const lookUp = tool({
  name: 'lookUp',
  description: 'Looks a title up',
  input: Movie,
  execute: (input) => {
    holds<Equal<typeof input.title, string>>()
    return input.title
  },
})

export function reportOf(error: unknown): string {
  if (!(error instanceof StructStreamError)) return 'other'
  holds<Equal<typeof error.message, string>>()
  // @ts-expect-error -- there is no such code
  if (error.code === 'bad_option') return 'never'
  return error.code
}

export const session = createSession({ system: 'Short answers' })
// @ts-expect-error -- there is no such method
void session.runStreams
