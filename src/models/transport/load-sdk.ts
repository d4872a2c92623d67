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

/**
 * Checks a client's version against the oldest that the adapter works with. A client that doesn't say its version is
 * taken on trust.
 *
 * @throws `bad_options` that names both versions
 */
export function checkSdkVersion(client: unknown, provider: string, packageName: string, oldest: string): void {
  const version = versionOf(client)
  if (version !== undefined && isOlder(version, oldest)) throw outdatedSdk(provider, packageName, oldest, version)
}

/** What a client would call itself in `user-agent` (OpenAI, Anthropic) or `x-goog-api-client`. */
function versionOf(client: unknown): string | undefined {
  const { getUserAgent, apiClient } = client as {
    getUserAgent?: () => unknown
    apiClient?: { getDefaultHeaders?: () => Record<string, unknown> }
  }
  try {
    const name = getUserAgent?.call(client) ?? apiClient?.getDefaultHeaders?.()['x-goog-api-client']
    return /(?:JS |genai-sdk\/)(\d+\.\d+\.\d+)/.exec(String(name))?.[1]
  } catch {
    return undefined
  }
}

function isOlder(version: string, oldest: string): boolean {
  const [major = 0, minor = 0] = version.split('.').map(Number)
  const [least = 0, leastMinor = 0] = oldest.split('.').map(Number)
  return major < least || (major === least && minor < leastMinor)
}
