/**
 * What a tool returned, as text for the model: text unchanged, anything else as JSON, nothing as `null`.
 *
 * @throws TypeError for what JSON cannot say, and for what it would say nothing of without a word (a `Map`, a `Set`, bytes)
 */
export function jsonOutput(value: unknown): string {
  if (typeof value === 'string') return value
  if (value === undefined) return 'null'
  const text = JSON.stringify(value, (_key, item: unknown) => {
    if (item instanceof Map || item instanceof Set || ArrayBuffer.isView(item) || item instanceof ArrayBuffer) {
      throw new TypeError(`a ${item.constructor.name} has no form in JSON`)
    }
    return item
  }) as string | undefined
  if (text === undefined) throw new TypeError(`a ${typeof value} has no form in JSON`)
  return text
}
