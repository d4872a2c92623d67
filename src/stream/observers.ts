import type { Message, Mode } from '../types.ts'
import type { ModelRequest, ModelSettings } from '../models/model.ts'
import type { StructStreamError } from '../errors.ts'
import type { RunResult, StreamEvent } from './types.ts'

/** What one attempt sends to its model. */
export interface ObservedRequest {
  readonly messages: readonly Message[]
  readonly settings: ModelSettings
  /** How the schema is enforced; absent where the answer is text. */
  readonly mode?: Mode
  /** Names of the tools that the model may call. */
  readonly tools: readonly string[]
}

/** A run as its observers see it: one object per run, kept up to date. */
export interface ObservedRun {
  readonly id: string
  /** The model's id: as it was asked for, then as the provider reports it. Absent before a model is chosen. */
  readonly model?: string
  readonly provider?: string
  /** Of the session that the run is a turn of. */
  readonly sessionId?: string
  /** The run's `context` option. */
  readonly context?: unknown
  /** Milliseconds since the epoch. */
  readonly startedAt: number
  /** Set before the `attempt-start` event of the attempt that sends it. Absent where no model is asked. */
  readonly request?: ObservedRequest
  /** The provider's id of the newest response. */
  readonly responseId?: string
}

/** How a run ended. */
export type RunOutcome = { ok: true; result: RunResult } | { ok: false; error: StructStreamError }

/**
 * Hears of runs without taking part in them: it keeps no run alive, and what it throws is reported as a warning of the
 * process (or on the console) and changes nothing.
 *
 * 1. `start` and then `end` are called exactly once for every run, also for one that fails in its options.
 * 2. `event` gets the events that `streamEvents()` yields, in the same order, between the two.
 * 3. Nothing waits for a promise that it returns.
 *
 * @example
 * configure({ observe: { end: (outcome, run) => log.info({ id: run.id, ok: outcome.ok }) } })
 */
export interface RunObserver {
  start?(run: ObservedRun): void
  event?(event: StreamEvent, run: ObservedRun): void
  end?(outcome: RunOutcome, run: ObservedRun): void
}

/** Takes the run's events one by one; undefined when there is none now. */
export interface EventSupply {
  next(): StreamEvent | undefined
}

/** What is known of a run when it starts. */
export interface Beginning {
  sessionId: string | undefined
  context: unknown
}

/** The observers of one run, and what they see of it. Only runs with an observer have one. */
export class Observation {
  /** An observer hears how the run ends. */
  readonly hasEnd: boolean
  readonly #observers: readonly RunObserver[]
  readonly #run: { -readonly [Key in keyof ObservedRun]: ObservedRun[Key] }
  /** Undefined where no observer hears events: the text is not read for them then. */
  readonly #events: EventSupply | undefined
  #isDelivering = false
  #outcome: RunOutcome | undefined

  /** Calls `start`. `supply` is asked for the run's events, if an observer wants them. */
  constructor(observers: readonly RunObserver[], supply: () => EventSupply, { sessionId, context }: Beginning) {
    this.#observers = observers
    this.hasEnd = observers.some((one) => typeof one.end === 'function')
    this.#run = {
      id: randomId(),
      startedAt: Date.now(),
      ...(sessionId !== undefined && { sessionId }),
      ...(context !== undefined && { context }),
    }
    if (observers.some((one) => typeof one.event === 'function')) this.#events = supply()
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

  /** Hands on the events that are there now. */
  deliver(): void {
    // An observer may end the run, which delivers again: the call around it does the rest.
    if (this.#isDelivering) return
    this.#isDelivering = true
    try {
      for (let event = this.#next(); event !== undefined; event = this.#next()) {
        const one = event
        this.#call((observer) => observer.event?.(one, this.#run))
      }
      const outcome = this.#outcome
      this.#outcome = undefined
      if (outcome !== undefined) this.#call((observer) => observer.end?.(outcome, this.#run))
    } finally {
      this.#isDelivering = false
    }
  }

  /** The run is over: hands on the rest of the events, then its end. Called once. */
  end(outcome: RunOutcome): void {
    this.#outcome = outcome
    this.deliver()
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

/** The observers in an `observe` option, as far as they are some: a wrong option is reported elsewhere. */
export function observersOf(options: unknown): readonly RunObserver[] {
  const observe: unknown = isObject(options) ? options['observe'] : undefined
  const list: readonly unknown[] = Array.isArray(observe) ? observe : [observe]
  return list.filter(isObserver)
}

/** Whether `value` hears anything. */
export function isObserver(value: unknown): value is RunObserver {
  return isObject(value) && ['start', 'event', 'end'].some((name) => typeof value[name] === 'function')
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null
}

/** Browsers have `randomUUID` on secure pages only. */
export function randomId(): string {
  const { crypto } = globalThis as { crypto?: { randomUUID?: () => string } }
  return crypto?.randomUUID?.() ?? `${Date.now().toString(36)}-${Math.random().toString(36).slice(2)}`
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
