import { StructStreamError } from '../errors.ts'

/**
 * The error for something that no part of the library expected. It names no cause, since none is known: neither the
 * caller's options nor the provider, though its code is the one for trouble that the caller can't fix.
 */
export function internalError(thrown: unknown): StructStreamError {
  if (thrown instanceof StructStreamError) return thrown
  const reason = thrown instanceof Error ? `${thrown.name}: ${thrown.message}` : String(thrown)
  return new StructStreamError(
    'provider_error',
    `Internal error in structstream: ${reason}. Please report it with the stack of its \`cause\`.`,
    { cause: thrown },
  )
}

/** The error for a part of the library that could not be loaded when it was first needed. */
export function notLoaded(cause: unknown): StructStreamError {
  const reason = cause instanceof Error ? cause.message : String(cause)
  return new StructStreamError(
    'connection_lost',
    `A part of structstream could not be loaded: ${reason}. Check that all of its files are deployed, and try again.`,
    { cause },
  )
}
