import { StructStreamError } from '../../errors.ts'
import type { Run } from '../../stream/run.ts'
import type { WireEvent } from '../protocol.ts'
import type { Encoder, Format } from './format.ts'
import { isPlainText } from './answer-value.ts'
import { jsonTextOf } from './json-text.ts'
import { ShapedText, unsayable, type ShapedPiece } from './shaped-text.ts'

/**
 * The growing text alone: JSON in the user's shape, or plain text. What `useObject` of the AI SDK reads. It has no
 * words for an error or a new beginning: the connection is cut then. A reader of a finished answer gets that answer,
 * whatever became of it on the way.
 */
export const text: Format = {
  headers: { 'content-type': 'text/plain; charset=utf-8' },
  keepAlive: undefined,
  hasStatus: true,
  open: (run) => new TextEncoding(run),
}

class TextEncoding implements Encoder {
  readonly #run: Run
  #shaped: ShapedText | undefined
  #answers = 0
  #hasWritten = false
  /** The place that was written to last, in JSON. */
  #isInString = false
  #last = ''

  constructor(run: Run) {
    this.#run = run
  }

  /** Text is all there is, so each piece of it is worth its bytes. */
  readonly missing = 0

  encode(items: readonly { event: WireEvent }[]): string {
    const whole = this.#hasWritten ? undefined : this.#whole(items)
    const text = whole ?? items.map(({ event }) => this.#event(event)).join('')
    this.#hasWritten ||= text !== ''
    this.#look(text)
    return text
  }

  /** Whitespace is legal in JSON outside of strings, numbers and literals. Before it, the status is still open. */
  get keepAlive(): string | undefined {
    const isJson = this.#shaped?.isText === false
    return isJson && !this.#isInString && /[[\]{},:"]/.test(this.#last) ? '\n' : undefined
  }

  #look(text: string): void {
    for (const [mark] of text.matchAll(/"|\\./gs)) if (mark === '"') this.#isInString = !this.#isInString
    this.#last = text.at(-1) ?? this.#last
  }

  /** The answer of a run that is over, all of whose events are in `items`. */
  #whole(items: readonly { event: WireEvent }[]): string | undefined {
    const { outcome, answer } = this.#run
    if (outcome?.ok !== true || answer === undefined || items.at(-1)?.event.type !== 'end') return undefined
    return isPlainText(answer) ? answer.document : jsonTextOf(outcome.result.json)
  }

  #written(piece: ShapedPiece | undefined): string {
    if (piece === undefined) return ''
    if (piece.replaces !== null) throw unsayable('text', 'another document is the answer')
    return piece.text
  }

  #event(event: WireEvent): string {
    switch (event.type) {
      case 'attempt-start': {
        if (event.writes === 'parts') throw unsayable('text', 'parts of the answer are asked for again')
        if (event.writes === 'more') return ''
        if (this.#hasWritten) throw unsayable('text', 'the answer begins again')
        const answer = this.#run.answers[this.#answers++]!
        this.#shaped = new ShapedText(answer, isPlainText(answer))
        return ''
      }
      case 'text-delta':
        return this.#written(this.#shaped?.push(event.text))
      case 'finish':
        return this.#written(this.#shaped?.end())
      case 'error': {
        const { code, message, retryAfter } = event.error
        throw new StructStreamError(code, message, { retryAfter })
      }
      case 'end':
        if (this.#shaped?.isExact === false) throw unsayable('text', 'values were read as others')
        if (event.raw !== undefined) throw unsayable('text', 'the answer was repaired')
        return ''
      case 'hello':
      case 'reasoning-delta':
      case 'tool-call-start':
      case 'tool-call-delta':
      case 'tool-call-end':
      case 'tool-result':
      case 'file':
      case 'extra-answer':
      case 'usage':
      case 'restart':
      case 'patch':
      case 'recover':
        return ''
      default: {
        const never: never = event
        return never
      }
    }
  }
}
