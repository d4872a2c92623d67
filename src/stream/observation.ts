import type { ModelRequest } from '../models/model.ts'
import {
  randomId,
  TELEMETRY,
  type ObservedRun,
  type RunObserver,
  type RunOutcome,
  type TelemetryObserver,
  type TextSummary,
} from './observers.ts'
import type { StreamEvent } from './types.ts'

/** Takes the run's events one by one; undefined when there is none now. */
export interface EventSupply {
  next(): StreamEvent | undefined
}

/** What is known of a run when it starts. */
export interface Beginning {
  sessionId: string | undefined
  context: unknown
}

type Listening = RunObserver & Required<Pick<RunObserver, 'event'>>
const isListening = (observer: RunObserver): observer is Listening => typeof observer.event === 'function'
const telemetryOf = (observer: RunObserver) => (observer as TelemetryObserver)[TELEMETRY]

/** The observers of one run, and what they see of it. Only runs with an observer have one. */
export class Observation {
  /** An observer hears how the run ends. */
  readonly hasEnd: boolean
  readonly #observers: readonly RunObserver[]
  /** Those that hear events. */
  readonly #listening: readonly Listening[]
  readonly #run: { -readonly [Key in keyof ObservedRun]: ObservedRun[Key] }
  /** Undefined where no observer hears events: the text is not read for them then. */
  readonly #events: EventSupply | undefined
  #isDelivering = false
  #outcome: RunOutcome | undefined
  #summary: TextSummary | undefined

  /**
   * Calls `start`. `supply` is asked for the run's events if an observer wants them, with those that the text causes or
   * without.
   */
  constructor(
    observers: readonly RunObserver[],
    supply: (hasTextEvents: boolean) => EventSupply,
    { sessionId, context }: Beginning,
  ) {
    this.#observers = observers
    this.hasEnd = observers.some((one) => typeof one.end === 'function')
    this.#run = {
      id: randomId(),
      startedAt: Date.now(),
      ...(sessionId !== undefined && { sessionId }),
      ...(context !== undefined && { context }),
    }
    this.#listening = observers.filter(isListening)
    if (this.#listening.length > 0) {
      this.#events = supply(this.#listening.some((one) => telemetryOf(one) === undefined))
    }
    this.#call((one) => one.start?.(this.#run))
  }

  /** An attempt is about to ask `model`; `request` is absent where none is asked. */
  attempt(model: { provider: string; id: string }, request: ModelRequest | undefined): void {
    this.deliver()
    const run = this.#run
    run.model = model.id
    run.provider = model.provider
    delete run.responseId
    delete run.request
    if (request === undefined) return
    const { messages, settings, format, tools = [] } = request
    run.request = {
      // Copies: what an observer does with them must not reach the model.
      messages: [...messages],
      settings: { ...settings },
      tools: tools.map(({ name }) => name),
      ...(format !== undefined && { mode: format.mode }),
    }
  }

  /** The provider has named its model or its response. */
  answered(model: string, responseId: string | undefined): void {
    this.#run.model = model
    if (responseId !== undefined) this.#run.responseId = responseId
  }

  /** Calls the model where its observers want it to be called. */
  around<T>(attempt: number, call: () => T): T {
    let answer: { value: T } | undefined
    const once = (): T => (answer ??= { value: call() }).value
    const wrapped = this.#observers.reduceRight<() => T>((inner, observer) => {
      const telemetry = telemetryOf(observer)
      return telemetry === undefined ? inner : () => telemetry.around(attempt, this.#run, inner)
    }, once)
    try {
      wrapped()
    } catch (error) {
      warn(error)
    }
    return once()
  }

  /** The provider's SDK makes a span for the attempt. */
  traced(attempt: number): void {
    this.#call((one) => telemetryOf(one)?.traced(attempt, this.#run))
  }

  /** Hands on the events that are there now. */
  deliver(): void {
    // An observer may end the run, which delivers again: the call around it does the rest.
    if (this.#isDelivering) return
    this.#isDelivering = true
    try {
      for (let event = this.#next(); event !== undefined; event = this.#next()) {
        this.#event(event)
      }
      const outcome = this.#outcome
      this.#outcome = undefined
      if (outcome === undefined) return
      this.#call((observer) => telemetryOf(observer)?.summary(this.#summary!, this.#run))
      this.#call((observer) => observer.end?.(outcome, this.#run))
    } finally {
      this.#isDelivering = false
    }
  }

  /** The run is over: hands on the rest of the events, then its end. Called once. */
  end(outcome: RunOutcome, summary: TextSummary): void {
    this.#outcome = outcome
    this.#summary = summary
    this.deliver()
  }

  /** Called for every delta, so without a closure. */
  #event(event: StreamEvent): void {
    for (const observer of this.#listening) {
      try {
        const pending: unknown = observer.event(event, this.#run)
        if (pending instanceof Promise) pending.catch(warn)
      } catch (error) {
        warn(error)
      }
    }
  }

  #next(): StreamEvent | undefined {
    try {
      return this.#events?.next()
    } catch (error) {
      warn(error)
      return undefined
    }
  }

  #call(tell: (observer: RunObserver) => unknown): void {
    for (const observer of this.#observers) {
      try {
        const pending = tell(observer)
        if (pending instanceof Promise) pending.catch(warn)
      } catch (error) {
        warn(error)
      }
    }
  }
}

/** Not every runtime has both. */
interface Host {
  process?: { emitWarning?: (message: string, type: string) => void }
  console?: { error?: (message: string) => void }
}

/** What an observer threw is for its author, and must reach nothing of the run. */
function warn(error: unknown): void {
  const { process, console } = globalThis as Host
  const reason = error instanceof Error ? (error.stack ?? error.message) : String(error)
  const message = `An observer of structstream threw: ${reason}`
  try {
    if (typeof process?.emitWarning === 'function') process.emitWarning(message, 'StructStreamWarning')
    else console?.error?.(message)
  } catch {
    // A host whose warnings throw has chosen not to see them.
  }
}
