import { NONE } from '../../async/consumer.ts'

/** The pieces that text is given in: what a reader sees as one character, a word, a line with its end. */
export type SmoothUnit = 'character' | 'word' | 'line'

export interface SmoothOptions {
  by: SmoothUnit
  /** Least milliseconds between two pieces; what is left when a run fails does not wait. @defaultValue 0 */
  delay?: number | undefined
}

/** Longer words are cut, so that text without spaces does not pile up. */
const LONGEST_WORD = 256
/** Scripts without spaces between words. */
const DENSE = '\\p{Script=Han}\\p{Script=Hiragana}\\p{Script=Katakana}'
/** A word with the space before it, once it is certain that it is over. */
const WORD = new RegExp(`^\\s*(?:[${DENSE}]|[^\\s${DENSE}]+(?=[\\s${DENSE}]))`, 'u')

/**
 * Text cut anew: however it came in, the pieces are the same, and joined they are the text. What may still continue (a
 * word whose end has not come) is held back until it is known to be over, or the text is.
 */
export class Smoothing {
  readonly #by: SmoothUnit
  readonly #delay: number
  /** Keeps the process alive, unlike other timers: the run may be over, but not what its consumers get of it. */
  #pause: unknown
  readonly #notify: () => void
  #rest = ''
  /** Characters of `#rest` that are known to hold no end of a line. */
  #searched = 0

  constructor(smooth: SmoothUnit | SmoothOptions, notify: () => void) {
    const { by, delay = 0 } = typeof smooth === 'string' ? { by: smooth } : smooth
    this.#by = by
    this.#delay = delay
    this.#notify = notify
  }

  /** Between two pieces: more is to come even if the run is over. */
  get isPausing(): boolean {
    return this.#pause !== undefined
  }

  /** The next piece, made of what `source` gives. After `isOver`, the rest comes too; after a failure without pause. */
  take(source: () => string | typeof NONE, isOver: boolean, isFailed: boolean): string | typeof NONE {
    if (isFailed) this.close()
    if (this.isPausing) return NONE
    let end = this.#end()
    while (end === 0) {
      const text = source()
      if (text === NONE) break
      this.#rest += text
      end = this.#end()
    }
    if (end === 0 && isOver) end = this.#rest.length
    if (end === 0) return NONE
    const piece = this.#rest.slice(0, end)
    this.#rest = this.#rest.slice(end)
    this.#searched = 0
    if (this.#delay > 0 && !isFailed) this.#wait()
    return piece
  }

  /** Forgets what was held back. */
  reset(): void {
    this.#rest = ''
    this.#searched = 0
  }

  close(): void {
    clearTimeout(this.#pause as Parameters<typeof clearTimeout>[0])
    this.#pause = undefined
  }

  #wait(): void {
    this.#pause = setTimeout(() => {
      this.#pause = undefined
      this.#notify()
    }, this.#delay)
  }

  /** Where the first piece of the rest ends; 0: it may still continue. */
  #end(): number {
    const text = this.#rest
    switch (this.#by) {
      case 'line': {
        const end = text.indexOf('\n', this.#searched) + 1
        this.#searched = text.length
        return end
      }
      case 'word': {
        const found = WORD.exec(text.slice(0, LONGEST_WORD + 1))
        if (found !== null) return found[0].length
        return text.length > LONGEST_WORD ? LONGEST_WORD - (isHighSurrogate(text, LONGEST_WORD - 1) ? 1 : 0) : 0
      }
      case 'character':
        return firstCharacter(text)
      default: {
        const never: never = this.#by
        return never
      }
    }
  }
}

/** Not every runtime has it. */
const graphemes = typeof Intl.Segmenter === 'function' ? new Intl.Segmenter() : undefined

/** Units of the first character of `text`, if another has begun after it: until then marks may still join it. */
function firstCharacter(text: string): number {
  if (graphemes === undefined) {
    const end = isHighSurrogate(text, 0) ? 2 : 1
    return text.length > end ? end : 0
  }
  // Half a pair at the end may belong to the first character as well.
  const whole = isHighSurrogate(text, text.length - 1) ? text.slice(0, -1) : text
  const segments = graphemes.segment(whole)[Symbol.iterator]()
  segments.next()
  return segments.next().value?.index ?? 0
}

function isHighSurrogate(text: string, at: number): boolean {
  return (text.charCodeAt(at) & 0xfc00) === 0xd800
}
