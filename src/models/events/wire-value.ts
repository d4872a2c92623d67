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

/** The value as a token count, or `undefined` when it is not a finite number. */
export function asCount(value: unknown): number | undefined {
  return typeof value === 'number' && Number.isFinite(value) ? value : undefined
}
