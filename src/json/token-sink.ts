/**
 * Receives one JSON document as it is read, in document order, each call as soon as its token is certain.
 *
 * A value is one of: `beginObject (key value)* endObject`, `beginArray value* endArray`,
 * `beginString growString* endString`, `beginNumber endNumber`, `beginLiteral endLiteral`.
 * Calls are synchronous and never come after a call has thrown.
 */
export interface TokenSink {
  beginObject(): void
  /** A complete, unescaped key; its value follows. */
  key(name: string): void
  endObject(): void
  beginArray(): void
  endArray(): void
  beginString(): void
  /** `piece` is new and whole (no half escape or surrogate pair), `soFar` the string up to and with it. */
  growString(piece: string, soFar: string): void
  /** The whole string. It may hold characters that no `growString` announced. */
  endString(value: string): void
  /** At the first character: a digit or a minus sign. */
  beginNumber(): void
  /**
   * At the delimiter, or at the end of the document. `text` is the number as it was written, given where a double may
   * not hold it exactly (more than 15 digits, or an exponent); otherwise it is empty or left out.
   */
  endNumber(value: number, text?: string): void
  /** At the first character of `true`, `false` or `null`, which already tells the value. */
  beginLiteral(value: boolean | null): void
  endLiteral(value: boolean | null): void
  /** A comma: another element or key must follow. */
  comma?(): void
  /** A key is open, and begins like this: at the end of a piece of text inside it. */
  growKey?(soFar: string): void
  /** The sink wants to know of numbers before they end. */
  readonly isWatchingNumber?: boolean
  /** A number is open, and this is its text so far: at the end of a piece of text inside it, and before `endNumber`. */
  growNumber?(soFar: string): void
  /** The string that ended last continues (a quote inside it was not escaped). Only from tolerant readers, right after `endString`. */
  reopenString?(): void
  /** What `beginLiteral` or `beginNumber` announced is something else, which begins anew. Only from tolerant readers. */
  cancelLiteral?(): void
}
