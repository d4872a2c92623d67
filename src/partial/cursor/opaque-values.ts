/** Objects that user code has made: what is inside them has no place in the text. */
const made = new WeakSet<object>()

export function markUserMade(value: unknown): void {
  if (typeof value === 'object' && value !== null) made.add(value)
}

export function isUserMade(value: unknown): boolean {
  return typeof value === 'object' && value !== null && made.has(value)
}
