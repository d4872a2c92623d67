import type { ObjectShape, SchemaLocation } from './shape/shape.ts'

/** How far inside a value contradictions are looked for. */
const MAX_DEPTH = 5

const known = new WeakMap<SchemaLocation, boolean>()

/**
 * Whether any value may fit at a place: false where keywords contradict each other, here or further inside, such as a
 * required key of which no value is right. True where that isn't known.
 */
export function isPossible(location: SchemaLocation, depth = 0): boolean {
  const before = known.get(location)
  if (before !== undefined) return before
  if (depth > MAX_DEPTH) return true
  // Until it is known, also for a schema that refers to itself.
  known.set(location, true)
  const result = findOut(location, depth + 1)
  if (!result) known.set(location, false)
  else known.delete(location)
  if (result && depth === 0) known.set(location, true)
  return result
}

function findOut({ shape }: SchemaLocation, depth: number): boolean {
  switch (shape.kind) {
    case 'never':
      return false
    case 'alias':
      return isPossible(shape.to, depth)
    case 'union':
      return shape.branches.some((branch) => isPossible(branch, depth))
    case 'array': {
      const { prefix, rest, minItems, maxItems } = shape
      if (minItems > maxItems) return false
      for (let index = 0; index < minItems && index <= prefix.length; index++) {
        const slot = prefix[index] ?? rest
        if (slot === null || !isPossible(slot, depth)) return false
      }
      return true
    }
    case 'object':
      return isPossibleObject(shape, depth)
    default:
      return true
  }
}

function isPossibleObject({ properties, minProperties, maxProperties }: ObjectShape, depth: number): boolean {
  if (minProperties > maxProperties) return false
  for (const { place, required } of properties.values()) if (required && !isPossible(place, depth)) return false
  return true
}
