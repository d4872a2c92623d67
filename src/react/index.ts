'use client'

export { useField, useStructuredStream, type StructuredStreamState } from './use-structured-stream.ts'
export { StreamStore, type StoreOptions, type StoreState, type StoreStatus } from './stream-store.ts'
export type { Field, FieldAt, FieldStatus } from './field.ts'
