import type { ApiKey } from './credentials.ts'
import type { ErrorContext } from './provider-error.ts'
import type { Secrets } from './redact.ts'
import type { BodyWatch, Fetch } from './watch-body.ts'
import { asObject } from '../events/wire-value.ts'

/** What the adapters over the providers' HTTP APIs take alike. */
export interface SdkOptions {
  /** The key, or a function that gives a fresh one for each request. Default: the provider's variable. */
  apiKey?: ApiKey | undefined
  /** The address of the API. It is never taken from the environment. */
  baseURL?: string | undefined
  /** Sent with every request. */
  headers?: Record<string, string> | undefined
  /** In place of the platform's `fetch`. */
  fetch?: Fetch | undefined
  /** How often the SDK tries again before the first byte, on 408, 409, 429, 500 and above. @defaultValue 2 */
  maxRetries?: number | undefined
  /** Milliseconds to wait for the response's headers, for each try. @defaultValue 600_000 */
  timeout?: number | undefined
}

/** A client for one request and what belongs to it. */
export interface SdkConnection<Client> {
  client: Client
  context: ErrorContext
  /** Absent when the client is the caller's own. */
  watch: BodyWatch | undefined
}

/** What can be found of the secrets of a client that the caller made with an SDK by Stainless. */
export function clientSecrets(client: unknown): Secrets {
  const fields = asObject(client) ?? {}
  const options = asObject(fields['_options']) ?? {}
  const names = ['apiKey', 'authToken', 'adminAPIKey', 'webhookSecret', 'webhookKey']
  return {
    keys: names.flatMap((name) => [fields[name], options[name]]),
    headers: options['defaultHeaders'],
    baseURL: typeof fields['baseURL'] === 'string' ? fields['baseURL'] : undefined,
  }
}
