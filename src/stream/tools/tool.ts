import type { AnySchema, OutputOf } from '../../schema/types.ts'

/** What a tool learns beside its input. `C` is the type of the run's `context`. */
export interface ToolContext<C = unknown> {
  /** Aborted when the run ends, when the tool's own time is up, and never otherwise; the reason tells which. */
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
  /** Gets the validated input; what it returns goes to the model as JSON, text as it is. */
  readonly execute: (input: never, call: ToolContext<C>) => unknown
  /** Milliseconds that `execute` may take; `Infinity` turns it off. @defaultValue 60,000 */
  readonly timeout?: number | undefined
  /**
   * What follows when `execute` throws, takes too long or returns what is no JSON: `tell` the model, or `fail` the run
   * with `tool_failed`. An `execute` that throws a `StructStreamError` with the code `tool_failed` always ends the run.
   * @defaultValue 'tell'
   */
  readonly onError?: 'tell' | 'fail' | undefined
}

/** What `tool()` takes: a `Tool` whose `execute` is typed by its `input`. */
export interface ToolOptions<S, C = unknown> extends Omit<Tool<C>, 'input' | 'execute'> {
  readonly input: S
  readonly execute: (input: S extends AnySchema ? OutputOf<S> : unknown, call: ToolContext<C>) => unknown
}

/** A call that waits for approval; its input is valid. */
export interface ToolRequest<C = unknown> {
  id: string
  name: string
  input: unknown
  /** Aborted when the run ends. */
  signal: AbortSignal
  context: C
}

/** `true` lets the call run, `false` refuses it, and a text refuses it for this reason; the model is told. */
export type Approval = boolean | string
