/** Milliseconds as people read them. */
export function time(ms: number | undefined): string {
  if (ms === undefined) return '–'
  if (ms < 1_000) return `${Math.round(ms)} ms`
  return `${(ms / 1_000).toFixed(ms < 10_000 ? 2 : 1)} s`
}

/** With separators for thousands. */
export function number(value: number): string {
  return value.toLocaleString('en')
}
