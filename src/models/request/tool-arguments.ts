import { asObject, type WireObject } from '../events/wire-value.ts'

/**
 * JSON text as the object that a wire demands. What is none (a cut call, another provider's slip, a result in plain
 * words) is put under `key`, so that nothing is lost.
 */
export function objectOfJson(text: string, key: string): WireObject {
  try {
    const value: unknown = JSON.parse(text === '' ? '{}' : text)
    return asObject(value) ?? { [key]: value }
  } catch {
    return { [key]: text }
  }
}
