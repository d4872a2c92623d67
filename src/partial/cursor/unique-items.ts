/** Notes an element; false when one alike has come before. As JSON Schema has it: 1 is 1.0, and the order of keys means nothing. */
export function isNewElement(known: Set<string>, element: unknown): boolean {
  const before = known.size
  known.add(canonical(element))
  return known.size > before
}

/** The same text for values that are alike. */
export function canonical(value: unknown): string {
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'undefined'
  if (Array.isArray(value)) return `[${value.map(canonical).join()}]`
  const entries = Object.entries(value).map(([key, child]) => `${JSON.stringify(key)}:${canonical(child)}`)
  return `{${entries.toSorted().join()}}`
}
