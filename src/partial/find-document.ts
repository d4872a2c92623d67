import { ARRAY, BOOLEAN, NULL, NUMBER, OBJECT, STRING } from '../schema/node.ts'
import type { Repair } from '../types.ts'

const WHITESPACE = /^[\s\uFEFF]*/
const THINK_END = '</think>'

/**
 * Finds the JSON document in an answer that also holds other things: a byte order mark, `<think>…</think>`,
 * prose before and after, a code fence. Passes the document on as it stands. O(new characters).
 */
export class DocumentFinder {
  /** Offset of the document in the answer. */
  start = 0
  readonly #openers: RegExp
  readonly #report: (repair: Repair) => void
  #before = ''
  #isFound = false
  #isThinking = false
  #after: Repair | null = null
  #length = 0

  /** @param accepts what the root may be, as bits of `schema/node.ts` */
  constructor(accepts: number, report: (repair: Repair) => void) {
    this.#report = report
    this.#openers = openersOf(accepts)
  }

  /** The part of `text` that belongs to the document. `isDone`: the document was complete before it. */
  push(text: string, isDone: boolean): string {
    const from = this.#length
    this.#length += text.length
    if (isDone) {
      this.#noteAfter(text, from)
      return ''
    }
    if (this.#isFound) return text
    return this.#search(text)
  }

  #search(text: string): string {
    this.#before += text
    let before = this.#before
    if (this.#isThinking || before.trimStart().startsWith('<think>')) {
      this.#isThinking = true
      const end = before.indexOf(THINK_END)
      if (end < 0) return ''
      before = before.slice(end + THINK_END.length)
    } else if ('<think>'.startsWith(before.trimStart())) return ''
    const skipped = this.#before.length - before.length
    const blank = WHITESPACE.exec(before)![0].length
    const isPlain = skipped === 0 && this.#openers.test(before.slice(blank, blank + 1))
    const at = isPlain ? blank : before.search(/[{[]/)
    if (at < 0) return ''
    this.#isFound = true
    this.start = skipped + at
    const dropped = this.#before.slice(0, this.start)
    if (dropped.replace(WHITESPACE, '') !== '') {
      const kind = this.#isThinking ? 'thinking' : dropped.includes('```') ? 'code-fence' : 'text-before'
      this.#report({ kind, position: 0, before: dropped, after: '' })
    } else if (dropped.includes('\uFEFF')) this.#report({ kind: 'byte-order-mark', position: 0, before: dropped, after: '' })
    const found = this.#before.slice(this.start)
    this.#before = ''
    return found
  }

  #noteAfter(text: string, position: number): void {
    if (this.#after !== null) this.#after.before += text
    else if (text.trim() !== '') {
      this.#after = { kind: 'text-after', position, before: text, after: '' }
      this.#report(this.#after)
    }
  }
}

function openersOf(accepts: number): RegExp {
  let openers = '{['
  if ((accepts & STRING) !== 0) openers += '"'
  if ((accepts & NUMBER) !== 0) openers += '\\-0-9'
  if ((accepts & BOOLEAN) !== 0) openers += 'tf'
  if ((accepts & NULL) !== 0) openers += 'n'
  return (accepts & (OBJECT | ARRAY)) === accepts ? /^[{[]/ : new RegExp(`^[${openers.replace('[', '\\[')}]`)
}
