import {
  CheckFailure,
  KIND_STRING,
  type NumberWatch,
  type OpenStringWatch,
  type SchemaNode,
  type StringWatch,
} from '../../schema/node.ts'
import { mayUnquote } from './coercions.ts'
import type { Fork } from './fork.ts'
import type { HeldValue } from './held-value.ts'
import { wrongKind } from './violations.ts'

/** Gets the text of a string as it grows. */
type TextListener = (piece: string, isDone: boolean) => void

/** The value that is open at the current place, where it isn't a container that the schema follows. */
export class OpenValue {
  /** Node of the open string, number or literal; null: none is open, or it is passed over. */
  leaf: SchemaNode | null = null
  /** Several readings of it; null: there is one. */
  fork: Fork | null = null
  /** Containers open inside a value that is passed over. */
  passedOver = 0
  /** Keeps what is passed over, to be read later. */
  held: HeldValue | null = null
  /** May find a violation inside the open string, by its text so far. */
  watch: StringWatch | null = null
  /** May find one by what has come since it was asked last. */
  follow: OpenStringWatch | null = null
  /** May find a violation inside the open number. */
  numbers: NumberWatch | null = null
  /** A string is open, and read in one way. */
  isInString = false
  #listener: TextListener | null = null
  /** Characters of the string that the listener has. */
  #heard = 0

  /** A string begins that is read as `node`. */
  beginString(node: SchemaNode, listener: TextListener | null): void {
    const { core } = node
    if ((node.accepts & KIND_STRING) === 0) this.watch = watchQuoted(node)
    else if (core.kind === 'leaf') {
      this.watch = core.watch
      if (core.patterns !== undefined) this.follow = core.patterns()
    }
    this.isInString = true
    this.listen(listener, 0)
  }

  /** More of it has come: why it can't be right any more, if that is so. */
  judge(piece: string, soFar: string): CheckFailure | null {
    return this.watch?.(soFar) ?? this.follow?.(piece, soFar) ?? null
  }

  /** The closing quote. @param isCertain the string can't turn out to continue */
  endString(value: string, isCertain: boolean): void {
    this.watch = null
    this.follow = null
    this.isInString = false
    if (this.#listener === null) return
    this.#listener(this.leaf === null ? '' : value.slice(this.#heard), isCertain)
    this.#heard = value.length
    if (isCertain) this.#listener = null
  }

  /** A listener comes for the open string: it has `heard` characters of it. */
  listen(listener: TextListener | null, heard: number): void {
    this.#listener = listener
    this.#heard = heard
  }

  growText(piece: string): void {
    if (this.#listener === null) return
    this.#heard += piece.length
    this.#listener(piece, false)
  }

  /** The string that ended can't continue any more. */
  settleText(): void {
    this.#listener?.('', true)
    this.#listener = null
  }

  /** All that is known of the open value of another cursor. */
  adopt(other: OpenValue): void {
    this.leaf = other.leaf
    this.passedOver = other.passedOver
    this.watch = other.watch
    this.follow = other.follow
    this.numbers = other.numbers
  }
}

/** A string where a number, boolean or null is wanted: wrong as soon as it can mean none of them. */
function watchQuoted(node: SchemaNode): StringWatch {
  return (soFar) => (mayUnquote(node, soFar) ? null : new CheckFailure([wrongKind(node, KIND_STRING)]))
}
