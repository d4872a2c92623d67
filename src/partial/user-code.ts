import { StructStreamError } from '../errors.ts'

/**
 * Names what code of the user's schema (a refinement, a transform, a default …) threw. An error that has its name
 * already is returned unchanged.
 */
export function userCodeError(cause: unknown): StructStreamError {
  if (cause instanceof StructStreamError) return cause
  const reason = cause instanceof Error ? cause.message : String(cause)
  return new StructStreamError('invalid_data', `Code of the schema (a refinement or a transform) threw: ${reason}`, {
    cause,
  })
}

/**
 * Runs code that may be the user's, at the only places where a cursor calls it.
 *
 * @throws `invalid_data` for whatever it throws
 */
export function runUserCode<T>(run: () => T): T {
  try {
    return run()
  } catch (cause) {
    throw userCodeError(cause)
  }
}
