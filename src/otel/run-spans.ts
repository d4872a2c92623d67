import { context, type Context, type Span, SpanKind, SpanStatusCode, trace, type Tracer } from '@opentelemetry/api'
import type { ObservedRun, RunOutcome, TextSummary } from '../stream/observers.ts'
import type { StreamEvent } from '../stream/types.ts'
import { AttemptSpan } from './attempt-span.ts'
import { ATTRIBUTE, OWN } from './conventions.ts'
import type { Instruments } from './instruments.ts'
import { clock } from './clock.ts'
import { present } from './present.ts'

/** A span holds 128 events, unless the user allows more. */
const MAX_FIELDS = 64

/** What all runs of one observer share. */
export interface Telemetry {
  readonly tracer: Tracer
  readonly instruments: Instruments
  readonly recordContent: boolean
}

interface PendingCall {
  name: string
  input: unknown
  attempt: number
  start: number
}

/** The spans of one run. */
export class RunSpans {
  readonly #telemetry: Telemetry
  readonly #run: ObservedRun
  readonly #span: Span
  readonly #context: Context
  readonly #attempts = new Map<number, AttemptSpan>()
  readonly #calls = new Map<string, PendingCall>()
  readonly #counts = { patch: 0, restart: 0, recover: 0 }
  #repairs = 0
  #newest: AttemptSpan | undefined

  constructor(telemetry: Telemetry, run: ObservedRun) {
    this.#telemetry = telemetry
    this.#run = run
    const attributes = present({ [OWN.runId]: run.id, [OWN.session]: run.sessionId })
    const options = { kind: SpanKind.INTERNAL, attributes, startTime: run.startedAt }
    this.#span = telemetry.tracer.startSpan('structstream.run', options)
    this.#context = trace.setSpan(context.active(), this.#span)
  }

  /** Calls the model where the attempt's span is the active one, so that what its SDK traces is nested. */
  around<T>(attempt: number, call: () => T): T {
    const span = this.#attempts.get(attempt) ?? this.#begin(attempt)
    return context.with(span?.context ?? this.#context, call)
  }

  /** The provider's SDK makes a span for the attempt, with its usage. */
  traced(attempt: number): void {
    this.#attempts.get(attempt)?.leaveUsage()
  }

  event(event: StreamEvent): void {
    switch (event.type) {
      case 'attempt-start':
        if (!this.#attempts.has(event.attempt)) this.#begin(event.attempt)
        break
      case 'text-delta':
        this.#at(event.attempt)?.text(event.text)
        break
      case 'reasoning-delta':
      case 'tool-call-delta':
        this.#at(event.attempt)?.chunk()
        break
      case 'tool-call-end':
        this.#calls.set(event.id, { name: event.name, input: event.input, attempt: event.attempt, start: clock() })
        break
      case 'finish':
        // Tools run once the answer that calls them is whole.
        for (const call of this.#calls.values()) if (call.attempt === event.attempt) call.start = clock()
        break
      case 'tool-result':
        this.#endCall(event.id, event.error === undefined ? undefined : 'tool_failed', event.output, clock())
        break
      case 'patch':
      case 'restart':
      case 'recover':
        this.#counts[event.type] += 1
        break
      default:
    }
  }

  /** What the text came to; told before the end. */
  summary({ repairs, fields }: TextSummary): void {
    this.#repairs = repairs()
    if (this.#run.request?.mode === undefined) return
    const attempt = Math.max(...this.#attempts.keys())
    for (const [name, { end }] of Object.entries(fields()).slice(0, MAX_FIELDS)) {
      const attributes = { [OWN.field]: name, [OWN.fieldTime]: end / 1000, [OWN.attempt]: attempt }
      this.#span.addEvent('structstream.field', attributes, this.#run.startedAt + end)
    }
  }

  end(outcome: RunOutcome): void {
    const now = clock()
    const { instruments } = this.#telemetry
    const code = outcome.ok ? undefined : outcome.error.code
    const results = (outcome.ok ? outcome.result.attempts : outcome.error.attempts) ?? []
    if (code !== undefined) for (const id of this.#calls.keys()) this.#endCall(id, code, undefined, now)
    for (const [number, span] of this.#attempts) {
      span.end(
        results.find(({ attempt }) => attempt === number),
        code,
        now,
      )
    }
    const { patch, restart, recover } = this.#counts
    const repairs = this.#repairs
    this.#span.setAttributes({
      [OWN.attempts]: this.#attempts.size,
      [OWN.repairs]: repairs,
      [OWN.patches]: patch,
      [OWN.restarts]: restart,
      [OWN.recoveries]: recover,
    })
    if (repairs > 0) instruments.repairs.add(repairs)
    if (patch > 0) instruments.patches.add(patch)
    if (restart > 0) instruments.restarts.add(restart)
    if (recover > 0) instruments.recoveries.add(recover)
    fail(this.#span, code)
    instruments.runDuration.record((now - this.#run.startedAt) / 1000, present({ [ATTRIBUTE.errorType]: code }))
    this.#span.end(Math.max(now, this.#run.startedAt))
  }

  /** Asked for each piece of an answer, and nearly always for the newest attempt. */
  #at(attempt: number): AttemptSpan | undefined {
    return this.#newest?.number === attempt ? this.#newest : this.#attempts.get(attempt)
  }

  #begin(attempt: number): AttemptSpan | undefined {
    // Where no model is asked there is no inference.
    if (this.#run.request === undefined) return undefined
    const span = new AttemptSpan(this.#telemetry, this.#run, { number: attempt, parent: this.#context, start: clock() })
    this.#attempts.set(attempt, span)
    this.#newest = span
    return span
  }

  #endCall(id: string, error: string | undefined, output: unknown, now: number): void {
    const call = this.#calls.get(id)
    if (call === undefined) return
    this.#calls.delete(id)
    const { tracer, instruments, recordContent } = this.#telemetry
    const named = { [ATTRIBUTE.operation]: 'execute_tool', [ATTRIBUTE.toolName]: call.name }
    const attributes = present({
      ...named,
      [ATTRIBUTE.toolType]: 'function',
      [ATTRIBUTE.toolCallId]: id,
      ...(recordContent && {
        [ATTRIBUTE.toolArguments]: JSON.stringify(call.input),
        [ATTRIBUTE.toolResult]: JSON.stringify(output),
      }),
    })
    const options = { kind: SpanKind.INTERNAL, attributes, startTime: call.start }
    const span = tracer.startSpan(`execute_tool ${call.name}`, options, this.#context)
    fail(span, error)
    instruments.toolDuration.record((now - call.start) / 1000, present({ ...named, [ATTRIBUTE.errorType]: error }))
    span.end(now)
  }
}

/** Messages may quote what the model wrote; only the code is there without `recordContent`. */
function fail(span: Span, code: string | undefined): void {
  if (code === undefined) return
  span.setAttribute(ATTRIBUTE.errorType, code)
  span.setStatus({ code: SpanStatusCode.ERROR, message: code })
}
