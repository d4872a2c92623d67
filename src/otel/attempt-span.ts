import { type Attributes, type Context, type Span, SpanKind, SpanStatusCode, trace } from '@opentelemetry/api'
import type { ObservedRun } from '../stream/observers.ts'
import type { AttemptResult, Issue, Usage } from '../types.ts'
import { answerContent, sentContent } from './content.ts'
import { ATTRIBUTE, EVALUATION, OWN, providerName } from './conventions.ts'
import type { Instruments } from './instruments.ts'
import { clock } from './clock.ts'
import { present } from './present.ts'
import type { Telemetry } from './run-spans.ts'

/** Codes of answers that came whole and don't fit. */
const MISFITS: ReadonlySet<string> = new Set(['invalid_data', 'malformed_json', 'no_json'])

/** An attempt's place in its run. */
export interface AttemptPlace {
  number: number
  parent: Context
  /** Milliseconds since the epoch. */
  start: number
}

/** The span and the measurements of one model call. */
export class AttemptSpan {
  /** Its span is the active one in it. */
  readonly context: Context
  readonly number: number
  readonly #span: Span
  readonly #instruments: Instruments
  readonly #recordContent: boolean
  readonly #run: ObservedRun
  readonly #start: number
  readonly #shared: Attributes
  readonly #hasSchema: boolean
  #first: number | undefined
  /** When the chunk before came, where the gap to the next one is measured. */
  #last = 0
  #gaps = 0
  #characters = 0
  #text = ''
  #hasUsage = true

  constructor({ tracer, instruments, recordContent }: Telemetry, run: ObservedRun, place: AttemptPlace) {
    const { number, parent, start } = place
    const { model = '', provider = '', request } = run
    this.number = number
    this.#run = run
    this.#instruments = instruments
    this.#recordContent = recordContent
    this.#start = start
    this.#hasSchema = request?.mode !== undefined
    this.#shared = {
      [ATTRIBUTE.operation]: 'chat',
      [ATTRIBUTE.provider]: providerName(provider),
      [ATTRIBUTE.requestModel]: model,
    }
    const { temperature, maxOutputTokens, stop, seed } = request?.settings ?? {}
    const attributes = present({
      ...this.#shared,
      [ATTRIBUTE.requestStream]: true,
      [ATTRIBUTE.outputType]: this.#hasSchema ? 'json' : 'text',
      [ATTRIBUTE.conversation]: run.sessionId,
      [ATTRIBUTE.temperature]: temperature,
      [ATTRIBUTE.maxTokens]: maxOutputTokens,
      [ATTRIBUTE.stopSequences]: stop,
      [ATTRIBUTE.seed]: seed,
      [OWN.attempt]: number,
      [OWN.mode]: request?.mode,
      ...(recordContent && request !== undefined && sentContent(request.messages)),
    })
    this.#span = tracer.startSpan(`chat ${model}`, { kind: SpanKind.CLIENT, attributes, startTime: start }, parent)
    this.context = trace.setSpan(parent, this.#span)
  }

  /** A span inside has the usage: a sum over all spans must not count it twice. */
  leaveUsage(): void {
    this.#hasUsage = false
  }

  text(text: string): void {
    this.#characters += text.length
    if (this.#recordContent) this.#text += text
    this.chunk()
  }

  /** A piece of the answer has come. */
  chunk(): void {
    if (this.#first === undefined) {
      this.#first = this.#last = clock()
      this.#instruments.timeToFirstChunk.record(this.#seconds(this.#first), this.#shared)
      return
    }
    this.#gaps += 1
    // A measurement costs more than reading the chunk: the gaps whose number is a power of four stand for all.
    const isMeasured = isPowerOfFour(this.#gaps)
    if (!isMeasured && !isPowerOfFour(this.#gaps + 1)) return
    const now = clock()
    if (isMeasured) this.#instruments.timePerOutputChunk.record(Math.max(0, now - this.#last) / 1000, this.#shared)
    this.#last = now
  }

  /** @param code of the error that ended the run, for an attempt without a result */
  end(result: AttemptResult | undefined, code: string | undefined, now: number): void {
    const error = result === undefined ? code : result.error
    const end = result === undefined ? now : Math.min(now, this.#start + result.duration)
    const issues = result?.issues ?? []
    const model = result?.model ?? this.#run.model
    const metric = present({ ...this.#shared, [ATTRIBUTE.responseModel]: model })
    this.#span.setAttributes(
      present({
        [ATTRIBUTE.responseModel]: model,
        [ATTRIBUTE.responseId]: result?.requestId,
        [ATTRIBUTE.finishReasons]: result?.finishReason === undefined ? undefined : [result.finishReason],
        [ATTRIBUTE.timeToFirstChunk]: this.#first === undefined ? undefined : this.#seconds(this.#first),
        [OWN.attemptKind]: result?.kind,
        [OWN.characters]: this.#characters,
        [OWN.issues]: issues.length,
        [OWN.issueCodes]: issues.length > 0 ? [...countByCode(issues).keys()] : undefined,
        ...(this.#hasUsage && usageAttributes(result?.usage ?? {})),
        ...(this.#recordContent && answerContent(this.#text, result?.finishReason)),
        [ATTRIBUTE.errorType]: error,
      }),
    )
    if (error !== undefined) this.#span.setStatus({ code: SpanStatusCode.ERROR, message: error })
    this.#evaluate(result, error, end)
    if (result?.usage !== undefined) this.#instruments.usage(result.usage, metric)
    for (const [issue, count] of countByCode(issues)) this.#instruments.issues.add(count, { [OWN.issueCode]: issue })
    this.#instruments.duration.record(this.#seconds(end), present({ ...metric, [ATTRIBUTE.errorType]: error }))
    this.#span.end(Math.max(end, this.#start))
  }

  /** Whether the answer fits its schema, where there is one and the model has given an answer. */
  #evaluate(result: AttemptResult | undefined, error: string | undefined, end: number): void {
    const fits = error === undefined && result?.finishReason === 'stop'
    if (!this.#hasSchema || !(fits || MISFITS.has(error ?? ''))) return
    const codes = [...countByCode(result?.issues ?? [])].map(([code, count]) => `${code}: ${count}`)
    this.#span.addEvent(
      EVALUATION,
      present({
        [ATTRIBUTE.evaluationName]: 'structstream.schema',
        [ATTRIBUTE.evaluationLabel]: fits ? 'pass' : 'fail',
        [ATTRIBUTE.evaluationValue]: fits ? 1 : 0,
        [ATTRIBUTE.evaluationExplanation]: codes.length > 0 ? codes.join(', ') : error,
        [ATTRIBUTE.responseId]: result?.requestId,
      }),
      Math.max(end, this.#start),
    )
  }

  #seconds(time: number): number {
    return Math.max(0, time - this.#start) / 1000
  }
}

function isPowerOfFour(count: number): boolean {
  return (count & (count - 1)) === 0 && (count & 0x55_55_55_55) !== 0
}

function usageAttributes(usage: Usage): Attributes {
  return present({
    [ATTRIBUTE.inputTokens]: usage.inputTokens,
    [ATTRIBUTE.outputTokens]: usage.outputTokens,
    [ATTRIBUTE.cacheReadTokens]: usage.cachedInputTokens,
    [ATTRIBUTE.cacheWriteTokens]: usage.cacheWriteTokens,
    [ATTRIBUTE.reasoningTokens]: usage.reasoningTokens,
  })
}

function countByCode(issues: readonly Issue[]): Map<string, number> {
  const counts = new Map<string, number>()
  for (const { code } of issues) counts.set(code, (counts.get(code) ?? 0) + 1)
  return counts
}
