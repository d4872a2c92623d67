import { StructStreamError } from '../../errors.ts'
import { showPath, type Path } from '../../path.ts'

/**
 * Returns a value as JSON.
 *
 * @throws `unsupported_schema` that names the place: JSON has no form for a BigInt, a cycle, or nothing at all
 */
export function toJsonText(value: unknown): string {
  let cause: unknown
  try {
    const text = JSON.stringify(value) as string | undefined
    if (text !== undefined) return text
  } catch (thrown) {
    cause = thrown
  }
  const { path, what } = obstacle(value, [], []) ?? { path: [], what: `a value whose toJSON() threw` }
  throw new StructStreamError(
    'unsupported_schema',
    `The validated value can't be sent as JSON: at ${showPath(path)}, it is ${what}. Transform it into something that JSON has, or read the stream with structstream/client, which validates in the page.`,
    { path, ...(cause !== undefined && { cause }) },
  )
}

/** Returns a value as JSON, or undefined where it has no such form. */
export function jsonTextOf(value: unknown): string | undefined {
  try {
    return JSON.stringify(value)
  } catch {
    return undefined
  }
}

/** The first thing in `value` that JSON can't say. */
function obstacle(value: unknown, path: Path, above: readonly unknown[]): { path: Path; what: string } | undefined {
  if (typeof value === 'bigint') return { path, what: 'a BigInt' }
  if (path.length === 0 && (value === undefined || typeof value === 'function' || typeof value === 'symbol')) {
    return { path, what: value === undefined ? 'undefined' : `a ${typeof value}` }
  }
  if (typeof value !== 'object' || value === null) return undefined
  if (above.includes(value)) return { path, what: 'a cycle' }
  const inside = [...above, value]
  const entries: [string | number, unknown][] = Array.isArray(value) ? [...value.entries()] : Object.entries(value)
  for (const [key, item] of entries) {
    const found = obstacle(item, [...path, key], inside)
    if (found !== undefined) return found
  }
  return undefined
}
