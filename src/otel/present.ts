import type { Attributes } from '@opentelemetry/api'

/** Without what is undefined. */
export function present(attributes: { [name: string]: Attributes[string] | undefined }): Attributes {
  return Object.fromEntries(Object.entries(attributes).filter(([, value]) => value !== undefined))
}
