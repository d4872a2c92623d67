import { IncrementalJsonParser, JsonError, type ParserOptions } from '../../src/json/index.ts'

/** How one text went: its value, or the error. */
export type Outcome = { value: unknown } | { error: JsonError }

/** Pushes the pieces and ends. */
export function read(pieces: Iterable<string>, options?: ParserOptions): Outcome {
  const parser = new IncrementalJsonParser(options)
  try {
    for (const piece of pieces) parser.push(piece)
    return { value: parser.end() }
  } catch (error) {
    if (error instanceof JsonError) return { error }
    throw error
  }
}

/** The value after each UTF-16 unit of the text, never lagging. */
export function shownAfterEach(text: string): unknown[] {
  const parser = new IncrementalJsonParser()
  return Array.from({ length: text.length }, (_, index) => parser.push(text[index]!).snapshot({ exact: true }))
}
