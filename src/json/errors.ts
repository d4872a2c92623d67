import { StructStreamError } from '../errors.ts'

/** Where in the text a reader stands. */
export interface TextPosition {
  /** UTF-16 offset, from 0. */
  position: number
  /** From 1. */
  line: number
  /** UTF-16 units, from 1. */
  column: number
}

/**
 * The text is not JSON (`malformed_json`), or nests deeper than allowed (`limit_exceeded`).
 * `expected` and `received` say what RFC 8259 wants at `position` and what is there.
 */
export class JsonError extends StructStreamError {
  readonly line: number
  readonly column: number
  readonly expected: string
  readonly received: string

  constructor(code: 'malformed_json' | 'limit_exceeded', expected: string, received: string, at: TextPosition) {
    const place = `line ${at.line}, column ${at.column} (offset ${at.position})`
    super(code, `Invalid JSON at ${place}: expected ${expected}, got ${received}.`, { position: at.position })
    this.expected = expected
    this.received = received
    this.line = at.line
    this.column = at.column
  }
}
