import { StructStreamError } from '../errors.ts'

/** What runtimes and `fetch` say when a socket goes away. */
const LOST =
  /^terminated$|premature close|socket hang up|other side closed|network ?error|connection (?:error|lost|reset|closed)|ECONNRESET|EPIPE|ECONNREFUSED|ETIMEDOUT|UND_ERR_SOCKET|SocketError|AbortError/i

/**
 * Whatever a model threw as the one error of this library. Adapters throw `StructStreamError`s; this is for models
 * that others write.
 */
export function toModelError(thrown: unknown, provider: string): StructStreamError {
  if (thrown instanceof StructStreamError) return thrown
  const signs: string[] = []
  for (let error = thrown, depth = 0; error instanceof Error && depth < 5; error = error.cause, depth++) {
    signs.push(error.message, error.name, String((error as { code?: unknown }).code))
  }
  const isLost = signs.some((sign) => LOST.test(sign))
  const what = isLost ? 'lost the connection' : 'failed'
  return new StructStreamError(
    isLost ? 'connection_lost' : 'provider_error',
    `The model of provider "${provider}" ${what}: ${signs[0] ?? String(thrown)}`,
    { provider, cause: thrown },
  )
}
