/* Compiled, never run (`npm run test:types`): what `runStream` and `run` infer from the schema. */
import * as zm from 'zod/mini'
import { z } from 'zod'

import { run, runStream, StructStreamError } from '../../src/index.ts'
import type { DeepPartial, ErrorCode, Snapshot } from '../../src/index.ts'

type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false
function same<A, B>(_: Same<A, B>): void {}

const Movie = z.object({
  title: z.string(),
  cast: z.array(z.object({ name: z.string() })),
  year: z.string().transform(Number),
  pair: z.tuple([z.string(), z.number()]),
})
type Movie = z.output<typeof Movie>

export async function schema(): Promise<void> {
  await using stream = runStream('prompt', Movie)
  const movie = await stream.getData()
  same<typeof movie, Movie>(true)
  for await (const partial of stream.streamPartial()) {
    same<typeof partial, DeepPartial<Movie>>(true)
    same<typeof partial.title, string | undefined>(true)
    same<typeof partial.year, number | undefined>(true)
    // @ts-expect-error it may not have come yet
    partial.title.length
    // @ts-expect-error there is no such key
    void partial.director
  }
  for await (const snapshot of stream.streamSnapshots()) {
    same<typeof snapshot, Snapshot<typeof Movie>>(true)
    same<typeof snapshot.value, DeepPartial<Movie>>(true)
  }
  for await (const element of stream.streamElements(['cast'])) same<typeof element, { name: string }>(true)
  for await (const text of stream.streamText()) same<typeof text, string>(true)
  for await (const text of stream.streamField(['title'])) same<typeof text, string>(true)
  for await (const event of stream.streamEvents()) {
    if (event.type === 'text-delta') same<typeof event.text, string>(true)
    // @ts-expect-error only a text delta has text
    else if (event.type === 'finish') void event.text
  }
  const result = await stream.getResult()
  same<typeof result.data, Movie>(true)
  same<typeof stream.partial, DeepPartial<Movie> | undefined>(true)
}

export async function list(): Promise<void> {
  const stream = runStream('prompt', z.array(z.object({ a: z.number() })))
  for await (const element of stream.streamElements()) same<typeof element, { a: number }>(true)
  for await (const partial of stream.streamPartial()) same<typeof partial, { a?: number }[]>(true)
}

export async function text(): Promise<void> {
  const data = await runStream('prompt').getData()
  same<typeof data, string>(true)
  for await (const partial of runStream('prompt').streamPartial()) same<typeof partial, string>(true)
  const result = await run('prompt', undefined, { temperature: 0 })
  same<typeof result.data, string>(true)
}

export async function mini(): Promise<void> {
  const { data } = await run('prompt', zm.object({ a: zm.optional(zm.string()) }))
  same<typeof data, { a?: string | undefined }>(true)
}

export function options(): void {
  runStream([{ role: 'user', content: 'x' }], Movie, { timeout: { idle: 1000 }, onInvalid: 'abort', repair: false })
  // @ts-expect-error a prompt is a string or messages
  runStream(1, Movie)
  // @ts-expect-error there is no such option
  runStream('x', Movie, { modle: 'openai:x' })
  // @ts-expect-error one of four
  runStream('x', Movie, { onInvalid: 'ignore' })
  // @ts-expect-error a role that does not exist
  runStream([{ role: 'robot', content: 'x' }], Movie)
  // @ts-expect-error a timeout is a number of milliseconds
  runStream('x', Movie, { timeout: '1s' })
}

export function errors(error: unknown): void {
  if (!(error instanceof StructStreamError)) return
  same<typeof error.code, ErrorCode>(true)
  // @ts-expect-error no such code
  void (error.code === 'nonsense')
}
