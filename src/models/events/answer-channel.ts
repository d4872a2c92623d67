import { LongText } from '../../json/long-text.ts'
import type { FinishReason, GeneratedFile, Usage } from '../../types.ts'
import type { ModelEvent, ResponseFormat } from '../model.ts'
import { finishReasonOf } from './finish-reason.ts'
import { isSameJson } from './repetition.ts'
import { WireFault } from './wire-fault.ts'

type CallKey = string | number

/** As much prose is held back in mode `tool`; more of it flows on as text, where the run's limits see it. */
const MAX_PROSE = 65_536

interface Call {
  /** Absent for the answer tool, whose arguments are the answer and not a tool call. */
  id: string | undefined
  isEnded: boolean
  /** Of a second call of the answer tool, which is another answer. */
  extra?: LongText
}

/**
 * Sorts what a provider says into `ModelEvent`s by the rules that hold for every provider:
 * - in mode `tool` the answer tool's arguments are the answer, and prose around them is not; prose counts only when the
 *   model has called nothing at all, so that the run can show what came instead of the call, or when it does not stop;
 * - a second call of the answer tool is another answer: collected, reported, never appended to the first;
 * - empty deltas are dropped, and nothing may be added to an answer that has finished;
 * - `tool-call-end` says that the arguments are complete, so it is not sent for calls cut off by a length limit;
 * - a regular end is `tool-calls` when tools other than the answer tool were called (a forced tool finishes with `stop`
 *   at OpenAI), `stop` when only the answer tool was, and `refusal` when the model refused.
 */
export class AnswerChannel {
  readonly #answerTool: string | undefined
  readonly #calls = new Map<CallKey, Call>()
  readonly #ids = new Set<string>()
  #events: ModelEvent[] = []
  #prose = ''
  #proseFlows = false
  #answer: LongText | undefined
  #called = false
  #refused = false
  #finished = false

  constructor(format: ResponseFormat | undefined) {
    this.#answerTool = format?.mode === 'tool' ? format.name : undefined
  }

  /** Whether the terminal event has come. */
  get finished(): boolean {
    return this.#finished
  }

  /** Whether the answer tool was called: then the provider's own record of this turn is of no use in the history. */
  get answered(): boolean {
    return this.#answer !== undefined
  }

  text(text: string): void {
    if (text === '') return
    this.#checkOpen(text)
    if (this.#answerTool === undefined || this.#proseFlows) {
      this.#events.push({ type: 'text-delta', text })
      return
    }
    this.#prose += text
    if (this.#prose.length > MAX_PROSE && !this.answered && !this.#called) this.#releaseProse()
  }

  reasoning(text: string): void {
    if (text !== '') this.#events.push({ type: 'reasoning-delta', text })
  }

  refusal(text: string): void {
    if (text === '') return
    this.#refused = true
    this.#events.push({ type: 'refusal-delta', text })
  }

  file(file: GeneratedFile): void {
    this.#events.push({ type: 'file', file })
  }

  usage(usage: Usage | undefined): void {
    if (usage !== undefined) this.#events.push({ type: 'usage', usage })
  }

  metadata(facts: { model?: string | undefined; requestId?: string | undefined; providerData?: unknown }): void {
    const known = Object.entries(facts).filter(([, value]) => value !== undefined)
    if (known.length > 0) this.#events.push({ type: 'metadata', ...Object.fromEntries(known) })
  }

  /** Opens the call `key`; without an id from the provider it gets a generated one. */
  toolStart(key: CallKey, id: string | undefined, name: string): void {
    if (this.#calls.has(key)) return
    this.#checkOpen(name)
    if (name === this.#answerTool) {
      const isFirst = this.#answer === undefined
      this.#answer ??= new LongText()
      this.#calls.set(key, { id: undefined, isEnded: false, ...(!isFirst && { extra: new LongText() }) })
      return
    }
    this.#called = true
    // Some servers give all calls of a turn the same id.
    const callId = id === undefined || this.#ids.has(id) ? newCallId() : id
    this.#ids.add(callId)
    this.#calls.set(key, { id: callId, isEnded: false })
    this.#events.push({ type: 'tool-call-start', id: callId, name })
  }

  /** A piece of the arguments of the call `key`, as JSON text. */
  toolDelta(key: CallKey, text: string): void {
    const call = this.#calls.get(key)
    if (call === undefined || call.isEnded || text === '') return
    this.#checkOpen(text)
    if (call.extra !== undefined) call.extra.add(text)
    else if (call.id === undefined) {
      this.#answer!.add(text)
      this.#events.push({ type: 'text-delta', text })
    } else this.#events.push({ type: 'tool-call-delta', id: call.id, text })
  }

  /** Closes the call `key`. */
  toolEnd(key: CallKey): void {
    const call = this.#calls.get(key)
    if (call === undefined || call.isEnded) return
    call.isEnded = true
    if (call.id !== undefined) this.#events.push({ type: 'tool-call-end', id: call.id })
  }

  /** An answer in addition to the first, which is reported only. */
  extraAnswer(text: string): void {
    if (text.trim() !== '') this.#events.push({ type: 'extra-answer', text })
  }

  /**
   * The provider's terminal event; a second one is ignored.
   *
   * @param raw the provider's word; `undefined` where it ended without one
   * @param paused the provider continues when the conversation is sent back with this turn
   */
  finish(raw: string | undefined, paused = false): void {
    if (this.#finished) return
    const reason = raw === undefined || paused ? 'other' : finishReasonOf(raw)
    this.#finished = true
    if (reason === 'stop' || reason === 'tool-calls') for (const key of this.#calls.keys()) this.toolEnd(key)
    if (this.#prose !== '' && !this.answered && !this.#called) this.#releaseProse()
    for (const { extra } of this.#calls.values()) {
      if (extra !== undefined && !isSameJson(extra.whole, this.#answer!.whole)) this.extraAnswer(extra.whole)
    }
    const isRawTold = raw !== undefined && !paused && (reason === 'other' || reason === 'error')
    const final = this.#finalReason(reason)
    this.#events.push({ type: 'finish', reason: final, ...(isRawTold && { raw }), ...(paused && { paused }) })
  }

  /** The events since the last call. */
  take(): readonly ModelEvent[] {
    const events = this.#events
    if (events.length > 0) this.#events = []
    return events
  }

  #releaseProse(): void {
    this.#events.push({ type: 'text-delta', text: this.#prose })
    this.#prose = ''
    this.#proseFlows = true
  }

  /** Text after the end contradicts the end: it may be another answer's. */
  #checkOpen(text: string): void {
    if (this.#finished && text.trim() !== '') throw new WireFault('went on with the answer after its finish reason')
  }

  #finalReason(reason: FinishReason): FinishReason {
    if (reason !== 'stop' && reason !== 'tool-calls') return reason
    if (this.#refused) return 'refusal'
    if (this.#called) return 'tool-calls'
    return this.answered ? 'stop' : reason
  }
}

/** An id for a call that came without one; it has to be unique within one conversation only. */
function newCallId(): string {
  return `call_${Math.random().toString(36).slice(2, 12).padEnd(10, '0')}`
}
