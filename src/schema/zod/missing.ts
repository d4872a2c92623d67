import type { $ZodType } from 'zod/v4/core'

import { ABSENT, CheckFailure, Undetermined, type ObjectCore, type RecordKey, type RelativeIssue } from '../node.ts'
import { runSchema } from './checks.ts'
import { passing, variant } from './probe.ts'

/*
 * What happens to a missing key, slot or entry differs between Zod's versions (4.3, 4.4 and 4.5 each changed it), so
 * no rule is written down here. Instead a small schema of the same class, which holds only the place in question, is run
 * over a value in which nothing but that place is missing.
 */

const PROTO = '__proto__'

type Definition = Record<string, unknown>

/**
 * Returns what an object's schema makes of one missing key: a value, `ABSENT`, a `CheckFailure` or `Undetermined`. Members of
 * `Object.prototype` are read by Zod where a key has their name, so the probe is a plain object too.
 */
export function missingKey(object: $ZodType, key: string, property: $ZodType): () => unknown {
  let run: ((value: unknown) => unknown) | null = null
  return () => {
    run ??= runSchema(variant(object, { shape: single(key, property), catchall: undefined }))
    const result = run({})
    if (result instanceof CheckFailure) return new CheckFailure(result.issues.map(inside))
    if (result instanceof Undetermined) return new Undetermined(ABSENT)
    return Object.hasOwn(result as object, key) ? (result as Definition)[key] : ABSENT
  }
}

/** Returns what becomes of a strict object's undeclared keys. Zod 4.4 drops a `__proto__`, the other versions refuse it. */
export function strictRest(object: $ZodType): ObjectCore['rest'] {
  const refusal = runSchema(variant(object, { shape: {} }))(single(PROTO, 1))
  if (refusal instanceof CheckFailure) return 'strict'
  return (name) => (name === PROTO ? null : new CheckFailure([undeclaredKey(name)]))
}

/** Returns what a tuple's schema fills in after the first `count` slots, or why that is too few. */
export function missingSlots(
  tuple: $ZodType,
  items: readonly $ZodType[],
): (count: number) => unknown[] | CheckFailure | Undetermined {
  const probes: ((value: unknown) => unknown)[] = []
  return (count) => {
    if (count >= items.length) return []
    const probe = (probes[count] ??= runSchema(
      variant(tuple, {
        items: [...items.slice(0, count).map((item) => passing(undefined, item)), ...items.slice(count)],
      }),
    ))
    const result = probe(Array.from({ length: count }, () => null))
    if (result instanceof CheckFailure) return new CheckFailure(result.issues.map((issue) => withCount(issue, count)))
    if (result instanceof Undetermined) return new Undetermined(ABSENT)
    return (result as unknown[]).slice(count)
  }
}

/** Returns what a record's schema makes of a missing key of its closed set: entries of the result, or a `CheckFailure`. */
export function missingEntries(record: $ZodType, keyType: $ZodType): (key: string) => [name: string, value: unknown][] {
  const probes = new Map<string, (value: unknown) => unknown>()
  return (key) => {
    let probe = probes.get(key)
    if (probe === undefined) probes.set(key, (probe = runSchema(variant(record, { keyType: only(keyType, key) }))))
    const result = probe({})
    if (result instanceof CheckFailure) return [[key, new CheckFailure(result.issues.map(inside))]]
    if (result instanceof Undetermined) return [[key, new Undetermined(ABSENT)]]
    return Object.entries(result as object)
  }
}

/**
 * Returns what a record's schema makes of the name of a key, whatever its value. `closed`: the names it declares, each
 * of which must be there.
 */
export function readRecordKey(
  record: $ZodType,
  keyType: $ZodType,
  closed: readonly string[] | null,
): (name: string) => RecordKey | CheckFailure {
  const isChecked = 1
  const isKept = 2
  const valueType = passing(isChecked)
  const probes = new Map<string | null, (value: unknown) => unknown>()
  const probeFor = (name: string): ((value: unknown) => unknown) => {
    // The other keys of a closed set would be filled in too.
    const declared = closed?.includes(name) === true ? name : null
    let probe = probes.get(declared)
    if (probe === undefined) {
      const changes = closed === null ? { valueType } : { valueType, keyType: only(keyType, declared) }
      probes.set(declared, (probe = runSchema(variant(record, changes))))
    }
    return probe
  }
  return (name) => {
    const result = probeFor(name)(single(name, isKept))
    if (result instanceof CheckFailure) {
      return new CheckFailure(result.issues.map((issue) => ({ ...issue, received: name })))
    }
    // The key is judged with the whole.
    if (result instanceof Undetermined) return { name, isChecked: true }
    const entry = Object.entries(result as object).find(([, value]) => value === isChecked || value === isKept)
    return entry === undefined
      ? { name: ABSENT, isChecked: false }
      : { name: entry[0], isChecked: entry[1] === isChecked }
  }
}

/** The same type of key, with the one declared value that is written `key`, or with none. */
function only(keyType: $ZodType, key: string | null): object {
  const values = [...(keyType._zod.values ?? [])].filter((value) => String(value) === key)
  return { _zod: Object.create(keyType._zod, { values: { value: new Set(values) } }) as object }
}

/** `__proto__` must become an own property. */
function single<T>(key: string, value: T): Record<string, T> {
  return Object.defineProperty({}, key, { value, enumerable: true, configurable: true, writable: true })
}

function inside<T extends { path: (string | number)[] }>(issue: T): T {
  return { ...issue, path: issue.path.slice(1) }
}

function withCount<T extends { path: (string | number)[]; code: string }>(issue: T, count: number): T {
  return issue.code === 'too_small' && issue.path.length === 0 ? { ...issue, received: `${count} items` } : issue
}

function undeclaredKey(name: string): RelativeIssue {
  const message = `Unrecognized key: ${JSON.stringify(name)}`
  return { path: [], code: 'unrecognized_keys', message, expected: 'only declared keys', received: name }
}
