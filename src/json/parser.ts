import { ValueBuilder } from './sinks/value-builder.ts'
import type { PaceOptions } from './snapshot-pace.ts'
import { Tokenizer, type TokenizerOptions } from './tokenizer.ts'

/** Options of a parser. */
export interface ParserOptions extends TokenizerOptions {
  /** What measures the copies of wide containers, for tests. */
  pace?: PaceOptions | undefined
}

/**
 * Parses one JSON text (RFC 8259, strict) that arrives in pieces cut anywhere.
 *
 * 1. Never wrong: no half number, literal, escape or surrogate pair is ever shown; an open string shows its
 *    decoded prefix, an opened `{`, `[` or `"` shows at once.
 * 2. Chunk-invariant: the values shown depend on the text alone, not on how it was cut.
 * 3. Immutable: a snapshot never changes, and shares (`===`) everything that has not changed since the one before.
 * 4. Linear: each character is read once; the work of a `push` does not depend on what came before.
 *
 * @example
 * const parser = new IncrementalJsonParser()
 * parser.push('{"title":"Blade Run')
 * parser.snapshot() // { title: 'Blade Run' }
 * parser.push('ner","year":19')
 * parser.snapshot() // { title: 'Blade Runner' }
 * parser.push('82}')
 * parser.end() // { title: 'Blade Runner', year: 1982 }
 */
export class IncrementalJsonParser {
  readonly #builder: ValueBuilder
  readonly #tokenizer: Tokenizer

  constructor(options: ParserOptions = {}) {
    this.#builder = new ValueBuilder(options.pace)
    this.#tokenizer = new Tokenizer(this.#builder, options)
  }

  /**
   * Reads the next piece of the text.
   * @throws JsonError with code `malformed_json` or `limit_exceeded` (maxDepth), with position, line, column,
   * what was expected and what came; what was read before stays in `snapshot()`.
   */
  push(text: string): this {
    this.#tokenizer.push(text)
    return this
  }

  /**
   * The value so far, `undefined` before there is one. While an array of more than 256 elements or an object of
   * more than 64 keys is open it may lag: it is made anew when ten times as long as its last copy took has passed.
   * `exact` never lags, and costs a copy of them.
   */
  snapshot(options: { exact?: boolean } = {}): unknown {
    return this.#builder.snapshot(options.exact === true || this.isDone)
  }

  /**
   * The text is over: the whole value.
   * @throws JsonError when the document is not complete.
   */
  end(): unknown {
    this.#tokenizer.end()
    return this.snapshot({ exact: true })
  }

  /** The document is complete; only whitespace may follow. A number at the root is complete at `end()` only. */
  get isDone(): boolean {
    return this.#tokenizer.isDone
  }
}

/**
 * The value of a JSON text that may be cut anywhere, once: `undefined` when there is none yet. O(length).
 * For a text that grows use `IncrementalJsonParser`, which never reads it twice.
 * @throws JsonError when no continuation of the text can be JSON.
 */
export function parsePartial(text: string, options?: ParserOptions): unknown {
  const parser = new IncrementalJsonParser(options)
  parser.push(text)
  return parser.snapshot({ exact: true })
}
