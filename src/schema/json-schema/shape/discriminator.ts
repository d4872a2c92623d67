import { isJudged } from '../judges.ts'
import type { SchemaLocation } from './shape.ts'

/** The first key that every branch, an object, must have with distinct values; `null` when there is none. */
export function discriminatorOf(
  branches: readonly SchemaLocation[],
): { key: string; values: (string | number | boolean | null)[][] } | null {
  const shapes = branches.map((branch) => targetOf(branch).shape)
  const [first] = shapes
  if (branches.some(isLibrarys)) return null
  if (shapes.length < 2 || first?.kind !== 'object') return null
  for (const key of first.properties.keys()) {
    const values = shapes.map((shape) => {
      const property = shape.kind === 'object' ? shape.properties.get(key) : undefined
      if (property === undefined || !property.required) return []
      const value = targetOf(property.place)
      return value.shape.kind === 'enum' && value.leftovers.length === 0 && !isLibrarys(property.place)
        ? value.shape.values
        : []
    })
    const all = values.flat()
    if (values.every((list) => list.length > 0) && new Set(all).size === all.length) return { key, values }
  }
  return null
}

/** Other values than those it names may fit there. */
function isLibrarys({ hints }: SchemaLocation): boolean {
  return isJudged(hints, 'library-reads', 'library-catches', 'library-rewrites')
}

/** The place that all aliases lead to. */
function targetOf(place: SchemaLocation): SchemaLocation {
  let found = place
  for (let { shape } = found; shape.kind === 'alias'; shape = found.shape) found = shape.to
  return found
}
