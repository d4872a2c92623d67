import type { RunOptions } from '../types.ts'

let defaults: RunOptions = {}

/** Adds checked options to the defaults of every run. */
export function setDefaults(options: Partial<RunOptions>): void {
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
