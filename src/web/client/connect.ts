import { StructStreamError } from '../../errors.ts'
import { observersOf, type RunObserver } from '../../stream/observers.ts'
import { currentDefaults } from '../../stream/options/configured.ts'
import { StructuredStream } from '../../stream/structured-stream.ts'
import { Run } from '../../stream/run.ts'
import type { ConnectOptions } from './receive.ts'
import type { StreamSource } from './sources/kinds.ts'
import { ownSource, type OwnedSource } from './sources/owned-source.ts'
import type { SchemaLike } from '../../schema/types.ts'

/**
 * The handle of a stream that a server sends with `structstream/server`: every member works as it does there. The data
 * are validated here, by this schema. `abort()` stops the model on the server.
 *
 * @param source where to ask (the request is made at once), a request, a response, or an open or opening WebSocket
 * @param schema the same as on the server; without one the answer is text
 * @returns a handle; all errors come through it, and nothing is thrown here
 * @example
 * const stream = connect('/api/recipe', Recipe, { body: { prompt: 'Bread' } })
 * for await (const recipe of stream.streamPartial()) render(recipe)
 */
export function connect<S extends SchemaLike | undefined = undefined>(
  source: StreamSource,
  schema?: S,
  options: ConnectOptions = {},
): StructuredStream<S> {
  const run = new Run().calledBy(connect)
  const observing = observe(run, [...observersOf(currentDefaults()), ...observersOf(options)])
  const owned = ownSource(source)
  // However the stream ends, before its first event too, its connection is closed.
  run.signal.addEventListener('abort', () => owned.close(), { once: true })
  const { signal } = options ?? {}
  if (signal?.aborted === true) run.abort(signal.reason)
  else void begin(run, owned, schema, options, observing)
  return new StructuredStream<S>(run)
}

/** Few pages observe, so what it takes is loaded then. */
function observe(run: Run, observers: readonly RunObserver[]): Promise<void> | undefined {
  if (observers.length === 0) return undefined
  return import('../../stream/observe-run.ts').then(
    ({ observeRun }) => observeRun(run, observers, undefined),
    // What reads the wire could not be loaded either then, and says so.
    () => {},
  )
}

/** What reads the wire is loaded on first use: a page that only shows a form does not need it. */
async function begin(
  run: Run,
  source: OwnedSource,
  schema: unknown,
  options: ConnectOptions,
  observing: Promise<void> | undefined,
): Promise<void> {
  try {
    await observing
    const { receive } = await import('./receive.ts')
    await receive(run, source, schema, options)
  } catch (cause) {
    run.fail(new StructStreamError('connection_lost', 'A part of structstream/client could not be loaded.', { cause }))
  }
}
