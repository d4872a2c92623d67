'use client'

export { useField, useStructuredStream, type StructuredStreamState } from './use-structured-stream.ts'
export { StreamStore, type StoreOptions, type StoreState, type StoreStatus } from '../web/client/state/stream-store.ts'
export type { FieldAt } from '../path.ts'
export type { Field, FieldStatus } from '../web/client/state/field.ts'
export type { ShownToolCall, ToolCallState } from '../web/client/state/shown-tool-calls.ts'
