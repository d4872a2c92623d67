import type { Issue } from '../../types.ts'
import type { InterpreterFailure } from '../interpreter.ts'

/* Texts whose documents are JSON, and that are wrong as a whole. */

/** A further document begins at `position` where exactly one is wanted. */
export function notAlone(position: number): InterpreterFailure {
  const message = `Expected one JSON document, got another one at position ${position}. Give exactly one.`
  return { code: 'malformed_json', message, position, path: [] }
}

/** A string, number or literal is followed by `text` at `position`. */
export function notWhole(text: string, position: number): InterpreterFailure {
  const after = JSON.stringify(String.fromCodePoint(text.codePointAt(0)!))
  const message = `Expected the end of the text after a value without brackets, got ${after}.`
  return { code: 'malformed_json', message, position, path: [] }
}

/** A comma and further members follow the closing bracket at `position`. */
export function notOver(position: number): InterpreterFailure {
  const message = 'Expected the end of the document, got a comma and further values after its closing bracket.'
  return { code: 'malformed_json', message, position, path: [] }
}

/** A document at `position` differs from the one before, and neither is better supported. */
export function severalValues(position: number): Issue {
  const message = 'Invalid input: expected one document, got several that differ'
  const [expected, received] = ['one document', 'several documents']
  return { path: [], code: 'several_values', message, expected, received, position }
}
