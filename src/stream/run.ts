import { deferred } from '../async/deferred.ts'
import type { Consumed, Consumer } from '../async/consumer.ts'
import { Timer } from '../async/timer.ts'
import { StructStreamError, withDetails } from '../errors.ts'
import type { Message, Repair } from '../types.ts'
import type { ModelRequest } from '../models/model.ts'
import type { Answer } from './answer.ts'
import type { Attempt, AttemptHost } from './attempt.ts'
import { addCallSite, callSite, type CallSite } from './call-site.ts'
import { EventLog } from './event-log.ts'
import type { RunSettings } from './options/run-options.ts'
import type { Timeouts, TimeoutLimits } from './limits/timeouts.ts'
import type { Observation } from './observation.ts'
import type { RunObserver, RunOutcome, TextSummary } from './observers.ts'
import type { Valid } from './run-result.ts'
import type { RunResult, StreamEvent, StreamStatus } from './types.ts'

/** Of a run that ended before it asked anyone. */
const NO_TEXT: TextSummary = { repairs: () => 0, fields: () => ({}) }

/** A run's place in a conversation that continues after it. */
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
 * error, an abort, a timeout, no listeners) goes through `#settle`, once; all consumers are woken then, all
 * timers and listeners are gone, and the model is closed without waiting for it.
 */
export class Run implements Consumed, AttemptHost {
  readonly log = new EventLog()
  readonly attempts: Attempt[] = []
  readonly answers: Answer[] = []
  /** What it is a turn of, if it is one. */
  readonly turn: Turn | undefined
  #outcome: RunOutcome | undefined
  #status: StreamStatus = 'starting'
  #messages: Message[] = []
  #warnings: RunResult['warnings'] = []
  #steps = 0
  /** A reader wants the events that the text causes. */
  #isTraced = false
  readonly #started = performance.now()
  #isEnding = false
  #firstDelta: number | undefined
  #firstPartial: number | undefined
  /** Matches a text delta in which the document begins. */
  #beginning = /[[{]/
  #consumers: readonly Consumer<unknown>[] = []
  readonly #result = deferred<RunResult>()
  /** A caller waits for the end, so consumers that leave do not stop the run. */
  #isAsked = false
  #linger = 0
  readonly #lingering = new Timer()
  #timeouts: Timeouts | undefined
  #release: (() => void) | undefined
  #stopResting: (() => void) | undefined
  #controller: AbortController | undefined
  /** How many deltas of which answer are in the messages already. */
  #said: { answer: Answer; deltas: number } | undefined
  /** Only where there is an observer. */
  #observation: Observation | undefined

  /** Where it was called, for an error that comes later. */
  #site: CallSite | undefined

  constructor(turn?: Turn) {
    this.turn = turn
  }

  /** Notes the call of `called`, a function of this library, so that a later error shows who made it. */
  calledBy(called: (...args: never[]) => unknown): this {
    this.#site = callSite(called)
    return this
  }

  get outcome(): RunOutcome | undefined {
    return this.#outcome
  }

  get status(): StreamStatus {
    return this.#status
  }

  /** Messages of the conversation so far, without `system`. */
  get messages(): readonly Message[] {
    return this.#messages
  }

  /** Model calls that were not the last of their answer: tools were run after them, or the provider had paused. */
  get steps(): number {
    return this.#steps
  }

  /** An observer hears how the run ends. */
  get isEndObserved(): boolean {
    return this.#observation?.hasEnd === true
  }

  // What its driver does.

  /** Lets an observer hear of it from here on, and of its end if it is over. */
  observe(observation: Observation): void {
    this.#observation = observation
    if (this.#outcome !== undefined) observation.end(this.#outcome, this.#summary(this.#outcome))
  }

  /**
   * Starts the clocks, listens to the caller's signal, and notes what was said before. `Clocks` is given, since a page
   * loads it only with what reads the wire.
   */
  begin(settings: RunSettings, messages: readonly Message[], isText: boolean, Clocks: typeof Timeouts): void {
    if (this.isOver) return
    if (isText) this.#beginning = /(?:)/
    this.#messages = [...messages]
    this.#linger = settings.linger
    const { signal } = settings
    if (signal?.aborted === true) return this.abort(signal.reason)
    if (signal !== undefined) {
      const onAbort = (): void => this.abort(signal.reason)
      signal.addEventListener('abort', onAbort, { once: true })
      this.#release = () => signal.removeEventListener('abort', onAbort)
    }
    this.#timeouts = new Clocks(settings.timeout, (which, error) => this.#timeOut(which, error))
  }

  /** Takes the same messages in this library's form. */
  rewrite(messages: readonly Message[]): void {
    this.#messages = [...messages]
  }

  /** Puts the turns of a session before this one's messages. */
  continueFrom(history: readonly Message[]): void {
    this.#messages = [...history, ...this.#messages]
  }

  /** What of the schema the model could not be given. */
  warn(warnings: RunResult['warnings']): void {
    this.#warnings = warnings
  }

  /** Adds an event that does not come from a model, and wakes the consumers. */
  report(event: StreamEvent): void {
    this.log.event(event)
    this.wake()
  }

  /** Adds what an attempt was asked and said to the conversation, which continues after it. */
  addStep(attempt: Attempt, asked: readonly Message[]): void {
    const { answer } = attempt
    this.#messages.push(...asked, attempt.reply(this.#saidOf(answer)))
    this.#said = { answer, deltas: answer.deltas.count }
    this.#steps++
  }

  /** The tools that an attempt called are being run. */
  runTools(): void {
    this.#status = 'streaming'
  }

  /** A tool has a result. Should the run end before the others have one, this much is known. */
  addToolResult(event: StreamEvent & { type: 'tool-result' }, message: Message): void {
    if (this.isOver) return
    this.#messages.push(message)
    this.report(event)
  }

  /** All tools have results: puts them in the order of the calls. */
  orderToolResults(results: readonly Message[]): void {
    if (!this.isOver && results.length > 0) this.#messages = [...this.#messages.slice(0, -results.length), ...results]
  }

  /** The answer is there, and is being judged. */
  validate(): void {
    if (!this.isOver) this.#status = 'validating'
  }

  get isOver(): boolean {
    return this.#outcome !== undefined
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
    if (this.#isTraced) return
    this.#isTraced = true
    for (const answer of this.answers) answer.trace()
  }

  /** Milliseconds until the run times out in all. */
  get timeLeft(): number {
    return this.#timeouts?.left() ?? Infinity
  }

  /** Runs one attempt to its end; returns at once when the run is over. */
  async perform(attempt: Attempt, request: ModelRequest): Promise<void> {
    this.attempts.push(attempt)
    if (this.answer !== attempt.answer) this.answers.push(attempt.answer)
    // The schema is compiled: an impossible path is reported before the model answers.
    this.wake()
    if (this.#isTraced) attempt.answer.trace()
    this.#timeouts?.nextAttempt()
    const observation = this.#observation
    observation?.attempt(attempt.model, attempt.isRequest ? request : undefined)
    const sent: ModelRequest = { ...request, onActivity: () => this.#timeouts?.sign() }
    if (observation === undefined) await attempt.run(sent)
    else {
      sent.onTraced = () => observation.traced(attempt.number)
      await observation.around(attempt.number, () => attempt.run(sent))
    }
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

  /** Tells that the model has finished its attempt, and why. */
  finish({ number, finishReason }: Attempt): void {
    if (finishReason === undefined) return
    this.report({ type: 'finish', attempt: number, reason: finishReason })
  }

  onSign(): void {
    this.#timeouts?.sign()
  }

  onDelivery(): void {
    this.#status = 'streaming'
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
    this.#status = 'validating'
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
      this.fail(nobodyLeft(this.#linger))
    })
  }

  /** A consumer reads along, or a caller waits for the end. */
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

  /** Ends the run with a valid answer. */
  succeed(valid: Valid): void {
    if (this.isOver) return
    const attempt = this.attempts.at(-1)!
    const { answer } = attempt
    answer.settle(valid.value)
    const total = performance.now() - this.#started
    const facts = {
      attempts: this.attempts,
      messages: [...this.#messages, attempt.reply(this.#saidOf(answer))],
      warnings: this.#warnings,
      timing: { firstDelta: this.#firstDelta ?? total, firstPartial: this.#firstPartial ?? total, total },
    }
    this.#settle({ ok: true, result: attempt.ending.resultOf(facts, valid) })
  }

  /** Ends the run with `error` and everything that had arrived. */
  fail(error: StructStreamError): void {
    // Reading what is left of the text may find another error, which comes too late then.
    if (this.isOver || this.#isEnding) return
    this.#isEnding = true
    const attempt = this.attempts.at(-1)
    attempt?.close(error)
    const details = attempt === undefined ? { attempts: [] } : attempt.ending.detailsOf(this.attempts)
    const full = withDetails(error, details)
    addCallSite(full, this.#site)
    this.#settle({ ok: false, error: full })
  }

  /** Resolves when the model has cleaned up, which a model that does not listen may never do. */
  get closed(): Promise<void> {
    return this.attempts.at(-1)?.closed ?? Promise.resolve()
  }

  #settle(outcome: RunOutcome): void {
    this.#outcome = outcome
    this.#site = undefined
    this.#status = outcome.ok ? 'done' : 'failed'
    this.#release?.()
    this.#stopResting?.()
    this.#timeouts?.[Symbol.dispose]()
    this.#lingering.stop()
    this.#controller?.abort(this.#reason())
    // What tools have done cannot be undone, so the conversation has to know of it.
    this.turn?.end(outcome.ok ? outcome.result.messages : this.#steps > 0 ? this.#messages : undefined)
    if (outcome.ok) {
      this.#result.resolve(outcome.result)
    } else {
      this.#result.reject(outcome.error)
    }
    this.wake()
    this.#observation?.end(outcome, this.#summary(outcome))
  }

  #summary(outcome: RunOutcome): TextSummary {
    return this.attempts.at(-1)?.ending.summaryOf(this.attempts, outcome) ?? NO_TEXT
  }

  /** Why the signal is aborted. */
  #reason(): unknown {
    const outcome = this.#outcome
    return outcome?.ok === false ? outcome.error : new StructStreamError('aborted', 'The run is over.')
  }

  /** How many deltas of `answer` are in the messages already. */
  #saidOf(answer: Answer): number {
    return this.#said?.answer === answer ? this.#said.deltas : 0
  }

  #timeOut(which: keyof TimeoutLimits, error: StructStreamError): void {
    const attempt = this.attempts.at(-1)
    // The answer is there; only the server does not close.
    if (which === 'idle' && attempt?.finishReason !== undefined) return attempt.close()
    if (which === 'total' || attempt === undefined) this.fail(error)
    else attempt.close(error)
  }
}

function nobodyLeft(linger: number): StructStreamError {
  return new StructStreamError(
    'aborted',
    `Aborted: no consumers were left for ${linger} ms (\`linger\`). Call getData() before leaving the loop, or raise \`linger\`.`,
  )
}
