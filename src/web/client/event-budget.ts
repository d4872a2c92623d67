import { StructStreamError } from '../../errors.ts'
import type { WireEvent } from '../protocol.ts'

/** What an answer's text may have in all attempts together: this many times what one attempt may have. */
const ATTEMPTS_OF_TEXT = 4

/** Bytes that an event takes in a page, without its data: an attempt has its own answer, reading and timers. */
const COST = { attempt: 8_000, toolCall: 1_000, usage: 100, other: 500, path: 100, issue: 300 }

/**
 * Counts what a server makes a page keep. The limits of an attempt bound its own text and events; this bounds a server
 * that begins attempts, calls of tools or anything else without end.
 */
export class EventBudget {
  readonly #maxChars: number
  readonly #maxEventBytes: number
  #chars = 0
  #bytes = 0

  constructor(limits: { maxChars: number; maxEventBytes: number }) {
    this.#maxChars = limits.maxChars * ATTEMPTS_OF_TEXT
    this.#maxEventBytes = limits.maxEventBytes
  }

  /** @throws `limit_exceeded` */
  take(event: WireEvent): void {
    switch (event.type) {
      case 'text-delta':
      case 'reasoning-delta':
      case 'tool-call-delta':
        this.#chars += event.text.length
        if (this.#chars > this.#maxChars) throw passed(`${this.#maxChars} characters in all attempts (limits.maxChars)`)
        return
      default:
        this.#bytes += costOf(event)
        if (this.#bytes > this.#maxEventBytes)
          throw passed(`${this.#maxEventBytes} bytes of events (limits.maxEventBytes)`)
    }
  }
}

function costOf(event: WireEvent): number {
  switch (event.type) {
    case 'attempt-start':
      return COST.attempt + COST.path * (event.parts?.keys?.length ?? 0)
    case 'tool-call-start':
      return COST.toolCall + event.id.length + event.name.length
    case 'usage':
      return COST.usage
    case 'file':
      return COST.other + event.data.length
    case 'restart':
      return COST.other + event.reason.length + COST.issue * event.issues.length
    case 'patch':
    case 'recover':
      return COST.other + COST.path * event.paths.length
    case 'tool-result':
      return COST.other + sizeOf(event.output) + (event.error?.length ?? 0)
    default:
      return COST.other
  }
}

/** About the bytes of a value that came as JSON. */
function sizeOf(output: unknown): number {
  return 2 * (typeof output === 'string' ? output.length : (JSON.stringify(output)?.length ?? 0))
}

function passed(what: string): StructStreamError {
  return new StructStreamError('limit_exceeded', `The server sent more than ${what}.`)
}
