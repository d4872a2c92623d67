/** Characters that may stand between parentheses around a value, so that what they mean is known within bounds. */
const MAX_LENGTH = 4096
const CLOSING: Readonly<Record<string, string>> = { '(': ')', '[': ']', '{': '}' }

/** Reads ahead from an opening parenthesis to its end: whether it holds one value, or is a tuple as Python writes it. */
export class ParenthesesScan {
  readonly #open: string[] = []
  #quote = ''
  #isEscaped = false
  #hasComma = false
  #hasInk = false
  #at = 0

  /** Characters up to the closing parenthesis, once it has come. */
  get length(): number {
    return this.#at + 1
  }

  /** Continues in `text`, which begins with the parenthesis and has only grown since the last call. */
  read(text: string): 'tuple' | 'group' | 'waiting' | 'unreadable' {
    for (; this.#at < text.length; this.#at++) {
      const character = text[this.#at]!
      if (this.#at > MAX_LENGTH) return 'unreadable'
      if (this.#quote !== '') {
        if (this.#isEscaped) this.#isEscaped = false
        else if (character === '\\') this.#isEscaped = true
        else if (character === this.#quote) this.#quote = ''
        continue
      }
      const isOutermost = this.#open.length === 1
      switch (character) {
        case '"':
        case "'":
          this.#quote = character
          break
        case '(':
        case '[':
        case '{':
          this.#open.push(CLOSING[character]!)
          if (!isOutermost) continue
          break
        case ')':
        case ']':
        case '}':
          if (this.#open.pop() !== character) return 'unreadable'
          if (this.#open.length === 0) return this.#hasComma || !this.#hasInk ? 'tuple' : 'group'
          continue
        case ',':
          if (isOutermost) this.#hasComma = true
          break
        default:
          if (/\s/.test(character)) continue
      }
      this.#hasInk = true
    }
    return 'waiting'
  }
}
