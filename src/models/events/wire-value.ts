/** An object of the wire whose fields are looked at before they are believed. */
export type WireObject = { readonly [key: string]: unknown }

/** The value as an object, or `undefined` when it is anything else (arrays included). */
export function asObject(value: unknown): WireObject | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as WireObject) : undefined
}

/** The value as a list; anything else is an empty one. */
export function asList(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : []
}

/** The value as text; anything else is the empty text. */
export function asText(value: unknown): string {
  return typeof value === 'string' ? value : ''
}

/** The value as a non-empty text, or `undefined`. */
export function asName(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined
}

/** The value as an index or key of a position, as text; some servers send it as a string. */
export function asIndex(value: unknown): string | undefined {
  return typeof value === 'number' ? String(value) : asName(value)
}

/** The value as a count, or `undefined` when it is not a whole number from 0 that a double can hold. */
export function asCount(value: unknown): number | undefined {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0 ? value : undefined
}
