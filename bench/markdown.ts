/** Lines of a Markdown table; the first column is text, the others are figures. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`
  return [line(head), line(head.map((_, index) => (index === 0 ? ':--' : '--:'))), ...rows.map(line)].join('\n')
}

/** A time with three digits and the unit that fits. @param ns nanoseconds */
export function duration(ns: number): string {
  if (ns < 1_000) return `${digits(ns)} ns`
  if (ns < 1e6) return `${digits(ns / 1e3)} µs`
  if (ns < 1e9) return `${digits(ns / 1e6)} ms`
  return `${digits(ns / 1e9)} s`
}

/** A number with three digits, or all before the point. */
export function digits(value: number): string {
  if (value >= 100) return Math.round(value).toLocaleString('en')
  return value.toFixed(value >= 10 ? 1 : 2)
}
