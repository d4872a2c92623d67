import type { Run } from '../../stream/run.ts'
import type { WireEvent } from '../protocol.ts'
import { SSE_KEEP_ALIVE, sseEvent } from '../sse.ts'
import type { Encoder, Format } from './format.ts'
import { ShapedText, type ShapedPiece } from './shaped-text.ts'

/** AG-UI 1.0 events. The validated value is the run's `result`, and a `STATE_SNAPSHOT` before it. */
export const agUi: Format = {
  headers: { 'content-type': 'text/event-stream' },
  keepAlive: SSE_KEEP_ALIVE,
  open: (run) => new AgUiEncoding(run),
}

type Part = 'TEXT_MESSAGE' | 'REASONING_MESSAGE'

class AgUiEncoding implements Encoder {
  readonly #run: Run
  readonly #runId = crypto.randomUUID()
  #shaped: ShapedText | undefined
  #isData = false
  #answers = 0
  /** The message that is growing. */
  #open: { part: Part; messageId: string } | undefined
  #messages = 0
  #out: string[] = []

  constructor(run: Run) {
    this.#run = run
  }

  encode(items: readonly { event: WireEvent }[]): string {
    this.#out = []
    for (const { event } of items) this.#event(event)
    return this.#out.join('')
  }

  get #ids(): { threadId: string; runId: string } {
    return { threadId: this.#run.turn?.id ?? this.#runId, runId: this.#runId }
  }

  #event(event: WireEvent): void {
    switch (event.type) {
      case 'hello':
        return this.#tell('RUN_STARTED', this.#ids)
      case 'attempt-start':
        this.#close()
        if (event.writes === 'answer') {
          this.#isData = event.mode !== undefined
          this.#shaped = new ShapedText(this.#run.answers[this.#answers++]!, !this.#isData)
        } else if (event.writes === 'parts') {
          // What comes isn't text of the answer; its result is in the state.
          this.#shaped = undefined
        }
        return
      case 'text-delta':
        return this.#write(this.#shaped?.push(event.text))
      case 'reasoning-delta':
        return this.#grow('REASONING_MESSAGE', event.text)
      case 'tool-call-start':
        this.#close()
        return this.#tell('TOOL_CALL_START', { toolCallId: event.id, toolCallName: event.name })
      case 'tool-call-delta':
        return this.#tell('TOOL_CALL_ARGS', { toolCallId: event.id, delta: event.text })
      case 'tool-call-end':
        return this.#tell('TOOL_CALL_END', { toolCallId: event.id })
      case 'tool-result': {
        const content =
          event.error ?? (typeof event.output === 'string' ? event.output : JSON.stringify(event.output ?? null))
        return this.#tell('TOOL_CALL_RESULT', {
          messageId: this.#nextMessage(),
          toolCallId: event.id,
          content,
          role: 'tool',
        })
      }
      case 'file':
        this.#close()
        return this.#tell('CUSTOM', { name: 'file', value: { mediaType: event.mediaType, data: event.data } })
      case 'finish':
        this.#write(this.#shaped?.end())
        return this.#close()
      case 'extra-answer':
        return this.#tell('CUSTOM', { name: 'extra-answer', value: { text: event.text } })
      case 'usage':
        return this.#tell('CUSTOM', { name: 'usage', value: event.usage })
      case 'restart':
      case 'patch':
      case 'recover':
        this.#close()
        return this.#tell('CUSTOM', {
          name: event.type,
          value: 'paths' in event ? { paths: event.paths } : { reason: event.reason },
        })
      case 'end': {
        const { outcome } = this.#run
        const data = outcome?.ok === true ? outcome.result.data : undefined
        if (this.#isData) this.#tell('STATE_SNAPSHOT', { snapshot: data })
        return this.#tell('RUN_FINISHED', { ...this.#ids, result: data })
      }
      case 'error':
        this.#close()
        return this.#tell('RUN_ERROR', { message: event.error.message, code: event.error.code })
      default: {
        const never: never = event
        return never
      }
    }
  }

  #write(piece: ShapedPiece | undefined): void {
    if (piece === undefined) return
    if (piece.replaces !== null) {
      this.#close()
      this.#tell('CUSTOM', { name: 'replace', value: { reason: piece.replaces } })
    }
    this.#grow('TEXT_MESSAGE', piece.text)
  }

  #grow(part: Part, delta: string): void {
    if (delta === '') return
    if (this.#open?.part !== part) {
      this.#close()
      this.#open = { part, messageId: this.#nextMessage() }
      const { messageId } = this.#open
      this.#tell(`${part}_START`, { messageId, role: part === 'TEXT_MESSAGE' ? 'assistant' : 'reasoning' })
    }
    this.#tell(`${part}_CONTENT`, { messageId: this.#open.messageId, delta })
  }

  #close(): void {
    if (this.#open === undefined) return
    this.#tell(`${this.#open.part}_END`, { messageId: this.#open.messageId })
    this.#open = undefined
  }

  #nextMessage(): string {
    return `${this.#runId}-${++this.#messages}`
  }

  #tell(type: string, fields: object): void {
    this.#out.push(sseEvent(JSON.stringify({ type, ...fields })))
  }
}
