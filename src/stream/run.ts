import { deferred } from '../async/deferred.ts'
import type { Consumed, Consumer } from '../async/consumer.ts'
import { Timer } from '../async/timer.ts'
import { StructStreamError, withDetails, type ErrorDetails } from '../errors.ts'
import type { Message, Repair, ToolCall, Usage } from '../types.ts'
import type { ModelRequest } from '../models/model.ts'
import type { Answer } from './answer.ts'
import type { Attempt, AttemptHost } from './attempt.ts'
import { fieldTimes } from './field-times.ts'
import { EventLog } from './event-log.ts'
import { EventReader } from './event-reader.ts'
import type { RunSettings } from './options/run-options.ts'
import { Timeouts, type TimeoutLimits } from './limits/timeouts.ts'
import { Observation, type RunObserver, type RunOutcome } from './observers.ts'
import type { RunResult, StreamStatus } from './types.ts'

/** A run's place in a conversation that goes on after it. */
export interface Turn {
  /** Of the session. */
  readonly id: string
  /** What was said before; resolves when the turns before this one are over. */
  history(): Promise<readonly Message[]>
  /** The run is over; `messages` is the conversation now, undefined: it has left no trace. */
  end(messages: readonly Message[] | undefined): void
  /** Of the session. */
  readonly observers: readonly RunObserver[]
}

/**
 * The state of one run: its log, its attempts, its consumers, and how it ended. Whatever ends it (the answer, an
 * error, an abort, a timeout, nobody listening) goes through `#settle`, once; all consumers are woken then, all
 * timers and listeners are gone, and the model is closed without waiting for it.
 */
export class Run implements Consumed, AttemptHost {
  readonly log = new EventLog()
  readonly attempts: Attempt[] = []
  readonly answers: Answer[] = []
  /** Somebody wants the events that the text causes. */
  isTraced = false
  outcome: RunOutcome | undefined
  status: StreamStatus = 'starting'
  /** Messages of the conversation, without `system`; set when the run begins. */
  messages: Message[] = []
  warnings: RunResult['warnings'] = []
  /** What it is a turn of, if it is one. */
  readonly turn: Turn | undefined
  /** Model calls that were not the last of their answer: tools were run after them, or the provider had paused. */
  steps = 0
  readonly #started = performance.now()
  #isEnding = false
  #firstDelta: number | undefined
  #firstPartial: number | undefined
  /** Matches a text delta in which the document begins. */
  #beginning = /[[{]/
  #consumers: readonly Consumer<unknown>[] = []
  readonly #result = deferred<RunResult>()
  /** Somebody waits for the end, so consumers that leave do not stop the run. */
  #isAsked = false
  #linger = 0
  readonly #lingering = new Timer()
  #timeouts: Timeouts | undefined
  #release: (() => void) | undefined
  #stopResting: (() => void) | undefined
  #controller: AbortController | undefined
  /** How many deltas of which answer are in `messages` already. */
  #kept: { answer: Answer; deltas: number } | undefined
  /** Only where there is an observer. */
  #observation: Observation | undefined

  constructor(turn?: Turn) {
    this.turn = turn
  }

  /** Lets observers hear of it from here on. Called before anything can end the run. */
  observe(observers: readonly RunObserver[], context: unknown): void {
    if (observers.length === 0) return
    this.#observation = new Observation(observers, () => new EventReader(this), { sessionId: this.turn?.id, context })
  }

  /** An observer hears how the run ends. */
  get isEndObserved(): boolean {
    return this.#observation?.hasEnd === true
  }

  /** Starts the clocks and listens to the caller's signal. */
  begin(settings: RunSettings, isText: boolean): void {
    if (isText) this.#beginning = /(?:)/
    this.#linger = settings.linger
    const { signal } = settings
    if (signal?.aborted === true) return this.abort(signal.reason)
    if (signal !== undefined) {
      const onAbort = (): void => this.abort(signal.reason)
      signal.addEventListener('abort', onAbort, { once: true })
      this.#release = () => signal.removeEventListener('abort', onAbort)
    }
    this.#timeouts = new Timeouts(settings.timeout, (which, ms) => this.#timeOut(which, ms))
  }

  get isOver(): boolean {
    return this.outcome !== undefined
  }

  /** Aborted when the run ends, however it does. */
  get signal(): AbortSignal {
    this.#controller ??= new AbortController()
    if (this.isOver) this.#controller.abort(this.#reason())
    return this.#controller.signal
  }

  get answer(): Answer | undefined {
    return this.answers.at(-1)
  }

  /** Rejects with the run's error; carries a no-op catch. `asks` keeps the run alive without consumers. */
  result(): Promise<RunResult> {
    this.#isAsked = true
    this.#lingering.stop()
    return this.#result.promise
  }

  /** The newest partial value. */
  partial(): unknown {
    return this.answer?.value()
  }

  /** From here on every answer is traced from its start, so that its text is read only once. */
  trace(): void {
    if (this.isTraced) return
    this.isTraced = true
    for (const answer of this.answers) answer.trace()
  }

  /** Milliseconds until the run times out in all. */
  get timeLeft(): number {
    return this.#timeouts?.left() ?? Infinity
  }

  // What attempts tell.

  /** Runs one attempt to its end; returns at once when the run is over. */
  async perform(attempt: Attempt, request: ModelRequest): Promise<void> {
    this.attempts.push(attempt)
    if (this.answer !== attempt.answer) this.answers.push(attempt.answer)
    if (this.isTraced) attempt.answer.trace()
    this.#timeouts?.nextAttempt()
    this.#observation?.attempt(attempt.model, attempt.isRequest ? request : undefined)
    await attempt.run({ ...request, onActivity: () => this.#timeouts?.sign() })
    this.#timeouts?.pause()
  }

  /** Resolves after `ms`, or as soon as the run is over. The answer is still to come, so the process is kept alive. */
  rest(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(done, Math.min(ms, 2 ** 31 - 1))
      this.#stopResting = done
      function done(): void {
        clearTimeout(timer)
        resolve()
      }
    })
  }

  /** Adds what an attempt was told and said to the conversation, which is not over with it. */
  keep(attempt: Attempt, told: readonly Message[]): void {
    this.messages = [...this.messages, ...told, this.#reply(attempt)]
    this.#kept = { answer: attempt.answer, deltas: attempt.answer.deltas.count }
    this.steps++
  }

  /** Tells that the model has finished its attempt, and why. */
  finish({ number, finishReason }: Attempt): void {
    if (finishReason === undefined) return
    this.log.event({ type: 'finish', attempt: number, reason: finishReason })
    this.wake()
  }

  onSign(): void {
    this.#timeouts?.sign()
  }

  onDelivery(): void {
    this.status = 'streaming'
    this.#firstDelta ??= this.#arrivedAt()
    this.#timeouts?.delivered()
  }

  onText(answer: Answer, text: string): void {
    const now = this.#arrivedAt()
    answer.times.note(answer.deltas.length - text.length, now)
    if (this.#firstPartial === undefined && this.#beginning.test(text)) this.#firstPartial = now
  }

  /** Milliseconds from the call to what arrived last; the clock is read once for all that arrived together. */
  #arrivedAt(): number {
    return (this.#timeouts?.lastSign ?? performance.now()) - this.#started
  }

  onMetadata({ modelId, requestId }: Attempt): void {
    this.#observation?.answered(modelId, requestId)
  }

  /** What the text of the newest attempt was made from had to be repaired. */
  repaired(repair: Repair): void {
    const { answer } = this
    if (answer === undefined || this.isOver) return
    answer.addRepair(repair)
    this.log.event({ type: 'repair', attempt: answer.attempt, repair })
  }

  onFinish(): void {
    this.status = 'validating'
    this.#timeouts?.finished()
  }

  // Consumers.

  join(consumer: Consumer<unknown>): void {
    this.#lingering.stop()
    this.#consumers = [...this.#consumers, consumer]
  }

  leave(consumer: Consumer<unknown>): void {
    this.#consumers = this.#consumers.filter((one) => one !== consumer)
    if (this.#consumers.length > 0 || this.#isAsked || this.isOver) return
    this.#lingering.start(this.#linger, () => {
      this.fail(new StructStreamError('aborted', 'The run was stopped: all of its consumers had left.'))
    })
  }

  /** Somebody reads along, or waits for the end. */
  get isWanted(): boolean {
    return this.#consumers.length > 0 || this.#isAsked
  }

  wake(): void {
    for (const consumer of this.#consumers) consumer.notify()
    this.#observation?.deliver()
  }

  // The end.

  abort(reason: unknown): void {
    this.fail(new StructStreamError('aborted', 'The run was aborted.', { cause: reason }))
  }

  /** `raw` is what the schema made the value of. */
  succeed({ value, raw }: { value: unknown; raw: unknown }): void {
    if (this.isOver) return
    const attempt = this.attempts.at(-1)!
    const { answer } = attempt
    answer.settle(value)
    const total = performance.now() - this.#started
    const text = answer.document
    const result: RunResult = {
      data: value,
      json: undefined,
      text,
      messages: [...this.messages, this.#reply(attempt)],
      usage: this.#usage(),
      finishReason: attempt.finishReason ?? 'other',
      provider: attempt.model.provider,
      model: attempt.modelId,
      timing: {
        firstDelta: this.#firstDelta ?? total,
        firstPartial: this.#firstPartial ?? total,
        total,
        fields: {},
      },
      attempts: this.attempts.map((one) => one.result()),
      repairs: [...answer.repairs],
      warnings: this.warnings,
      files: this.attempts.flatMap((one) => one.files),
    }
    whenRead(result, 'json', () => answer.compiled.known?.(raw) ?? raw)
    whenRead(result.timing, 'fields', () => fieldTimes(answer, result.json))
    this.#settle({ ok: true, result })
  }

  /** Ends the run with `error` and everything that had arrived. */
  fail(error: StructStreamError): void {
    // Reading what is left of the text may find another error, which comes too late then.
    if (this.isOver || this.#isEnding) return
    this.#isEnding = true
    this.attempts.at(-1)?.close(error)
    this.#settle({ ok: false, error: withDetails(error, this.#facts()) })
  }

  /** Resolves when the model has cleaned up, which a model that does not listen may never do. */
  get closed(): Promise<void> {
    return this.attempts.at(-1)?.closed ?? Promise.resolve()
  }

  #settle(outcome: RunOutcome): void {
    this.outcome = outcome
    this.status = outcome.ok ? 'done' : 'failed'
    this.#release?.()
    this.#stopResting?.()
    this.#timeouts?.[Symbol.dispose]()
    this.#lingering.stop()
    this.#controller?.abort(this.#reason())
    // What tools have done cannot be undone, so the conversation has to know of it.
    this.turn?.end(outcome.ok ? outcome.result.messages : this.steps > 0 ? this.messages : undefined)
    if (outcome.ok) {
      this.#result.resolve(outcome.result)
    } else {
      this.#result.reject(outcome.error)
    }
    this.wake()
    this.#observation?.end(outcome)
  }

  /** Why the signal is aborted. */
  #reason(): unknown {
    const { outcome } = this
    return outcome?.ok === false ? outcome.error : new StructStreamError('aborted', 'The run is over.')
  }

  /** What of the answer is not in `messages` yet. */
  #reply(attempt: Attempt): Message {
    const { answer } = attempt
    // What providers want back belongs to the call that gave it, not to what several made together.
    if (answer.isJoined) return { role: 'assistant', content: answer.document }
    return reply(attempt, answer.deltas.from(this.#kept?.answer === answer ? this.#kept.deltas : 0))
  }

  #timeOut(which: keyof TimeoutLimits, ms: number): void {
    const attempt = this.attempts.at(-1)
    // The answer is there; only the server does not close.
    if (which === 'idle' && attempt?.finishReason !== undefined) return attempt.close()
    const what =
      which === 'total' ? 'the run took longer than' : which === 'idle' ? 'nothing came for' : 'no delta came within'
    const error = new StructStreamError('timeout', `Timed out: ${what} ${ms} ms (timeout.${which}).`)
    if (which === 'total' || attempt === undefined) this.fail(error)
    else attempt.close(error)
  }

  #facts(): ErrorDetails {
    const attempt = this.attempts.at(-1)
    if (attempt === undefined) return { attempts: [] }
    const { answer, finishReason, model, requestId } = attempt
    return {
      text: answer.deltas.text,
      partial: answer.value(true),
      issues: answer.issuesWithValues(),
      usage: this.#usage(),
      attempts: this.attempts.map((one) => one.result()),
      finishReason,
      provider: model.provider,
      requestId,
    }
  }

  /** Sum over the attempts. */
  #usage(): Usage {
    const sum: Usage = { requests: this.attempts.filter(({ isRequest }) => isRequest).length }
    for (const { usage } of this.attempts) {
      for (const [key, value] of Object.entries(usage ?? {}) as [keyof Usage, unknown][]) {
        if (key !== 'requests' && typeof value === 'number') sum[key] = (sum[key] ?? 0) + value
      }
    }
    return sum
  }
}

/** Gives `object` a key whose value is made when it is first read: most runs end without anyone reading it. */
function whenRead<T extends object, K extends keyof T>(object: T, key: K, make: () => T[K]): void {
  const define = (property: PropertyDescriptor): unknown =>
    Object.defineProperty(object, key, { enumerable: true, configurable: true, ...property })
  const set = (value: unknown): unknown => define({ value, writable: true })
  define({
    get() {
      set(make())
      return object[key]
    },
    set,
  })
}

/** The answer as a message of the conversation. */
function reply(attempt: Attempt, content: string): Message {
  const { providerData, model } = attempt
  const toolCalls = [...attempt.toolCalls.values()].map((call): ToolCall => {
    const { id, name, reader } = call
    return { id, name, arguments: reader?.json ?? call.arguments }
  })
  return {
    role: 'assistant',
    content,
    ...(toolCalls.length > 0 && { toolCalls }),
    ...(providerData !== undefined && { providerData: { [model.provider]: providerData } }),
  }
}
