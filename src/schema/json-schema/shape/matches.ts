import { isJudged } from '../judges.ts'
import { codePoints } from '../code-points.ts'
import { typeOfJson } from '../keywords.ts'
import { toRegExp } from '../pattern.ts'
import type { NumberShape, ObjectShape, SchemaLocation } from './shape.ts'
import { sameJson } from './const-and-enum.ts'

interface FitOptions {
  /** What becomes of keys that a shape does not mention: they do not fit, or do not fit where the schema says so, or do not matter. */
  undeclared?: 'refused' | 'as-said' | 'ignored'
  /** Whether strings must match their patterns. */
  patterns?: boolean
  /** Unions that were tried, with what: a shared one is tried once, however many unions lead to it. */
  tried?: Map<SchemaLocation, Map<unknown, boolean>>
}

/** Whether a value has a place's structure, in the user's shape; formats and leftovers are not looked at. */
export function matchesShape(place: SchemaLocation, value: unknown, options: FitOptions = {}): boolean {
  const { shape, hints } = place
  if (isJudged(hints, 'library-reads', 'library-catches')) return true
  if (isJudged(hints, 'library-rewrites')) return typeof value === 'string' || shape.kind !== 'string'
  if (Array.isArray(value) && isJudged(hints, 'library-lists')) return true
  switch (shape.kind) {
    case 'any':
      return true
    case 'never':
      return false
    case 'alias':
      return matchesShape(shape.to, value, options)
    case 'union':
      return matchesUnion(place, shape.branches, value, options)
    case 'enum':
      return shape.values.some((option) => sameJson(option, value))
    case 'string': {
      if (typeof value !== 'string') return false
      const length = codePoints(value)
      if (length < (shape.minLength ?? 0) || length > (shape.maxLength ?? Infinity)) return false
      return options.patterns !== true || shape.patterns.every((pattern) => toRegExp(pattern, place.path).test(value))
    }
    case 'number':
      return typeof value === 'number' && fitsNumber(shape, value)
    case 'boolean':
    case 'null':
      return typeOfJson(value) === shape.kind
    case 'array': {
      if (!Array.isArray(value) || value.length < shape.minItems || value.length > shape.maxItems) return false
      return value.every((element, index) => {
        const slot = shape.prefix[index] ?? shape.rest
        return slot !== null && slot !== undefined && matchesShape(slot, element, options)
      })
    }
    case 'object': {
      if (typeOfJson(value) !== 'object') return false
      const object = value as Record<string, unknown>
      for (const [key, property] of shape.properties) {
        if (Object.hasOwn(object, key)) {
          if (!matchesShape(property.place, object[key], options)) return false
        } else if (property.required && !isJudged(property.place.hints, 'library-reads', 'library-catches'))
          return false
      }
      const others = Object.keys(object).filter((key) => !shape.properties.has(key))
      const { extra, extraOf, extraKeys } = shape
      if (extraOf !== null) {
        return others.every((key) => {
          const place = extraOf(key)
          return place !== null && matchesShape(place, object[key], options)
        })
      }
      if (extra === null) return others.length === 0 || !refuses(shape, options.undeclared)
      return others.every(
        (key) =>
          matchesShape(extra, object[key], options) && (extraKeys === null || matchesShape(extraKeys, key, options)),
      )
    }
    default: {
      const impossible: never = shape
      return impossible
    }
  }
}

function matchesUnion(
  place: SchemaLocation,
  branches: readonly SchemaLocation[],
  value: unknown,
  options: FitOptions,
): boolean {
  const { tried = new Map<SchemaLocation, Map<unknown, boolean>>() } = options
  let verdicts = tried.get(place)
  if (verdicts === undefined) tried.set(place, (verdicts = new Map()))
  let fits = verdicts.get(value)
  if (fits === undefined) {
    const within = options.tried === undefined ? { ...options, tried } : options
    verdicts.set(value, (fits = branches.some((branch) => matchesShape(branch, value, within))))
  }
  return fits
}

function refuses(shape: ObjectShape, undeclared: FitOptions['undeclared'] = 'refused'): boolean {
  return undeclared === 'refused' || (undeclared === 'as-said' && shape.closed)
}

function fitsNumber(shape: NumberShape, value: number): boolean {
  return (
    (!shape.integer || Number.isInteger(value)) &&
    value >= (shape.minimum ?? -Infinity) &&
    value <= (shape.maximum ?? Infinity) &&
    value > (shape.exclusiveMinimum ?? -Infinity) &&
    value < (shape.exclusiveMaximum ?? Infinity)
  )
}
