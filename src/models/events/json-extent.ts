/** How much of one JSON document a text is. */
export type Extent = 'empty' | 'open' | 'complete' | 'broken'

/** The kinds of token that may come next. */
type Expected = 'value' | 'first-value' | 'first-key' | 'key' | 'colon' | 'separator' | 'nothing'

const BLANK = /\s/
/** A number or a word; which one it is does not matter here. */
const WORD = /[-+.\w]/

/**
 * Follows the brackets, strings and separators of one growing JSON object or array. It finds where the document ends and
 * whether a further piece can belong to it at all; the parser in `json/` reads the values. Text after the end
 * makes it `broken`.
 */
export class JsonExtent {
  #open = ''
  #expected: Expected = 'value'
  #isString = false
  #isKey = false
  #isEscaped = false
  #isWord = false
  #isEmpty = true
  #isBroken = false

  /** How much of a document the text so far is. */
  get extent(): Extent {
    if (this.#isBroken) return 'broken'
    if (this.#isEmpty) return 'empty'
    return this.#expected === 'nothing' ? 'complete' : 'open'
  }

  /** Reads the next piece; the work is linear in its length. */
  add(text: string): void {
    for (let at = 0; at < text.length && !this.#isBroken; at++) this.#read(text[at]!)
  }

  /** Whether `text` can follow what is there. */
  accepts(text: string): boolean {
    const copy = new JsonExtent()
    copy.#open = this.#open
    copy.#expected = this.#expected
    copy.#isString = this.#isString
    copy.#isKey = this.#isKey
    copy.#isEscaped = this.#isEscaped
    copy.#isWord = this.#isWord
    copy.#isEmpty = this.#isEmpty
    copy.#isBroken = this.#isBroken
    copy.add(text)
    return !copy.#isBroken
  }

  #read(char: string): void {
    if (this.#isString) return this.#readString(char)
    if (this.#isWord) {
      if (WORD.test(char)) return
      this.#isWord = false
    }
    if (BLANK.test(char)) return
    if (this.#isEmpty) {
      this.#isEmpty = false
      this.#isBroken = char !== '{' && char !== '['
    }
    switch (char) {
      case '{':
      case '[':
        this.#beginValue()
        this.#open += char
        this.#expected = char === '{' ? 'first-key' : 'first-value'
        break
      case '}':
        this.#close('{', 'first-key')
        break
      case ']':
        this.#close('[', 'first-value')
        break
      case '"':
        this.#isKey = this.#expected === 'key' || this.#expected === 'first-key'
        if (!this.#isKey) this.#beginValue()
        this.#isString = true
        break
      case ':':
        this.#isBroken ||= this.#expected !== 'colon'
        this.#expected = 'value'
        break
      case ',':
        this.#isBroken ||= this.#expected !== 'separator'
        this.#expected = this.#open.endsWith('{') ? 'key' : 'value'
        break
      default:
        this.#beginValue()
        this.#isWord = true
        this.#isBroken ||= !WORD.test(char)
    }
  }

  #readString(char: string): void {
    if (this.#isEscaped) this.#isEscaped = false
    else if (char === '\\') this.#isEscaped = true
    else if (char === '"') {
      this.#isString = false
      if (this.#isKey) this.#expected = 'colon'
    }
  }

  #beginValue(): void {
    this.#isBroken ||= this.#expected !== 'value' && this.#expected !== 'first-value'
    this.#expected = 'separator'
  }

  #close(opening: string, first: Expected): void {
    this.#isBroken ||= !this.#open.endsWith(opening) || (this.#expected !== 'separator' && this.#expected !== first)
    this.#open = this.#open.slice(0, -1)
    this.#expected = this.#open === '' ? 'nothing' : 'separator'
  }
}
