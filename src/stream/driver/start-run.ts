import { StructStreamError } from '../../errors.ts'
import { currentDefaults } from '../options/defaults.ts'
import { arePlain, checkOptions, checkSchemaPlace, promptMessages, settle } from '../options/run-options.ts'
import { observersOf } from '../observers.ts'
import type { Run } from '../run.ts'
import type { RunOptions } from '../types.ts'

/**
 * Takes a run from its options to its outcome. Options are read and the clocks started before this returns; what makes
 * the requests is loaded by the first run. Never throws; whatever goes wrong, the caller's mistakes included, ends the
 * run. `random` (from 0 to below 1) spreads the waits between attempts.
 */
export async function startRun(
  run: Run,
  prompt: unknown,
  schema: unknown,
  options: RunOptions,
  random: () => number = Math.random,
): Promise<void> {
  const defaults = currentDefaults()
  const observers = [...observersOf(defaults), ...(run.turn?.observers ?? []), ...observersOf(options)]
  run.observe(observers, contextOf(options) ?? defaults.context)
  try {
    checkOptions(options)
    checkSchemaPlace(schema)
    const settings = settle(options, defaults)
    run.messages = [...settings.messages, ...promptMessages(prompt)]
    run.begin(settings, schema === undefined)
    if (!arePlain(run.messages)) {
      const { readMessages } = await import('../../models/request/read-messages.ts')
      const given = typeof prompt === 'string' ? promptMessages(prompt) : readMessages(prompt, 'prompt')
      run.messages = [...readMessages(settings.messages, 'messages'), ...given]
    }
    if (run.turn !== undefined) run.messages = [...(await run.turn.history()), ...run.messages]
    const { runAttempts } = await (driver ??= loadDriver(schema))
    await runAttempts(run, schema, settings, random)
  } catch (thrown) {
    run.fail(
      thrown instanceof StructStreamError
        ? thrown
        : new StructStreamError('bad_options', `The run could not be started: ${String(thrown)}`, { cause: thrown }),
    )
  }
}

/** Observers hear of a run before its options are checked. */
function contextOf(options: unknown): unknown {
  return typeof options === 'object' && options !== null ? (options as RunOptions).context : undefined
}

type Driver = typeof import('./run-attempts.ts')
let driver: Promise<Driver> | undefined

async function loadDriver(schema: unknown): Promise<Driver> {
  // What will be asked for next comes along, so that a page has no further round trip to wait for.
  if (schema !== undefined) import('../../schema/libraries/to-json-schema.ts').catch(() => {})
  try {
    return await import('./run-attempts.ts')
  } catch (error) {
    // The next run may have better luck with the network.
    driver = undefined
    throw error
  }
}
