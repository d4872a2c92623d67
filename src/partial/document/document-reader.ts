import type { Found } from '../../json/find-document.ts'
import type { SchemaNode } from '../../schema/node.ts'
import type { Repair } from '../../types.ts'
import type { InterpreterOptions, ShownDocument } from '../interpreter.ts'
import type { ListenerHub } from '../listeners.ts'
import { Candidate, type Decoding } from './candidate.ts'
import { Contender } from './contender.ts'
import { scalarLines } from './scalar-lines.ts'
import type { TextAround } from './text-around.ts'

/** How a document is read: its elements may come one after the other, or do; it is all of the text; words are before it. */
interface Form {
  rows?: 'possible' | 'certain'
  isWholeValue?: boolean
  isInProse?: boolean
}

/** Makes what reads the documents of one answer, and keeps which of them were shown. */
export class DocumentReader {
  readonly repairs: Repair[] = []
  readonly documents: ShownDocument[] = []
  readonly #node: SchemaNode
  readonly #decoding: Decoding | null
  readonly #options: InterpreterOptions
  readonly #listeners: ListenerHub
  readonly #around: TextAround

  /** @param listeners hear of the document that counts */
  constructor(
    node: SchemaNode,
    decoding: Decoding | null,
    options: InterpreterOptions,
    listeners: ListenerHub,
    around: TextAround,
  ) {
    this.#node = node
    this.#decoding = decoding
    this.#options = options
    this.#listeners = listeners
    this.#around = around
  }

  /**
   * Opens a document.
   * @param isShown nothing was shown before it, so that it is shown as it comes
   * @param before the document before it in the text
   */
  open(found: Found, isShown: boolean, before: Contender | null, isWholeValue = false): Contender {
    // After prose a bracket may be prose too.
    const contender = new Contender(found, this.repairs, isShown && found.isFirst, before)
    if (found.before !== null && isShown) {
      contender.report(this.#around.before(found.before, found.start, found.skipped))
    }
    const isRow = this.#node.core.kind === 'array' && found.text[0] === '{'
    const form: Form = { isWholeValue, isInProse: isInProse(found), ...(isRow && { rows: 'possible' }) }
    contender.candidate = this.#candidate(found.start, isShown, contender.report, form)
    return contender
  }

  /** Reads what is the whole text: a value without brackets, or one on each line. */
  readWhole(found: Found, isWholeValue: boolean): Contender {
    const mayBeRows = this.#node.core.kind === 'array' && this.#decoding === null && this.#options.documents !== 'one'
    const lines = mayBeRows ? scalarLines(found.text) : []
    const answer = this.open(found, true, null, isWholeValue)
    if (lines.length > 1) answer.candidate = this.#candidate(found.start, true, answer.report, { rows: 'certain' })
    const { candidate } = answer
    for (const [index, { text, gap, at }] of lines.entries()) {
      if (index > 0) candidate.nextRow(found.start + at, gap)
      candidate.push(text)
      candidate.end()
    }
    if (lines.length > 1) return answer
    candidate.push(found.text)
    candidate.end()
    return answer
  }

  /** A document is in sight from here on, instead of the one before it: why. */
  show(contender: Contender, reason: string | null, rows: number[] = []): void {
    const from = this.documents.length === 0 ? contender.start : this.#around.length
    this.documents.push({ start: contender.start, from, rows, reason })
    // The values of another document are other values.
    if (reason !== null) this.#listeners.rules?.forget([])
    contender.candidate.runRules(this.#listeners.rules)
  }

  /** The document that was found is a further element of the list, if the one before can be an element of it. */
  nextRow(contender: Contender, { start, skipped }: Found): boolean {
    const { candidate } = contender
    if (candidate.isRows) this.documents.at(-1)!.rows.push(start)
    else if (candidate.isWrapped && candidate.text.trimStart()[0] === '{') this.#makeRows(contender, start)
    else return false
    contender.candidate.nextRow(start, skipped)
    return true
  }

  /** What was read as a list of one is the first of several elements, of which the next begins at `next`. */
  #makeRows(contender: Contender, next: number): void {
    const { start, candidate, report, found } = contender
    const rows = this.#candidate(start, true, report, { rows: 'certain', isInProse: isInProse(found) })
    rows.push(candidate.text)
    contender.candidate = rows
    this.show(contender, 'Several documents in a row are the elements of the list.', [next])
  }

  /** Listeners hear of the values of a document that was read without them. */
  announce(contender: Contender): void {
    const { candidate } = contender
    if (this.#listeners.completion === null) {
      candidate.observers = this.#listeners
      return
    }
    const again = this.#candidate(contender.start, true, () => {}, candidate.isRows ? { rows: 'possible' } : {})
    again.push(candidate.text)
    if (again.isRead !== candidate.isRead) return
    contender.candidate = again
    again.runRules(this.#listeners.rules)
  }

  #candidate(start: number, isShown: boolean, report: (repair: Repair) => void, form: Form): Candidate {
    const { rows, isWholeValue = false, isInProse = false } = form
    const mayBeRows = rows !== undefined && this.#options.repair && this.#options.documents !== 'one'
    // To cut a document out of a text that grows costs as much as all of it: one of many keeps its own text.
    const text = !isShown || mayBeRows ? undefined : this.#around.source
    const place = { start, observers: isShown ? this.#listeners : null, report, text, isWholeValue, isInProse }
    return new Candidate(this.#node, this.#decoding, this.#options, mayBeRows ? { ...place, rows } : place)
  }
}

function isInProse({ before }: Found): boolean {
  return before === 'text-before'
}
