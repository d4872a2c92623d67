import { StructStreamError } from '../errors.ts'
import { isLostConnection } from '../models/transport/lost-connection.ts'

/**
 * Whatever a model threw as the one error of this library. Adapters throw `StructStreamError`s; this is for models
 * that others write.
 */
export function toModelError(
  thrown: unknown,
  provider: string,
  subject = `The model of provider "${provider}"`,
): StructStreamError {
  if (thrown instanceof StructStreamError) return thrown
  const isLost = isLostConnection(thrown)
  const what = isLost ? 'lost the connection' : 'failed'
  return new StructStreamError(
    isLost ? 'connection_lost' : 'provider_error',
    `${subject} ${what}: ${thrown instanceof Error ? thrown.message || thrown.name : String(thrown)}`,
    { provider, cause: thrown },
  )
}
