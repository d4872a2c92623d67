import type { Attributes } from '@opentelemetry/api'

/** Without what is undefined. */
export function present(attributes: { [name: string]: Attributes[string] | undefined }): Attributes {
  const result: Attributes = {}
  for (const name in attributes) if (attributes[name] !== undefined) result[name] = attributes[name]
  return result
}
