import type { Model, ModelSettings } from '../models/model.ts'
import type { InputOf, OutputOf, PartialOf, SchemaLike } from '../schema/types.ts'
import type { CheckedPath, Path } from '../path.ts'
import type { AttemptResult, FinishReason, GeneratedFile, Issue, Message, Mode, Repair, Usage } from '../types.ts'
import type { RunObserver } from './observers.ts'

/** A model, or `'provider:id'`, which is looked up when the run starts. */
export type ModelChoice = Model | string

/** Milliseconds, each counted from the call on, before headers too; `Infinity` turns one off. */
export interface TimeoutOptions {
  /** The whole run with all its attempts. @defaultValue Infinity */
  total?: number | undefined
  /** Until the first delta of any kind: text, reasoning, refusal, tool. Per attempt. @defaultValue Infinity */
  firstDelta?: number | undefined
  /**
   * Without any activity; pings count as activity. Per attempt.
   * @defaultValue 300,000: what Node's `fetch` allows between two bytes, and so never earlier than the transport
   */
  idle?: number | undefined
}

/** What a run may cost before the request is stopped with `limit_exceeded`. */
export interface LimitOptions {
  /** Characters (UTF-16 units) of an attempt, reasoning included. @defaultValue 10,000,000 */
  maxChars?: number | undefined
  /** Levels of nesting. @defaultValue 128 */
  maxDepth?: number | undefined
  /**
   * How often in a row the same may come: a whitespace character, a digit, or a piece of text. For a piece of more
   * than 20 characters, 20 times as many characters; for list elements without letters, 100 times as many.
   * @defaultValue 10,000
   */
  maxRepeat?: number | undefined
  /** Issues that are kept. @defaultValue 100 */
  maxIssues?: number | undefined
  /**
   * Bytes of an attempt's events that are not text: files, tool calls, usage. Each counts its data and what it takes in
   * memory, some 100 to 1,000 bytes. In a page, of all attempts together. @defaultValue 67,108,864
   */
  maxEventBytes?: number | undefined
}

/** What happens when the answer certainly breaks the schema. */
export type OnInvalid = 'collect' | 'abort' | 'restart' | 'patch'

/** Options of a run; `C` is the type of its `context`. */
export interface RunOptions<C = unknown> extends Undefinable<ModelSettings> {
  /** A list is tried in order: the next is used when one fails before it has delivered anything. */
  model?: ModelChoice | readonly ModelChoice[] | undefined
  /** A function is called at the start of each attempt, with the `context`. */
  system?: string | ((context: C) => string | Promise<string>) | undefined
  /** Whatever `system`, the tools and `approve` need to know of the caller: a user, a database. Never sent to the model. */
  context?: C | undefined
  /** Earlier conversation, put before the prompt. */
  messages?: readonly Message[] | undefined
  /** Functions that the model may call before it answers; see `tool()`. */
  tools?: readonly Tool<C>[] | undefined
  /**
   * Model calls that one answer may take, the one that gives it included: after each of the others tools are run, or
   * the provider had paused. More of them end in `tool_failed`. @defaultValue 10
   */
  maxSteps?: number | undefined
  /** Asked before each call of a tool, with its valid input. What it throws ends the run with `tool_failed`. @defaultValue all may run */
  approve?: ((call: ToolRequest<C>) => Approval | Promise<Approval>) | undefined
  /** How the schema is enforced. @defaultValue 'auto': the strongest way that the model has */
  mode?: 'auto' | Mode | undefined
  signal?: AbortSignal | undefined
  /** A number is `{ total }`. */
  timeout?: number | TimeoutOptions | undefined
  /** @defaultValue 'collect' */
  onInvalid?: OnInvalid | undefined
  /**
   * Model calls in all that `restart`, `patch` and recovery may make; calls of a further model because the one
   * before had delivered nothing do not count.
   * @defaultValue 3 with `restart`, `patch` or `recover`, otherwise 1
   */
  maxAttempts?: number | undefined
  /**
   * After a lost connection, an idle timeout, an error of the provider in the middle, or `length`: keep what is
   * there and ask for the rest. @defaultValue false
   */
  recover?: boolean | undefined
  /** Tolerate sloppy JSON and text around it. @defaultValue true */
  repair?: boolean | undefined
  limits?: LimitOptions | undefined
  /**
   * Milliseconds after which a request is stopped that no consumer reads any more and whose data no caller has asked
   * for. @defaultValue Infinity: the answer is read to its end, so that `getData()` works whenever you call it
   */
  linger?: number | undefined
  /** Hear of the run without taking part in it. Those of `configure()`, a session and the run add up, in this order. */
  observe?: RunObserver | readonly RunObserver[] | undefined
}

type Undefinable<T> = { [K in keyof T]: T[K] | undefined }

/**
 * `starting`: nothing has arrived. `streaming`: the model is talking. `validating`: the model is done, the full
 * schema is being checked. `done` and `failed` are final.
 */
export type StreamStatus = 'starting' | 'streaming' | 'validating' | 'done' | 'failed'

/** A partial value and its circumstances. It never changes, whatever comes later. */
export interface Snapshot<S = unknown> {
  readonly value: PartialOf<S>
  /** From 1. */
  readonly attempt: number
  readonly status: StreamStatus
  /** What was certainly wrong by then. */
  readonly issues: readonly Issue[]
  /** Whether the value at `path` is there, can no longer change and has no issue in it. `[]` is the root. */
  readonly isComplete: <const P extends Path>(path: CheckedPath<OutputOf<S>, P>) => boolean
  /** True on the last snapshot of a successful run only; its value is what `getData()` gives. */
  readonly isFinal: boolean
}

/** One text delta; the last chunk has none, but what is known at the end. */
export interface StreamChunk<S = unknown> {
  /** From 0. */
  index: number
  /** Empty in the last chunk. */
  delta: string
  isFinal: boolean
  finishReason?: FinishReason
  /** The model's id as the provider reports it. */
  model?: string
  usage?: Usage
  sessionId?: string
  data?: OutputOf<S>
  files?: GeneratedFile[]
  metadata: { provider?: string; attempt: number; requestId?: string }
}

/** Everything that happens in a run. */
export type StreamEvent = { attempt: number } & (
  | { type: 'attempt-start'; model: string; provider: string }
  | { type: 'text-delta'; text: string }
  | { type: 'reasoning-delta'; text: string }
  /** The value at `path` is complete and valid; children come before their parents. */
  | { type: 'value-complete'; path: (string | number)[]; value: unknown }
  | { type: 'issue'; issue: Issue }
  | { type: 'repair'; repair: Repair }
  | { type: 'tool-call-start'; id: string; name: string }
  | { type: 'tool-call-delta'; id: string; text: string; partial: unknown }
  | { type: 'tool-call-end'; id: string; name: string; input: unknown }
  | { type: 'tool-result'; id: string; name: string; output?: unknown; error?: string }
  | { type: 'file'; file: GeneratedFile }
  /** The provider sent a further answer (a second candidate, a second call of the answer tool). It isn't in the data. */
  | { type: 'extra-answer'; text: string }
  /** Another document of the text is the answer: the one before was a draft, say. Its values are reported again. */
  | { type: 'replace'; reason: string }
  /** The whole answer is asked for again; `attempt` is the new one. `wait`: milliseconds until then, if any. */
  | { type: 'restart'; reason: string; issues: Issue[]; wait?: number }
  /** The values at `paths` are asked for again, or for the first time; nothing else changes. */
  | { type: 'patch'; paths: (string | number)[][]; wait?: number }
  /** The rest of an answer that was cut is asked for; `paths` are the places that were open, innermost first. */
  | { type: 'recover'; reason: string; paths: (string | number)[][]; wait?: number }
  | { type: 'usage'; usage: Usage }
  | { type: 'finish'; reason: FinishReason }
)

/** What a successful run gives. */
export interface RunResult<S = unknown> {
  data: OutputOf<S>
  /**
   * The answer as JSON, before the schema's defaults and transforms: repaired, in the user's shape, without keys that
   * the schema does not know. For text, the text.
   */
  json: InputOf<S>
  /** The answer as the model wrote it. */
  text: string
  /** The conversation with the answer added; without `system`, which each call gives anew. */
  messages: Message[]
  /** Sum over the attempts. */
  usage: Usage
  finishReason: FinishReason
  provider: string
  /** The model's id as the provider reports it, otherwise as it was asked for. */
  model: string
  timing: RunTiming
  attempts: AttemptResult[]
  repairs: Repair[]
  /** Constraints the provider's schema dialect cannot express. */
  warnings: { path: (string | number)[]; message: string }[]
  files: GeneratedFile[]
}

/** When each top-level key of an answer began and ended, in milliseconds from the call. */
export type FieldTimes = Record<string, { start: number; end: number }>

/** Milliseconds from the call on. */
export interface RunTiming {
  /** First delta of any kind. */
  firstDelta: number
  /** The text delta in which the document begins, which is when a partial can first be shown. */
  firstPartial: number
  total: number
  /** When each top-level key began and ended; of a patched key the last end counts. Empty where the root isn't an object. */
  fields: FieldTimes
}

/** What a tool gets in addition to its input. `C` is the type of the run's `context`. */
export interface ToolContext<C = unknown> {
  /**
   * Aborted when the run ends, when the tool's own time is up, or, for an `eager` tool, when the turn that made the call
   * doesn't count; the reason says which.
   */
  signal: AbortSignal
  /** The run's `context` option. */
  context: C
  /** Of this call. */
  id: string
}

/** A function that the model may call; see `tool()`. */
export interface Tool<C = unknown> {
  /** `[a-zA-Z0-9_-]{1,64}`; each name once in a list of tools. */
  readonly name: string
  /** Tells the model what it does and when to use it. */
  readonly description?: string | undefined
  /** A schema whose root is an object. */
  readonly input: unknown
  /** Gets the validated input; what it returns goes to the model as JSON, text unchanged. */
  readonly execute: (input: never, call: ToolContext<C>) => unknown
  /** Whether a call may run; see `ToolOptions`. */
  readonly approve?: ((call: ToolRequest<C, never>) => Approval | Promise<Approval>) | undefined
  /**
   * For tools that only read: a call starts as soon as its arguments are complete and valid, while the model is still
   * writing. It is canceled through its `signal` when the turn is cut, refused or replaced. In the last of `maxSteps`
   * none starts. @defaultValue false: calls start when the model has ended its turn
   */
  readonly eager?: boolean | undefined
  /** Milliseconds that `execute` may take; `Infinity` turns it off. @defaultValue 60,000 */
  readonly timeout?: number | undefined
  /**
   * What follows when `execute` throws, takes too long or returns something that isn't JSON: `tell` the model, or `fail` the run
   * with `tool_failed`. An `execute` that throws a `StructStreamError` with the code `tool_failed` always ends the run.
   * @defaultValue 'tell'
   */
  readonly onError?: 'tell' | 'fail' | undefined
}

/** What `tool()` takes: a `Tool` whose `execute` is typed by its `input`. */
export interface ToolOptions<S, C = unknown> extends Omit<Tool<C>, 'input' | 'execute' | 'approve'> {
  readonly input: S
  readonly execute: (input: S extends SchemaLike ? OutputOf<S> : unknown, call: ToolContext<C>) => unknown
  /**
   * Asked before each call, with its valid input; where the run has an `approve` too, both are asked, this one first, and
   * one refusal is enough. What it throws ends the run with `tool_failed`. @defaultValue all calls may run
   */
  readonly approve?:
    | ((call: ToolRequest<C, S extends SchemaLike ? OutputOf<S> : unknown>) => Approval | Promise<Approval>)
    | undefined
}

/** A call that waits for approval; its input is valid. */
export interface ToolRequest<C = unknown, Input = unknown> {
  id: string
  name: string
  input: Input
  /** Aborted when the run ends, or when the turn that made the call doesn't count. */
  signal: AbortSignal
  context: C
}

/** `true` lets the call run, `false` refuses it, and a text refuses it for this reason, which the model gets. */
export type Approval = boolean | string
