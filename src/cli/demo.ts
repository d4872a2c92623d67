import { EXAMPLE_MODELS } from '../models/example-models.ts'
import { schemas } from '../../schemas/index.ts'
import type { SchemaEntry } from '../../schemas/index.ts'
import { simulate } from '../models/simulate/index.ts'
import { runStream } from '../run-stream.ts'
import type { StructuredStream } from '../stream/structured-stream.ts'
import { numberOf, readArguments, wordOf } from './arguments.ts'
import { chosenModel } from './model-option.ts'
import type { Console } from './console.ts'
import { isLive, withInterrupt } from './console.ts'
import { showLines } from './view/demo-lines.ts'
import { showLive } from './view/demo-live.ts'
import type { AnySchema } from '../schema/types.ts'

/** What the demo shows, before anything has arrived. */
export interface Demonstration {
  title: string
  prompt: string
  /** The model's name, or what is to be known of the simulated one. */
  model: string
  stream: StructuredStream<unknown>
}

/** `structstream demo`: an object that fills in, drawn in a terminal, told line by line elsewhere. */
export async function demo(args: string[], console: Console): Promise<void> {
  const { options, words } = readArguments(args, {
    schema: 'string',
    model: 'string',
    'base-url': 'string',
    speed: 'string',
  })
  const names = Object.keys(schemas) as (keyof typeof schemas)[]
  const entry: SchemaEntry = schemas[wordOf('schema', options.schema, names) ?? 'movie']
  const isShown = isLive(console)
  const speed = numberOf('speed', options.speed, 1) ?? (isShown ? 60 : undefined)
  const chosen = chosenModel(options, console.env)
  const model =
    chosen ?? simulate({ response: entry.sample, ...(speed === undefined ? {} : { delayMs: 1000 / speed }) })
  const prompt = words.join(' ') || entry.prompt

  await withInterrupt(async (signal) => {
    await using stream = runStream<AnySchema>(prompt, entry.schema, { model, signal })
    const demonstration: Demonstration = { title: entry.title, prompt, model: nameOf(chosen, console), stream }
    await (isShown ? showLive : showLines)(demonstration, console)
  })
}

function nameOf(chosen: ReturnType<typeof chosenModel>, { env }: Console): string {
  if (typeof chosen === 'string') return chosen
  if (chosen) return `${chosen.provider}:${chosen.id}`
  const real =
    env['ANTHROPIC_API_KEY'] && !env['OPENAI_API_KEY']
      ? `anthropic:${EXAMPLE_MODELS.anthropic}`
      : `openai:${EXAMPLE_MODELS.openai}`
  return `simulated model: no key needed, the answer is prepared. A real one: --model ${real}`
}
