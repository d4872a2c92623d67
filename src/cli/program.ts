import { StructStreamError } from '../errors.ts'
import { batch } from './batch.ts'
import type { Console } from './console.ts'
import { demo } from './demo.ts'
import { exitCodes, success, unexpected, usage } from './exit-codes.ts'
import { help } from './help.ts'
import { play } from './play.ts'
import { replay } from './replay.ts'
import { run } from './run.ts'
import { serve } from './serve.ts'
import { UsageError } from './usage-error.ts'
import { version } from './version.ts'
import { plain } from './view/sanitize.ts'

const commands = { demo, run, batch, replay, serve, play }

/** Runs one command line and gives its exit code. Never rejects. */
export async function runProgram(args: string[], console: Console): Promise<number> {
  const [word, ...rest] = args
  try {
    if (word === '--version' || word === '-v') return say(console, `${version()}\n`)
    if (word === undefined || word === '--help' || word === '-h') return say(console, help[''])
    if (!Object.hasOwn(commands, word)) {
      const known = Object.keys(commands).join(', ')
      throw new UsageError(`There is no command '${word}'; there are ${known}`)
    }
    const name = word as keyof typeof commands
    if (rest.includes('--help') || rest.includes('-h')) return say(console, help[name])
    return (await commands[name](rest, console)) ?? success
  } catch (error) {
    return explain(error, console)
  }
}

function say(console: Console, text: string): number {
  console.stdout.write(text)
  return success
}

/** Says on standard error what went wrong, and gives the exit code for it. */
function explain(error: unknown, { stderr }: Console): number {
  if (error instanceof UsageError) {
    stderr.write(`structstream: ${plain(error.message)}\nSee structstream --help.\n`)
    return usage
  }
  if (error instanceof StructStreamError) {
    stderr.write(`structstream: ${error.code}: ${plain(error.message)}\n`)
    return exitCodes[error.code]
  }
  stderr.write(`structstream: ${plain(error instanceof Error ? (error.stack ?? error.message) : String(error))}\n`)
  return unexpected
}
