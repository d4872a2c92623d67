import type { Run } from '../../stream/run.ts'
import type { WireEvent } from '../protocol.ts'
import { SSE_KEEP_ALIVE, sseEvent } from '../sse.ts'
import { AnswerValue, isPlainText } from './answer-value.ts'
import { interruptsOf } from './approval-needed.ts'
import type { Encoder, Format, FormatOptions } from './format.ts'
import { FrameBudget } from './frame-budget.ts'
import { jsonTextOf, toJsonText } from './json-text.ts'
import { StructStreamError } from '../../errors.ts'

/**
 * The AI SDK's UI message stream, version 1. A structured answer is the data part `data-object`, which is replaced as it
 * grows and holds the validated value at the end. Its JSON text comes once, when it is certain.
 */
export const uiMessage: Format = {
  headers: { 'content-type': 'text/event-stream', 'x-vercel-ai-ui-message-stream': 'v1' },
  keepAlive: SSE_KEEP_ALIVE,
  open: (run, options) => new UiMessageEncoding(run, options),
}

const TEXT_COSTS = { share: 2, slack: 1_024, frame: 56 }
/** Together with the text, at most four times the text. */
const VALUE_COSTS = { share: 2.5, slack: 1_024, frame: 64 }
const VALUE_COSTS_ALONE = { ...VALUE_COSTS, share: 3.7 }

type Part = 'text' | 'reasoning'

class UiMessageEncoding implements Encoder {
  readonly #run: Run
  readonly #hasText: boolean
  readonly #value: AnswerValue
  readonly #budget = new FrameBudget(TEXT_COSTS)
  #isData = false
  #answers = 0
  /** The part that is growing. */
  #open: { part: Part; id: string } | undefined
  #parts = 0
  #isInStep = false
  #isOver = false
  readonly #inputs = new Map<string, { name: string; text: string }>()
  #out: string[] = []

  constructor(run: Run, { answerText }: FormatOptions) {
    this.#run = run
    this.#hasText = answerText !== 'none'
    this.#value = new AnswerValue(run, this.#hasText ? VALUE_COSTS : VALUE_COSTS_ALONE)
  }

  get missing(): number {
    return this.#isData ? this.#value.missing : this.#budget.missing()
  }

  encode(items: readonly { event: WireEvent }[]): string {
    this.#out = []
    for (const { event } of items) this.#event(event)
    if (this.#isData && !this.#isOver) this.#grown()
    return this.#out.join('')
  }

  #event(event: WireEvent): void {
    switch (event.type) {
      case 'hello':
        return this.#chunk({ type: 'start' })
      case 'attempt-start':
        if (event.writes === 'answer') this.#isData = !isPlainText(this.#run.answers[this.#answers++]!)
        if (event.writes !== 'more') this.#value.hurry()
        this.#endStep()
        this.#isInStep = true
        return this.#chunk({ type: 'start-step' })
      case 'text-delta':
        if (!this.#isData) return this.#grow('text', event.text)
        return this.#value.grew(event.text.length)
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
        // Results of tools and the text of the answer belong to the step.
        return this.#close()
      case 'restart':
      case 'patch':
      case 'recover':
        return this.#endStep()
      case 'usage':
      case 'extra-answer':
        return
      case 'end':
        return this.#end()
      case 'error':
        return this.#fail(event.error.code, event.error.message)
      default: {
        const never: never = event
        return never
      }
    }
  }

  #end(): void {
    const { outcome } = this.#run
    if (outcome?.ok !== true) return this.#fail('lost', 'The answer is missing.')
    const { data, json, finishReason } = outcome.result
    if (this.#isData) {
      let value: string
      try {
        value = toJsonText(data)
      } catch (error) {
        if (!(error instanceof StructStreamError)) throw error
        return this.#fail(error.code, error.message)
      }
      this.#data(value)
      if (this.#hasText) this.#grow('text', jsonTextOf(json) ?? value)
    }
    this.#endStep()
    this.#chunk({ type: 'finish', finishReason: reasons[finishReason] })
    this.#done()
  }

  #fail(code: string, message: string): void {
    const { outcome } = this.#run
    const questions = outcome?.ok === false ? interruptsOf(outcome.error) : undefined
    for (const { id, toolCallId } of questions ?? [])
      this.#chunk({ type: 'tool-approval-request', approvalId: id, toolCallId })
    this.#endStep()
    if (questions !== undefined) this.#chunk({ type: 'finish', finishReason: reasons['tool-calls'] })
    else if (code === 'aborted') this.#chunk({ type: 'abort' })
    else this.#chunk({ type: 'error', errorText: `${code}: ${message}` })
    this.#done()
  }

  /** The data part as it is now, if it is due. */
  #grown(): void {
    const taken = this.#value.take()
    const value = taken && jsonTextOf(taken.value)
    if (value !== undefined) this.#value.wrote(this.#data(value))
  }

  #data(value: string): number {
    this.#out.push(sseEvent(`{"type":"data-object","id":"object","data":${value}}`))
    return this.#out.at(-1)!.length
  }

  #grow(part: Part, delta: string): void {
    if (delta === '') return
    if (this.#open?.part !== part) {
      this.#close()
      this.#open = { part, id: `${part}-${++this.#parts}` }
      this.#chunk({ type: `${part}-start`, id: this.#open.id })
    }
    this.#chunk({ type: `${part}-delta`, id: this.#open.id, delta })
    this.#budget.note(delta.length, this.#out.at(-1)!.length - delta.length)
  }

  #close(): void {
    if (this.#open === undefined) return
    this.#chunk({ type: `${this.#open.part}-end`, id: this.#open.id })
    this.#open = undefined
  }

  #endStep(): void {
    this.#close()
    if (this.#isInStep) this.#chunk({ type: 'finish-step' })
    this.#isInStep = false
  }

  #chunk(chunk: { type: string; [field: string]: unknown }): void {
    this.#out.push(sseEvent(JSON.stringify(chunk)))
  }

  #done(): void {
    this.#isOver = true
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
