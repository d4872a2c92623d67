import { randomText } from '../position.ts'
import { FrameBudget } from './frame-budget.ts'

/** Writes one event and returns its bytes. */
export type Tell = (type: string, fields: object) => number

/** Together with the result, at most four times the text. */
const COSTS = { share: 1.7, slack: 1_024, frame: 70 }

type Part = 'TEXT_MESSAGE' | 'REASONING_MESSAGE'

/**
 * The messages, reasoning and tool calls of one AG-UI run: each is opened before it grows, and closed before the run
 * ends. One message or reasoning grows at a time; calls may be open at the same time.
 */
export class AgUiMessages {
  readonly #prefix: string
  readonly #tell: Tell
  readonly #budget = new FrameBudget(COSTS)
  /** The message that is growing. */
  #open: { part: Part; messageId: string } | undefined
  readonly #calls = new Set<string>()
  #count = 0
  /** The message of the newest structured answer. */
  #answer: string | undefined

  constructor(tell: Tell) {
    // Sent with every piece, so it is short; random, so that it is unique in the thread.
    this.#prefix = randomText(4)
    this.#tell = tell
  }

  get missing(): number {
    return this.#budget.missing()
  }

  /** The id of a further message. */
  next(): string {
    return `${this.#prefix}${++this.#count}`
  }

  grow(part: Part, delta: string): void {
    if (delta === '') return
    if (this.#open?.part !== part) this.#begin(part)
    const bytes = this.#tell(`${part}_CONTENT`, { messageId: this.#open!.messageId, delta })
    this.#budget.note(delta.length, bytes - delta.length)
  }

  /** Grows the message of a structured answer; TanStack AI reads its partials from it. */
  growAnswer(delta: string): void {
    if (delta === '') return
    if (this.#open?.part !== 'TEXT_MESSAGE') {
      this.#begin('TEXT_MESSAGE')
      this.#answer = this.#open!.messageId
      this.#tell('CUSTOM', { name: 'structured-output.start', value: { messageId: this.#answer } })
    }
    this.grow('TEXT_MESSAGE', delta)
  }

  /** Gives the value of the structured answer. */
  completeAnswer(object: unknown): void {
    this.close()
    const messageId = this.#answer ?? this.next()
    this.#tell('CUSTOM', { name: 'structured-output.complete', value: { object, raw: '', messageId } })
  }

  openCall(toolCallId: string, toolCallName: string): void {
    if (this.#calls.has(toolCallId)) this.closeCall(toolCallId)
    this.#calls.add(toolCallId)
    this.#tell('TOOL_CALL_START', { toolCallId, toolCallName })
  }

  growCall(toolCallId: string, delta: string): void {
    if (!this.#calls.has(toolCallId)) return
    const bytes = this.#tell('TOOL_CALL_ARGS', { toolCallId, delta })
    this.#budget.note(delta.length, bytes - delta.length)
  }

  closeCall(toolCallId: string): void {
    if (this.#calls.delete(toolCallId)) this.#tell('TOOL_CALL_END', { toolCallId })
  }

  /** Closes the message that is growing. */
  close(): void {
    if (this.#open === undefined) return
    const { part, messageId } = this.#open
    this.#open = undefined
    this.#tell(`${part}_END`, { messageId })
    if (part === 'REASONING_MESSAGE') this.#tell('REASONING_END', { messageId })
  }

  /** Closes all that is open, calls that were never finished too: no run may end before. */
  closeAll(): void {
    this.close()
    for (const id of this.#calls) this.closeCall(id)
  }

  #begin(part: Part): void {
    this.close()
    const messageId = this.next()
    this.#open = { part, messageId }
    if (part === 'REASONING_MESSAGE') this.#tell('REASONING_START', { messageId })
    this.#tell(`${part}_START`, { messageId, role: part === 'TEXT_MESSAGE' ? 'assistant' : 'reasoning' })
  }
}
