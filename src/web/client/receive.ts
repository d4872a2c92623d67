import { StructStreamError } from '../../errors.ts'
import { checkOptions, checkSchemaPlace, settle } from '../../stream/options/run-options.ts'
import { currentDefaults } from '../../stream/options/defaults.ts'
import { observersOf, type RunObserver } from '../../stream/observers.ts'
import type { Run } from '../../stream/run.ts'
import type { LimitOptions, TimeoutOptions } from '../../stream/types.ts'
import type { Message } from '../../types.ts'
import { Receiver } from './receiver.ts'
import type { RequestOptions } from './sources/http.ts'
import { sourceOf, type Source, type StreamSource } from './sources/source.ts'

/** How a stream is read from a server. */
export interface ConnectOptions extends RequestOptions {
  signal?: AbortSignal | undefined
  /** A number is `{ total }`. @defaultValue `{ idle: 60_000 }`: the server sends a sign of life every 15 s */
  timeout?: number | TimeoutOptions | undefined
  limits?: LimitOptions | undefined
  /** Milliseconds from the last consumer's early leaving to the stop of the request. @defaultValue 1,000 */
  linger?: number | undefined
  /** The conversation that the server was given, for `getMessages()`. */
  messages?: readonly Message[] | undefined
  /** Hear of the run without taking part in it, after those of `configure()`. */
  observe?: RunObserver | readonly RunObserver[] | undefined
}

/**
 * Takes a run from what a server tells of it to its outcome: each attempt there is one here, and is read in the same
 * way. Never throws; whatever goes wrong ends the run.
 */
export async function receive(
  run: Run,
  from: StreamSource | Source,
  schema: unknown,
  options: ConnectOptions,
): Promise<void> {
  run.observe([...observersOf(currentDefaults()), ...observersOf(options)], undefined)
  try {
    const { signal, timeout, limits, linger, messages, observe } = options
    const known = { signal, timeout: withIdle(timeout), limits, linger, messages, observe }
    checkOptions(known)
    checkSchemaPlace(schema)
    const settings = settle(known, {})
    run.messages = [...settings.messages]
    run.begin(settings, schema === undefined)
    if (run.isOver) return
    await new Receiver(run, typeof from === 'function' ? from : sourceOf(from, options), schema, settings).toEnd()
  } catch (thrown) {
    run.fail(
      thrown instanceof StructStreamError
        ? thrown
        : new StructStreamError('bad_options', `The stream could not be read: ${String(thrown)}`, { cause: thrown }),
    )
  }
}

function withIdle(timeout: ConnectOptions['timeout']): ConnectOptions['timeout'] {
  if (timeout === undefined) return { idle: 60_000 }
  if (typeof timeout === 'number') return { idle: 60_000, total: timeout }
  return timeout === null || typeof timeout !== 'object' ? timeout : { idle: 60_000, ...timeout }
}
