/** Schemas that are used several times, and how large a copy would be in which each is written out at each place. */
export interface SharedParts {
  readonly shared: readonly object[]
  /** Too large to be written out: an object that holds one schema under two keys, 30 levels deep, has 2^30 places. */
  readonly areMany: boolean
}

/** Places up to which shared schemas are written out, as converters do: providers follow that better than references. */
const MOST_PLACES = 2000

/**
 * Counts the places of a schema, going through each part once.
 *
 * @param partsOf the schemas directly inside a schema, without those that a function returns
 */
export function sharedParts(schema: object, partsOf: (schema: object) => Iterable<object>): SharedParts {
  const places = new Map<object, number>()
  const shared = new Set<object>()
  const count = (part: object): number => {
    const known = places.get(part)
    if (known !== undefined) {
      shared.add(part)
      return known
    }
    // A schema that holds itself is a reference there.
    places.set(part, 1)
    let sum = 1
    for (const inside of partsOf(part)) sum += count(inside)
    places.set(part, sum)
    return sum
  }
  return { areMany: count(schema) > MOST_PLACES && shared.size > 0, shared: [...shared] }
}

/** Returns the values in plain data, at most two levels deep, that `isSchema` knows. */
export function* schemasIn(
  data: object,
  isSchema: (value: object) => boolean,
  depth = 0,
): Generator<object, void, undefined> {
  for (const value of Object.values(data) as unknown[]) {
    if (typeof value !== 'object' || value === null) continue
    if (isSchema(value)) yield value
    else if (depth < 1) yield* schemasIn(value, isSchema, depth + 1)
  }
}
