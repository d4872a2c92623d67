import { StructStreamError } from '../../errors.ts'
import type { Run } from '../../stream/run.ts'
import type { WireError, WireEvent } from '../protocol.ts'
import { SSE_KEEP_ALIVE, sseEvent } from '../sse.ts'
import { AgUiMessages } from './ag-ui-messages.ts'
import { AgUiState } from './ag-ui-state.ts'
import type { AgUiInput } from './ag-ui-input.ts'
import { tokenUsage } from './ag-ui-usage.ts'
import { isPlainText } from './answer-value.ts'
import { interruptsOf } from './approval-needed.ts'
import type { Encoder, Format, FormatOptions } from './format.ts'
import { jsonTextOf, toJsonText } from './json-text.ts'
import { ShapedText } from './shaped-text.ts'

/** The version of AG-UI that is written. */
const PROTOCOL_VERSION = '1.0'

/**
 * AG-UI 1.0 events. A structured answer grows in the state, by `STATE_DELTA`s whose application gives the partial; the
 * validated value is the run's `result`. Its JSON text comes once, when it is certain, or live where that is asked for.
 */
export const agUi: Format = {
  headers: { 'content-type': 'text/event-stream' },
  keepAlive: SSE_KEEP_ALIVE,
  open: (run, options) => new AgUiEncoding(run, options),
}

class AgUiEncoding implements Encoder {
  readonly #run: Run
  readonly #answerText: FormatOptions['answerText']
  readonly #ids: { threadId: string; runId: string }
  readonly #input: AgUiInput | undefined
  readonly #messages: AgUiMessages
  readonly #state: AgUiState
  #isData = false
  #answers = 0
  #isOver = false
  /** The JSON text as it comes, where it is sent so. */
  #shaped: ShapedText | undefined
  #out: string[] = []

  constructor(run: Run, { answerText, agUi: { input, stateKey = 'answer' } }: FormatOptions) {
    this.#run = run
    this.#answerText = answerText
    this.#input = input
    const runId = input?.runId ?? crypto.randomUUID()
    this.#ids = { threadId: input?.threadId ?? run.turn?.id ?? runId, runId }
    this.#messages = new AgUiMessages((type, fields) => this.#tell(type, fields))
    this.#state = new AgUiState(run, stateKey, input, (type, fields) => this.#tell(type, fields))
  }

  get missing(): number {
    return this.#isData && this.#answerText !== 'live' ? this.#state.missing : this.#messages.missing
  }

  encode(items: readonly { event: WireEvent }[]): string {
    this.#out = []
    for (const { event } of items) this.#event(event)
    if (this.#isData && !this.#isOver && this.#answerText !== 'live') this.#state.grown()
    return this.#out.join('')
  }

  #event(event: WireEvent): void {
    const messages = this.#messages
    switch (event.type) {
      case 'hello': {
        const parentRunId = this.#input?.parentRunId
        const parent = typeof parentRunId === 'string' && { parentRunId }
        return void this.#tell('RUN_STARTED', { ...this.#ids, ...parent, protocolVersion: PROTOCOL_VERSION })
      }
      case 'attempt-start':
        messages.close()
        return this.#begin(event)
      case 'text-delta':
        if (!this.#isData) return messages.grow('TEXT_MESSAGE', event.text)
        this.#state.grew(event.text.length)
        return this.#write((shaped) => shaped.push(event.text))
      case 'reasoning-delta':
        return messages.grow('REASONING_MESSAGE', event.text)
      case 'tool-call-start':
        messages.close()
        return messages.openCall(event.id, event.name)
      case 'tool-call-delta':
        return messages.growCall(event.id, event.text)
      case 'tool-call-end':
        return messages.closeCall(event.id)
      case 'tool-result': {
        const { output, error, id: toolCallId } = event
        const content = error ?? (typeof output === 'string' ? output : (jsonTextOf(output ?? null) ?? ''))
        messages.closeCall(toolCallId)
        return void this.#tell('TOOL_CALL_RESULT', { messageId: messages.next(), toolCallId, content, role: 'tool' })
      }
      case 'file':
        messages.close()
        return this.#custom('file', { mediaType: event.mediaType, data: event.data })
      case 'finish':
        this.#write((shaped) => shaped.end())
        return messages.close()
      case 'extra-answer':
        return this.#custom('extra-answer', { text: event.text })
      case 'usage':
        // Is in the run's last event.
        return
      case 'restart':
      case 'patch':
      case 'recover':
        messages.close()
        return this.#custom(event.type, 'paths' in event ? { paths: event.paths } : { reason: event.reason })
      case 'end':
        return this.#end()
      case 'error':
        return this.#fail(event.error)
      default: {
        const never: never = event
        return never
      }
    }
  }

  #begin({ writes }: Extract<WireEvent, { type: 'attempt-start' }>): void {
    this.#shaped = undefined
    if (writes === 'more') return
    this.#state.hurry()
    // Parts aren't text of the answer; what they make of it is in the state.
    if (writes === 'parts') return
    const answer = this.#run.answers[this.#answers++]!
    this.#isData = !isPlainText(answer)
    if (this.#isData && this.#answerText === 'live') this.#shaped = new ShapedText(answer, false)
  }

  /** Writes more of the text of a structured answer; text that isn't JSON ends its message, not the run. */
  #write(piece: (shaped: ShapedText) => ReturnType<ShapedText['push']>): void {
    if (this.#shaped === undefined) return
    try {
      const { text, replaces } = piece(this.#shaped)
      if (replaces !== null) this.#messages.close()
      this.#messages.growAnswer(text)
    } catch (error) {
      if (!(error instanceof StructStreamError)) throw error
      this.#shaped = undefined
    }
  }

  #end(): void {
    const { outcome } = this.#run
    if (outcome?.ok !== true) return this.#fail({ code: 'lost', message: 'The answer is missing.' })
    const { data, json } = outcome.result
    if (this.#isData) {
      let text: string
      try {
        text = toJsonText(data)
      } catch (error) {
        if (!(error instanceof StructStreamError)) throw error
        return this.#fail({ code: error.code, message: error.message })
      }
      if (this.#answerText === 'live') this.#messages.completeAnswer(data)
      else this.#state.become(data)
      if (this.#answerText === 'end') this.#messages.grow('TEXT_MESSAGE', jsonTextOf(json) ?? text)
    }
    this.#messages.closeAll()
    // An optional field is never null; the state has the value.
    this.#finish({ ...(data !== null && { result: data }), outcome: { type: 'success' } })
  }

  #fail({ code, message }: WireError): void {
    this.#messages.closeAll()
    const { outcome } = this.#run
    const interrupts = outcome?.ok === false ? interruptsOf(outcome.error) : undefined
    if (interrupts !== undefined) return this.#finish({ outcome: { type: 'interrupt', interrupts } })
    if (code === 'aborted') return this.#finish({ outcome: { type: 'cancelled' } })
    this.#isOver = true
    this.#tell('RUN_ERROR', { message, code, ...tokenUsage(this.#run) })
  }

  #finish(fields: object): void {
    this.#isOver = true
    this.#tell('RUN_FINISHED', { ...this.#ids, ...fields, ...tokenUsage(this.#run) })
  }

  #custom(name: string, value: object): void {
    this.#tell('CUSTOM', { name, value })
  }

  #tell(type: string, fields: object): number {
    const text = sseEvent(JSON.stringify({ type, ...fields }))
    this.#out.push(text)
    return text.length
  }
}
