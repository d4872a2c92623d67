import type { Model } from './model.ts'

/** Makes the model of an id, as a string such as `'openai:gpt-5.4'` names it. */
export type ModelFactory = (id: string) => Model

/**
 * One table for the whole process, not one for each copy of this module: a program's bundle and the package in
 * `node_modules`, or an ES and a CommonJS instance, are copies of it.
 */
const KEY = Symbol.for('structstream.providers')
const shared = globalThis as { [KEY]?: Map<string, ModelFactory> }

/** Makes providers known by name, for models given as strings. Adapters do this when they are imported. */
export function registerProviders(factories: Readonly<Record<string, ModelFactory>>): void {
  const table = (shared[KEY] ??= new Map())
  for (const [provider, make] of Object.entries(factories)) table.set(provider, make)
}

/** Returns the factory of a provider whose adapter has been imported. */
export function registeredProvider(provider: string): ModelFactory | undefined {
  return shared[KEY]?.get(provider)
}
