import { ABSENT, ANY, Failure, STRING, type RelativeIssue, type SchemaNode } from '../../schema/node.ts'
import { foldCase, unquote, type Reading } from './coercions.ts'
import { runSteps } from './run-checks.ts'
import { wrongKind } from './violations.ts'

/** A string read as something else, and where. */
export interface PlacedReading extends Reading {
  path: (string | number)[]
  /** UTF-16 offset in the answer. */
  position: number
}

/**
 * The string that ended last, in lenient reading: whether it had really ended is known at the next token only, since a
 * quote inside it may not have been escaped. One object serves all strings of a cursor, one after the other.
 */
export class PendingString {
  node: SchemaNode = ANY
  value = ''
  wasShown = false
  /** What its node makes of it, or a `Failure` or `Unsure`. */
  result: unknown = ABSENT
  /** Why it does not fit, if it has ended; null: it fits, and `result` is stored. */
  issues: readonly RelativeIssue[] | null = null
  reading: PlacedReading | null = null

  /** Finds out what `value` means at `node`. @param placed where that is, if it means something else than it says */
  read(node: SchemaNode, value: string, wasShown: boolean, placed: (reading: Reading) => PlacedReading): void {
    this.node = node
    this.value = value
    this.wasShown = wasShown
    this.reading = null
    const result = (node.accepts & STRING) === 0 ? this.#unquoted(placed) : this.#asItStands(placed)
    this.result = result
    this.issues = result instanceof Failure ? result.issues : null
  }

  /** A number, a boolean or null in quotes. */
  #unquoted(placed: (reading: Reading) => PlacedReading): unknown {
    const { node } = this
    const reading = unquote(node, this.value)
    if (reading === null) return new Failure([wrongKind(node, STRING)])
    this.reading = placed(reading)
    return runSteps(node, reading.value, reading.value === null ? Math.max(node.nullStep, 0) : 0)
  }

  /** A string, or an option in other letters. */
  #asItStands(placed: (reading: Reading) => PlacedReading): unknown {
    const { node, value } = this
    const result = runSteps(node, value, 0)
    const { core } = node
    if (!(result instanceof Failure) || core.kind !== 'leaf' || core.options === null) return result
    const option = foldCase(core.options, value)
    if (option === null || option === value) return result
    this.reading = placed({ kind: 'letter-case', value: option })
    return runSteps(node, option, 0)
  }
}
