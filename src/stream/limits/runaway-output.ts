/** Positions looked at to find out whether text repeats itself; a repeated piece may be half as long. */
const WINDOW = 1024
/** A list's elements, without other letters: `0,`, `{"":[]},`, `null,`. A list of equal ones is sane. */
const LIST_ELEMENTS = /^[\s[\]{},:\d.+\-"truefalsn]*$/
/** Longest border of each prefix; shared, as a look is never interrupted. */
const borders = new Uint16Array(WINDOW)

/**
 * Tells runaway output by its text alone, in O(1) a character: too much of it, or whitespace, digits or the same
 * text over and over. Old text is never looked at again: a look at the last characters finds a candidate for what
 * is repeated, and from then on only new characters are compared with it.
 */
export class RunawayDetector {
  readonly #maxChars: number
  readonly #maxRepeat: number
  readonly #maxEventBytes: number
  readonly #window: number
  #chars = 0
  #eventBytes = 0
  #spaces = 0
  #digits = 0
  #recent = ''
  #unit = ''
  /** Characters that have repeated `#unit`. */
  #run = 0
  #runLimit = 0

  constructor(limits: { maxChars: number; maxRepeat: number; maxEventBytes?: number }) {
    this.#maxChars = limits.maxChars
    this.#maxRepeat = limits.maxRepeat
    this.#maxEventBytes = limits.maxEventBytes ?? Infinity
    this.#window = Math.max(32, Math.min(WINDOW, limits.maxRepeat))
  }

  /** Counts characters that are not the answer's text: reasoning, refusals, tool arguments. */
  count(text: string): string | null {
    this.#chars += text.length
    return this.#chars > this.#maxChars ? `more than ${this.#maxChars} characters (limits.maxChars)` : null
  }

  /** Counts an event that is not text, by about what it takes in memory. */
  event(bytes: number): string | null {
    this.#eventBytes += bytes
    const max = this.#maxEventBytes
    return this.#eventBytes > max ? `more than ${max} bytes of events other than text (limits.maxEventBytes)` : null
  }

  /** The limit that `delta` has passed, in words, or `null`. */
  push(delta: string): string | null {
    const max = this.#maxRepeat
    let spaces = this.#spaces
    let digits = this.#digits
    for (let i = 0; i < delta.length; i++) {
      const code = delta.charCodeAt(i)
      if (code === 32 || (code >= 9 && code <= 13)) {
        digits = 0
        if (++spaces > max) return `more than ${max} whitespace characters in a row (limits.maxRepeat)`
      } else {
        spaces = 0
        if (code < 48 || code > 57) digits = 0
        else if (++digits > max) return `more than ${max} digits in a row (limits.maxRepeat)`
      }
    }
    this.#spaces = spaces
    this.#digits = digits
    return this.#repeats(delta) ?? this.count(delta)
  }

  #repeats(delta: string): string | null {
    let at = 0
    while (at < delta.length) {
      if (this.#unit === '') {
        const end = at + this.#window - this.#recent.length
        this.#recent += delta.slice(at, end)
        if (this.#recent.length < this.#window) return null
        at = end
        this.#look()
      }
      const unit = this.#unit
      if (unit === '') continue
      let place = this.#run % unit.length
      while (at < delta.length && delta.charCodeAt(at) === unit.charCodeAt(place)) {
        at++
        this.#run++
        place = place + 1 === unit.length ? 0 : place + 1
      }
      if (this.#run > this.#runLimit) {
        return `the same ${unit.length} characters again and again, ${this.#run} in all (limits.maxRepeat)`
      }
      if (at < delta.length) this.#unit = ''
    }
    return null
  }

  /** Whether the window is one piece of text repeated: its period, by Knuth, Morris and Pratt. */
  #look(): void {
    const text = this.#recent
    this.#recent = ''
    borders[0] = 0
    for (let i = 1, k = 0; i < text.length; i++) {
      while (k > 0 && text.charCodeAt(i) !== text.charCodeAt(k)) k = borders[k - 1]!
      if (text.charCodeAt(i) === text.charCodeAt(k)) k++
      borders[i] = k
    }
    const period = text.length - borders[text.length - 1]!
    if (period > text.length / 2) return
    this.#unit = text.slice(0, period)
    this.#run = text.length
    const isList = /[,[{]/.test(this.#unit) && LIST_ELEMENTS.test(this.#unit)
    this.#runLimit = this.#maxRepeat * (isList ? 100 : Math.min(period, 20))
  }
}
