import { readFile } from 'node:fs/promises'
import { basename, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { readCalls } from '../record/recording.ts'
import type { StructuredStream } from '../stream/structured-stream.ts'
import { GIVEN, type PlayRequest } from '../../playground/protocol.ts'
import { startPlayground, type Playground } from '../../playground/server.ts'
import { numberOf, readArguments } from './arguments.ts'
import { chosenModel } from './model-option.ts'
import type { Console } from './console.ts'
import { withInterrupt } from './console.ts'
import { loadSchema } from './load-schema.ts'
import { UsageError } from './usage-error.ts'
import { version } from './version.ts'
import { plain } from './view/sanitize.ts'

/** The built page, seen from `src/cli` and from `dist/cli`. */
const folder = fileURLToPath(new URL('../../dist/play/', import.meta.url))

const PORT = 4020

/** `structstream play`: the playground, until Ctrl-C. */
export async function play(args: string[], { stdout, env, cwd }: Console): Promise<void> {
  const { options, words } = readArguments(args, {
    port: 'string',
    host: 'string',
    model: 'string',
    'base-url': 'string',
    schema: 'string',
  })
  const port = numberOf('port', options.port)
  if (port !== undefined && (!Number.isInteger(port) || port > 65_535)) {
    throw new UsageError(`--port takes a whole number from 0 to 65535, not '${options.port}'`)
  }
  const chosen = chosenModel(options, env)
  const recording = await recordingIn(words, cwd)
  const reference = options.schema
  const schema = reference === undefined ? undefined : { name: reference, schema: await loadSchema(reference, cwd) }
  const name = options.model ?? env['STRUCTSTREAM_MODEL'] ?? ''
  const onRunEnd = (stream: StructuredStream<unknown>, request: PlayRequest): void => {
    const asked = request.schema === GIVEN ? (reference ?? '') : request.schema
    void tell(stream, request, typeof asked === 'string' ? plain(asked) : 'own schema', (line) => stdout.write(line))
  }

  await using playground = await listen({
    folder,
    version: version(),
    port,
    host: options.host,
    env,
    model: chosen === undefined ? undefined : { name, model: chosen },
    schema,
    recording,
    onRunEnd,
  })
  stdout.write(`The playground is at ${playground.url}\n${reach(options.host)}Stop with Ctrl-C.\n`)
  await withInterrupt(
    (signal) => new Promise<void>((stop) => signal.addEventListener('abort', () => stop(), { once: true })),
  )
}

/** The recording that the page is to open. */
async function recordingIn(words: readonly string[], cwd: string): Promise<{ name: string; text: string } | undefined> {
  const [name, ...others] = words
  if (name === undefined) return undefined
  if (others.length > 0) throw new UsageError('play takes one recording')
  const path = resolve(cwd, name)
  const text = await readFile(path, 'utf8').catch((cause: Error) => {
    throw new UsageError(`The recording ${path} can't be read: ${cause.message}`, { cause })
  })
  readCalls(text.split('\n'), name)
  return { name: basename(path), text }
}

/** The port that was asked for; without one the usual one, or any where that is taken. */
async function listen(options: Parameters<typeof startPlayground>[0]): Promise<Playground> {
  try {
    return await startPlayground({ ...options, port: options.port ?? PORT })
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code === 'EADDRINUSE' && options.port === undefined) return await startPlayground({ ...options, port: 0 })
    const cannot = ['EADDRINUSE', 'EACCES', 'EADDRNOTAVAIL', 'ENOTFOUND']
    if (!cannot.includes(code ?? '')) throw error
    throw new UsageError(`It cannot listen there: ${(error as Error).message}. Choose another --port or --host`, {
      cause: error,
    })
  }
}

function reach(host = '127.0.0.1'): string {
  const isLoopback = host === 'localhost' || host === '::1' || host.startsWith('127.')
  if (isLoopback) return 'Only this machine can reach it.\n'
  return `Everyone who can reach ${plain(host)} can use it, and spend the keys in its environment.\n`
}

/** A line for each run, when it has ended. */
async function tell(
  stream: StructuredStream<unknown>,
  { model }: PlayRequest,
  schema: string,
  write: (line: string) => void,
): Promise<void> {
  const what = `${schema} · ${model.kind === 'real' ? plain(model.name) : 'simulated'}`
  try {
    const { timing, usage } = await stream.getResult()
    write(`${what} · done in ${(timing.total / 1_000).toFixed(1)} s · ${usage.outputTokens ?? '?'} tokens\n`)
  } catch (error) {
    write(`${what} · ${(error as { code?: string }).code ?? 'failed'}\n`)
  }
}
