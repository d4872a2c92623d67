import type { z } from 'zod'
import { safeParse } from 'zod/v4/core'

import type { Part } from './prefix.ts'

/**
 * The table of earliest certain reports, for Zod, read from the definitions: one line for each row, with no regard for
 * cost. What only the whole value can tell is asked of the schema itself, once the value is complete.
 */
export function isCertainlyWrong(schema: z.core.$ZodType, part: Part): boolean {
  const { def } = schema._zod as { def: Record<string, any> }
  const checks = ((def['checks'] ?? []) as { _zod: { def: Record<string, any> } }[]).map((check) => check._zod.def)
  const limit = (name: string, key: string): number[] =>
    checks.filter((check) => check['check'] === name).map((check) => check[key] as number)
  const most = Math.min(...limit('max_length', 'maximum'), ...limit('length_equals', 'length'))
  const least = Math.max(0, ...limit('min_length', 'minimum'), ...limit('length_equals', 'length'))
  const isClosed = part.isDone
  switch (def['type']) {
    case 'string': {
      if (part.kind !== 'string') return true
      const { length } = Array.from(part.text)
      if (length > most) return true
      if (isClosed && length < least) return true
      return checks.some(({ format, prefix, suffix, includes, pattern }) => {
        if (format === 'starts_with')
          return isClosed || part.text.length >= prefix.length
            ? !part.text.startsWith(prefix)
            : !prefix.startsWith(part.text)
        if (!isClosed) return false
        if (format === 'ends_with') return !part.text.endsWith(suffix)
        if (format === 'includes') return !part.text.includes(includes)
        return pattern instanceof RegExp && !new RegExp(pattern.source, pattern.flags.replace('g', '')).test(part.text)
      })
    }
    case 'number': {
      if (part.kind !== 'number') return true
      if (!isClosed) return false
      const value = Number(part.text)
      const isWhole =
        checks.some(({ format }) => String(format).includes('int')) || String(def['format']).includes('int')
      return (
        (isWhole && !Number.isSafeInteger(value)) ||
        checks.some(({ check, value: bound, inclusive }) => {
          if (check === 'less_than') return inclusive === true ? value > bound : value >= bound
          if (check === 'greater_than') return inclusive === true ? value < bound : value <= bound
          return check === 'multiple_of' && !Number.isInteger(value / bound)
        })
      )
    }
    case 'boolean':
      return part.kind !== 'literal' || part.value === null
    case 'null':
      return part.kind !== 'literal' || part.value !== null
    case 'enum':
      return !Object.values(def['entries'] as object).some((option) => mayBe(option, part))
    case 'literal':
      return !(def['values'] as unknown[]).some((option) => mayBe(option, part))
    case 'any':
    case 'unknown':
      return false
    case 'never':
      return true
    case 'array': {
      if (part.kind !== 'array') return true
      const { elements } = part
      if (elements.length > most || (isClosed && elements.length < least)) return true
      return elements.some((element) => isCertainlyWrong(def['element'], element))
    }
    case 'tuple': {
      if (part.kind !== 'array') return true
      const items = def['items'] as z.core.$ZodType[]
      const rest = def['rest'] as z.core.$ZodType | null
      // Without a rest Zod counts the slots; with one, a slot that did not come is `undefined`.
      const needs = (item: z.core.$ZodType): boolean =>
        rest === null ? item._zod.optin === undefined : !safeParse(item, undefined).success
      const needed = items.findLastIndex(needs) + 1
      if (isClosed && part.elements.length < needed) return true
      return part.elements.some((element, at) => {
        const slot = items[at] ?? rest
        return slot === null || isCertainlyWrong(slot, element)
      })
    }
    case 'record': {
      if (part.kind !== 'object') return true
      const keys = def['keyType'] as z.core.$ZodType
      const wanted = keys._zod.values === undefined ? [] : [...keys._zod.values].map(String)
      const isMissing = wanted.some((key) => !part.entries.some((entry) => entry.key === key))
      if (isClosed && isMissing && !safeParse(def['valueType'], undefined).success) return true
      return part.entries.some(
        ({ key, value }) =>
          isCertainlyWrong(keys, { kind: 'string', text: key, isDone: true }) ||
          (value !== null && isCertainlyWrong(def['valueType'], value)),
      )
    }
    case 'object': {
      if (part.kind !== 'object') return true
      const shape = def['shape'] as Record<string, z.core.$ZodType>
      const catchall = def['catchall'] as z.core.$ZodType | undefined
      const isMissing = (key: string): boolean =>
        shape[key]!._zod.optin === undefined && !part.entries.some((entry) => entry.key === key)
      if (isClosed && Object.keys(shape).some(isMissing)) return true
      return part.entries.some(({ key, value }) => {
        if (Object.hasOwn(shape, key)) return value !== null && isCertainlyWrong(shape[key]!, value)
        if (catchall === undefined) return false
        return catchall._zod.def.type === 'never' || (value !== null && isCertainlyWrong(catchall, value))
      })
    }
    case 'optional':
    case 'default':
    case 'readonly':
      return isCertainlyWrong(def['innerType'], part)
    case 'nullable':
      return !(part.kind === 'literal' && part.value === null) && isCertainlyWrong(def['innerType'], part)
    case 'union': {
      const { discriminator } = def as { discriminator?: string }
      if (discriminator !== undefined) return isWrongByTag(def['options'] as z.core.$ZodType[], discriminator, part)
      return (def['options'] as z.core.$ZodType[]).every((option) => isCertainlyWrong(option, part))
    }
    case 'intersection':
      return isCertainlyWrong(def['left'], part) || isCertainlyWrong(def['right'], part)
    case 'lazy':
      return isCertainlyWrong((def['getter'] as () => z.core.$ZodType)(), part)
    default:
      throw new Error(`the oracle knows no ${String(def['type'])}`)
  }
}

/** A discriminated union: when no discriminator value fits; by the branch once the discriminator is complete. */
function isWrongByTag(options: readonly z.core.$ZodType[], discriminator: string, part: Part): boolean {
  if (part.kind !== 'object') return true
  const tag = part.entries.find(({ key }) => key === discriminator)?.value ?? null
  if (tag === null) return part.isDone
  const alive = options.filter((option) =>
    [...option._zod.propValues![discriminator]!].some((value) => mayBe(value, tag)),
  )
  return alive.length === 0 || (tag.isDone && isCertainlyWrong(alive[0]!, part))
}

function mayBe(option: unknown, part: Part): boolean {
  switch (part.kind) {
    case 'string':
      return typeof option === 'string' && (part.isDone ? option === part.text : option.startsWith(part.text))
    case 'number':
      return typeof option === 'number' && (!part.isDone || option === Number(part.text))
    case 'literal':
      return option === part.value
    default:
      return false
  }
}
