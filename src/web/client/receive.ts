import { StructStreamError } from '../../errors.ts'
import { bad, check, checkNames, isObject, isString, show, type Check } from '../../stream/options/checks.ts'
import { checkOptions, checkSchemaPlace, settle } from '../../stream/options/run-options.ts'
import { Timeouts } from '../../stream/limits/timeouts.ts'
import { internalError } from '../../stream/internal-error.ts'
import type { RunObserver } from '../../stream/observers.ts'
import type { Run } from '../../stream/run.ts'
import type { LimitOptions, TimeoutOptions } from '../../stream/types.ts'
import type { Message } from '../../types.ts'
import { Receiver } from './receiver.ts'
import type { OwnedSource } from './sources/owned-source.ts'
import type { RequestOptions } from './sources/request.ts'
import { sourceOf, type Source } from './sources/source.ts'

/** How a stream is read from a server. */
export interface ConnectOptions extends RequestOptions {
  signal?: AbortSignal | undefined
  /** A number is `{ total }`. @defaultValue `{ idle: 60_000 }`: the server sends a keep-alive every 8 s */
  timeout?: number | TimeoutOptions | undefined
  limits?: LimitOptions | undefined
  /**
   * Milliseconds after which a request is stopped that no consumer reads any more and whose data no caller has asked
   * for. @defaultValue Infinity
   */
  linger?: number | undefined
  /** The conversation that the server was given, for `getMessages()`. */
  messages?: readonly Message[] | undefined
  /** Hear of the run without taking part in it, after those of `configure()`. */
  observe?: RunObserver | readonly RunObserver[] | undefined
}

/**
 * Mirrors a server's run up to its outcome. Never throws; whatever goes wrong ends the run.
 */
export async function receive(
  run: Run,
  from: OwnedSource | Source,
  schema: unknown,
  given: ConnectOptions,
): Promise<void> {
  try {
    const options: unknown = given
    if (!isObject(options)) throw bad(`Expected the options of connect() to be an object, got ${show(options)}.`)
    checkNames(options, connectChecks, 'option')
    const { signal, timeout, limits, linger, messages, observe } = given
    const known = { signal, timeout: withIdle(timeout), limits, linger, messages, observe }
    checkOptions(known)
    checkSchemaPlace(schema)
    const settings = settle(known, {})
    run.begin(settings, settings.messages, schema === undefined, Timeouts)
    if (run.isOver) return
    await new Receiver(run, typeof from === 'function' ? from : sourceOf(from, given), schema, settings).toEnd()
  } catch (thrown) {
    run.fail(thrown instanceof StructStreamError ? thrown : unexpected(thrown))
  }
}

/** A part of this package that could not be loaded is a lost connection; anything else is a fault of ours. */
function unexpected(cause: unknown): StructStreamError {
  const message = cause instanceof Error ? cause.message : String(cause)
  return UNLOADED.test(message)
    ? new StructStreamError('connection_lost', `A part of structstream/client could not be loaded: ${message}`, {
        cause,
      })
    : internalError(cause)
}

/** What browsers and bundlers say when `import()` fails. */
const UNLOADED =
  /dynamically imported module|importing a module script failed|loading (?:css )?chunk|chunkload|failed to fetch/i

const text = check('a text', isString)
const times = check('a number from 0', (v) => typeof v === 'number' && v >= 0)
/** What the values of the last six must be is the same as for a run. */
const connectChecks: Record<keyof ConnectOptions, Check> = {
  method: text,
  headers: check('an object with a text for each name, a list of pairs, or Headers', isObject),
  body: () => undefined,
  credentials: check("'omit', 'same-origin' or 'include'", (v) =>
    ['omit', 'same-origin', 'include'].includes(v as string),
  ),
  fetch: check('a function', (v) => typeof v === 'function'),
  reconnects: times,
  patience: times,
  signal: () => undefined,
  timeout: () => undefined,
  limits: () => undefined,
  linger: () => undefined,
  messages: () => undefined,
  observe: () => undefined,
}

function withIdle(timeout: ConnectOptions['timeout']): ConnectOptions['timeout'] {
  if (timeout === undefined) return { idle: 60_000 }
  if (typeof timeout === 'number') return { idle: 60_000, total: timeout }
  return timeout === null || typeof timeout !== 'object' ? timeout : { idle: 60_000, ...timeout }
}
