import type { Path } from '../../src/types.ts'

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

/** A path as one writes it in code; the root is `(root)`. */
export function pathText(path: Path): string {
  if (path.length === 0) return '(root)'
  return path.map((key, at) => (typeof key === 'number' ? `[${key}]` : at === 0 ? key : `.${key}`)).join('')
}
