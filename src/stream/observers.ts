import type { Message, Mode } from '../types.ts'
import type { ModelSettings } from '../models/model.ts'
import type { StructStreamError } from '../errors.ts'
import type { FieldTimes, RunResult, StreamEvent } from './types.ts'

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

/** Not public: what only telemetry is asked for and told. */
export const TELEMETRY: unique symbol = Symbol.for('structstream.telemetry') as never

/**
 * An observer that calls the model in surroundings it made, and hears of the text once, at the end: where no one else
 * hears them, it gets none of the events that the text causes, so that the text is not read for it.
 */
export interface TelemetryObserver extends RunObserver {
  readonly [TELEMETRY]?: {
    /** Calls `call` exactly once, and gives what it gives. */
    around<T>(attempt: number, run: ObservedRun, call: () => T): T
    /** The provider's SDK makes a span for the attempt. */
    traced(attempt: number, run: ObservedRun): void
    /** The run is over; `end` follows. */
    summary(summary: TextSummary, run: ObservedRun): void
  }
}

/** What a run's text came to. */
export interface TextSummary {
  /** How many repairs its answers needed. Reads what of their text was not read. */
  readonly repairs: () => number
  /** When each top-level key of the last answer began and ended. Reads that answer's text again. */
  readonly fields: () => FieldTimes
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
