import type { Run } from '../../stream/run.ts'
import type { WireEvent } from '../protocol.ts'
import { SSE_KEEP_ALIVE, sseEvent } from '../sse.ts'
import type { Encoder, Format } from './format.ts'
import { ShapedText, type ShapedPiece } from './shaped-text.ts'

/** The AI SDK's UI message stream, version 1. The validated value comes at the end as the data part `data-object`. */
export const uiMessage: Format = {
  headers: { 'content-type': 'text/event-stream', 'x-vercel-ai-ui-message-stream': 'v1' },
  keepAlive: SSE_KEEP_ALIVE,
  open: (run) => new UiMessageEncoding(run),
}

type Part = 'text' | 'reasoning'

class UiMessageEncoding implements Encoder {
  readonly #run: Run
  #shaped: ShapedText | undefined
  #isData = false
  #answers = 0
  /** The part that is growing. */
  #open: { part: Part; id: string } | undefined
  #parts = 0
  readonly #inputs = new Map<string, { name: string; text: string }>()
  #out: string[] = []

  constructor(run: Run) {
    this.#run = run
  }

  encode(items: readonly { event: WireEvent }[]): string {
    this.#out = []
    for (const { event } of items) this.#event(event)
    return this.#out.join('')
  }

  #event(event: WireEvent): void {
    switch (event.type) {
      case 'hello':
        return this.#chunk({ type: 'start' })
      case 'attempt-start':
        if (event.writes === 'answer') {
          this.#isData = event.mode !== undefined
          this.#shaped = new ShapedText(this.#run.answers[this.#answers++]!, !this.#isData)
        } else if (event.writes === 'parts') {
          // What comes isn't text of the answer; its result is in the data part.
          this.#shaped = undefined
        }
        return this.#chunk({ type: 'start-step' })
      case 'text-delta':
        return this.#write(this.#shaped?.push(event.text))
      case 'reasoning-delta':
        return this.#grow('reasoning', event.text)
      case 'tool-call-start':
        this.#close()
        this.#inputs.set(event.id, { name: event.name, text: '' })
        return this.#chunk({ type: 'tool-input-start', toolCallId: event.id, toolName: event.name, dynamic: true })
      case 'tool-call-delta': {
        const input = this.#inputs.get(event.id)
        if (input !== undefined) input.text += event.text
        return this.#chunk({ type: 'tool-input-delta', toolCallId: event.id, inputTextDelta: event.text })
      }
      case 'tool-call-end': {
        const { name = '', text = '' } = this.#inputs.get(event.id) ?? {}
        const call = { toolCallId: event.id, toolName: name, input: parsed(text), dynamic: true }
        return this.#chunk({ type: 'tool-input-available', ...call })
      }
      case 'tool-result':
        return this.#chunk(
          event.error === undefined
            ? { type: 'tool-output-available', toolCallId: event.id, output: event.output ?? null, dynamic: true }
            : { type: 'tool-output-error', toolCallId: event.id, errorText: event.error, dynamic: true },
        )
      case 'file':
        this.#close()
        return this.#chunk({
          type: 'file',
          mediaType: event.mediaType,
          url: `data:${event.mediaType};base64,${event.data}`,
        })
      case 'finish':
        this.#write(this.#shaped?.end())
        return this.#endStep()
      case 'restart':
      case 'patch':
      case 'recover':
        // An attempt that failed before it had finished has not ended its step.
        return this.#endStep()
      case 'usage':
      case 'extra-answer':
        return
      case 'end': {
        const { outcome } = this.#run
        if (this.#isData && outcome?.ok === true)
          this.#chunk({ type: 'data-object', id: 'object', data: outcome.result.data })
        this.#chunk({
          type: 'finish',
          finishReason: outcome?.ok === true ? reasons[outcome.result.finishReason] : 'other',
        })
        return this.#done()
      }
      case 'error':
        this.#close()
        if (event.error.code === 'aborted') this.#chunk({ type: 'abort' })
        else this.#chunk({ type: 'error', errorText: `${event.error.code}: ${event.error.message}` })
        return this.#done()
      default: {
        const never: never = event
        return never
      }
    }
  }

  #write(piece: ShapedPiece | undefined): void {
    if (piece === undefined) return
    if (piece.replaces !== null) {
      this.#endStep()
      this.#chunk({ type: 'start-step' })
    }
    this.#grow('text', piece.text)
  }

  #grow(part: Part, delta: string): void {
    if (delta === '') return
    if (this.#open?.part !== part) {
      this.#close()
      this.#open = { part, id: `${part}-${++this.#parts}` }
      this.#chunk({ type: `${part}-start`, id: this.#open.id })
    }
    this.#chunk({ type: `${part}-delta`, id: this.#open.id, delta })
  }

  #close(): void {
    if (this.#open === undefined) return
    this.#chunk({ type: `${this.#open.part}-end`, id: this.#open.id })
    this.#open = undefined
  }

  #endStep(): void {
    this.#close()
    this.#chunk({ type: 'finish-step' })
  }

  #chunk(chunk: { type: string; [field: string]: unknown }): void {
    this.#out.push(sseEvent(JSON.stringify(chunk)))
  }

  #done(): void {
    this.#out.push(sseEvent('[DONE]'))
  }
}

const reasons = {
  stop: 'stop',
  length: 'length',
  'tool-calls': 'tool-calls',
  'content-filter': 'content-filter',
  refusal: 'content-filter',
  error: 'error',
  other: 'other',
} as const

function parsed(text: string): unknown {
  try {
    return JSON.parse(text === '' ? '{}' : text)
  } catch {
    return text
  }
}
