import { text as readText } from 'node:stream/consumers'
import { runStream } from '../run-stream.ts'
import type { RunOptions } from '../stream/types.ts'
import { numberOf, readArguments, wordOf } from './arguments.ts'
import { chosenModel } from './model-option.ts'
import type { Console } from './console.ts'
import { withInterrupt } from './console.ts'
import { loadSchema } from './load-schema.ts'
import { UsageError } from './usage-error.ts'
import { jsonLine, SafeText } from './view/sanitize.ts'

/** `structstream run`: partials as NDJSON if wanted, then the value; text without a schema. */
export async function run(args: string[], console: Console): Promise<void> {
  const { options, words } = readArguments(args, {
    schema: 'string',
    model: 'string',
    'base-url': 'string',
    partials: 'boolean',
    system: 'string',
    mode: 'string',
    'on-invalid': 'string',
    timeout: 'string',
    'max-output-tokens': 'string',
    temperature: 'string',
  })
  const seconds = numberOf('timeout', options.timeout)
  const settings: RunOptions = {
    system: options.system,
    mode: wordOf('mode', options.mode, ['auto', 'json-schema', 'tool', 'json-object', 'prompt']),
    onInvalid: wordOf('on-invalid', options['on-invalid'], ['collect', 'abort']),
    timeout: seconds === undefined ? undefined : seconds * 1000,
    maxOutputTokens: numberOf('max-output-tokens', options['max-output-tokens'], 1),
    temperature: numberOf('temperature', options.temperature),
    model: chosenModel(options, console.env),
  }
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
