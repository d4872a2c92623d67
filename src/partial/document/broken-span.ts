/** Characters that a broken document in a line of prose may have. */
const LONGEST = 400

/**
 * Finds where a document ends that isn't JSON, so that none of its pieces is taken for another document. It is certain
 * only within a line, and only if its quotes and brackets leave no doubt.
 */
export class BrokenSpan {
  /** Characters read. */
  #length = 0
  /** Open brackets, and those outside of strings. */
  #depth = 0
  #depthOutside = 0
  #isInString = false
  #isEscaped = false

  /** Returns how many characters of `text` belong to the document; 'open': all of them; 'lost': its end is unknown. */
  push(text: string): number | 'open' | 'lost' {
    for (let at = 0; at < text.length; at++) {
      if (++this.#length > LONGEST || text[at] === '\n') return 'lost'
      this.#take(text[at]!)
      const isEnd = this.#depth === 0
      if (isEnd !== (this.#depthOutside === 0)) return 'lost'
      if (isEnd) return at + 1
    }
    return 'open'
  }

  #take(character: string): void {
    const step = /[{[]/.test(character) ? 1 : /[}\]]/.test(character) ? -1 : 0
    this.#depth += step
    if (!this.#isInString) this.#depthOutside += step
    if (character === '"' && !this.#isEscaped) this.#isInString = !this.#isInString
    this.#isEscaped = character === '\\' && !this.#isEscaped
  }
}
