import type { ErrorContext } from './provider-error.ts'
import type { Secrets } from './redact.ts'
import type { BodyWatch } from './watch-body.ts'
import { asObject } from './wire-value.ts'

/** A client for one request and what belongs to it. */
export interface Connection<Client> {
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
