import type { TokenSink } from '../token-sink.ts'

/**
 * Writes the tokens it receives as strict JSON text, without whitespace, as soon as each is certain. `take()` gives what
 * is new; all of it joined is the document.
 */
export class JsonWriter implements TokenSink {
  #text = ''
  /** Held back until the next token: from tolerant readers, the string before it may continue. */
  #closing = ''
  /** Characters of the open string that were announced. */
  #announced = 0
  /** Whether a value before this one is in the same container, level by level. */
  readonly #hasItems: boolean[] = []
  #isValueOfKey = false

  /** What was written since the last call. */
  take(): string {
    const text = this.#text
    this.#text = ''
    return text
  }

  /** The document is over. */
  end(): void {
    this.#settle()
  }

  beginObject(): void {
    this.#begin('{')
    this.#hasItems.push(false)
  }

  key(name: string): void {
    this.#begin(`${JSON.stringify(name)}:`)
    this.#isValueOfKey = true
  }

  endObject(): void {
    this.#close('}')
  }

  beginArray(): void {
    this.#begin('[')
    this.#hasItems.push(false)
  }

  endArray(): void {
    this.#close(']')
  }

  beginString(): void {
    this.#begin('"')
    this.#announced = 0
  }

  growString(piece: string, soFar: string): void {
    this.#text += escaped(piece)
    this.#announced = soFar.length
  }

  endString(value: string): void {
    this.#text += escaped(value.slice(this.#announced))
    this.#announced = value.length
    this.#closing = '"'
  }

  reopenString(): void {
    this.#closing = ''
  }

  beginNumber(): void {}

  endNumber(value: number, text = ''): void {
    this.#begin(text === '' ? JSON.stringify(value) : text)
  }

  beginLiteral(): void {}

  endLiteral(value: boolean | null): void {
    this.#begin(String(value))
  }

  #begin(text: string): void {
    this.#settle()
    const level = this.#hasItems.length - 1
    if (this.#isValueOfKey) this.#isValueOfKey = false
    else if (level >= 0) {
      if (this.#hasItems[level] === true) this.#text += ','
      this.#hasItems[level] = true
    }
    this.#text += text
  }

  #close(bracket: string): void {
    this.#settle()
    this.#hasItems.pop()
    this.#text += bracket
  }

  #settle(): void {
    this.#text += this.#closing
    this.#closing = ''
  }
}

function escaped(text: string): string {
  return JSON.stringify(text).slice(1, -1)
}
