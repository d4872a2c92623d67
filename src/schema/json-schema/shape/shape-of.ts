import type { Subschema } from '../document.ts'
import type { JsonType } from '../keywords.ts'
import { shapeOfArray } from './array-shape.ts'
import { distribute } from './unions.ts'
import { collectUntyped, leaveBesideValues } from './unmodelled.ts'
import { shapeOfObject } from './object-shape.ts'
import type { ApplicableSubschema, Places } from './locations.ts'
import { shapeOfNumber, shapeOfString } from './scalar-shapes.ts'
import { never, refusal, refusesAll } from './never.ts'
import type { Leftover, Shape } from './shape.ts'
import { typesOf } from './value-types.ts'
import type { Types } from './value-types.ts'
import { shapeOfValues } from './const-and-enum.ts'

/** Works out what all these parts together say of one place; checks it cannot model go to `leftovers`. */
export function shapeOf(places: Places, parts: readonly ApplicableSubschema[], leftovers: Leftover[]): Shape {
  const nodes = parts.filter((part) => part.role === 'own').map((part) => part.node)
  const refused = nodes.find(refusesAll)
  if (refused !== undefined) return refusal(refused)
  if (parts.some((part) => part.role === 'anyOf' || part.role === 'oneOf')) {
    const union = distribute(places, parts, leftovers)
    if (union !== null) return union
  }
  const [first] = nodes
  if (first === undefined) return { kind: 'any' }
  for (const node of nodes) collectUntyped(places, node, leftovers)
  const types = typesOf(places, nodes, leftovers)
  const values = shapeOfValues(places, nodes, types)
  if (values !== null) {
    if (places.isExact) leaveBesideValues(nodes, leftovers)
    return values
  }
  if (types === null) return { kind: 'any' }
  if (types.size === 0) return never(first, 'its parts allow no type in common')
  const shapes = [...types.keys()].map((type) => shapeOfType(places, nodes, type, types, leftovers))
  const [only] = shapes
  if (only !== undefined && shapes.length === 1) return only
  const key = nodes.map((node) => node.id).join(' ')
  const branches = shapes.map((shape) => places.made(`${key} ${shape.kind} of types`, first.path, () => shape))
  return { kind: 'union', branches, exclusive: false }
}

function shapeOfType(
  places: Places,
  nodes: readonly Subschema[],
  type: JsonType,
  types: Types,
  leftovers: Leftover[],
): Shape {
  switch (type) {
    case 'null':
    case 'boolean':
      return { kind: type }
    case 'number':
      return shapeOfNumber(nodes, types.get('number') === 'integer')
    case 'string':
      return shapeOfString(nodes, leftovers, places.isExact)
    case 'array':
      return shapeOfArray(places, nodes, leftovers)
    case 'object':
      return shapeOfObject(places, nodes, leftovers)
    default: {
      const impossible: never = type
      return impossible
    }
  }
}
