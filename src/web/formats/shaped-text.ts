import { StructStreamError } from '../../errors.ts'
import { JsonError } from '../../json/errors.ts'
import { LongText } from '../../json/long-text.ts'
import { TolerantReader } from '../../json/repair/tolerant-reader.ts'
import { JsonWriter } from '../../json/sinks/json-writer.ts'
import type { TokenSink } from '../../json/token-sink.ts'
import { Tokenizer } from '../../json/tokenizer.ts'
import { canonicalJson } from '../../partial/document/contender.ts'
import { mayHoldKey, RowsSink } from '../../partial/document/rows-sink.ts'
import { isRepairable, type ShownDocument } from '../../partial/interpreter.ts'
import type { Answer } from '../../stream/answer.ts'

/** What there is to write. */
export interface ShapedPiece {
  text: string
  /** It begins another document, which takes the place of what was written so far: why. */
  replaces: string | null
}

/**
 * The text of one answer for readers that know only the user's schema: strict JSON in the user's shape, repaired and
 * translated while it streams, without what is around the document. Without a schema, the text unchanged.
 */
export class ShapedText {
  readonly #answer: Answer
  /** There is no schema: the text is the answer. */
  readonly isText: boolean
  /** Characters of the answer's text that were pushed. */
  #length = 0
  /** Index of the document that is written; -1: none has been found. */
  #index = -1
  #document: DocumentText | null = null

  constructor(answer: Answer, isText: boolean) {
    this.#answer = answer
    this.isText = isText
  }

  /** What there is to write after `text`. @throws `malformed_json` */
  push(text: string): ShapedPiece {
    if (this.isText) return { text, replaces: null }
    const from = this.#length
    this.#length += text.length
    const replaces = this.#advance()
    // A document is found later than it begins.
    if (this.#document !== null) this.#document.push(this.#document.at === from ? text : this.#slice(), this.#length)
    return { text: this.#document?.take() ?? '', replaces }
  }

  /** The attempt has ended. */
  end(): ShapedPiece {
    if (this.isText) return { text: '', replaces: null }
    const replaces = this.#advance()
    if (this.#document !== null) {
      this.#document.push(this.#slice(), this.#length)
      this.#document.end()
    }
    return { text: this.#document?.take() ?? '', replaces }
  }

  #slice(): string {
    return this.#answer.deltas.text.slice(this.#document!.at, this.#length)
  }

  /** Whether what was written last is the answer, or was read as other values. */
  get isExact(): boolean {
    return this.isText || this.#document?.isExact !== false
  }

  /** Continues to the document that was shown by now. Returns why, if something was written before it. */
  #advance(): string | null {
    const { documents } = this.#answer.read()
    let index = this.#index
    while (documents[index + 1] !== undefined && documents[index + 1]!.from <= this.#length) index++
    if (index === this.#index) return null
    const hasWritten = this.#document?.hasWritten === true
    this.#index = index
    this.#document = new DocumentText(this.#answer, documents[index]!)
    return hasWritten ? documents[index]!.reason : null
  }
}

/** One document. */
class DocumentText {
  readonly #writer = new JsonWriter()
  readonly #sink: TokenSink
  readonly #rows: RowsSink | null
  readonly #shown: ShownDocument
  readonly #answer: Answer
  #reader: Tokenizer | TolerantReader
  #row = 0
  readonly #written = new LongText()
  /** Offset in the answer's text of what comes next. */
  at: number
  hasWritten = false

  constructor(answer: Answer, shown: ShownDocument) {
    this.#answer = answer
    this.#shown = shown
    this.at = shown.start
    const { translate } = answer.compiled
    const reading = answer.read()
    const core = isRepairable(reading) && translate === undefined ? reading.node.core : null
    const isKnown = shown.reason !== null && shown.rows.length > 0
    const isList = core?.kind === 'array' && answer.options.repair
    this.#rows = isList ? new RowsSink(this.#writer, (name) => mayHoldKey(core.element.node, name), isKnown) : null
    this.#sink = this.#rows ?? translate?.(this.#writer) ?? this.#writer
    this.#reader = this.#open()
  }

  #open(): Tokenizer | TolerantReader {
    const { repair, maxDepth } = this.#answer.options
    return repair ? new TolerantReader(this.#sink, () => {}, { maxDepth }) : new Tokenizer(this.#sink, { maxDepth })
  }

  /** @param end offset after `text` */
  push(text: string, end: number): void {
    let rest = text
    for (;;) {
      const next = this.#shown.rows[this.#row]
      if (next === undefined || next >= end) break
      const length = Math.max(0, next - this.at)
      this.#read(rest.slice(0, length))
      rest = rest.slice(length)
      this.at = next
      this.#row++
      this.#reader = this.#open()
    }
    this.#read(rest)
    this.at = end
  }

  end(): void {
    this.#guarded(() => {
      if (!this.#reader.isDone) this.#reader.end()
    })
    if (this.#reader.isDone && this.#rows?.isList === true) this.#rows.close()
    this.#settle()
  }

  take(): string {
    const text = this.#writer.take()
    this.hasWritten ||= text !== ''
    this.#written.add(text)
    return text
  }

  get isExact(): boolean {
    const reading = this.#answer.read()
    return !reading.isDone || canonicalJson(JSON.parse(this.#written.whole)) === canonicalJson(reading.raw())
  }

  #read(text: string): void {
    if (text === '' || this.#reader.isDone) return
    this.#guarded(() => this.#reader.push(text))
    this.#settle()
  }

  #settle(): void {
    if (this.#reader.isDone) this.#writer.end()
  }

  #guarded(work: () => void): void {
    try {
      work()
    } catch (error) {
      if (!(error instanceof JsonError)) throw error
      throw new StructStreamError('malformed_json', error.message)
    }
  }
}

/** Something that a format which knows one growing text cannot say: the connection is cut, since the format has no word for it. */
export function unsayable(format: string, what: string): StructStreamError {
  return new StructStreamError(
    'bad_options',
    `The format "${format}" cannot tell that ${what}, so the connection was cut. Use the format "sse" or "ndjson" with structstream/client.`,
  )
}
