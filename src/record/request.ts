import type { ModelRequest } from '../models/model.ts'
import type { RecordedRequest } from './recording.ts'

/** Keys whose values are credentials, wherever they are in provider options. */
const SECRET_KEY = /authorization|api[-_]?key|token|secret|password|credential|cookie|header/i

/** Keys with these words that hold no credential (`max_tokens`, `max_completion_tokens`). */
const PUBLIC_KEY = /tokens$/i

/** The part of a request that is recorded. Provider options keep their names, but no credentials. */
export function withoutSecrets({ messages, format, tools, settings }: ModelRequest): RecordedRequest {
  const { providerOptions, ...rest } = settings
  return {
    messages: scrub(messages) as ModelRequest['messages'],
    ...(format !== undefined && { format }),
    ...(tools !== undefined && { tools }),
    settings: {
      ...rest,
      ...(providerOptions !== undefined && {
        providerOptions: scrub(providerOptions, true) as Record<string, unknown>,
      }),
    },
  }
}

/** A copy without credentials in URLs and, with `byKey`, under keys that are known to hold some. */
function scrub(value: unknown, byKey = false): unknown {
  if (typeof value === 'string') return scrubUrl(value)
  if (value instanceof URL) return scrubUrl(value.href)
  if (typeof value !== 'object' || value === null || value instanceof Uint8Array) return value
  if (Array.isArray(value)) return value.map((item) => scrub(item, byKey))
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [
      key,
      byKey && SECRET_KEY.test(key) && !PUBLIC_KEY.test(key) ? '[redacted]' : scrub(item, byKey),
    ]),
  )
}

/** Signed URLs carry their signature in the query, and some URLs a password before the host. */
function scrubUrl(text: string): string {
  if (!/^https?:\/\/\S+$/i.test(text) || !URL.canParse(text)) return text
  const url = new URL(text)
  if (url.search === '' && url.username === '' && url.password === '') return text
  return `${url.protocol}//${url.host}${url.pathname}${url.search === '' ? '' : '?[redacted]'}`
}
