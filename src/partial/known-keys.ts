import { setOwn } from '../json/growing-container.ts'
import { ABSENT, CheckFailure, type Core, type Lazy, type SchemaNode } from '../schema/node.ts'
import { kindOf } from './patch/node-at.ts'
import { readValue } from './patch/read-value.ts'

/**
 * A valid answer as plain data, without the keys that the schema does not know. What is unchanged stays the same
 * object, and `raw` is never written.
 *
 * Of a union the first option that the value fits counts; a key that either side of an intersection knows stays; a
 * value that `catch` replaced stays as it came, since the fallback is made of it.
 */
export function withoutUnknownKeys(node: SchemaNode, raw: unknown): unknown {
  if (typeof raw !== 'object' || raw === null) return raw
  const { core } = node.narrow(kindOf(raw))
  return Array.isArray(raw) ? elements(core, raw) : members(core, raw as Record<string, unknown>)
}

function elements(core: Core, raw: unknown[]): unknown {
  switch (core.kind) {
    case 'array':
      return mapped(raw, () => core.element)
    case 'tuple':
      return mapped(raw, (index) => core.slots[index] ?? core.rest)
    case 'any':
    case 'leaf':
    case 'object':
    case 'record':
    case 'discriminated':
      return raw
    default:
      return severalReadings(core, raw)
  }
}

function members(core: Core, raw: Record<string, unknown>): unknown {
  switch (core.kind) {
    case 'object':
      return kept(raw, (key) => {
        const property = core.properties.get(key)
        if (property !== undefined) return property.node
        if (core.rest === 'strip') return undefined
        if (core.rest === 'strict') return null
        const rest = typeof core.rest === 'function' ? core.rest(key) : core.rest
        return rest instanceof CheckFailure ? null : rest
      })
    case 'record':
      return kept(raw, (key) => {
        const stored = core.key(key)
        if (stored instanceof CheckFailure) return null
        if (stored.name === ABSENT) return undefined
        return stored.isChecked ? core.value : null
      })
    case 'discriminated': {
      const branch = core.branches.get(raw[core.discriminator])
      return branch === undefined ? raw : withoutUnknownKeys(branch.node, raw)
    }
    case 'any':
    case 'leaf':
    case 'array':
    case 'tuple':
      return raw
    default:
      return severalReadings(core, raw)
  }
}

function severalReadings(core: Core & { kind: 'union' | 'intersection' | 'catch' }, raw: object): unknown {
  switch (core.kind) {
    case 'union': {
      const option = core.options.find(({ node }) => fits(node, raw))
      return option === undefined ? raw : withoutUnknownKeys(option.node, raw)
    }
    case 'intersection': {
      const [left, right] = core.sides
      return merged(raw, withoutUnknownKeys(left.node, raw), withoutUnknownKeys(right.node, raw))
    }
    case 'catch':
      return fits(core.inner.node, raw) ? withoutUnknownKeys(core.inner.node, raw) : raw
    default: {
      const never: never = core
      return never
    }
  }
}

function fits(node: SchemaNode, raw: object): boolean {
  if ((node.accepts & kindOf(raw)) === 0) return false
  const { issues, isUnsure } = readValue(node, raw, false)
  return issues.length === 0 && !isUnsure
}

/** `nodeAt` gives null for an element that stays unchanged. */
function mapped(raw: unknown[], nodeAt: (index: number) => Lazy | null): unknown[] {
  let copy: unknown[] | undefined
  for (const [index, value] of raw.entries()) {
    const lazy = nodeAt(index)
    const next = lazy === null ? value : withoutUnknownKeys(lazy.node, value)
    if (next !== value) (copy ??= [...raw])[index] = next
  }
  return copy ?? raw
}

/** `nodeOf` gives null for a value that stays unchanged, undefined for a key that is not known. */
function kept(raw: Record<string, unknown>, nodeOf: (key: string) => Lazy | null | undefined): object {
  const copy: Record<string, unknown> = {}
  let isSame = true
  for (const key of Object.keys(raw)) {
    const value = raw[key]
    const lazy = nodeOf(key)
    const next = lazy === undefined ? ABSENT : lazy === null ? value : withoutUnknownKeys(lazy.node, value)
    isSame &&= next === value
    if (next !== ABSENT) setOwn(copy, key, next)
  }
  return isSame ? raw : copy
}

/** What is in one of two parts of the same value. */
function merged(raw: unknown, left: unknown, right: unknown): unknown {
  if (left === right || right === raw) return right
  if (left === raw) return left
  if (Array.isArray(raw)) {
    const list = raw.map((value, index) => merged(value, (left as unknown[])[index], (right as unknown[])[index]))
    return list.every((value, index) => value === raw[index]) ? raw : list
  }
  const copy: Record<string, unknown> = {}
  let isSame = true
  for (const [key, value] of Object.entries(raw as object)) {
    const [a, b] = [own(left, key), own(right, key)]
    const next = a === ABSENT ? b : b === ABSENT ? a : merged(value, a, b)
    isSame &&= next === value
    if (next !== ABSENT) setOwn(copy, key, next)
  }
  return isSame ? raw : copy
}

function own(value: unknown, key: string): unknown {
  return Object.hasOwn(value as object, key) ? (value as Record<string, unknown>)[key] : ABSENT
}
