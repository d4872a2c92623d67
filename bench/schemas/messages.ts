import type { Dialect, JsonSchemaObject } from '../../src/types.ts'

export const TARGETS: readonly Dialect[] = ['openai', 'anthropic', 'gemini', 'ollama', 'groq', 'json-schema']

/** Sent to the worker. */
export interface Task {
  schema: JsonSchemaObject
  seed: number
}

/** What came of one schema for one target. */
export interface Outcome {
  target: Dialect
  class: 'lossless' | 'warned' | 'refused' | 'crash'
  /** Why it was refused, or what crashed. */
  reason?: string
  ms: number
  /** Places worked out. */
  visits: number
  bytesOut: number
  warnings: number
}

/** One thing that must not be. */
export interface Fault {
  kind: 'subset' | 'encoding' | 'round trip' | 'lost' | 'false alarm' | 'missed' | 'cursor'
  target: Dialect | null
  detail: string
}

/** What the worker says of a schema. */
export interface Verdict {
  bytes: number
  nodes: number
  /** Making the validator and accepting the schema, before any target. */
  acceptMs: number
  outcomes: Outcome[]
  faults: Fault[]
  /** Values tried: that fit, that do not, and of the emitted schemas. */
  valid: number
  invalid: number
  emitted: number
}
