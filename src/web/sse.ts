import { StructStreamError } from '../errors.ts'
import { LONGEST_LINE } from './protocol.ts'

/** An SSE event: constant names and one-line data, so that nothing in the data can end it or begin another. */
export function sseEvent(data: string, id?: string): string {
  return id === undefined ? `data: ${data}\n\n` : `id: ${id}\ndata: ${data}\n\n`
}

/** A comment that keeps proxies and idle timers awake. */
export const SSE_KEEP_ALIVE = ':\n\n'

/**
 * Tells an `EventSource` to wait for a week before it connects again, in milliseconds. It takes the end of a response
 * for a lost connection, and would ask a model again every three seconds.
 */
export const SSE_NEVER_AGAIN = 'retry: 604800000\n'

/** Cuts text into lines, however it arrives. Ends of line are LF, CRLF and CR, as SSE has them. */
export class Lines {
  /** Pieces of the unfinished line: joining them at each chunk would cost O(n²) for a long one. */
  #pieces: string[] = []
  #length = 0
  #isAfterCR = false

  /** Gives each line that `text` ends to `each`, which may throw. @throws `limit_exceeded` */
  push(text: string, each: (line: string) => void): void {
    let at = 0
    if (this.#isAfterCR && text.startsWith('\n')) at = 1
    if (text !== '') this.#isAfterCR = false
    ENDS.lastIndex = at
    for (let end = ENDS.exec(text); end !== null; end = ENDS.exec(text)) {
      const line = text.slice(at, end.index)
      at = ENDS.lastIndex
      // A CR at the end may be half of a CRLF.
      this.#isAfterCR = at === text.length && end[0] === '\r'
      const whole = this.#pieces.length === 0 ? line : this.#pieces.join('') + line
      this.#pieces = []
      this.#length = 0
      each(whole)
      // `each` may use the expression too.
      ENDS.lastIndex = at
    }
    if (at === text.length) return
    this.#pieces.push(at === 0 ? text : text.slice(at))
    this.#length += text.length - at
    checkLength(this.#length)
  }
}

/** @throws `limit_exceeded` */
function checkLength(length: number): void {
  if (length <= LONGEST_LINE) return
  throw new StructStreamError('limit_exceeded', `The server sent a line of more than ${LONGEST_LINE} characters.`)
}

const ENDS = /\r\n|\r|\n/g

/** Reads SSE: data and last id of each event. Other fields and comments are passed over. */
export class SseReader {
  readonly #lines = new Lines()
  #data: string | undefined
  #id = ''
  #isFirst = true

  /** @throws `limit_exceeded`, and what `each` throws */
  push(text: string, each: (data: string, id: string) => void): void {
    this.#lines.push(text, (line) => {
      if (this.#isFirst) {
        this.#isFirst = false
        if (line.startsWith('\uFEFF')) line = line.slice(1)
      }
      if (line === '') {
        const data = this.#data
        this.#data = undefined
        if (data !== undefined) each(data, this.#id)
      } else if (line.startsWith('data:')) {
        const data = line.slice(line[5] === ' ' ? 6 : 5)
        this.#data = this.#data === undefined ? data : `${this.#data}\n${data}`
        checkLength(this.#data.length)
      } else if (line.startsWith('id:')) {
        this.#id = line.slice(3).trimStart()
      }
    })
  }
}
