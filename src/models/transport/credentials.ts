import { StructStreamError } from '../../errors.ts'

/** A key, or a function that gives a fresh one for each request. */
export type ApiKey = string | (() => string | Promise<string>)

/** A variable of the environment, where there is one (browsers and some edge workers have none). */
export function readEnv(name: string): string | undefined {
  const { process } = globalThis as { process?: { env?: Record<string, string | undefined> } }
  return process?.env?.[name]?.trim() || undefined
}

/**
 * The key for one request: the option, otherwise the first of the variables that is set.
 *
 * @throws `bad_options` that says how to set one
 */
export async function requireKey(provider: string, apiKey: ApiKey | undefined, variables: string[]): Promise<string> {
  const key = await findKey(provider, apiKey, variables)
  if (key !== undefined) return key
  throw new StructStreamError(
    'bad_options',
    `${provider} needs an API key, and none was given. Pass { apiKey: '…' } or set ${variables.join(' or ')}.`,
    { provider },
  )
}

/** As `requireKey`, for servers that may need none. */
export async function findKey(
  provider: string,
  apiKey: ApiKey | undefined,
  variables: string[],
): Promise<string | undefined> {
  if (typeof apiKey !== 'function') return apiKey?.trim() || firstEnv(variables)
  let key: unknown
  try {
    key = await apiKey()
  } catch {
    // What it threw is not passed on: it may hold the very key.
    throw new StructStreamError('bad_options', `The apiKey function of ${provider} threw; it has to return a key.`, {
      provider,
    })
  }
  if (typeof key === 'string' && key.trim() !== '') return key.trim()
  throw new StructStreamError('bad_options', `The apiKey function of ${provider} returned no key.`, { provider })
}

function firstEnv(variables: string[]): string | undefined {
  for (const name of variables) {
    const value = readEnv(name)
    if (value !== undefined) return value
  }
  return undefined
}

/**
 * Checks a base URL before an SDK does, since the SDKs' messages repeat the URL with whatever it holds.
 *
 * @throws `bad_options` when it is not an absolute http(s) URL, or holds a user name or a password
 */
export function checkBaseUrl(provider: string, option: string, url: string): string {
  const parsed = URL.canParse(url) ? new URL(url) : undefined
  if (parsed === undefined || !/^https?:$/.test(parsed.protocol)) {
    throw new StructStreamError(
      'bad_options',
      `${option} of ${provider} must be an absolute http: or https: URL, such as "https://example.com/v1".`,
      { provider },
    )
  }
  if (parsed.username !== '' || parsed.password !== '') {
    throw new StructStreamError(
      'bad_options',
      `${option} of ${provider} must not hold a user name or password; pass them in { headers: { authorization } }.`,
      { provider },
    )
  }
  return url
}
