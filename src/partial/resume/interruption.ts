import { OpenDocument } from '../../json/sinks/open-document.ts'
import type { Candidate } from '../document/candidate.ts'
import { DocumentInterpreter } from '../document/document-interpreter.ts'
import type { Interpreter } from '../interpreter.ts'
import { ResumedInterpreter } from './resumed.ts'

/** A document that was cut, ready to be continued. */
export interface Interruption {
  readonly document: DocumentInterpreter
  readonly candidate: Candidate
  /** The document as plain data, and what of it is open. */
  readonly record: OpenDocument
}

/**
 * Takes back what is open and can't be continued: half a number, half a literal, half a word of an enum. May be
 * called again.
 *
 * @returns null when there is nothing to continue: no document had begun, it isn't JSON, or it is inside a union of
 * which several options are still possible
 */
export function interrupt(base: Interpreter): Interruption | null {
  const known = base instanceof ResumedInterpreter ? base.interruption : fresh(base)
  if (known === null) return null
  const { candidate, record } = known
  const { cursor } = candidate
  candidate.settle()
  const { leaf } = record
  const node = cursor.open.leaf
  const isWhole = node !== null && (node.isAtomic || (node.core.kind === 'leaf' && node.core.options !== null))
  if (leaf !== null && (leaf.kind !== 'string' || isWhole)) {
    cursor.cancelLiteral()
    record.cancelLiteral()
  }
  return cursor.openPlace()?.isAmbiguous === false ? known : null
}

function fresh(base: Interpreter): Interruption | null {
  if (!(base instanceof DocumentInterpreter)) return null
  const candidate = base.interrupt()
  if (candidate === null) return null
  const record = new OpenDocument()
  candidate.replay(record)
  return record.levels.length === 0 && record.leaf === null ? null : { document: base, candidate, record }
}
