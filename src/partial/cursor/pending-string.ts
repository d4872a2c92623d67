import {
  ABSENT,
  ANY,
  CheckFailure,
  KIND_STRING,
  type DueRules,
  type RelativeIssue,
  type SchemaNode,
} from '../../schema/node.ts'
import { foldCase, coerceQuoted, containerIn, type Coercion } from './coercions.ts'
import { runChecksFrom } from './run-checks.ts'
import { wrongKind } from './violations.ts'

/** A string read as something else, and where. */
export interface PlacedCoercion extends Coercion {
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
  /** UTF-16 offset in the answer at which it ended. */
  end = 0
  /** What its node makes of it, or a `CheckFailure` or `Unsure`. */
  result: unknown = ABSENT
  /** Why it does not fit, if it has ended; null: it fits, and `result` is stored. */
  issues: readonly RelativeIssue[] | null = null
  reading: PlacedCoercion | null = null
  /** Rules that judge it when it has really ended. */
  due: DueRules[] = NONE
  /** It holds what is wanted as text: read when it is certain that it has ended. */
  container: 'stringified' | 'wrapped' | null = null

  /** Finds out what `value` means at `node`. @param placed where that is, if it means something else than it says */
  read(node: SchemaNode, value: string, wasShown: boolean, placed: (reading: Coercion) => PlacedCoercion): void {
    this.node = node
    this.value = value
    this.wasShown = wasShown
    this.reading = null
    this.container = null
    this.due = node.hasRules ? [] : NONE
    const result = (node.accepts & KIND_STRING) === 0 ? this.#unquoted(placed) : this.#asItStands(placed)
    this.result = result
    this.issues = result instanceof CheckFailure ? result.issues : null
  }

  /** A number, a boolean or null in quotes. */
  #unquoted(placed: (reading: Coercion) => PlacedCoercion): unknown {
    const { node } = this
    const reading = coerceQuoted(node, this.value)
    if (reading === null) this.container = containerIn(node, this.value)
    if (reading === null) return new CheckFailure([wrongKind(node, KIND_STRING)])
    this.reading = placed(reading)
    return runChecksFrom(node, reading.value, reading.value === null ? Math.max(node.nullStep, 0) : 0, this.due)
  }

  /** A string, or an option in other letters. */
  #asItStands(placed: (reading: Coercion) => PlacedCoercion): unknown {
    const { node, value } = this
    const result = runChecksFrom(node, value, 0, this.due)
    const { core } = node
    if (!(result instanceof CheckFailure) || core.kind !== 'leaf' || core.options === null) return result
    const option = foldCase(core.options, value)
    if (option === null || option === value) return result
    this.reading = placed({ kind: 'letter-case', value: option })
    if (node.hasRules) this.due = []
    return runChecksFrom(node, option, 0, this.due)
  }
}

/** Nothing is added to it: nodes without rules have none. */
const NONE: DueRules[] = []
