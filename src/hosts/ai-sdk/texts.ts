/** Texts that grow at the same time, each of which is read once. */
export interface Growing {
  /** All of it that was read. */
  text: string
}

/**
 * Finds the reading that a text continues, given nothing but the whole text each time. Several texts may grow at once,
 * in any order, and each may be replaced.
 *
 * 1. A reading is continued only by a text that begins with everything it has read. The comparison is of every
 *    character, and costs about a sixth of what cutting off the new text costs anyway.
 * 2. At most `most` readings are kept; the one that wasn't used for longest gives way. Its text is read again then.
 */
export class Texts<T extends Growing> {
  /** The last used one is the last. */
  readonly #readings: T[] = []
  readonly #most: number

  constructor(most: number) {
    this.#most = most
  }

  /** The reading that has read most of `text`; undefined: none has read its beginning. */
  find(text: string): T | undefined {
    let found: T | undefined
    for (const reading of this.#readings)
      if (reading.text.length >= (found?.text.length ?? 1) && begins(text, reading.text)) found = reading
    return found
  }

  /** Keeps a reading, or notes that it was used. */
  keep(reading: T): void {
    if (this.#readings.at(-1) === reading) return
    this.drop(reading)
    this.#readings.push(reading)
    if (this.#readings.length > this.#most) this.#readings.shift()
  }

  drop(reading: T): void {
    const index = this.#readings.indexOf(reading)
    if (index >= 0) this.#readings.splice(index, 1)
  }
}

/** Not `startsWith`, which takes 50 times as long as `===`. */
function begins(text: string, beginning: string): boolean {
  return text.length >= beginning.length && text.slice(0, beginning.length) === beginning
}
