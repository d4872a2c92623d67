import { StructStreamError } from '../../errors.ts'

/** What the AI SDK knows of a call when its answer is judged. */
export interface CallFacts {
  readonly response: unknown
  readonly usage: unknown
  readonly finishReason: string | undefined
}

/**
 * Wraps an error as the AI SDK's own for answers that have no object. Its class is loaded only now: for the other
 * exports of `structstream/ai-sdk` the package `ai` isn't needed.
 *
 * @returns the error unchanged where `ai` can't be loaded
 */
export async function noObjectError(error: unknown, text: string, facts: CallFacts | undefined): Promise<unknown> {
  if (!(error instanceof StructStreamError)) return error
  let NoObjectGeneratedError: typeof import('ai').NoObjectGeneratedError
  try {
    ;({ NoObjectGeneratedError } = await import('ai'))
  } catch {
    return error
  }
  const { response, usage, finishReason } = facts ?? {}
  const message = `No object generated: ${error.message}`
  return new NoObjectGeneratedError({ message, cause: error, text, response, usage, finishReason } as never)
}
