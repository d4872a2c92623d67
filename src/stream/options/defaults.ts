import { checkOptions } from './run-options.ts'
import type { RunOptions } from '../types.ts'

let defaults: RunOptions = {}

/**
 * Sets defaults for every run of this process; what a call says counts more. A key given as `undefined` is unset.
 *
 * @throws `bad_options`
 * @example
 * configure({ model: 'openai:gpt-5.4', timeout: { idle: 30_000 } })
 */
export function configure(options: Partial<RunOptions>): void {
  checkOptions(options)
  defaults = { ...defaults, ...options }
}

/** The defaults as they are now; the environment's model counts least. */
export function currentDefaults(): RunOptions {
  const model = defaults.model ?? environment('STRUCTSTREAM_MODEL')
  return model === undefined ? defaults : { ...defaults, model }
}

/** Not every runtime has a `process`. */
function environment(name: string): string | undefined {
  const host = globalThis as { process?: { env?: Record<string, string | undefined> } }
  return host.process?.env?.[name] || undefined
}
