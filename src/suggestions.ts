/** The known name that is at most two edits away. */
export function nearest(name: string, known: readonly string[]): string | undefined {
  const scored = known.map((word) => [edits(name.toLowerCase(), word.toLowerCase()), word] as const)
  const best = scored.reduce((a, b) => (b[0] < a[0] ? b : a), [3, ''] as const)
  return best[0] < 3 ? best[1] : undefined
}

/** Levenshtein's distance. */
function edits(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, i) => i)
  for (let i = 1; i <= a.length; i++) {
    const next = [i]
    for (let j = 1; j <= b.length; j++) {
      next.push(Math.min(row[j]! + 1, next[j - 1]! + 1, row[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1)))
    }
    row = next
  }
  return row[b.length]!
}

/** A value in words. */
export function show(value: unknown): string {
  if (typeof value === 'string') return JSON.stringify(value.length > 60 ? `${value.slice(0, 60)}…` : value)
  if (typeof value === 'number' || typeof value === 'boolean' || value == null) return String(value)
  return Array.isArray(value) ? 'a list' : `a value of type ${typeof value}`
}
