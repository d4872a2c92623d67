/* Compiled, never run (`npm run test:types`): what the AI SDK infers from our output. */
import { generateText, streamText, type LanguageModel } from 'ai'
import { z } from 'zod'

import type { DeepPartial } from '../../src/index.ts'
import { structuredOutput } from '../../src/hosts/ai-sdk/index.ts'

type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false
function same<A, B>(_: Same<A, B>): void {}

const Film = z.object({ title: z.string(), year: z.string().transform(Number) })
type Film = z.output<typeof Film>

export async function streamed(model: LanguageModel): Promise<void> {
  const { partialOutputStream, output } = streamText({ model, prompt: '', output: structuredOutput(Film) })
  for await (const partial of partialOutputStream) same<typeof partial, DeepPartial<Film>>(true)
  const film = await output
  same<typeof film, Film>(true)
}

export async function list(model: LanguageModel): Promise<void> {
  const { elementStream, output } = streamText({ model, prompt: '', output: structuredOutput(z.array(Film)) })
  for await (const element of elementStream) same<typeof element, Film>(true)
  const films = await output
  same<typeof films, Film[]>(true)
}

export async function whole(model: LanguageModel): Promise<void> {
  const { output } = await generateText({ model, prompt: '', output: structuredOutput(Film) })
  same<typeof output, Film>(true)
  // @ts-expect-error no such option
  structuredOutput(Film, { onInvalid: 'patch' })
}
