import { ANY, ABSENT, Lazy, KIND_OBJECT, SchemaNode } from '../../schema/node.ts'
import type { Path } from '../../types.ts'
import type { Decoding } from '../document/candidate.ts'

/** A place of an answer that is asked for anew, or for the first time. */
export interface PatchHole {
  readonly path: Path
  /** Its key in the document that is asked for. */
  readonly name: string
  /** Further elements of the array at `path`, from this index on; null: the value at `path`. */
  readonly from: number | null
  /** Its key may be missing: left out of the answer, it is taken out. */
  readonly isOptional: boolean
  /** Null: it can't be followed, so it is shown when it is complete. */
  readonly node: SchemaNode | null
}

/** How an answer is patched. */
export interface PatchPlan {
  /** The answer as plain data, in the user's shape, without what was dropped. Never written. */
  readonly raw: unknown
  /** Keys that the schema does not allow, and what stood there, as JSON. */
  readonly dropped: readonly { path: (string | number)[]; before: string }[]
  readonly places: readonly PatchHole[]
  readonly decoding: Decoding | null
}

/** A place as one path: where further elements begin counts as a separate place. */
export function holePath({ path, from }: PatchHole): Path {
  return from === null ? path : [...path, from]
}

/** The node of the document that is asked for: an object with one key for each place, of which any may be missing. */
export function requestNode(places: readonly PatchHole[]): SchemaNode {
  const properties = new Map(
    places.map(({ name, node, from }, index) => [
      name,
      {
        index,
        node: new Lazy(() => (from === null ? (node ?? HIDDEN) : elementsOf(node ?? HIDDEN))),
        isHolding: false,
        whenAbsent: () => ABSENT,
      },
    ]),
  )
  return new SchemaNode(
    { kind: 'object', properties, rest: 'strip', maximum: Infinity, holding: 0 },
    { accepts: KIND_OBJECT, expected: 'object', isHint: places.some(({ node }) => node?.isHint === true) },
  )
}

const HIDDEN = ANY.andThen([], true)

function elementsOf(element: SchemaNode): SchemaNode {
  return new SchemaNode(
    { kind: 'array', element: new Lazy(() => element), maximum: Infinity, isUnique: false },
    { expected: 'array' },
  )
}
