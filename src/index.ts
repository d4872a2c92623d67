export { run, runStream } from './run-stream.ts'
export { parseStream } from './parse-stream.ts'
export { runMany, type ManyRuns } from './run-many.ts'
export type {
  Checkpoint,
  CheckpointEntry,
  ItemRun,
  ManyOptions,
  ManyOutcome,
  ManyProgress,
  ManySummary,
  RetryOptions,
} from './many/types.ts'
export { createSession, type SavedSession, type Session, type SessionOptions } from './session.ts'
export { tool } from './tool.ts'
export { warm } from './warm.ts'
export type { WarmOptions, WarmResult } from './warming/types.ts'
export { configure } from './stream/options/defaults.ts'
export { StructStreamError, type ErrorCode, type ErrorDetails } from './errors.ts'
export { StructuredStream } from './stream/structured-stream.ts'
export type { CheckedPath, CheckedPattern, ElementAt, Path, PathOf } from './path.ts'
export type { StreamIterator } from './async/consumer.ts'
export type { ParseOptions, PieceOptions, TextOfPiece } from './stream/options/parse-options.ts'
export type { PieceSource, TextPiece, TextReadable, TextResponse, TextSource } from './stream/source/text-source.ts'
export type { PartialOptions } from './stream/consumers/partials.ts'
export type { FieldOptions } from './stream/consumers/at-path.ts'
export type { SmoothOptions, SmoothUnit } from './stream/consumers/smoothing.ts'
export type { TextOptions } from './stream/consumers/text.ts'
export type { ObservedRequest, ObservedRun, RunObserver, RunOutcome } from './stream/observers.ts'
export type {
  FieldTimes,
  LimitOptions,
  ModelChoice,
  OnInvalid,
  RunOptions,
  RunResult,
  RunTiming,
  Snapshot,
  StreamChunk,
  StreamEvent,
  StreamStatus,
  TimeoutOptions,
  Approval,
  Tool,
  ToolContext,
  ToolOptions,
  ToolRequest,
} from './stream/types.ts'
export { atomic, check, first, required } from './schema/hints.ts'
export type { RuleContext, RuleIssue } from './schema/rules.ts'
export { jsonSchema, type JsonSchemaDefinition } from './schema/json-schema/definition.ts'
export type { AnySchema, DeepPartial, InputOf, OutputOf, PartialOf, SchemaLike } from './schema/types.ts'
export type { Model, ModelEvent, ModelRequest, ModelSettings, ResponseFormat, ToolDefinition } from './models/model.ts'
export type {
  AttemptResult,
  ContentPart,
  Dialect,
  FilePart,
  FinishReason,
  GeneratedFile,
  ImagePart,
  Issue,
  JsonSchemaObject,
  Message,
  Mode,
  ProviderData,
  Repair,
  TextPart,
  ToolCall,
  Usage,
} from './types.ts'
