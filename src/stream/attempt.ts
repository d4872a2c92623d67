import { deferred } from '../async/deferred.ts'
import { DeltaList } from '../async/delta-list.ts'
import { StructStreamError } from '../errors.ts'
import type { Model, ModelEvent, ModelRequest } from '../models/model.ts'
import { canPush, PUSH, type EventSink } from '../models/transport/push.ts'
import { showPath } from '../path.ts'
import type { AttemptResult, FinishReason, GeneratedFile, Issue, Message, Repair, Usage } from '../types.ts'
import type { Answer } from './answer.ts'
import { toModelError } from './model-error.ts'
import type { RepeatedText } from '../partial/resume/repeated-text.ts'
import type { RunawayDetector } from './limits/runaway-output.ts'
import { detailsOf, replyOf, resultOf, summaryOf } from './run-result.ts'
import { TEXT_PROVIDER } from './text-provider.ts'
import type { EventLog } from './event-log.ts'
import type { CallReader } from './tools/call-reader.ts'
import type { EagerCalls } from './tools/eager-calls.ts'
import { OpenCall } from './tools/open-call.ts'

/** What an attempt needs of its run. */
export interface AttemptHost {
  readonly log: EventLog
  /** Something came. */
  onSign(): void
  /** The first delta of the attempt came, of whatever kind. */
  onDelivery(): void
  /** The answer's text had to be repaired before it was read. */
  repaired(repair: Repair): void
  /** A text delta came. */
  onText(answer: Answer, text: string): void
  /** The provider has named its model or its response. */
  onMetadata(attempt: Attempt): void
  /** The terminal event came; only usage and metadata may follow. */
  onFinish(): void
  /** Wake the consumers. */
  wake(): void
}

/** How an attempt reads. */
export interface ReadingRules {
  guard: RunawayDetector
  /** What stops the model, so that every delta is read at once: the first certain issue, or text that isn't JSON. */
  stopsAt: 'issue' | 'failure' | null
  /** Takes from the text what it repeats of the answer that it continues. */
  repeated?: RepeatedText | undefined
  /** A reader for the arguments of a call of this tool, if it is one of the caller's. */
  readTool?: ((name: string) => CallReader | undefined) | undefined
  /** Runs calls of `eager` tools; absent where no call may run before the turn is over. */
  eager?: EagerCalls | undefined
}

/**
 * One model call: reads the model's events into the log and the answer. The answer's text is handled by plain calls
 * before the model is asked for its next event. It is over when the model has ended, has thrown, or was closed.
 */
export class Attempt {
  /** What is made of a run whose last attempt it is: loaded with its attempts, so only when it begins. */
  readonly ending = { resultOf, detailsOf, summaryOf }
  readonly number: number
  readonly kind: AttemptResult['kind']
  readonly model: Model
  readonly answer: Answer
  readonly reasoning = new DeltaList()
  readonly files: GeneratedFile[] = []
  readonly toolCalls = new Map<string, OpenCall>()
  /** Repairs in the arguments of its tool calls. */
  readonly toolRepairs: Repair[] = []
  /** Whether any delta came, of whatever kind. */
  hasDelivered = false
  refusal = ''
  /** The provider wants to be asked to continue. */
  isPaused = false
  finishReason: FinishReason | undefined
  /** The provider's word, where it isn't one that is known. */
  rawFinish: string | undefined
  usage: Usage | undefined
  requestId: string | undefined
  modelId: string
  providerData: unknown
  /** What was asked for; undefined: text. */
  format: ModelRequest['format']
  #error: StructStreamError | undefined
  readonly #host: AttemptHost
  readonly #rules: ReadingRules
  readonly #controller = new AbortController()
  readonly #started = performance.now()
  readonly #over = deferred<void>()
  #iterator: AsyncIterator<ModelEvent> | undefined
  #duration: number | undefined
  #isDelivering = false
  #isRepetitionReported = false
  /** Something came that consumers were not woken for. */
  #isWakeDue = false
  /** Resolves when the model has cleaned up after being closed. */
  closed: Promise<void> = Promise.resolve()

  constructor(host: AttemptHost, at: Pick<Attempt, 'number' | 'kind' | 'model' | 'answer'>, rules: ReadingRules) {
    this.#host = host
    this.number = at.number
    this.kind = at.kind
    this.model = at.model
    this.modelId = at.model.id
    this.answer = at.answer
    this.#rules = rules
  }

  /** Never rejects: how it ended is in `finishReason` and `error`. */
  run(request: ModelRequest): Promise<void> {
    this.format = request.format
    this.#host.log.event({
      type: 'attempt-start',
      attempt: this.number,
      model: this.model.id,
      provider: this.model.provider,
    })
    this.#host.wake()
    // It may have been closed before it began.
    if (!this.isOver) this.#drive(request)
    return this.#over.promise
  }

  /** A model is asked; otherwise its text was there already. */
  get isRequest(): boolean {
    return this.model.provider !== TEXT_PROVIDER
  }

  /** What ended it, or what was wrong with its answer. */
  get error(): StructStreamError | undefined {
    return this.#error
  }

  /** Something was wrong with its answer, if nothing ended it before. */
  blame(error: StructStreamError): void {
    this.#error ??= error
  }

  /** Calls that were started while the turn was being written. */
  get startedCalls(): EagerCalls | undefined {
    return this.#rules.eager
  }

  /** The model has ended its part on its own: a cut, refused or cut-short turn isn't whole, and its calls don't count. */
  get isWhole(): boolean {
    const { finishReason, rawFinish, answer } = this
    if (this.#error !== undefined || answer.error !== undefined || this.refusal !== '') return false
    // A word that isn't known may mean a cut, and nothing shows that no further call was to come.
    return (
      finishReason === 'stop' || finishReason === 'tool-calls' || (finishReason === 'other' && rawFinish === undefined)
    )
  }

  get isOver(): boolean {
    return this.#duration !== undefined
  }

  /** Ends the attempt now, with `error` if there is one, even when the model does not listen. */
  close(error?: StructStreamError): void {
    if (this.isOver) return
    this.#end(error)
    this.#controller.abort(error)
    // Whether its cleaning up fails no longer matters.
    const close = async (): Promise<void> => void (await this.#iterator?.return?.())
    this.closed = close().catch(() => {})
  }

  /** Its answer as a message of the conversation, from delta number `from` on. */
  reply(from: number): Message {
    return replyOf(this, from)
  }

  result(): AttemptResult {
    return defined({
      attempt: this.number,
      kind: this.kind,
      provider: this.model.provider,
      model: this.modelId,
      duration: this.#duration ?? performance.now() - this.#started,
      issues: [...(this.error?.issues ?? this.answer.issues)],
      finishReason: this.finishReason,
      usage: this.usage,
      requestId: this.requestId,
      error: this.error?.code,
      message: this.error?.message,
    })
  }

  #drive(request: ModelRequest): void {
    try {
      const stream = this.model.stream(request, this.#controller.signal)
      if (canPush(stream)) {
        this.#iterator = stream
        stream[PUSH](this.#sink)
      } else void this.#iterate(stream[Symbol.asyncIterator]())
    } catch (error) {
      this.#fail(error)
    }
  }

  async #iterate(iterator: AsyncIterator<ModelEvent>): Promise<void> {
    this.#iterator = iterator
    try {
      while (!this.isOver) {
        const step = await iterator.next()
        if (this.isOver) return
        if (step.done === true) return this.#end()
        this.#host.onSign()
        this.#take(step.value)
        this.#host.wake()
      }
    } catch (error) {
      this.#fail(error)
    }
  }

  /** For models that push. What arrived together is taken together: consumers are woken once for all of it. */
  readonly #sink: EventSink = {
    events: (events, isMore) => {
      if (!this.#isWakeDue) this.#host.onSign()
      this.#isWakeDue = true
      try {
        for (const event of events) this.#take(event)
      } catch (error) {
        this.#fail(error)
      }
      if (!isMore) this.#sink.pause()
    },
    pause: () => {
      if (!this.#isWakeDue) return
      this.#isWakeDue = false
      this.#host.wake()
    },
    end: () => this.#end(),
    fail: (error) => this.#fail(error),
  }

  #take(event: ModelEvent): void {
    if (this.isOver) return
    if (!this.#isDelivering && isDelta(event)) {
      this.#isDelivering = true
      this.#host.onDelivery()
    }
    this.#handle(event)
  }

  #fail(error: unknown): void {
    const failure = toModelError(error, this.model.provider)
    // After the terminal event nothing more is needed; but a stream that contradicts itself puts the answer in doubt.
    const isHarmless = this.finishReason !== undefined && failure.code !== 'provider_error'
    this.close(isHarmless ? undefined : failure)
  }

  #end(error?: StructStreamError): void {
    if (this.isOver) return
    // What was kept back may have been new.
    if (this.#rules.repeated !== undefined) this.#write(this.#rules.repeated.end())
    this.#duration = performance.now() - this.#started
    this.#error = error
    this.#cancelCalls()
    this.#over.resolve()
  }

  /** Adds new text to the answer. */
  #write(text: string): void {
    const { deltas } = this.answer
    const { repeated } = this.#rules
    if (repeated !== undefined && repeated.repeated !== '' && !this.#isRepetitionReported) {
      this.#isRepetitionReported = true
      this.#host.repaired({ kind: 'overlap', position: deltas.length, before: repeated.repeated, after: '' })
    }
    if (text === '') return
    this.#host.log.delta('text-delta', this.number, deltas, this.answer, text)
    this.#host.onText(this.answer, text)
    if (this.#rules.stopsAt !== null) this.#readAtOnce()
    else if (this.answer.hasRules) this.answer.read()
  }

  /** A rule has found an issue in the answer. */
  onIssue(issue: Issue): void {
    this.#host.log.event({ type: 'issue', attempt: this.number, issue })
    if (this.#rules.stopsAt !== null && !this.isOver) this.#readAtOnce()
    this.#host.wake()
  }

  #handle(event: ModelEvent): void {
    const attempt = this.number
    const { log } = this.#host
    if (typeof event !== 'object' || event === null) throw unreadable(event)
    switch (event.type) {
      case 'text-delta': {
        if (event.text === '') return
        const passed = this.#rules.guard.push(text(event))
        this.hasDelivered = true
        this.#write(this.#rules.repeated?.push(event.text) ?? event.text)
        this.#limit(passed)
        break
      }
      case 'reasoning-delta':
        if (event.text === '') return
        this.#count(event)
        log.delta('reasoning-delta', attempt, this.reasoning, undefined, event.text)
        break
      case 'refusal-delta':
        this.#count(event)
        this.refusal += event.text
        this.#cancelCalls()
        break
      case 'tool-call-start': {
        this.hasDelivered = true
        // Pieces and results belong to a call by its id, so two calls with one id can't be distinguished.
        if (this.toolCalls.has(event.id)) return this.close(sameId(event))
        this.#cost(1_000 + event.id.length + event.name.length)
        const { readTool } = this.#rules
        const call = new OpenCall(event.id, event.name, readTool && (() => readTool(event.name)))
        this.toolCalls.set(event.id, call)
        log.event({ type: 'tool-call-start', attempt, id: event.id, name: event.name })
        break
      }
      case 'tool-call-delta': {
        this.#count(event)
        const call = this.toolCalls.get(event.id)
        if (event.text === '' || call === undefined) return
        log.delta('tool-call-delta', attempt, call.deltas, call, event.text)
        this.#limit(call.passed(event.text))
        this.#rules.eager?.grow(call, event.text)
        break
      }
      case 'tool-call-end': {
        const call = this.toolCalls.get(event.id)
        this.#cost(500)
        const reader = call?.reader
        const input = reader === undefined ? parsed(call?.arguments) : reader.end()
        for (const made of reader?.repairs ?? []) {
          const repair = { ...made, call: event.id }
          this.toolRepairs.push(repair)
          log.event({ type: 'repair', attempt, repair })
        }
        log.event({ type: 'tool-call-end', attempt, id: event.id, name: call?.name ?? '', input })
        if (call !== undefined) this.#rules.eager?.end(call)
        break
      }
      case 'file':
        this.hasDelivered = true
        this.files.push(event.file)
        log.event({ type: 'file', attempt, file: event.file })
        this.#cost(500 + event.file.data.length)
        break
      case 'extra-answer':
        log.event({ type: 'extra-answer', attempt, text: text(event) })
        break
      case 'usage':
        this.usage = event.usage
        log.event({ type: 'usage', attempt, usage: event.usage })
        this.#cost(100)
        break
      case 'metadata':
        this.modelId = event.model ?? this.modelId
        this.requestId = event.requestId ?? this.requestId
        this.providerData = event.providerData ?? this.providerData
        this.#host.onMetadata(this)
        return
      case 'finish':
        if (this.finishReason === undefined) this.rawFinish = event.raw
        this.finishReason ??= event.reason
        this.isPaused = event.paused === true
        this.#cancelCalls()
        this.#host.onFinish()
        return
      default: {
        const never: never = event
        throw unreadable(never)
      }
    }
  }

  /** Cancels the calls that run already, if the turn can't count any more. */
  #cancelCalls(): void {
    if (!this.isWhole) this.#rules.eager?.cancel(this.#error)
  }

  #count(event: { type: string; text: string }): void {
    this.hasDelivered = true
    this.#limit(this.#rules.guard.count(text(event)))
  }

  #cost(bytes: number): void {
    this.#limit(this.#rules.guard.event(bytes))
  }

  #limit(passed: string | null): void {
    if (passed === null || this.isOver) return
    this.close(new StructStreamError('limit_exceeded', `Stopped: the model wrote ${passed}.`))
  }

  #readAtOnce(): void {
    const { failure } = this.answer.read()
    const issue = this.answer.issues[0]
    if (issue !== undefined && this.#rules.stopsAt === 'issue') {
      const message = `Stopped at ${showPath(issue.path)}: ${issue.message}`
      this.close(new StructStreamError('invalid_data', message, { path: issue.path, position: issue.position }))
    } else if (failure !== null) {
      this.close(new StructStreamError(failure.code, `Stopped: ${failure.message}`, { ...failure }))
    }
  }
}

function sameId({ id, name }: { id: string; name: string }): StructStreamError {
  return new StructStreamError(
    'provider_error',
    `The model began a second tool call with the id ${JSON.stringify(id)} (of ${JSON.stringify(name)}). Each call needs a unique id.`,
  )
}

function isDelta(event: ModelEvent): boolean {
  // A hostile model may yield anything; `#handle` tells what was wrong with it.
  const type: unknown = (event as { type?: unknown } | null)?.type
  return typeof type === 'string' && (type.endsWith('-delta') || type === 'tool-call-start' || type === 'file')
}

function text(event: { type: string; text: string }): string {
  if (typeof event.text !== 'string') throw unreadable(event)
  return event.text
}

function unreadable(event: unknown): Error {
  const type: unknown = (event as { type?: unknown } | null)?.type
  return new TypeError(`it yielded something that isn't an event of the Model contract (type ${JSON.stringify(type)})`)
}

/** Arguments that aren't JSON stay text, in the call's deltas. */
function parsed(json: string | undefined): unknown {
  try {
    return JSON.parse(json === undefined || json === '' ? '{}' : json)
  } catch {
    return undefined
  }
}

function defined<T extends object>(value: { [K in keyof T]: T[K] | undefined }): T {
  for (const key of Object.keys(value) as (keyof T)[]) if (value[key] === undefined) delete value[key]
  return value as T
}
