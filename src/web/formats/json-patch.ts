import { pointerToken } from '../../pointer.ts'

/** One operation of RFC 6902, of those that are made here. */
export type PatchOperation = { op: 'add' | 'replace'; path: string; value: unknown } | { op: 'remove'; path: string }

/**
 * Returns the operations that make `after` of `before`, both without what JSON can't hold. Values that are the same
 * object are not looked into, so the cost is that of what has changed.
 *
 * @param path JSON Pointer of both
 */
export function diff(before: unknown, after: unknown, path: string): PatchOperation[] {
  const operations: PatchOperation[] = []
  compare(before, after, path, operations)
  return operations
}

function compare(before: unknown, after: unknown, path: string, operations: PatchOperation[]): void {
  if (Object.is(before, after)) return
  if (Array.isArray(before) && Array.isArray(after)) return compareLists(before, after, path, operations)
  if (isPlain(before) && isPlain(after)) return compareObjects(before, after, path, operations)
  operations.push({ op: 'replace', path, value: after })
}

function compareLists(
  before: readonly unknown[],
  after: readonly unknown[],
  path: string,
  operations: PatchOperation[],
): void {
  const both = Math.min(before.length, after.length)
  for (let index = 0; index < both; index++) compare(before[index], after[index], `${path}/${index}`, operations)
  for (let index = before.length - 1; index >= both; index--)
    operations.push({ op: 'remove', path: `${path}/${index}` })
  for (let index = both; index < after.length; index++)
    operations.push({ op: 'add', path: `${path}/${index}`, value: after[index] ?? null })
}

function compareObjects(
  before: Readonly<Record<string, unknown>>,
  after: Readonly<Record<string, unknown>>,
  path: string,
  operations: PatchOperation[],
): void {
  for (const key of Object.keys(before)) {
    if (before[key] !== undefined && (!Object.hasOwn(after, key) || after[key] === undefined))
      operations.push({ op: 'remove', path: `${path}/${pointerToken(key)}` })
  }
  for (const [key, value] of Object.entries(after)) {
    if (value === undefined) continue
    const at = `${path}/${pointerToken(key)}`
    if (Object.hasOwn(before, key) && before[key] !== undefined) compare(before[key], value, at, operations)
    else operations.push({ op: 'add', path: at, value })
  }
}

function isPlain(value: unknown): value is Record<string, unknown> {
  if (typeof value !== 'object' || value === null || Array.isArray(value) || 'toJSON' in value) return false
  const prototype: unknown = Object.getPrototypeOf(value)
  return prototype === Object.prototype || prototype === null
}
