import type { Message } from '../../types.ts'
import { internalError, notLoaded } from '../internal-error.ts'
import { observeRun } from '../observe-run.ts'
import { observersOf } from '../observers.ts'
import { currentDefaults } from '../options/configured.ts'
import {
  arePlain,
  checkOptions,
  checkSchemaPlace,
  promptMessages,
  settle,
  type RunSettings,
} from '../options/run-options.ts'
import { Timeouts } from '../limits/timeouts.ts'
import type { Run } from '../run.ts'
import type { RunOptions } from '../types.ts'

/** What a run does: its settings, and the messages of its conversation so far. */
export interface RunPlan {
  settings: RunSettings
  messages: readonly Message[]
  /** Set where messages are in another form than this library's. */
  inOwnForm?: () => Promise<readonly Message[]>
}

/**
 * Takes a run from its options to its outcome. Options are read and the clocks started before this returns; what makes
 * the requests is loaded by the first run. Never throws; whatever goes wrong, the caller's mistakes included, ends the
 * run. `random` (from 0 to below 1) spreads the waits between attempts.
 */
export function startRun(
  run: Run,
  prompt: unknown,
  schema: unknown,
  options: RunOptions,
  random: () => number = Math.random,
): Promise<void> {
  const defaults = currentDefaults()
  const observers = [...observersOf(defaults), ...(run.turn?.observers ?? []), ...observersOf(options)]
  observeRun(run, observers, contextOf(options) ?? defaults.context)
  const plan = (): RunPlan => {
    checkOptions(options)
    const settings = settle(options, defaults)
    const messages = [...settings.messages, ...promptMessages(prompt)]
    if (arePlain(messages)) return { settings, messages }
    return { settings, messages, inOwnForm: () => convert(prompt, settings) }
  }
  return takeToEnd(run, schema, plan, random)
}

/** Does what `plan` says; what it throws ends the run. Never throws. */
export async function takeToEnd(
  run: Run,
  schema: unknown,
  plan: () => RunPlan,
  random: () => number = Math.random,
): Promise<void> {
  try {
    const { settings, messages, inOwnForm } = plan()
    checkSchemaPlace(schema)
    run.begin(settings, messages, schema === undefined, Timeouts)
    if (inOwnForm !== undefined) run.rewrite(await inOwnForm())
    if (run.turn !== undefined) run.continueFrom(await run.turn.history())
    const { runAttempts } = await (driver ??= loadDriver(schema))
    await runAttempts(run, { schema, settings, random })
  } catch (thrown) {
    run.fail(internalError(thrown))
  }
}

/** Few programs have messages in other forms, so what reads them is loaded then. */
async function convert(prompt: unknown, { messages }: RunSettings): Promise<readonly Message[]> {
  const { readMessages } = await import('../../models/request/read-messages.ts')
  const given = typeof prompt === 'string' ? promptMessages(prompt) : readMessages(prompt, 'prompt')
  return [...readMessages(messages, 'messages'), ...given]
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
  } catch (cause) {
    // The next run may have better luck with the network.
    driver = undefined
    throw notLoaded(cause)
  }
}
