import { runMany } from '../run-many.ts'
import { numberOf, readArguments } from './arguments.ts'
import { readItems } from './batch-input.ts'
import type { Console } from './console.ts'
import { withInterrupt } from './console.ts'
import { exitCodes, someFailed, success } from './exit-codes.ts'
import { loadSchema } from './load-schema.ts'
import { runOptionTypes, runSettings } from './run-settings.ts'
import { UsageError } from './usage-error.ts'
import { BatchView } from './view/batch-view.ts'
import { jsonLine } from './view/sanitize.ts'

/**
 * `structstream batch`: asks for each line of a file, a few at a time. With `--out` the results are appended to a file,
 * and a second start does only what isn't in it; without, they go to standard output.
 */
export async function batch(args: string[], console: Console): Promise<number> {
  const { options, words } = readArguments(args, {
    ...runOptionTypes,
    schema: 'string',
    out: 'string',
    concurrency: 'string',
    attempts: 'string',
  })
  const [path, ...others] = words
  if (path === undefined || others.length > 0) {
    throw new UsageError('batch takes one file of inputs, or - to read them from standard input')
  }
  const settings = runSettings(options, console.env)
  const concurrency = numberOf('concurrency', options.concurrency, 1)
  const attempts = numberOf('attempts', options.attempts, 1)
  const schema = options.schema === undefined ? undefined : await loadSchema(options.schema, console.cwd)
  const { stderr, stdout, env } = console
  const view = new BatchView(stderr, stderr.isTTY === true && env['TERM'] !== 'dumb')

  return await withInterrupt(async (signal) => {
    const many = runMany(readItems(path, console.stdin), ({ key, prompt }) => ({ ...settings, key, prompt, schema }), {
      concurrency,
      retry: attempts,
      signal,
      checkpoint: options.out,
      onProgress: (progress) => view.progress(progress),
    })
    try {
      for await (const outcome of many) {
        view.item(outcome, many.progress)
        if (options.out !== undefined) continue
        const { key, ok } = outcome
        stdout.write(
          jsonLine(
            ok
              ? { key, ok, data: outcome.result.data, usage: outcome.result.usage }
              : { key, ok, error: { code: outcome.error.code, message: outcome.error.message } },
          ),
        )
      }
    } finally {
      view.end()
    }
    const { total, done, failed, attempts: runs, usage, duration } = await many.summary()
    const tokens = usage.totalTokens === undefined ? '' : `, ${usage.totalTokens} tokens`
    const seconds = (duration / 1000).toFixed(1)
    stderr.write(`${total} items: ${done} done, ${failed} failed; ${runs} runs${tokens}, ${seconds} s\n`)
    if (signal.aborted) return exitCodes.aborted
    return failed > 0 ? someFailed : success
  })
}
