import { StructStreamError } from '../../errors.ts'
import { JsonError } from '../../json/errors.ts'
import { Tokenizer } from '../../json/tokenizer.ts'
import { TolerantReader } from '../../json/repair/tolerant-reader.ts'
import { JsonWriter } from '../../json/sinks/json-writer.ts'
import { ANY_OPENING, DocumentFinder, openingOf } from '../../partial/document/find-document.ts'
import { isRepairable } from '../../partial/interpreter.ts'
import type { Answer } from '../../stream/answer.ts'

/**
 * The text of one answer for readers that know only the user's schema: strict JSON in the user's shape, repaired and
 * translated while it streams, without what stands around the document. Without a schema, the text as it is.
 */
export class ShapedText {
  readonly #writer = new JsonWriter()
  readonly #reader: Tokenizer | TolerantReader | null
  #finder: DocumentFinder | null

  constructor(answer: Answer, isText: boolean) {
    const { translate } = answer.compiled
    const { repair, maxDepth } = answer.options
    const sink = translate?.(this.#writer) ?? this.#writer
    const reading = answer.read()
    const opening = translate === undefined && isRepairable(reading) ? openingOf(reading.node) : ANY_OPENING
    this.#finder = repair && !isText ? new DocumentFinder(opening) : null
    if (isText) this.#reader = null
    else this.#reader = repair ? new TolerantReader(sink, () => {}, { maxDepth }) : new Tokenizer(sink, { maxDepth })
  }

  /** What there is to write after `text`. @throws `malformed_json` */
  push(text: string): string {
    if (this.#reader === null) return text
    let rest: string | undefined = text
    if (this.#finder !== null) {
      rest = this.#finder.push(text)?.text
      if (rest === undefined) return ''
      this.#finder = null
    }
    if (this.#reader.isDone) return ''
    return this.#read((reader) => reader.push(rest))
  }

  /** The attempt has ended. */
  end(): string {
    if (this.#reader === null || this.#finder !== null) return ''
    return this.#read((reader) => {
      if (!reader.isDone) reader.end()
    })
  }

  #read(work: (reader: Tokenizer | TolerantReader) => void): string {
    const reader = this.#reader!
    try {
      work(reader)
    } catch (error) {
      if (!(error instanceof JsonError)) throw error
      throw new StructStreamError('malformed_json', error.message)
    }
    if (reader.isDone) this.#writer.end()
    return this.#writer.take()
  }
}

/** Something that a format which knows one growing text cannot say: the connection is cut, since it cannot be told. */
export function unsayable(format: string, what: string): StructStreamError {
  return new StructStreamError(
    'bad_options',
    `The format "${format}" cannot tell that ${what}, so the connection was cut. Use the format "sse" or "ndjson" with structstream/client.`,
  )
}
