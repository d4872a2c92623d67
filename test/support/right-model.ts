import { isDeepStrictEqual } from 'node:util'
import type { ModelRequest } from '../../src/models/model.ts'
import { askedFor, truePart } from '../../src/models/simulate/true-answer.ts'

/** Whether the document has all that is asked for: a wrong discriminator may ask for what another option has. */
export function isAnswerable(request: ModelRequest, document: unknown): boolean {
  const { required = [] } = (request.format?.schema ?? {}) as { required?: string[] }
  const answer = truePart(document, askedFor(request))
  return isDeepStrictEqual(answer, document) || required.every((name) => Object.hasOwn(answer as object, name))
}
