import { StructStreamError } from '../../errors.ts'

/**
 * Returns the error for an SDK that can't be imported.
 *
 * Adapters import their SDK as `try { … await import('name') } catch`, written out: bundlers see the name, and take a
 * package that isn't installed for one that may be missing when the program runs.
 *
 * @param provider the adapter's name
 * @param packageName what `npm i` takes
 */
export function missingSdk(provider: string, packageName: string, cause: unknown): StructStreamError {
  const reason = cause instanceof Error ? cause.message : String(cause)
  return new StructStreamError(
    'bad_options',
    `${provider} needs the package "${packageName}", which could not be loaded (${reason}). Install it: npm i ${packageName}`,
    { provider, cause },
  )
}

/** Returns the error for an SDK of a version from before what the adapter needs. */
export function outdatedSdk(provider: string, packageName: string, oldest: string, found?: string): StructStreamError {
  const version = found === undefined ? 'The installed version' : `Version ${found}`
  return new StructStreamError(
    'bad_options',
    `${version} of the package "${packageName}" is too old for ${provider}: it needs ${oldest} or newer. Update it: npm i ${packageName}@latest`,
    { provider },
  )
}
