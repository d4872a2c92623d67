import { InexactNumber, isWholeNumber } from '../../json/numbers.ts'
import { Tokenizer } from '../../json/tokenizer.ts'
import { KIND_OBJECT, KIND_STRING, type SchemaNode } from '../../schema/node.ts'
import type { CursorContext, InexactReading } from './context.ts'
import { enterKey } from './enter-key.ts'
import type { LaneCursor } from './fork.ts'
import { HeldValue } from './held-value.ts'
import { declaredLike, declaresKey, isNullWhenAbsent, isRequired } from './lenient-objects.ts'
import type { OpenContainer } from './open-container.ts'
import type { PendingStrings } from './pending-strings.ts'
import type { Reporter } from './reporter.ts'
import type { ValueEnd } from './value-end.ts'
import { inexactNumber, infiniteNumber, wrongKind } from './violations.ts'

const WHOLE = /^-?[0-9]+$/

/**
 * Values that are read as something else than they say once that is certain: objects where a list is wanted, keys in
 * another letter case, missing keys, JSON in strings, numbers that a double can't hold.
 */
export class HeldValues {
  readonly #cursor: LaneCursor & { settle(): void }
  readonly #context: CursorContext
  readonly #reporter: Reporter
  readonly #end: ValueEnd
  readonly #strings: PendingStrings

  constructor(
    cursor: LaneCursor & { settle(): void },
    context: CursorContext,
    reporter: Reporter,
    end: ValueEnd,
    strings: PendingStrings,
  ) {
    this.#cursor = cursor
    this.#context = context
    this.#reporter = reporter
    this.#end = end
    this.#strings = strings
  }

  /** A number that a double can't hold. */
  endInexact(node: SchemaNode, slot: SchemaNode, value: number, text: string): void {
    const { open, view } = this.#cursor
    const { frame } = view
    const isText = (slot.accepts & KIND_STRING) !== 0 && slot.core.kind !== 'any' && this.#strings.isLenient
    const isDigits = node.takesDigits && WHOLE.test(text)
    if (view.undiscriminatedDepth > 0 && node.core.kind === 'any') {
      // What it will be isn't known before the discriminator is.
      open.leaf = null
      this.#end.finish(node, new InexactNumber(value, text), 0, false)
      return
    }
    const path = frame.openPath()
    const kind = isDigits || isText ? 'exact-digits' : 'rounded-number'
    const reading: InexactReading = { kind, path, text, value, position: this.#context.position() }
    if (isDigits) {
      open.leaf = null
      this.#context.noteNumber(reading)
      this.#end.finish(node, text, 0, false)
    } else if (isText) {
      open.leaf = null
      this.#context.noteNumber(reading)
      this.#cursor.beginString()
      this.#cursor.growString(text, text)
      this.#cursor.endString(text)
      this.#cursor.settle()
    } else if (!Number.isFinite(value) || (node.core.kind === 'leaf' && isWholeNumber(text))) {
      open.leaf = null
      this.#reporter.reject([Number.isFinite(value) ? inexactNumber(text) : infiniteNumber(text)])
      this.#end.pass()
    } else {
      this.#context.noteNumber(reading)
      this.#cursor.endNumber(value)
    }
  }

  #hold(held: HeldValue): void {
    this.#cursor.open.held = held
    this.#cursor.open.passedOver = 1
  }

  finish(held: HeldValue): void {
    this.#cursor.open.held = null
    this.#cursor.open.passedOver = 0
    held.finish()
  }

  close(held: HeldValue, kind: number): void {
    if (kind === KIND_OBJECT) held.endObject()
    else held.endArray()
    if (held.isDone) this.finish(held)
  }

  /** An object where a list is wanted: an element of it, or an envelope around it. */
  holdForList(node: SchemaNode, element: SchemaNode): void {
    const decides = (key: string): boolean => declaresKey(element, key) === 'yes'
    const value = new HeldValue((held) => this.#readHeldForList(held, node, element), decides)
    this.#hold(value)
    value.beginObject()
  }

  #readHeldForList(held: HeldValue, node: SchemaNode, element: SchemaNode): void {
    const { lists, keys } = held
    const mayBeElement = keys.length > 0 && lists.length === 0 && declaresKey(element, keys[0]!) === 'unknown'
    if (held.isCutShort || mayBeElement) {
      this.#strings.wrap(node)
      held.replay(this.#cursor)
    } else if (lists.length === 1 && !keys.some((key) => declaresKey(element, key) === 'unknown')) {
      const { key, from, to } = lists[0]!
      this.#repaired('envelope', this.#cursor.view.frame.openPath(), key, undefined)
      held.replay(this.#cursor, from, to)
    } else {
      this.#reporter.reject([wrongKind(node, KIND_OBJECT)])
      this.#end.pass()
    }
  }

  /** A key that is declared in another letter case may stand for that, if that does not come. */
  holdLookalike(frame: OpenContainer, name: string): boolean {
    const declared = declaredLike(frame, name, (index) => frame.hasSeen(index))
    if (declared === null) return false
    this.#hold(new HeldValue((value) => (frame.lookalikes ??= []).push({ name, declared, value })))
    return true
  }

  /** The object closes: keys that are written otherwise, or left out where they may be null, are read as they were meant. */
  completeObject(frame: OpenContainer): void {
    const { core } = frame.node
    if (core.kind !== 'object') return
    const { lookalikes } = frame
    frame.lookalikes = null
    for (const { name, declared, value } of lookalikes ?? []) {
      const property = core.properties.get(declared)!
      const isOnly = lookalikes!.every((other) => other.name === name || other.declared !== declared)
      if (isOnly && !frame.hasSeen(property.index) && isRequired(property)) {
        this.#repaired('key', [...frame.path(), declared], name, declared)
        enterKey(frame, declared, this.#reporter)
      } else enterKey(frame, name, this.#reporter)
      value.replay(this.#cursor)
      this.#cursor.settle()
    }
    if ((frame.seen === 0 && frame.seenBeyond === null) || frame.hasSeenAll(core.properties.size)) return
    for (const [key, property] of core.properties) {
      if (frame.hasSeen(property.index) || !isNullWhenAbsent(property)) continue
      this.#repaired('absent-for-null', [...frame.path(), key], undefined, null)
      enterKey(frame, key, this.#reporter)
      this.#cursor.beginLiteral(null)
      this.#cursor.endLiteral(null)
    }
  }

  /** A string that holds what is wanted here as text. */
  replay(kind: 'stringified' | 'wrapped', text: string, end: number, node: SchemaNode): void {
    if (kind === 'stringified') {
      this.#context.lenience!.repaired(kind, this.#cursor.view.frame.openPath(), text, undefined, end)
      const tokenizer = new Tokenizer(this.#cursor, { maxDepth: Number.POSITIVE_INFINITY })
      tokenizer.push(text)
      tokenizer.end()
      return
    }
    this.#strings.wrap(node)
    this.#cursor.beginString()
    this.#cursor.growString(text, text)
    this.#cursor.endString(text)
    this.#cursor.settle()
  }

  #repaired(kind: string, path: (string | number)[], before: unknown, after: unknown): void {
    this.#context.lenience!.repaired(kind, path, before, after, this.#context.position())
  }
}
