import { text as readText } from 'node:stream/consumers'
import { runStream } from '../run-stream.ts'
import { readArguments } from './arguments.ts'
import type { Console } from './console.ts'
import { withInterrupt } from './console.ts'
import { loadSchema } from './load-schema.ts'
import { runOptionTypes, runSettings } from './run-settings.ts'
import { UsageError } from './usage-error.ts'
import { jsonLine, SafeText } from './view/sanitize.ts'

/** `structstream run`: partials as NDJSON if wanted, then the value; text without a schema. */
export async function run(args: string[], console: Console): Promise<void> {
  const { options, words } = readArguments(args, { ...runOptionTypes, schema: 'string', partials: 'boolean' })
  const settings = runSettings(options, console.env)
  if (options.partials && options.schema === undefined) throw new UsageError('--partials needs --schema')
  const prompt = await promptOf(words, console)
  const schema = options.schema === undefined ? undefined : await loadSchema(options.schema, console.cwd)
  const { stdout } = console

  await withInterrupt(async (signal) => {
    await using stream = runStream(prompt, schema, { ...settings, signal })
    if (schema === undefined) {
      const clean = new SafeText()
      for await (const text of stream.streamText()) stdout.write(clean.push(text))
      stdout.write('\n')
      return
    }
    if (options.partials) for await (const partial of stream.streamPartial()) stdout.write(jsonLine(partial))
    else stdout.write(jsonLine(await stream.getData(), 2))
  })
}

async function promptOf(words: string[], { stdin }: Console): Promise<string> {
  const prompt = words.length === 1 && words[0] === '-' ? await readText(stdin) : words.join(' ')
  if (prompt.trim() === '') throw new UsageError('What to ask? Give a prompt, or - to read it from standard input')
  return prompt
}
